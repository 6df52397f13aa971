"""The three standings of a day, and that the future never changes the past."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.kernel.money import NotAnAmount
from huiju.policies import rules
from huiju.policies.rules import Dated, Span, Standing

FIRST = date(2014, 1, 1)


def dated(starts: int, ends: int | None, after: str = "", distance: int = 0, ref: int = 1) -> Dated:
    return Dated(
        FIRST + timedelta(days=starts),
        None if ends is None else FIRST + timedelta(days=ends),
        after,
        distance,
        ref,
    )


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


def test_value_holds_on_its_first_day_and_not_on_the_day_it_ends():
    value = dated(10, 20, "repealed")

    found = [rules.standing([value], on=on(day)).kind for day in (9, 10, 19, 20)]

    assert found == ["never", "in_force", "in_force", "repealed"]


def test_value_without_end_holds_until_further_notice():
    value = dated(0, None)

    assert rules.standing([value], on=on(10_000)) == Standing("in_force", value)


def test_day_after_an_unknown_sequel_is_unknown_until_the_next_value():
    known, later = dated(0, 10, "unknown"), dated(50, None, ref=2)

    found = [rules.standing([known, later], on=on(day)).kind for day in (9, 10, 49, 50)]

    assert found == ["in_force", "unknown", "unknown", "in_force"]


def test_own_value_goes_before_that_of_the_place_around():
    city, district = dated(0, None, distance=1), dated(10, 20, "repealed", ref=2)

    found = [rules.standing([city, district], on=on(day)).value for day in (9, 10, 20)]

    assert found == [city, district, city]


def test_unknown_in_the_nearer_place_is_not_filled_from_around():
    city, district = dated(0, None, distance=1), dated(10, 20, "unknown", ref=2)

    assert rules.standing([city, district], on=on(20)) == Standing("unknown", district)


def test_spans_cover_every_day_once_and_join_equal_neighbours():
    first, second = dated(0, 10, "repealed"), dated(20, None, ref=2)

    found = rules.spans([first, second], first=on(5), last=on(29))

    assert found == [
        Span(on(5), on(10), Standing("in_force", first)),
        Span(on(10), on(20), Standing("repealed", first)),
        Span(on(20), on(30), Standing("in_force", second)),
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Dated]:
    """Values at two distances, not overlapping at one distance, as the database keeps them."""
    values: list[Dated] = []
    for distance in (0, 1):
        day = draw(st.integers(0, 20))
        for _ in range(draw(st.integers(0, 3))):
            length = draw(st.integers(1, 30))
            after = draw(st.sampled_from(["repealed", "unknown"]))
            values.append(dated(day, day + length, after, distance, len(values)))
            day += length + draw(st.integers(0, 20))
    return values


@given(
    values=histories(), distance=st.integers(0, 1), gap=st.integers(0, 50), day=st.integers(0, 400)
)
def test_adding_a_future_value_never_changes_an_earlier_day(values, distance, gap, day):
    ends = [value.ends_on for value in values if value.ends_on]
    begins = max(ends, default=FIRST) + timedelta(days=gap)
    future = Dated(begins, None, "", distance, 99)
    earlier = min(on(day), begins - timedelta(days=1))

    assert rules.standing([*values, future], on=earlier) == rules.standing(values, on=earlier)


@given(values=histories(), last=st.integers(0, 200))
def test_spans_say_of_each_day_what_standing_says(values, last):
    found = rules.spans(values, first=FIRST, last=on(last))

    said = {
        day: span.standing
        for span in found
        for day in range((span.starts_on - FIRST).days, (span.ends_on - FIRST).days)
    }
    assert said == {day: rules.standing(values, on=on(day)) for day in range(last + 1)}


@pytest.mark.parametrize(
    ("text", "unit", "number", "shown"),
    [
        ("200", "fen", 20000, "200.00"),
        ("1,250.50", "fen", 125050, "1,250.50"),
        ("70%", "basis_point", 7000, "70"),
        ("62.5", "basis_point", 6250, "62.5"),
        ("36", "month", 36, "36"),
        ("12000", "person", 12000, "12,000"),
    ],
)
def test_numbers_are_read_and_shown_as_offices_write_them(text, unit, number, shown):
    assert rules.number_from(text, unit) == number
    assert rules.number_shown(number, unit) == shown


@pytest.mark.parametrize(
    ("text", "unit"),
    [("约200", "fen"), ("200%", "fen"), ("0.001", "fen"), ("3.5", "month"), ("不明", "month"), ("NaN", "point"), ("0.005", "basis_point")],
)  # fmt: skip
def test_what_is_not_a_whole_number_of_the_unit_is_refused(text, unit):
    with pytest.raises((ValueError, NotAnAmount)):
        rules.number_from(text, unit)
