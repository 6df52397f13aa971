"""Rates tried on head counts are what a full computation gives."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.allowances.enums import Granularity, MonthRule
from huiju.allowances.rules import calendar, counted_segments, named_facts, segments
from huiju.allowances.rules.computing import FACT_TABLES, Computer
from huiju.allowances.rules.cube import TRIALS, TRIED, ahead, counted, priced
from huiju.allowances.rules.facts import MONTHS
from huiju.allowances.rules.projection import Assumptions
from huiju.allowances.rules.totals import CUBE, SEGMENTS
from huiju.allowances.rules.tunnel import cost
from huiju.allowances.tests.test_parity import by_part, facts_of_some_cases
from huiju.allowances.tests.test_totals import RULES
from huiju.kernel.periods import Month


@settings(max_examples=4, deadline=None)
@given(
    RULES.filter(lambda asked: asked.granularity == Granularity.MONTH),
    st.integers(0, 10**9),
    st.integers(-20000, 50000),
)
def test_rates_tried_on_head_counts_are_a_full_computation(asked, seed, raised):
    facts = facts_of_some_cases(seed)
    computer = Computer()
    dearer = [
        row | {"rate_fen": row["rate_fen"] and row["rate_fen"] + raised} for row in facts["rates"]
    ]

    cube = counted(computer, asked, facts)
    tried = [
        row | {"trial": n} for n, rates in enumerate((facts["rates"], dearer)) for row in rates
    ]
    found = computer.rows(TRIALS, {"cube": cube, "tried": tried}, TRIED)

    for trial, rates in enumerate((facts["rates"], dearer)):
        rows = [{k: row[k] for k in row if k != "trial"} for row in found if row["trial"] == trial]
        assert by_part(rows) == by_part(computer.totals(asked, facts | {"rates": rates}))


@settings(max_examples=4, deadline=None)
@given(
    RULES.filter(lambda asked: asked.granularity == Granularity.MONTH),
    st.integers(0, 10**9),
    st.builds(Assumptions, st.integers(0, 900), st.integers(0, 900)),
)
def test_priced_head_counts_cost_what_the_rules_compute_in_later_months_too(asked, seed, assumed):
    facts = facts_of_some_cases(seed)
    scheme = facts["months"][0]["scheme"]
    for name in ("posts", "rates", "months"):
        facts[name] = [row for row in facts[name] if row["scheme"] == scheme]
    computer = Computer()
    newest = Month.of(max(row["month"] for row in facts["months"]))
    future = [
        {"scheme": scheme, **vars(row)}
        for row in calendar(asked, [newest.plus(n) for n in range(1, 15)])
    ]

    past = counted(computer, asked, facts)
    cube = [*past, *ahead(computer, asked, future, assumed, past)]

    totals = computer.totals(asked, facts)
    full = cost(totals, asked, facts["rates"], future, assumed)
    assert by_part(priced(computer, cube, facts["rates"])) == by_part(full)


@settings(max_examples=4, deadline=None)
@given(
    RULES.filter(lambda asked: asked.granularity == Granularity.MONTH),
    st.sampled_from(MonthRule),
    st.integers(0, 10**9),
)
def test_segments_prepared_under_one_month_rule_answer_for_all(asked, other, seed):
    facts = facts_of_some_cases(seed)
    computer = Computer()

    prepared = segments(named_facts(), replace(asked, month_rule=other)).sql("duckdb")
    kept = {"segments": computer.rows(prepared, facts, FACT_TABLES), "months": facts["months"]}
    statement = counted_segments(named_facts().months, asked).sql("duckdb")
    found = computer.rows(statement, kept, {"segments": SEGMENTS, "months": MONTHS})

    assert in_order_of_keys(found) == in_order_of_keys(counted(computer, asked, facts))


def in_order_of_keys(rows):
    return sorted(tuple(row[name] for name in CUBE.names) for row in rows)
