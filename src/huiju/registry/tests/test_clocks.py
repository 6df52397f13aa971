"""The three clocks as worksheets: 民发〔2009〕44号 on registration, 民发〔2009〕123号 on hours; and what is not settled."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.kernel.periods import Period
from huiju.registry.enums import ClockState, NotCounted, RegistrationState
from huiju.registry.rules.clocks import (
    LADDER,
    ClockTerms,
    EarnedHours,
    HeldCertificate,
    RegisteredDays,
    clocks,
    counted_in,
    hours_clock,
    plus_months,
    registration_clock,
    rung,
)
from huiju.registry.rules.registrations import tenths_of

TERMS = ClockTerms(12, 36, 3, {"assistant": 72, "intermediate": 90, "senior": 90})
UNSETTLED = ClockTerms(None, None, None, {})
APPROVED = date(2014, 6, 30)
HELD = [HeldCertificate("assistant", APPROVED, None)]
FIRST = Period(date(2014, 9, 1), date(2017, 9, 1))
REGISTERED = [RegisteredDays("assistant", FIRST)]
DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("on", "state", "due_on"),
    [
        (date(2014, 6, 30), "first_open", date(2015, 6, 30)),  # 通过后一年内
        (date(2015, 6, 30), "first_open", date(2015, 6, 30)),
        (date(2015, 7, 1), "first_late", date(2015, 6, 30)),
    ],
)
def test_a_first_registration_is_in_time_within_a_year(on, state, due_on):
    found = registration_clock(HELD, [], on=on, terms=TERMS)

    assert (found.state, found.due_on) == (state, due_on)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2014, 9, 1), "valid"),
        (date(2017, 5, 31), "valid"),
        (date(2017, 6, 1), "renewable"),  # 有效期届满前三个月
        (date(2017, 8, 31), "renewable"),
        (date(2017, 9, 1), "lapsed"),
    ],
)
def test_a_registration_is_renewed_in_its_last_three_months(on, state):
    found = registration_clock(HELD, REGISTERED, on=on, terms=TERMS)

    assert (found.state, found.due_on) == (state, date(2017, 8, 31))


def test_a_registration_renewed_in_time_leaves_no_day_between():
    renewed = [*REGISTERED, RegisteredDays("assistant", Period(date(2017, 9, 1), date(2020, 9, 1)))]

    for day in (date(2017, 8, 31), date(2017, 9, 1), date(2020, 5, 31)):
        assert registration_clock(HELD, renewed, on=day, terms=TERMS).clock == ClockState.DONE


def test_without_a_certificate_in_force_there_is_nothing_to_register():
    revoked = [HeldCertificate("assistant", APPROVED, date(2016, 1, 1))]

    found = clocks(revoked, REGISTERED, [], on=date(2016, 1, 1), terms=TERMS)

    assert found.registration.state == RegistrationState.NONE
    assert (found.certificate, found.level, found.done) == (ClockState.MISSING, "", 0)


def test_what_no_policy_settles_has_no_deadline_and_is_not_assumed():
    open_ended = registration_clock(HELD, [], on=date(2030, 1, 1), terms=UNSETTLED)
    unneeded = hours_clock(REGISTERED, [], on=date(2015, 1, 1), terms=UNSETTLED)

    assert (open_ended.state, open_ended.due_on) == ("first_open", None)
    assert (unneeded.needed_tenths, unneeded.clock) == (None, ClockState.UNKNOWN)


def hours(key, earned_on, tenths, item="training"):
    return EarnedHours(key, item, earned_on, tenths)


def test_hours_belong_to_the_period_in_which_they_were_earned():
    earned = [
        hours(1, date(2014, 8, 31), 240),
        hours(2, date(2014, 9, 1), 240),
        hours(3, date(2017, 8, 31), 480),
        hours(4, date(2017, 9, 1), 720),
    ]

    found = hours_clock(REGISTERED, earned, on=date(2016, 1, 1), terms=TERMS)

    assert [each.reason for each in found.counted] == [
        NotCounted.OUTSIDE,
        None,
        None,
        NotCounted.OUTSIDE,
    ]
    assert (found.earned_tenths, found.missing_tenths, found.clock) == (720, 0, ClockState.DONE)


def test_a_degree_counts_once_also_over_two_periods():
    earned = [
        hours(1, date(2013, 7, 1), 900, "degree"),
        hours(2, date(2015, 7, 1), 900, "degree"),
    ]

    found = hours_clock(REGISTERED, earned, on=date(2016, 1, 1), terms=TERMS)

    assert [each.reason for each in found.counted] == [NotCounted.OUTSIDE, NotCounted.DEGREE_TWICE]
    assert found.missing_tenths == 720


@pytest.mark.parametrize(("level", "needed"), [("assistant", 720), ("intermediate", 900)])
def test_the_level_registered_says_how_many_hours_are_needed(level, needed):
    found = hours_clock([RegisteredDays(level, FIRST)], [], on=date(2016, 1, 1), terms=TERMS)

    assert found.needed_tenths == needed


def test_three_of_three():
    earned = [hours(1, date(2015, 5, 5), 720)]

    assert clocks(HELD, REGISTERED, earned, on=date(2016, 1, 1), terms=TERMS).done == 3
    assert clocks(HELD, REGISTERED, earned, on=date(2017, 9, 1), terms=TERMS).done == 1


@given(
    st.lists(
        st.builds(
            hours,
            st.integers(1, 99),
            st.dates(date(2013, 1, 1), date(2019, 1, 1)),
            st.integers(1, 4000),
            st.sampled_from(["training", "courses", "degree", "recognised"]),
        ),
        unique_by=lambda each: each.key,
    )
)
def test_every_record_is_told_and_no_degree_counts_twice(earned):
    counted = counted_in(FIRST, earned)
    by_key = {each.key: each for each in earned}

    assert sorted(each.key for each in counted) == sorted(by_key)
    counting = [by_key[each.key] for each in counted if each.reason is None]
    assert all(each.earned_on in FIRST for each in counting)
    assert sum(each.item == "degree" for each in counting) <= 1


@given(DAYS, st.integers(-60, 60))
def test_months_later_is_the_same_number_or_the_month_s_last(day, months):
    later = plus_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(DAYS, st.integers(0, 200))
def test_the_ladder_is_climbed_step_by_step(due_on, left):
    step = rung(due_on, due_on - timedelta(days=left))

    assert step == min((days for days in LADDER if left <= days), default=None)


@pytest.mark.parametrize(
    ("written", "tenths"),
    [
        *(("24", 240), ("1.5", 15), ("24.0", 240), ("24.50", 245), ("72学时", 720)),
        *(("0", None), ("-3", None), ("1.55", None), ("many", None), ("", None), ("1e3", None)),
    ],
)
def test_hours_are_read_to_a_tenth(written, tenths):
    assert tenths_of(written) == tenths
