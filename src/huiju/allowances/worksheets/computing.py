"""The rules of the monthly run, on tables in this process: no database, no second implementation."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.schema import Schema

from huiju.allowances.enums import Granularity, LevelPick, MonthRule, Shape
from huiju.allowances.rules import SHAPES, Policy, differences, named_facts, settlement
from huiju.allowances.rules.facts import (
    CERTIFICATES,
    DEBTS,
    DUE,
    LEAVES,
    LINES,
    MONTHS,
    POSTED,
    POSTS,
    RATES,
    RECOVERIES,
)
from huiju.kernel.periods import Month

Row = dict[str, Any]
Rows = dict[str, list[Row]]

FACT_TABLES: Mapping[str, Schema] = {
    "certificates": CERTIFICATES,
    "posts": POSTS,
    "leaves": LEAVES,
    "rates": RATES,
    "months": MONTHS,
}


class Computer:
    """Runs the rules' statements on rows handed to it."""

    def __init__(self) -> None:
        self.engine = duckdb.connect(config={"threads": 1})

    def due(self, policy: Policy, facts: Rows) -> list[Row]:
        """What is due under a policy; only its `statement_policy` matters here."""
        return self._rows(_due_statement(policy), facts, FACT_TABLES)

    def differences(self, due: list[Row], posted: list[Row]) -> list[Row]:
        tables = {"due": due, "posted": posted}
        return self._rows(_difference_statement(), tables, {"due": DUE, "posted": POSTED})

    def settlement(self, lines: list[Row], debts: list[Row], recoveries: list[Row]) -> list[Row]:
        schemas = {"lines": LINES, "debts": DEBTS, "recoveries": RECOVERIES}
        tables = {"lines": lines, "debts": debts, "recoveries": recoveries}
        return self._rows(_settlement_statement(), tables, schemas)

    def _rows(self, statement: str, tables: Rows, schemas: Mapping[str, Schema]) -> list[Row]:
        for name, schema in schemas.items():
            arrow = pa.Table.from_pylist(tables[name], schema=schema.to_pyarrow())
            self.engine.register(name, arrow)
        found: list[Row] = self.engine.sql(statement).to_arrow_table().to_pylist()
        return found


def statement_policy(policy: Policy) -> Policy:
    """The policy with everything neutral that makes no other statement: fields without meaning beside
    the others, and those that reach the rules as rows of the months, rates or recoveries.

    Cases with the same one are computed together.
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


@cache
def _due_statement(policy: Policy) -> str:
    return SHAPES[Shape.MONTHLY_BY_LEVEL](named_facts(), policy).sql("duckdb")


@cache
def _difference_statement() -> str:
    due, posted = ibis.table(DUE, name="due"), ibis.table(POSTED, name="posted")
    return str(ibis.to_sql(differences(due, posted), dialect="duckdb"))


@cache
def _settlement_statement() -> str:
    lines, debts = ibis.table(LINES, name="lines"), ibis.table(DEBTS, name="debts")
    recoveries = ibis.table(RECOVERIES, name="recoveries")
    return str(ibis.to_sql(settlement(lines, debts, recoveries), dialect="duckdb"))
