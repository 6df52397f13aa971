"""What a person holds and where they work on a day, as conditions and as values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place
from huiju.registry.enums import Level
from huiju.registry.models import Certificate, IdentityDocument, Person, Post

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


def highest_rank(outer: str, *, on: date) -> Subquery:
    """The rank of the highest level held (0 = assistant); null without a certificate."""
    ranked = certificates_of(outer, on=on).annotate(rank=RANK).order_by("-rank")
    return Subquery(ranked.values("rank")[:1])


def holds_highest(level: str, *, on: date) -> Q:
    """People whose highest level on a day is this one."""
    higher = [name for name, rank in RANKS.items() if rank > RANKS[level]]
    held = Certificate.objects.current().filter(held_on(on))
    at_level = held.filter(level=level).values("person")
    return Q(pk__in=at_level) & ~Q(pk__in=held.filter(level__in=higher).values("person"))


def with_standing(people: QuerySet[Person]) -> QuerySet[Person]:
    """People with their documents, certificates, posts and places at hand, for `standing_of`."""
    posts = Post.objects.current().select_related("employer", "place", "district")
    return people.select_related("place__parent__parent").prefetch_related(
        Prefetch("documents", IdentityDocument.objects.defer("number"), to_attr="known_documents"),
        Prefetch("certificates", Certificate.objects.current(), to_attr="known_certificates"),
        Prefetch("posts", posts, to_attr="known_posts"),
    )


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
    held = [
        certificate
        for certificate in person.known_certificates
        if certificate.approved_on <= on
        and (certificate.revoked_on is None or on < certificate.revoked_on)
    ]
    posts = [post for post in person.known_posts if post.in_force(on)]
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


def facts_of(person: Person, *, known_at: datetime) -> Facts:
    """The certificates and posts of a person as believed at an instant."""
    certificates = Certificate.objects.known_at(known_at).filter(person=person)
    posts = Post.objects.known_at(known_at).filter(person=person)
    posts = posts.select_related("employer", "place", "district")
    facts = Facts(
        list(certificates.order_by("approved_on", "pk")), list(posts.order_by("starts_on", "pk"))
    )
    for certificate in facts.certificates:
        certificate.person = person
    for post in facts.posts:
        post.person = person
    return facts
