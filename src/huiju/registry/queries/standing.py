"""What a person holds and where they work on a day, as conditions and as values."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Greatest

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place
from huiju.registry.enums import Level, RegistrationAsked
from huiju.registry.models import (
    BankAccount,
    Certificate,
    Credit,
    Death,
    IdentityDocument,
    Leave,
    Person,
    Post,
    Registration,
)
from huiju.registry.queries.members import holders, members_at
from huiju.registry.rules.clocks import LADDER

RANKS = {level.value: rank for rank, level in enumerate(Level)}
RANK = Case(
    *(When(level=level, then=rank) for level, rank in RANKS.items()), output_field=IntegerField()
)


def held_on(on: date) -> Q:
    """Certificates approved on or before a day and not revoked by it."""
    return Q(approved_on__lte=on) & (Q(revoked_on=None) | Q(revoked_on__gt=on))


def in_force_on(on: date) -> Q:
    """Posts begun on or before a day and not ended by it."""
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gt=on))


def posts_in_force(*, on: date) -> QuerySet[Post]:
    """Current posts in force on a day. Unordered."""
    rows: QuerySet[Post] = Post.objects.current()
    return rows.filter(in_force_on(on))


def certificates_of(outer: str, *, on: date) -> QuerySet[Certificate]:
    """Current certificates held on a day by the person an outer query names."""
    rows: QuerySet[Certificate] = Certificate.objects.current()
    return rows.filter(held_on(on), person=OuterRef(outer))


def posts_of(outer: str, *, on: date) -> QuerySet[Post]:
    """Current posts in force on a day of the person an outer query names."""
    return posts_in_force(on=on).filter(person=OuterRef(outer))


def of_file(facts: QuerySet[Any], outer: str) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Facts of the person an outer query names, and those of records merged into that person's file."""
    own = facts.filter(person=OuterRef(outer))
    return own, facts.filter(person__survivor=OuterRef(outer)).exclude(person=OuterRef(outer))


def highest_rank(outer: str, *, on: date) -> Greatest:
    """The rank of the highest level held (0 = assistant); null without a certificate."""
    held = Certificate.objects.current().filter(held_on(on)).annotate(rank=RANK).order_by("-rank")
    own, absorbed = of_file(held, outer)
    return Greatest(Subquery(own.values("rank")[:1]), Subquery(absorbed.values("rank")[:1]))


def holds_highest(level: str, *, on: date) -> Q:
    """People whose highest level on a day is this one."""
    higher = [name for name, rank in RANKS.items() if rank > RANKS[level]]
    held = Certificate.objects.current().filter(held_on(on))
    at_level, above = held.filter(level=level), held.filter(level__in=higher)
    holds = Q(pk__in=at_level.values("person")) | holders(at_level)
    return holds & ~Q(pk__in=above.values("person")) & ~holders(above)


def ending_by(on: date) -> QuerySet[Registration]:
    """Current registrations in force on a day that end within the longest step of the ladder and are not renewed yet."""
    rows: QuerySet[Registration] = Registration.objects.current()
    later = rows.filter(person=OuterRef("person"), starts_on__gte=OuterRef("ends_on"))
    until = on + timedelta(days=LADDER[0] + 1)
    return rows.filter(~Exists(later), starts_on__lte=on, ends_on__gt=on, ends_on__lte=until)


def registered_as(asked: str, *, on: date) -> Q:
    """People whose registration on a day is as `RegistrationAsked` says."""
    rows = Registration.objects.current().filter(starts_on__lte=on)
    in_force = _any_of(rows.filter(ends_on__gt=on))
    match asked:
        case RegistrationAsked.VALID:
            return in_force
        case RegistrationAsked.ENDING:
            return _any_of(ending_by(on))
        case RegistrationAsked.LAPSED:
            return _any_of(rows) & ~in_force
    return ~_any_of(rows)


def _any_of(facts: QuerySet[Any]) -> Q:
    """People with one of these facts, on their own record or on one in their file."""
    return Q(pk__in=facts.values("person")) | holders(facts)


def with_standing(people: QuerySet[Person]) -> QuerySet[Person]:
    """People with their documents, certificates, posts and places at hand, for `standing_of`."""
    absorbed = Person.objects.exclude(pk=F("survivor")).order_by("pk")
    return people.select_related("place__parent__parent").prefetch_related(
        *_facts_at_hand(),
        Prefetch("members", absorbed.prefetch_related(*_facts_at_hand()), to_attr="absorbed"),
    )


def _facts_at_hand() -> "list[Prefetch[Any]]":
    posts = Post.objects.current().select_related("employer", "place", "district")
    return [
        Prefetch("documents", IdentityDocument.objects.defer("number"), to_attr="known_documents"),
        Prefetch("certificates", Certificate.objects.current(), to_attr="known_certificates"),
        Prefetch("posts", posts, to_attr="known_posts"),
    ]


@dataclass(frozen=True)
class Standing:
    """A person on a day: the highest certificate held, and the post in force that began last.

    `district` is that of the post, else of the office that keeps the file; the city's own files are
    the city's.
    """

    certificate: Certificate | None
    post: Post | None
    masked_number: str
    district: Place


def standing_of(person: Any, *, on: date) -> Standing:
    """The standing on a day of a person read by `with_standing`."""
    records = [person, *person.absorbed]
    held = [
        certificate
        for record in records
        for certificate in record.known_certificates
        if certificate.approved_on <= on
        and (certificate.revoked_on is None or on < certificate.revoked_on)
    ]
    posts = [post for record in records for post in record.known_posts if post.in_force(on)]
    document = next(iter(person.known_documents), None)
    post = max(posts, key=lambda post: (post.starts_on, post.pk), default=None)
    return Standing(
        certificate=max(held, key=lambda c: RANKS[c.level], default=None),
        post=post,
        masked_number=document.masked if document else "",
        district=post.district if post else _district_around(person.place),
    )


def _district_around(place: Place) -> Place:
    """The district a place is or lies in, by the places above it that are at hand."""
    while place.kind not in (PlaceKind.DISTRICT, PlaceKind.CITY) and place.parent is not None:
        place = place.parent
    return place


@dataclass(frozen=True)
class Facts:
    """A person's facts as believed at an instant, oldest first."""

    certificates: list[Certificate]
    posts: list[Post]
    leaves: list[Leave]
    deaths: list[Death]
    accounts: list[BankAccount]
    registrations: list[Registration]
    credits: list[Credit]

    def in_post(self, on: date) -> bool:
        """Whether a post is in force on a day; from the day of death on none is."""
        is_dead = any(death.died_on <= on for death in self.deaths)
        return not is_dead and any(post.in_force(on) for post in self.posts)


def facts_of(person: Person, *, known_at: datetime) -> Facts:
    """The facts of a person as believed at an instant, with those of the records then believed to be
    the same human; account numbers masked."""
    records = members_at(person, known_at=known_at)
    certificates = Certificate.objects.known_at(known_at).filter(person__in=records)
    posts = Post.objects.known_at(known_at).filter(person__in=records)
    posts = posts.select_related("employer", "place", "district")
    leaves, deaths, accounts, registrations, hours = (
        model.objects.known_at(known_at).filter(person__in=records)
        for model in (Leave, Death, BankAccount, Registration, Credit)
    )
    facts = Facts(
        certificates=list(certificates.order_by("approved_on", "pk")),
        posts=list(posts.order_by("starts_on", "pk")),
        leaves=list(leaves.order_by("starts_on", "pk")),
        deaths=list(deaths.order_by("pk")),
        accounts=list(accounts.defer("number").order_by("starts_on", "pk")),
        registrations=list(registrations.order_by("starts_on", "pk")),
        credits=list(hours.order_by("earned_on", "pk")),
    )
    for kept in vars(facts).values():
        for fact in kept:
            fact.person = person
    return facts
