"""Totals without lines are the sums of the lines, whatever the policy."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule
from huiju.allowances.rules import head_counts, named_facts
from huiju.allowances.rules.computing import FACT_TABLES, Computer
from huiju.allowances.tests.test_parity import by_part, facts_of_some_cases, policy

PART = ("scheme", "month", "district", "level")
RULES = st.builds(
    policy,
    granularity=st.sampled_from(Granularity),
    month_rule=st.sampled_from(MonthRule),
    level_pick=st.sampled_from(LevelPick),
    cert_effect=st.sampled_from(Effect),
    post_effect=st.sampled_from(Effect),
)


def sums_of_lines(lines):
    sums = defaultdict(lambda: {"people": 0, "amount_fen": 0, "unrated": 0})
    for line in lines:
        part = sums[tuple(line[key] for key in PART)]
        part["people"] += 1
        part["amount_fen"] += line["amount_fen"] or 0
        part["unrated"] += line["amount_fen"] is None
    return by_part([dict(zip(PART, key, strict=True)) | part for key, part in sums.items()])


@settings(max_examples=6, deadline=None)
@given(RULES, st.integers(0, 10**9))
def test_totals_are_the_sums_of_the_lines(asked, seed):
    facts = facts_of_some_cases(seed)
    computer = Computer()

    totals = computer.totals(asked, facts)

    assert by_part(totals) == sums_of_lines(computer.due(asked, facts))


@settings(max_examples=4, deadline=None)
@given(RULES.filter(lambda asked: asked.granularity == Granularity.MONTH), st.integers(0, 10**9))
def test_head_counts_are_the_lines_by_their_deciding_day(asked, seed):
    facts = facts_of_some_cases(seed)
    computer = Computer()

    statement = head_counts(named_facts(), asked).sql("duckdb")
    counts = computer.rows(statement, facts, FACT_TABLES)

    people = defaultdict(int)
    for line in computer.due(asked, facts):
        people[(*(line[key] for key in PART), line["counted_on"])] += 1
    found = {(*(row[key] for key in PART), row["counted_on"]): row["people"] for row in counts}
    assert found == dict(people)


def test_equal_people_are_counted_not_listed():
    person = {"starts_on": date(2024, 1, 1), "ends_on": None}
    facts = {name: [] for name in FACT_TABLES}
    for n in range(3):
        facts["certificates"].append(person | {"person": n, "level": 1, "cert_ref": n})
        post = {"scheme": 1, "person": n, "district": 7, "post_ref": n}
        facts["posts"].append(person | post)
    rate = {"scheme": 1, "level": 1, "district": None, "rate_fen": 20000, "rate_ref": 1}
    facts["rates"].append(person | rate)
    month = {"month": date(2025, 1, 1), "ends_on": date(2025, 2, 1), "days": 31}
    month |= {"scheme": 1, "least_days": 1, "decides_on": date(2025, 1, 1)}
    facts["months"].append(month)

    totals = Computer().totals(policy(), facts)

    part = {"scheme": 1, "month": date(2025, 1, 1), "district": 7, "level": 1}
    assert totals == [part | {"people": 3, "amount_fen": 60000, "unrated": 0}]


def test_head_counts_of_days_are_refused():
    with pytest.raises(ValueError, match="day"):
        head_counts(named_facts(), policy(granularity=Granularity.DAY))
