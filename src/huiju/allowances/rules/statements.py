"""The rules as SQL for DuckDB, compiled once for each kind of policy and kept."""

from dataclasses import replace
from functools import cache

import ibis

from huiju.allowances.enums import Granularity, LevelPick, MonthRule, Shape
from huiju.allowances.rules.facts import (
    DEBTS,
    DUE,
    LINES,
    POSTED,
    RECOVERIES,
    named_facts,
)
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.settlement import differences, settlement
from huiju.allowances.rules.shapes import PLAIN, SHAPES, Terms
from huiju.allowances.rules.totals import TOTALS, counted_segments, head_counts, segments
from huiju.kernel.periods import Month


def statement_policy(policy: Policy) -> Policy:
    """The policy with everything neutral that makes no other statement: fields without meaning beside
    the others, and those that reach the rules as rows of the months, rates or recoveries.

    Schemes with the same one can be computed together.
    """
    rule, pick = policy.month_rule, policy.level_pick
    by_days = policy.granularity == Granularity.DAY
    if by_days or rule != MonthRule.ON_DAY:
        rule = MonthRule.ANY_DAY
    if by_days or rule == MonthRule.ON_DAY:
        pick = LevelPick.HIGHEST
    return Policy(
        scheme_start=Month(2000, 1),
        granularity=policy.granularity,
        month_rule=rule,
        level_pick=pick,
        cert_effect=policy.cert_effect,
        post_effect=policy.post_effect,
        lookback_months=None,
        recovery_pct=None,
    )


def due_statement(shape: Shape, policy: Policy, terms: Terms = PLAIN) -> str:
    """What is due, from tables named as in `facts.named_facts`; columns of `facts.DUE`."""
    return _due_statement(shape, statement_policy(policy), terms)


@cache
def _due_statement(shape: Shape, policy: Policy, terms: Terms) -> str:
    return SHAPES[shape](named_facts(), policy, terms).sql("duckdb")


def totals_statement(shape: Shape, policy: Policy) -> str:
    """The sums of what is due by month, district and level; columns as in `totals.totals_by_level`."""
    return _totals_statement(shape, statement_policy(policy))


@cache
def _totals_statement(shape: Shape, policy: Policy) -> str:
    return TOTALS[shape](named_facts(), policy).sql("duckdb")


def head_counts_statement(policy: Policy) -> str:
    """Head counts by the day that decides the rate, of whole months; columns of `totals.CUBE`."""
    return _head_counts_statement(statement_policy(policy))


@cache
def _head_counts_statement(policy: Policy) -> str:
    return head_counts(named_facts(), policy).sql("duckdb")


def segments_statement(policy: Policy) -> str:
    """Spans in the months asked for, whatever the rule of whole months; columns of `totals.SEGMENTS`."""
    whole = replace(policy, granularity=Granularity.MONTH, month_rule=MonthRule.ANY_DAY)
    return _segments_statement(statement_policy(replace(whole, level_pick=LevelPick.HIGHEST)))


@cache
def _segments_statement(policy: Policy) -> str:
    return segments(named_facts(), policy).sql("duckdb")


def counted_segments_statement(policy: Policy) -> str:
    """Head counts as `head_counts_statement` gives them, from the tables segments and months."""
    return _counted_segments_statement(statement_policy(policy))


@cache
def _counted_segments_statement(policy: Policy) -> str:
    return counted_segments(named_facts().months, policy).sql("duckdb")


@cache
def difference_statement() -> str:
    """`settlement.differences` of the tables due and posted."""
    due, posted = ibis.table(DUE, name="due"), ibis.table(POSTED, name="posted")
    return str(ibis.to_sql(differences(due, posted), dialect="duckdb"))


@cache
def settlement_statement() -> str:
    """`settlement.settlement` of the tables lines, debts and recoveries."""
    lines, debts = ibis.table(LINES, name="lines"), ibis.table(DEBTS, name="debts")
    recoveries = ibis.table(RECOVERIES, name="recoveries")
    return str(ibis.to_sql(settlement(lines, debts, recoveries), dialect="duckdb"))
