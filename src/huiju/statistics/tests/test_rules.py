"""Round numbers: what reports wrote, and what no report may write."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.statistics.enums import Disclosure, Nearness
from huiju.statistics.rules import (
    RoundNumber,
    about,
    against,
    columns_told,
    disclosed,
    in_round_numbers,
    thousandths,
)

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


def outcome(counts, threshold):
    """All that a reader is shown of a split: its total, the marks, the numbers told."""
    marks = disclosed(counts, threshold=threshold)
    told = {name: counts[name] for name, mark in marks.items() if mark == Disclosure.EXACT}
    hidden = {name: mark for name, mark in marks.items() if mark != Disclosure.EXACT}
    return sum(counts.values()), tuple(sorted(told.items())), tuple(sorted(hidden.items()))


@pytest.mark.parametrize(("threshold", "most"), [(2, 11), (3, 11), (4, 14), (5, 17)])
def test_disclosed_leaves_two_values_for_every_hidden_part_to_who_knows_the_rule(threshold, most):
    names = ("assistant", "senior", "unrecorded")
    possible = defaultdict(list)
    for values in product(range(most + 1), repeat=3):
        counts = dict(zip(names, values, strict=True))
        possible[outcome(counts, threshold)].append(counts)

    pinned = [
        (tables[0], name)
        for (total, told, hidden), tables in possible.items()
        if total <= most
        for name in names
        if (dict(hidden).get(name) or (not told and total))
        and len({table[name] for table in tables}) < 2
    ]

    assert pinned == []


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), min_size=1),
    st.integers(0, 12),
)
def test_disclosed_tells_no_small_number_and_leaves_two_values(counts, threshold):
    least = max(threshold, 3)

    marks = disclosed(counts, threshold=threshold)

    hidden = [name for name, mark in marks.items() if mark != Disclosure.EXACT]
    assert all(counts[name] in {0, *range(least, 61)} for name in marks if name not in hidden)
    rest = sum(counts[name] for name in hidden)
    lows = {name: 1 if marks[name] == Disclosure.FEWER else least for name in hidden}
    highs = {name: least - 1 if marks[name] == Disclosure.FEWER else rest for name in hidden}
    for name in hidden:
        others = [other for other in hidden if other != name]
        low = max(lows[name], rest - sum(highs[other] for other in others))
        high = min(highs[name], rest - sum(lows[other] for other in others))
        assert low < high


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 9, "b": 7}, {"a": "exact", "b": "exact"}),
        ({"a": 90, "b": 70, "c": 2}, {"a": "exact", "b": "covered", "c": "fewer"}),
        ({"a": 90, "b": 2, "unrecorded": 8}, {"a": "exact", "b": "fewer", "unrecorded": "covered"}),
        ({"a": 5, "b": 5}, {}),
        ({"a": 90, "b": 0, "c": 4}, {"a": "covered", "b": "exact", "c": "fewer"}),
        ({"a": 5, "b": 1}, {}),
        ({"a": 1}, {}),
        ({"a": 3, "b": 2, "c": 0}, {}),
        ({}, {}),
    ],
)
def test_disclosed_covers_small_parts_by_the_last_name(counts, shown):
    assert disclosed(counts, threshold=5) == shown


def test_columns_told_pin_no_small_cell():
    names = ("a", "b", "c")
    tables = [
        tuple(dict(zip(names, row, strict=True)) for row in (values[:3], values[3:]))
        for values in product(range(9), repeat=6)
        if sum(values) <= 8  # so every table with the same sums is among these
    ]
    seen = defaultdict(list)
    for rows in tables:
        groups = columns_told(rows, names, threshold=3)
        sums = tuple(tuple(sum(row[name] for name in group) for row in rows) for group in groups)
        edges = tuple(sum(row[name] for row in rows) for name in names)
        seen[tuple(groups), sums, edges].append(rows)
        assert len(groups) == 1 or not {1, 2} & {cell for column in sums for cell in column}

    def consistent(groups, sums, edges):
        """Every table with these sums, for who does not know why columns were merged."""
        return [
            rows
            for rows in by_edges[edges]
            if all(
                tuple(sum(row[name] for name in group) for row in rows) == column
                for group, column in zip(groups, sums, strict=True)
            )
        ]

    by_edges = defaultdict(list)
    for rows in tables:
        by_edges[tuple(sum(row[name] for row in rows) for name in names)].append(rows)
    pinned = [
        (groups, rows[0])
        for (groups, sums, edges), rows in seen.items()
        if len(groups) == 2
        for others in [consistent(groups, sums, edges)]
        for place in range(2)
        for name in groups[-1]
        if {table[place][name] for table in others} in ({1}, {2})
    ]

    assert pinned == []


def test_columns_told_merges_the_last_levels_first():
    rows = [{"a": 30, "b": 20, "c": 1}, {"a": 40, "b": 10, "c": 6}]

    assert [columns_told(rows, names, threshold=5) for names in (["a", "b"], ["a", "b", "c"])] == [
        [("a",), ("b",)],
        [("a",), ("b", "c")],
    ]
