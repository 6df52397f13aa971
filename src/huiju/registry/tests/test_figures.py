"""Each figure of the registry: one record that counts, and those that must not."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from huiju.directory.models import Place
from huiju.directory.tests.factories import make_organisation, place
from huiju.engine.run import execute
from huiju.engine.schemas import Facts
from huiju.kernel.figures import UNRECORDED, Figure, digest_of
from huiju.registry import figures
from huiju.registry.models import Certificate, Person, Post

pytestmark = pytest.mark.django_db

ON = date(2015, 10, 31)
AT = datetime(2015, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)
names = count(1)


def person(kept_by: str = "350203", **fields: Any) -> Person:
    return Person.objects.create(
        name=f"李{next(names)}", place=place(kept_by), created_at=AT, **fields
    )


def certified(who: Person, level: str = "assistant", **fields: Any) -> Certificate:
    defaults = {"approved_on": date(2013, 8, 1), "recorded_at": AT, "source": "test"}
    return Certificate.objects.create(person=who, level=level, **defaults | fields)


def posted(who: Person, where: str = "350206", **fields: Any) -> Post:
    at = place(where)
    defaults = {
        "employer": None,
        "kind": "community",
        "starts_on": date(2012, 3, 1),
        "recorded_at": AT,
        "source": "test",
        "district": Place.objects.get(code=where[:6]),
    }
    return Post.objects.create(person=who, place=at, **defaults | fields)


def records(figure: Figure, on: date = ON, known_at: datetime = AT) -> list[dict[str, Any]]:
    rows = figure.records(Facts(known_at=known_at), on)
    return execute(rows.order_by(figure.key)).to_pylist()


def keys(figure: Figure, on: date = ON, known_at: datetime = AT) -> list[int]:
    return [row[figure.key] for row in records(figure, on, known_at)]


def test_certified_counts_who_holds_a_certificate_on_the_day():
    approved_that_day = certified(person(), approved_on=ON).person
    certified(person(), approved_on=ON + DAY)
    certified(person(), revoked_on=ON)
    revoked_next_day = certified(person(), revoked_on=ON + DAY).person
    certified(person(), voided=True)
    person()

    assert keys(figures.certified) == [approved_that_day.pk, revoked_next_day.pk]


def test_certified_counts_a_person_once_at_the_highest_level_held():
    several = person()
    certified(several, "assistant")
    middle = certified(several, "intermediate", approved_on=date(2015, 1, 1))
    certified(several, "senior", approved_on=date(2015, 2, 1), revoked_on=date(2015, 9, 1))

    (row,) = records(figures.certified)

    assert (row["person"], row["level"], row["certificate_ref"]) == (
        several.pk,
        "intermediate",
        middle.pk,
    )


def test_certified_takes_the_district_of_the_latest_post_in_force_else_of_the_file():
    moved, left, never = person(), person(), person()
    for who in (moved, left, never):
        certified(who)
    posted(moved, "350206", ends_on=date(2014, 1, 1))
    posted(moved, "350205001", starts_on=date(2014, 1, 1))
    posted(left, "350206", ends_on=ON)

    found = [(row["person"], row["district"], row["street"]) for row in records(figures.certified)]

    assert found == [
        (moved.pk, "海沧区", "海沧街道"),
        (left.pk, "思明区", UNRECORDED),
        (never.pk, "思明区", UNRECORDED),
    ]


def test_certified_counts_missing_attributes_under_their_own_key():
    certified(person(kept_by="350200"))

    (row,) = records(figures.certified)

    assert [row[dimension] for dimension in figures.certified.by] == [
        UNRECORDED,
        UNRECORDED,
        "assistant",
        UNRECORDED,
        UNRECORDED,
    ]


def test_certified_is_asked_as_it_was_known():
    corrected = person()
    fact = certified(corrected, superseded_at=AT + DAY).fact
    certified(corrected, "intermediate", fact=fact, recorded_at=AT + DAY)

    levels = [
        [row["level"] for row in records(figures.certified, known_at=at)]
        for at in (AT - DAY, AT, AT + DAY)
    ]

    assert levels == [[], ["assistant"], ["intermediate"]]


def test_newly_certified_counts_first_certificates_of_the_year_only():
    new = person()
    certified(new, approved_on=date(2015, 1, 1))
    certified(new, "intermediate", approved_on=date(2015, 6, 1))
    promoted = person()
    certified(promoted, approved_on=date(2014, 12, 31))
    certified(promoted, "intermediate", approved_on=date(2015, 6, 1))

    assert keys(figures.newly_certified) == [new.pk]


def test_in_post_counts_who_has_a_post_on_the_day():
    first_day = posted(person(), starts_on=ON).person
    posted(person(), ends_on=ON)
    posted(person(), starts_on=ON + DAY)
    certified(person())

    assert keys(figures.in_post) == [first_day.pk]


def test_certified_in_post_needs_both():
    both = certified(person()).person
    posted(both)
    certified(person())
    posted(person())

    assert keys(figures.certified_in_post) == [both.pk]


def test_employers_counts_organisations_with_somebody_in_post():
    agency, left = make_organisation(), make_organisation()
    posted(person(), employer=agency, kind="agency")
    posted(person(), employer=agency, kind="agency")
    posted(person(), employer=left, ends_on=ON)
    posted(person(), employer=None)

    assert records(figures.employers) == [{"employer": agency.pk, "employer_kind": "agency"}]


def test_digest_depends_on_the_records_alone():
    assert digest_of([3, 1, 2]) == digest_of([1, 2, 3])
    assert digest_of([1, 23]) != digest_of([12, 3])
    assert digest_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
