"""Targets of policies measured by figures: value, share, pace, and the day they were reached."""

from datetime import date

import pytest
from django.urls import reverse

from huiju.directory.tests.factories import make_user, place
from huiju.policies import services
from huiju.policies.services import TargetEntry
from huiju.policies.tests.factories import AT, CITY, city_official, make_document
from huiju.registry.tests.factories import make_certificate, make_person, make_post
from huiju.statistics.queries import reached

pytestmark = pytest.mark.django_db

DAYS = (date(2014, 6, 22), date(2015, 3, 3), date(2015, 10, 31))


def set_target(value, where=CITY, **fields):
    given = {
        "title": "持证目标", "unit": "person", "figure": "registry.certified", "confidence": "S",
        "due_on": date(2015, 12, 31), "place": place(where), "document": make_document(),
    }  # fmt: skip
    return services.set_target(
        entry=TargetEntry(value=value, **given | fields), by=city_official(), at=AT
    )


@pytest.fixture
def three_certified():
    for day in DAYS:
        person = make_person()
        make_certificate(person, approved_on=day)
        make_post(person)


def rows(client, **asked):
    client.force_login(make_user("district", "350206"))
    return client.get(reverse("statistics:targets"), asked).context["rows"]


def test_reached_target_names_the_day(client, three_certified):
    set_target(2, baseline_value=1, baseline_on=date(2014, 7, 1))

    (row,) = rows(client, on="2015-12-31")

    assert (row["progress"].value, row["share"], row["reached_on"]) == (3, "150.00", DAYS[1])


def test_the_day_a_target_was_reached_is_kept_until_the_facts_change(
    client, three_certified, monkeypatch
):
    set_target(2, baseline_value=1, baseline_on=date(2014, 7, 1))
    rows(client)

    with monkeypatch.context() as patch:
        patch.setattr(reached, "rolled_up", None)
        (kept,) = rows(client)
    earlier = make_person()
    make_certificate(earlier, approved_on=date(2014, 12, 1))
    make_post(earlier)
    (row,) = rows(client)

    assert (kept["reached_on"], row["reached_on"]) == (DAYS[1], date(2014, 12, 1))


def test_a_day_that_was_kept_is_not_told_of_a_day_before_it(client, three_certified):
    set_target(2, baseline_value=1, baseline_on=date(2014, 7, 1))
    rows(client)

    (row,) = rows(client, on="2015-01-01")

    assert row["reached_on"] is None


def test_target_on_the_way_says_what_is_missing(client, three_certified):
    set_target(10)

    (row,) = rows(client, on="2015-07-01")

    found = row["progress"]
    assert (found.state, found.missing, found.pace, row["reached_on"]) == ("on_the_way", 8, 2, None)


def test_target_of_a_district_counts_its_own_people(client, three_certified):
    set_target(5, "350206")

    (row,) = rows(client, on="2015-12-31")

    assert row["progress"].value == 0


@pytest.mark.parametrize("given", [{"figure": ""}, {"figure": "no.such"}, {"unit": "organisation"}])
def test_target_that_nothing_measures_is_not_guessed(client, given):
    set_target(100, **given)

    (row,) = rows(client)

    assert "progress" not in row
    assert "尚无指标" in client.get(reverse("statistics:targets")).content.decode()
