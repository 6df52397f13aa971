"""Nobody is lost in a projection."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.allowances.rules.projection import Assumptions, project

CELLS = st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 3)), st.integers(0, 10**6))
ASSUMED = st.builds(Assumptions, st.integers(0, 2000), st.integers(0, 1000))


@settings(deadline=None)
@given(CELLS, ASSUMED, st.integers(1, 120))
def test_people_are_conserved(counted, assumed, months):
    opening = sum(counted.values())

    for number, cells in enumerate(project(counted, months, assumed)):
        passed = number % 12 + 1
        entered = opening * assumed.entry_permille * passed // 12000
        left = opening * assumed.exit_permille * passed // 12000
        assert all(0 <= flow.left <= flow.opening and flow.entered >= 0 for flow in cells.values())
        assert sum(flow.people for flow in cells.values()) == opening + entered - left
        if passed == 12:
            opening += entered - left


def test_without_entry_and_exit_everybody_stays():
    assert [
        {cell: flow.people for cell, flow in cells.items()}
        for cells in project({"a": 7}, 14, Assumptions())
    ] == [{"a": 7}] * 14


@pytest.mark.parametrize("shares", [(-1, 0), (0, -1), (0, 1001)])
def test_shares_that_cannot_be_are_refused(shares):
    with pytest.raises(ValueError, match="permille"):
        Assumptions(*shares)
