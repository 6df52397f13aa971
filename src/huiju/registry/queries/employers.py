"""Organisations and places with the people who work there, as far as the reader sees them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from huiju.directory import queries as directory
from huiju.directory.models import Organisation, Place
from huiju.kernel.pinyin import text_reading
from huiju.registry.enums import Level
from huiju.registry.models import Person, Post
from huiju.registry.queries.standing import (
    certificates_of,
    highest_rank,
    in_force_on,
    with_standing,
)
from huiju.registry.queries.workers import in_post_at


@dataclass(frozen=True)
class Staff:
    """People in post on a day: all, those with a certificate, and by highest level (`""`: none)."""

    total: int
    certified: int
    by_level: dict[str, int]

    @property
    def certified_permille(self) -> int:
        """Certified people of a thousand in post, rounded half up; 0 where nobody is in post."""
        return (2000 * self.certified + self.total) // (2 * self.total) if self.total else 0


@dataclass(frozen=True)
class PlaceStaff:
    """A place with the number of people in post there and of those with a certificate."""

    place: Place
    total: int
    certified: int


def organisations_with_staff(*, on: date) -> QuerySet[Organisation]:
    """Organisations with `staff` and `certified`: people in post on a day that the reader sees. Unordered."""
    return directory.organisations().annotate(
        staff=_people_counted(_staff_posts(on)),
        certified=_people_counted(
            _staff_posts(on).filter(Exists(certificates_of("person", on=on)))
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
    posts = _staff_posts(on).filter(employer=organisation)
    return with_standing(Person.objects.on_file().filter(pk__in=posts.values("person")))


def spells_at(organisation: Organisation) -> QuerySet[Post]:
    """Every post there ever was with an organisation, as believed now. Unordered."""
    rows: QuerySet[Post] = Post.objects.current()
    return rows.filter(employer=organisation).select_related("person", "place", "district")


def staff_counts(posts: QuerySet[Post], *, on: date) -> Staff:
    """How many people hold these posts, and at what level, on a day."""
    people = Person.objects.filter(pk__in=posts.values("person"))
    ranked = people.annotate(level_rank=highest_rank("pk", on=on)).values("level_rank")
    counts = {row["level_rank"]: row["n"] for row in ranked.annotate(n=Count("pk")).order_by()}
    by_level = {level.value: counts.get(rank, 0) for rank, level in enumerate(Level)}
    return Staff(
        total=sum(counts.values()),
        certified=sum(by_level.values()),
        by_level={**by_level, "": counts.get(None, 0)},
    )


def places_with_staff(place: Place, *, on: date) -> list[PlaceStaff]:
    """The places directly in a place, by code, each with the people in post in it."""
    posts = in_post_at(place, on=on)
    held = Exists(certificates_of("person", on=on))
    children = {child.path: child for child in place.children.in_force(on).order_by("code")}
    totals: dict[str, set[int]] = {path: set() for path in children}
    certified: dict[str, set[int]] = {path: set() for path in children}
    rows = posts.annotate(is_certified=held).values_list("place__path", "person", "is_certified")
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


def _staff_posts(on: date) -> QuerySet[Post]:
    rows: QuerySet[Post] = Post.objects.current()
    return rows.filter(in_force_on(on))


def _people_counted(posts: QuerySet[Post]) -> Coalesce:
    counted = posts.filter(employer=OuterRef("pk")).order_by().values("employer")
    number = counted.annotate(n=Count("person", distinct=True)).values("n")
    return Coalesce(Subquery(number), 0, output_field=IntegerField())
