"""Records that may be one human, ranked by what they share; and what stands between two of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Length

from huiju.kernel.encrypted import search_digest
from huiju.kernel.periods import Period
from huiju.registry.enums import Likeness
from huiju.registry.models import (
    BankAccount,
    Certificate,
    Death,
    DifferentPeople,
    IdentityDocument,
    Leave,
    Merge,
    Person,
    Post,
    Registration,
    SearchKey,
)
from huiju.registry.rules.identity import in_eighteen_digits

Pair = tuple[int, int]
Groups = Iterator[Collection[int]]

OLD_LENGTH = 15


@dataclass(frozen=True)
class Candidate:
    """Two files that may be one human's, the older record first, with what they share, strongest first."""

    one: Person
    other: Person
    likenesses: tuple[Likeness, ...]

    @property
    def weight(self) -> int:
        return sum(likeness.weight for likeness in self.likenesses)


def merge_candidates(people: QuerySet[Person]) -> list[Candidate]:
    """Pairs among people on file that share something, the likeliest first.

    A pair somebody has told apart is not offered again. What two people share is asked of the database
    by grouping, so that the work grows with the number of likenesses, not of pairs.
    """
    found: dict[Pair, set[Likeness]] = defaultdict(set)
    seen = dict(people.values_list("pk", "survivor"))
    for likeness, groups in _LIKENESSES.items():
        for group in groups():
            for pair in combinations(sorted(set(group)), 2):
                found[pair].add(likeness)
    apart = DifferentPeople.objects.current()
    told_apart = set(apart.values_list("first", "second"))
    pairs = {
        pair: likenesses
        for pair, likenesses in found.items()
        if pair not in told_apart and pair[0] in seen and pair[1] in seen
    }
    named = people.select_related("place").in_bulk({key for pair in pairs for key in pair})
    candidates = [
        Candidate(
            named[one],
            named[other],
            tuple(sorted(likenesses, key=lambda likeness: -likeness.weight)),
        )
        for (one, other), likenesses in pairs.items()
    ]
    return sorted(candidates, key=lambda c: (-c.weight, c.one.pk, c.other.pk))


def likenesses_of(one: Person, other: Person) -> tuple[Likeness, ...]:
    """What two records share, strongest first; nothing where they share nothing."""
    people = Person.objects.filter(pk__in=(one.pk, other.pk))
    return next((c.likenesses for c in merge_candidates(people)), ())


def _same_name_and_birth() -> Groups:
    rows = Person.objects.on_file().filter(born_on__isnull=False).values("name", "born_on")
    for shared in rows.annotate(n=Count("pk")).filter(n__gt=1).order_by():
        same = Person.objects.on_file().filter(name=shared["name"], born_on=shared["born_on"])
        yield list(same.values_list("pk", flat=True))


def _same_number() -> Groups:
    """One number under two types of document, or an old card's number and the present one."""
    rows = IdentityDocument.objects.values("number_digest").annotate(n=Count("person"))
    twice = rows.filter(n__gt=1).values("number_digest")
    yield from _grouped(
        IdentityDocument.objects.filter(number_digest__in=twice).values_list(
            "number_digest", "person", "person__survivor"
        )
    )
    old = IdentityDocument.objects.annotate(signs=Length("masked")).filter(signs=OLD_LENGTH)
    for document in old.select_related("person"):
        digest = search_digest(IdentityDocument, "number", in_eighteen_digits(document.number))
        present = IdentityDocument.objects.filter(number_digest=digest).select_related("person")
        yield [document.person.file_key, *(found.person.file_key for found in present)]


def _same_certificate() -> Groups:
    """One certificate or management number, in whichever column and version it ever stood."""
    for one, other in (
        ("certificate_no", "certificate_no"),
        ("management_no", "management_no"),
        ("certificate_no", "management_no"),
    ):
        numbered = Certificate.objects.exclude(**{one: ""})
        held = Certificate.objects.exclude(**{other: ""})
        yield from _grouped(
            [
                *numbered.filter(**{f"{one}__in": held.values(other)})
                .values_list(one, "person", "person__survivor")
                .iterator(),
                *held.filter(**{f"{other}__in": numbered.values(one)})
                .values_list(other, "person", "person__survivor")
                .iterator(),
            ]
        )


def _same_account() -> Groups:
    rows = BankAccount.objects.current().values("number_digest")
    twice = rows.annotate(n=Count("person", distinct=True)).filter(n__gt=1).values("number_digest")
    yield from _grouped(
        BankAccount.objects.current()
        .filter(number_digest__in=twice)
        .values_list("number_digest", "person", "person__survivor")
    )


def _former_name() -> Groups:
    """Somebody is called now as somebody else of the same day of birth was called before."""
    keys = SearchKey.objects.filter(person__born_on__isnull=False, person__survivor=None)
    renamed = keys.exclude(person__name__contains=F("key")).filter(
        key__in=Person.objects.on_file().values("name")
    )
    for key, person, born_on in renamed.values_list("key", "person", "person__born_on"):
        same = Person.objects.on_file().filter(name=key, born_on=born_on).exclude(pk=person)
        for other in same.values_list("pk", flat=True):
            yield [person, other]


def _grouped(rows: Iterable[tuple[str, int, int | None]]) -> Groups:
    """Files by what they share."""
    groups: dict[str, set[int]] = defaultdict(set)
    for shared, person, survivor in rows:
        groups[shared].add(survivor or person)
    yield from (group for group in groups.values() if len(group) > 1)


_LIKENESSES: dict[Likeness, Callable[[], Groups]] = {
    Likeness.SAME_NUMBER: _same_number,
    Likeness.SAME_CERTIFICATE: _same_certificate,
    Likeness.SAME_ACCOUNT: _same_account,
    Likeness.FORMER_NAME: _former_name,
    Likeness.SAME_NAME_AND_BIRTH: _same_name_and_birth,
}


@dataclass(frozen=True)
class Conflict:
    """A fact of each of two files that cannot both hold of one human. `key` names it in a form."""

    from_fact: Any
    into_fact: Any

    @property
    def key(self) -> str:
        kind = self.from_fact._meta.model_name
        return f"{kind}-{self.from_fact.pk}-{self.into_fact.pk}"

    @property
    def may_keep_both(self) -> bool:
        """A second post is possible, with a reason; nothing else is."""
        return isinstance(self.from_fact, Post)


@dataclass(frozen=True)
class Sides:
    """The present facts of two files by kind, each with the other's at the same place."""

    from_facts: dict[type[Any], list[Any]] = field(default_factory=dict)
    into_facts: dict[type[Any], list[Any]] = field(default_factory=dict)


KINDS: tuple[type[Any], ...] = (Certificate, Post, Leave, BankAccount, Death, Registration)


def sides_of(from_person: Person, into_person: Person) -> Sides:
    """What two files hold now."""
    return Sides(_present_facts(from_person), _present_facts(into_person))


def _present_facts(person: Person) -> dict[type[Any], list[Any]]:
    records = Person.objects.in_files_of([person]).values("pk")
    facts = {
        kind: list(kind.objects.current().filter(person__in=records).order_by("pk"))
        for kind in KINDS
    }
    posts = Post.objects.current().filter(person__in=records).order_by("pk")
    facts[Post] = list(posts.select_related("employer", "place", "district"))
    return facts


def conflicts_of(sides: Sides) -> list[Conflict]:
    """What must be decided before two files become one."""
    return [
        Conflict(left, right)
        for kind, clashing in _CLASHES.items()
        for left in sides.from_facts[kind]
        for right in sides.into_facts[kind]
        if clashing(left, right)
    ]


def _overlapping(left: Any, right: Any) -> bool:
    return Period(left.starts_on, left.ends_on).overlaps(Period(right.starts_on, right.ends_on))


_CLASHES: dict[type[Any], Callable[[Any, Any], bool]] = {
    Certificate: lambda left, right: (
        left.level == right.level and not (left.revoked_on or right.revoked_on)
    ),
    Post: lambda left, right: (
        not (left.overlap_reason or right.overlap_reason) and _overlapping(left, right)
    ),
    Leave: _overlapping,
    Registration: _overlapping,
    BankAccount: _overlapping,
    Death: lambda _left, _right: True,
}


def merges_of(person: Person) -> QuerySet[Merge]:
    """The merges that make up a person's file now, newest first."""
    records = Person.objects.in_files_of([person]).values("pk")
    rows: QuerySet[Merge] = Merge.objects.current()
    chosen = rows.filter(Q(into_person__in=records), from_person__in=records)
    return chosen.select_related(
        "from_person__place", "into_person__place", "recorded_by"
    ).order_by("-recorded_at", "-pk")
