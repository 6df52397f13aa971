"""Targets: set once, brought up to date, and measured by pure sums."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.directory.tests.factories import make_user, place
from huiju.kernel.errors import NotPermitted
from huiju.policies import services
from huiju.policies.models import Target
from huiju.policies.rules.targets import Goal, Progress, first_day_with, months_between, progress
from huiju.policies.services import TargetEntry, TargetInvalid
from huiju.policies.tests.factories import AT, CITY, city_official, make_document

DUE = date(2015, 12, 31)
GOAL = Goal(2500, DUE, 1565, date(2014, 3, 18))


def test_target_on_the_way_says_what_a_month_must_bring():
    found = progress(GOAL, 2069, on=date(2015, 3, 3))

    assert found == Progress("on_the_way", 2069, 431, 8276, 5390, 44, 42)


def test_target_reached_and_target_missed():
    reached, missed = progress(GOAL, 2763, on=DUE), progress(GOAL, 2400, on=date(2016, 1, 1))

    assert (reached.state, reached.missing, reached.pace, reached.share_bp) == (
        "reached", 0, None, 11052,
    )  # fmt: skip
    assert (missed.state, missed.missing, missed.pace) == ("missed", 100, None)


def test_share_is_never_rounded_up_to_the_whole():
    assert progress(Goal(12_000, DUE), 11_999, on=DUE).share_bp == 9999


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (DUE, DUE, 0),
        (DUE, date(2015, 1, 1), 0),
        (date(2015, 12, 30), DUE, 1),
        (date(2015, 11, 30), date(2015, 12, 30), 1),
        (date(2015, 3, 3), DUE, 10),
    ],
)
def test_months_begun_are_counted(first, last, months):
    assert months_between(first, last) == months


@given(st.integers(0, 4000), st.integers(1, 4000))
def test_first_day_is_found_wherever_it_lies(day, span):
    first = date(2010, 1, 1)
    turning = first + timedelta(days=day)
    last = first + timedelta(days=span)

    found = first_day_with(
        1, (first, last), lambda days: [1 if each >= turning else 0 for each in days]
    )

    assert found == (turning if turning <= last else None)


def entry(**fields):
    given = {
        "title": "持证社工", "value": 2500, "unit": "person", "due_on": DUE, "place": place(CITY),
        "figure": "registry.certified", "confidence": "S",
    }  # fmt: skip
    return TargetEntry(**given | fields)


@pytest.mark.django_db
def test_target_comes_in_once_and_is_brought_up_to_date():
    document, by = make_document(), city_official()

    for value in (2500, 2500, 2600):
        services.set_target(entry=entry(document=document, value=value), by=by, at=AT)

    assert Target.objects.get().value == 2600


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"baseline_value": 1}, {"baseline_on": AT.date()}, {"baseline_value": 1, "baseline_on": DUE}],
)
def test_target_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(TargetInvalid):
        services.set_target(
            entry=entry(document=make_document(), **wrong), by=city_official(), at=AT
        )


@pytest.mark.django_db
def test_target_of_the_city_is_set_by_the_city():
    with pytest.raises(NotPermitted):
        services.set_target(
            entry=entry(document=make_document()), by=make_user("district", "350203"), at=AT
        )
