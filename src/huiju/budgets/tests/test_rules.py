"""Splitting exactly, and reading amounts exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.budgets.rules import NotWholeFen, fen_of, further_shares, shares_of

amounts = st.integers(-(10**14), 10**14)
parts = st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any)


def test_the_fen_left_over_goes_to_the_largest_remainder_and_the_first_among_equals():
    assert shares_of(100, [1, 1, 1]) == [34, 33, 33]
    assert shares_of(101, [50, 30, 20]) == [51, 30, 20]
    assert shares_of(-100, [1, 1, 1]) == [-34, -33, -33]
    assert shares_of(20_001, [60, 40]) == [12_001, 8_000]


@given(amounts, parts)
def test_shares_sum_to_the_total_and_lie_within_a_fen_of_the_quota(total, plan):
    shares = shares_of(total, plan)

    assert sum(shares) == total
    whole = sum(plan)
    assert all(
        abs(share * whole - total * part) < whole for share, part in zip(shares, plan, strict=True)
    )


@given(amounts, parts)
def test_a_reversed_amount_is_shared_as_the_amount_was(total, plan):
    assert shares_of(-total, plan) == [-share for share in shares_of(total, plan)]


@given(st.lists(amounts, min_size=1, max_size=8), parts)
def test_corrections_leave_the_payers_with_the_split_of_the_sum(changes, plan):
    posted = [0] * len(plan)
    for change in changes:
        further = further_shares(posted, change, plan)
        assert sum(further) == change
        posted = [before + more for before, more in zip(posted, further, strict=True)]

    assert posted == shares_of(sum(changes), plan)


@pytest.mark.parametrize("plan", [[], [0, 0], [1, -1]])
def test_parts_that_share_nothing_out_are_refused(plan):
    with pytest.raises(ValueError, match="parts"):
        shares_of(100, plan)


@pytest.mark.parametrize(
    ("written", "unit", "fen"),
    [
        ("163.55", 1_000_000, 163_550_000),
        ("1,234.50", 100, 123_450),
        ("12.3", 1_000_000, 12_300_000),
        ("0.000001", 1_000_000, 1),
        ("45万".rstrip("万"), 1_000_000, 45_000_000),
        ("100元", 100, 10_000),
        ("-3", 100, -300),
    ],
)
def test_an_office_s_amount_is_read_exactly(written, unit, fen):
    assert fen_of(written, unit) == fen


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("0.001", 100),
        ("约三万", 100),
        ("", 100),
        ("nan", 100),
        ("1e30", 100),
        ("0.0000001", 1_000_000),
    ],
)
def test_what_is_no_whole_number_of_fen_is_refused(written, unit):
    with pytest.raises(NotWholeFen):
        fen_of(written, unit)
