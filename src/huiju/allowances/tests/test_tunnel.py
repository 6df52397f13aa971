"""The wind tunnel: unchanged it is the run, changed it is a full computation, and the future adds up."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.allowances.rules import calendar
from huiju.allowances.rules.computing import FACT_TABLES, Computer
from huiju.allowances.rules.projection import Assumptions
from huiju.allowances.rules.tunnel import SUMS, RateChange, cost, digest, gains, with_rates
from huiju.allowances.tests.test_parity import by_part, facts_of_some_cases, policy
from huiju.allowances.tests.test_totals import RULES, sums_of_lines
from huiju.kernel.periods import Month

SINCE = {"starts_on": date(2024, 1, 1), "ends_on": None}


def months(first, count, asked):
    rows = calendar(asked, [first.plus(n) for n in range(count)])
    return [{"scheme": 1, **vars(row)} for row in rows]


def ten_people(asked):
    facts = {name: [] for name in FACT_TABLES}
    for n in range(10):
        facts["certificates"].append(SINCE | {"person": n, "level": 1, "cert_ref": n})
        post = {"scheme": 1, "person": n, "district": 7 + n % 2, "post_ref": n}
        facts["posts"].append(SINCE | post)
    rate = {"scheme": 1, "level": 1, "district": None, "rate_fen": 20000, "rate_ref": 1}
    facts["rates"].append(SINCE | rate)
    facts["months"] = months(Month(2025, 1), 2, asked)
    return facts


@settings(max_examples=5, deadline=None)
@given(RULES, st.integers(0, 10**9))
def test_a_scenario_that_changes_nothing_is_the_run(asked, seed):
    facts = facts_of_some_cases(seed)
    computer = Computer()

    found = cost(computer.totals(asked, facts), asked, facts["rates"], [], Assumptions())

    assert by_part(found) == sums_of_lines(computer.due(asked, facts))


def test_the_future_takes_the_last_head_count_and_the_changed_rate():
    asked = policy()
    facts = ten_people(asked)
    change = RateChange(level=1, starts_on=date(2025, 4, 1), rate_fen=30000)
    facts["rates"] = with_rates(facts["rates"], [change], scheme=1)
    future = months(Month(2025, 3), 12, asked)

    past = Computer().totals(asked, facts)
    found = cost(past, asked, facts["rates"], future, Assumptions(entry_permille=200))

    of_all = {row["month"]: [0, 0] for row in found}
    for row in found:
        of_all[row["month"]][0] += row["people"]
        of_all[row["month"]][1] += row["amount_fen"]
    assert of_all[date(2025, 2, 1)] == [10, 200000]
    assert of_all[date(2025, 3, 1)] == [10, 200000]
    assert of_all[date(2025, 4, 1)] == [10, 300000]
    assert of_all[date(2025, 8, 1)] == [11, 330000]
    assert of_all[date(2026, 2, 1)] == [12, 360000]


@pytest.mark.parametrize("field", ["people", "amount_fen", "district"])
def test_the_digest_changes_with_any_number(field):
    rows = Computer().totals(policy(), ten_people(policy()))

    assert digest([rows[0] | {field: 6}, *rows[1:]]) != digest(rows)


def test_gains_count_people_by_district():
    sums = [{"district": 7, "person": n, "amount_fen": 100} for n in range(4)]
    after = [sums[0] | {"amount_fen": 150}, sums[1] | {"amount_fen": 40}, sums[2]]
    after.append({"district": 8, "person": 9, "amount_fen": 30})

    found = Computer().rows(
        gains().sql("duckdb"), {"before": sums, "after": after}, {"before": SUMS, "after": SUMS}
    )

    assert found == [
        {
            "district": 7,
            "gaining": 1,
            "losing": 2,
            "unchanged": 1,
            "gained_fen": 50,
            "lost_fen": 160,
        },
        {"district": 8, "gaining": 1, "losing": 0, "unchanged": 0, "gained_fen": 30, "lost_fen": 0},
    ]


def test_a_changed_rate_ends_the_old_one_and_removes_later_ones():
    old = {"scheme": 1, "level": 1, "district": None, "rate_fen": 1, "rate_ref": 1}
    later = old | {"starts_on": date(2025, 6, 1), "ends_on": None, "district": 7}
    other = old | SINCE | {"level": 2}

    found = with_rates([old | SINCE, later, other], [RateChange(1, date(2025, 4, 1), 2)], scheme=1)

    assert [(row["level"], row["ends_on"], row["rate_fen"]) for row in found] == [
        (1, date(2025, 4, 1), 1),
        (2, None, 1),
        (1, None, 2),
    ]
