"""Organisations and places with the people who work there, as far as the reader sees them."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from huiju.directory import queries as directory
from huiju.directory.models import Organisation, Place
from huiju.kernel.pinyin import text_reading
from huiju.registry.models import Certificate, Person, Post
from huiju.registry.queries.members import FILE, holders
from huiju.registry.queries.standing import (
    RANKS,
    certificates_of,
    held_on,
    posts_in_force,
    with_standing,
)
from huiju.registry.queries.workers import in_post_at


@dataclass(frozen=True)
class Staff:
    """People in post on a day: all, those with a certificate, and by highest level (`""`: none)."""

    total: int
    certified: int
    by_level: dict[str, int]


@dataclass(frozen=True)
class PlaceStaff:
    """A place with the number of people in post there and of those with a certificate."""

    place: Place
    total: int
    certified: int


def organisations_with_staff(*, on: date) -> QuerySet[Organisation]:
    """Organisations with `staff` and `certified`: people in post on a day that the reader sees. Unordered."""
    return directory.organisations().annotate(
        staff=_people_counted(posts_in_force(on=on)),
        certified=_people_counted(
            posts_in_force(on=on).filter(
                Exists(certificates_of("person", on=on)) | Exists(absorbed_certificates(on=on))
            )
        ),
    )


def organisations_named(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those whose name or pinyin holds a text, or whose credit code it is."""
    reading = text_reading(text)
    return (
        rows.filter(name__contains=text)
        | rows.filter(pinyin__contains=reading)
        | rows.filter(uscc=text.upper())
    )


def staff_of(organisation: Organisation, *, on: date) -> QuerySet[Person]:
    """People in post with an organisation on a day, ready for `standing_of`. Unordered."""
    posts = posts_in_force(on=on).filter(employer=organisation)
    people = Q(pk__in=posts.values("person")) | holders(posts)
    return with_standing(Person.objects.on_file().filter(people))


def spells_at(organisation: Organisation) -> QuerySet[Post]:
    """Every post there ever was with an organisation, as believed now. Unordered."""
    rows: QuerySet[Post] = Post.objects.current()
    people = "person__survivor"
    return rows.filter(employer=organisation).select_related("person", people, "place", "district")


def staff_counts(posts: QuerySet[Post], *, on: date) -> Staff:
    """How many people hold these posts, and at what level, on a day."""
    held = Certificate.objects.current().filter(held_on(on)).annotate(file=FILE)
    held = held.filter(file__in=posts.annotate(file=FILE).values("file"))
    at_least = held.aggregate(
        **{
            level: Count("file", distinct=True, filter=Q(level__in=list(RANKS)[rank:]))
            for level, rank in RANKS.items()
        }
    )
    total = posts.aggregate(total=Count(FILE, distinct=True))["total"]
    steps = [total, *at_least.values(), 0]
    exactly = [more - fewer for more, fewer in pairwise(steps)]
    return Staff(
        total=total, certified=steps[1], by_level=dict(zip(["", *RANKS], exactly, strict=True))
    )


def places_with_staff(place: Place, *, on: date) -> list[PlaceStaff]:
    """The places directly in a place, by code, each with the people in post in it."""
    posts = in_post_at(place, on=on)
    held = Exists(certificates_of("person", on=on)) | Exists(absorbed_certificates(on=on))
    children = {child.path: child for child in place.children.in_force(on).order_by("code")}
    totals: dict[str, set[int]] = {path: set() for path in children}
    certified: dict[str, set[int]] = {path: set() for path in children}
    rows = posts.annotate(is_certified=held, file=FILE).values_list(
        "place__path", "file", "is_certified"
    )
    for path, person, is_certified in rows:
        child = place.path + path.removeprefix(place.path).partition("/")[0] + "/"
        if child in children:
            totals[child].add(person)
            if is_certified:
                certified[child].add(person)
    return [
        PlaceStaff(child, len(totals[path]), len(certified[path]))
        for path, child in children.items()
    ]


def absorbed_certificates(*, on: date) -> QuerySet[Certificate]:
    """Certificates held on a day by another record of the human an outer query's post is of."""
    rows: QuerySet[Certificate] = Certificate.objects.current()
    return rows.filter(held_on(on), person__survivor=OuterRef("person__survivor"))


def _people_counted(posts: QuerySet[Post]) -> Coalesce:
    counted = posts.filter(employer=OuterRef("pk")).order_by().values("employer")
    number = counted.annotate(n=Count(FILE, distinct=True)).values("n")
    return Coalesce(Subquery(number), 0, output_field=IntegerField())
