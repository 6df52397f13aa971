"""Round numbers: what reports wrote, and what no report may write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.statistics.enums import Nearness
from huiju.statistics.rules import RoundNumber, about, against, in_round_numbers, thousandths

EXACT, NEARLY, OVER, ABOUT = Nearness.EXACT, Nearness.NEARLY, Nearness.OVER, Nearness.ABOUT


@pytest.mark.parametrize(
    ("exact", "said"),
    [
        (1487, RoundNumber(NEARLY, 1500)),  # 近1500名 in the founding report
        (453, RoundNumber(OVER, 450)),  # 450多人 in the founding report
        (12, RoundNumber(OVER, 10)),  # 10多个文件 in the founding report
        (2763, RoundNumber(NEARLY, 2800)),
        (11265, RoundNumber(OVER, 11000)),
        (98, RoundNumber(NEARLY, 100)),
        (2000, RoundNumber(EXACT, 2000)),
        (40, RoundNumber(EXACT, 40)),
        (9, RoundNumber(EXACT, 9)),
        (10, RoundNumber(EXACT, 10)),
        (0, RoundNumber(EXACT, 0)),
        (100, RoundNumber(EXACT, 100)),
        (101, RoundNumber(OVER, 100)),
    ],
)
def test_in_round_numbers_words_counts_as_reports_do(exact, said):
    assert in_round_numbers(exact) == said


@given(st.integers(min_value=0, max_value=10**9))
def test_in_round_numbers_never_claims_what_is_not(exact):
    said = in_round_numbers(exact)

    true = {
        EXACT: said.number == exact,
        OVER: said.number < exact,
        NEARLY: said.number > exact,
    }
    assert true[said.nearness]


@given(st.integers(min_value=100, max_value=10**9))
def test_in_round_numbers_stays_close_to_a_count_from_a_hundred_on(exact):
    said = in_round_numbers(exact)

    assert abs(said.number - exact) * 1000 <= 50 * exact


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (45_000_000, RoundNumber(EXACT, 45_000_000)),  # 45万元
        (45_030_000, RoundNumber(ABOUT, 45_000_000)),  # 约45万元
        (163_550_000, RoundNumber(ABOUT, 164_000_000)),  # 约164万元
        (1_230_000, RoundNumber(EXACT, 1_230_000)),
    ],
)
def test_about_words_amounts_in_ten_thousands_of_yuan(fen, said):
    assert about(fen, 1_000_000) == said


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from([10, 100, 10**6, 10**8]))
def test_about_is_within_a_hundredth_or_exact(exact, step):
    said = about(exact, step)

    if said.nearness == EXACT:
        assert said.number == exact
    else:
        assert 0 < abs(said.number - exact) * 100 <= exact


@pytest.mark.parametrize(
    ("exact", "mark", "said"),
    [
        (2763, 2500, RoundNumber(OVER, 2500)),
        (2500, 2500, RoundNumber(EXACT, 2500)),
        (2460, 2500, RoundNumber(NEARLY, 2500)),
        (2069, 2500, RoundNumber(EXACT, 2069)),
    ],
)
def test_against_a_target_says_over_at_nearly_or_the_number(exact, mark, said):
    assert against(exact, mark) == said


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=10**9))
def test_against_never_claims_a_target_that_was_missed(exact, mark):
    said = against(exact, mark)

    assert (said.nearness == OVER) == (exact > mark)


def test_thousandths_rounds_half_up_once():
    assert [thousandths(1, 8), thousandths(1, 3), thousandths(2, 3), thousandths(0, 0)] == [
        125,
        333,
        667,
        None,
    ]
