"""Whom a reader may see, narrowed by what they ask for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from huiju.directory.access import reach_of
from huiju.directory.models import Place, User
from huiju.kernel.encrypted import search_digest
from huiju.registry.models import Certificate, IdentityDocument, Person, Post, SearchKey
from huiju.registry.queries.members import holders, standing_for
from huiju.registry.queries.standing import (
    certificates_of,
    held_on,
    highest_rank,
    holds_highest,
    of_file,
    posts_in_force,
    posts_of,
    registered_as,
)

IN_POST, LEFT, NO_LEVEL = "in_post", "left", "none"
LAST_CHARACTER = "\U0010ffff"
NUMBER = re.compile(r"(?=.*\d)[0-9A-Z()（）-]{4,}")


@dataclass(frozen=True)
class WorkerFilter:
    """What a list asks for, on a day; an empty value asks for nothing.

    `place` keeps the file, or a place in it does; `level` is the highest held, "none" for people
    without a certificate; `standing` is "in_post" or "left"; `employer_kind` is that of a post in force;
    `registration` is one of `RegistrationAsked`.
    """

    on: date
    place: Place | None = None
    level: str = ""
    employer_kind: str = ""
    standing: str = ""
    field: str = ""
    text: str = ""
    registration: str = ""


def workers_visible_to(user: User, *, on: date) -> QuerySet[Person]:
    """People whose file a reader's offices keep, who are in post with them, or the reader. Unordered."""
    reach = reach_of(user, on=on)
    people = Person.objects.on_file()
    if reach.everything:
        return people
    there = Post.objects.current().filter(
        Q(place__in=reach.places) | Q(employer__in=reach.organisations)
    )
    seen = Q(place__in=reach.places) | Q(pk__in=there.values("person")) | Q(pk=reach.person)
    absorbed = Person.objects.filter(seen, survivor__isnull=False)
    return people.filter(seen | Q(pk__in=absorbed.values("survivor")))


def workers_asked_for(people: QuerySet[Person], asked: WorkerFilter) -> QuerySet[Person]:
    """The people a filter asks for."""
    conditions = [*_on_the_file(asked), *_on_the_day(asked)]
    return people.filter(*conditions)


def _on_the_file(asked: WorkerFilter) -> Iterator[Q]:
    if asked.place is not None:
        inside = Place.objects.filter(path__startswith=asked.place.path)
        yield Q(place__in=list(inside.values_list("pk", flat=True)))
    if asked.field:
        yield Q(field__contains=asked.field)
    if asked.text:
        yield found_by(asked.text)


def _on_the_day(asked: WorkerFilter) -> Iterator[Q]:
    in_post, posts = posts_of("pk", on=asked.on), posts_in_force(on=asked.on)
    if asked.level == NO_LEVEL:
        held = Certificate.objects.current().filter(held_on(asked.on))
        yield Q(~Exists(certificates_of("pk", on=asked.on))) & ~holders(held)
    elif asked.level:
        yield holds_highest(asked.level, on=asked.on)
    if asked.standing == IN_POST:
        yield Q(Exists(in_post)) | holders(posts)
    if asked.standing == LEFT:
        yield Q(~Exists(in_post)) & ~holders(posts)
    if asked.employer_kind:
        kind = Q(kind=asked.employer_kind)
        yield Q(Exists(in_post.filter(kind))) | holders(posts.filter(kind))
    if asked.registration:
        yield registered_as(asked.registration, on=asked.on)


def search_workers(user: User, text: str, *, on: date) -> QuerySet[Person]:
    """People a reader may see, by part of the name, pinyin, initials, or a whole number. Unordered."""
    return workers_visible_to(user, on=on).filter(found_by(text))


def found_by(text: str) -> Q:
    """People of a name that begins so somewhere, in characters, pinyin or initials; or of a number.

    An identity number is found only whole, by its keyed digest. A single Latin letter finds nobody:
    it begins too many names.
    """
    written = "".join(unicodedata.normalize("NFKC", text).split())
    if not written:
        return Q(pk__in=())
    if NUMBER.fullmatch(written.upper()):
        return _of_number(written.upper())
    start = written.lower().replace("'", "")
    keys = SearchKey.objects.filter(key=start)
    if len(start) > 1 or not start.isascii():
        keys = SearchKey.objects.filter(key__gte=start, key__lt=start + LAST_CHARACTER)
    return standing_for(Person.objects.filter(pk__in=keys.values("person")))


def _of_number(number: str) -> Q:
    digest = search_digest(IdentityDocument, "number", number)
    found = IdentityDocument.objects.filter(number_digest=digest).values("person")
    numbered = (
        Certificate.objects.current().exclude(**{column: ""}).filter(**{column: number})
        for column in ("certificate_no", "management_no")
    )
    holding = found.union(*(certificates.values("person") for certificates in numbered))
    return standing_for(Person.objects.filter(pk__in=holding))


def by_level(people: QuerySet[Person], *, on: date, descending: bool) -> QuerySet[Person]:
    """Ordered by the highest level held on a day; people without one come last."""
    rank = F("level_rank")
    order = rank.desc(nulls_last=True) if descending else rank.asc(nulls_last=True)
    return people.annotate(level_rank=highest_rank("pk", on=on)).order_by(order)


def by_first_day(people: QuerySet[Person], *, on: date, descending: bool) -> QuerySet[Person]:
    """Ordered by the first day of the post in force on a day; people without one come last."""
    own, absorbed = of_file(posts_in_force(on=on).order_by("-starts_on"), "pk")
    latest = Greatest(*(Subquery(posts.values("starts_on")[:1]) for posts in (own, absorbed)))
    since = F("in_post_since")
    order = since.desc(nulls_last=True) if descending else since.asc(nulls_last=True)
    return people.annotate(in_post_since=latest).order_by(order)


def in_post_at(place: Place, *, on: date) -> QuerySet[Post]:
    """Current posts in force on a day in a place and what lies in it."""
    return posts_in_force(on=on).filter(place__path__startswith=place.path)
