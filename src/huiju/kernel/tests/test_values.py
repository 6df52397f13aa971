import itertools
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.kernel import clock, money
from huiju.kernel.errors import NotPermitted, WrongState
from huiju.kernel.periods import Month, Period
from huiju.kernel.permits import YES, no
from huiju.kernel.states import check_move

AMOUNTS = st.integers(min_value=-(10**13), max_value=10**13)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))


@given(AMOUNTS)
def test_an_amount_written_and_read_again_is_the_same(fen):
    assert money.fen_from_yuan(money.yuan(fen)) == fen


@pytest.mark.parametrize(
    "text", ["1.005", "1,23.00", "", "12元", "1e3", "０", "1 000", "NaN", ".5"]
)
def test_a_text_that_is_no_amount_is_refused(text):
    with pytest.raises(money.NotAnAmount):
        money.fen_from_yuan(text)


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (140950, "壹仟肆佰零玖元伍角整"),  # the examples of 支付结算办法, annex 1
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (1000000100, "壹仟万零壹元整"),
        (10001000000, "壹亿零壹万元整"),
        (5, "伍分"),
        (0, "零元整"),
        (-12345, "负壹佰贰拾叁元肆角伍分"),
    ],
)
def test_an_amount_in_capital_numerals_is_as_vouchers_have_it(fen, written):
    assert money.capital_yuan(fen) == f"人民币{written}"


@given(AMOUNTS)
def test_capital_numerals_read_again_are_the_same_amount(fen):
    text = money.capital_yuan(fen).removeprefix("人民币")
    sign = -1 if text.startswith("负") else 1
    whole, _yuan, rest = text.lstrip("负").rpartition("元")

    assert sign * (100 * _counted(whole) + _counted_coins(rest)) == fen


def _counted(numerals):
    """What a reader adds up: digits times their unit, groups closed by 万, 亿 and 万亿."""
    total = 0
    for name, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4), ("", 1)):
        head, found, tail = numerals.partition(name) if name else (numerals, "x", "")
        if found:
            total, numerals = total + size * _group(head), tail
    return total


def _group(numerals):
    total, digit = 0, 0
    for sign in numerals:
        if sign in "拾佰仟":
            total, digit = total + digit * 10 ** (1 + "拾佰仟".index(sign)), 0
        else:
            digit = money.DIGITS.index(sign)
    return total + digit


def _counted_coins(rest):
    return sum(
        money.DIGITS.index(digit) * (10 if unit == "角" else 1)
        for digit, unit in itertools.pairwise(rest)
        if unit in "角分"
    )


@pytest.mark.parametrize(
    ("fen", "numerator", "denominator", "share"),
    [
        (100, 1, 3, 33),
        (100, 1, 2, 50),
        (1, 1, 2, 1),
        (-1, 1, 2, -1),
        (200, 2, 3, 133),
        (5, -1, 2, -3),
    ],
)
def test_a_share_is_rounded_half_up_once(fen, numerator, denominator, share):
    assert money.rounded_share(fen, numerator, denominator) == share


@given(DAYS)
def test_a_month_holds_its_days(day):
    month = Month.of(day)

    assert month.first_day <= day <= month.last_day < month.next.first_day
    assert Month.parse(str(month)) == month


@given(st.integers(1990, 2090), st.integers(1, 12), st.integers(-500, 500))
def test_months_added_are_months_taken_away(year, number, distance):
    month = Month(year, number)

    assert month.plus(distance).plus(-distance) == month


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_periods_overlap_exactly_when_a_day_lies_in_both(start, end, other_start, other_end):
    one, other = Period(start, end), Period(other_start, other_end)
    later_start = max(start, other_start)
    both_have_days = all(p.ends_on is None or p.starts_on < p.ends_on for p in (one, other))

    if both_have_days:
        assert one.overlaps(other) == (later_start in one and later_start in other)


def test_the_clock_stands_still_where_it_was_set():
    noon = clock.noon_of(date(2015, 10, 31))

    with clock.fixed(noon):
        assert (clock.now(), clock.today()) == (noon, date(2015, 10, 31))


def test_a_day_ends_at_midnight_in_the_city():
    assert clock.end_of(date(2015, 10, 31)) == datetime(2015, 10, 31, 16, tzinfo=UTC)
    assert clock.day_of(datetime(2015, 10, 31, 16, tzinfo=UTC)) == date(2015, 11, 1)


def test_a_permit_refused_raises_its_reason():
    YES.require()

    with pytest.raises(NotPermitted, match="not here"):
        no("not here").require()


def test_a_move_outside_the_table_is_refused():
    moves = {"draft": {"sent"}}
    check_move(moves, "draft", "sent")

    with pytest.raises(WrongState):
        check_move(moves, "sent", "draft")


@pytest.mark.parametrize(
    "text",
    [
        "2015-1",
        "2015-13",
        "2015-00",
        "0001-01",
        "9999-12",
        "２０１５-10",
        "2015-10-01",
        " 2015-10",
    ],
)
def test_a_text_that_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        Month.parse(text)
