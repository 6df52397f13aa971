"""The rules on rows in this process: worksheets and what-if questions, by the same statements as a run."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
from ibis.expr.schema import Schema

from huiju.allowances.enums import Shape
from huiju.allowances.rules.facts import (
    CERTIFICATES,
    CIRCUMSTANCES,
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
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes import PLAIN, Terms
from huiju.allowances.rules.statements import (
    difference_statement,
    due_statement,
    settlement_statement,
    totals_statement,
)

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

    def due(
        self,
        policy: Policy,
        facts: Rows,
        shape: Shape = Shape.MONTHLY_BY_LEVEL,
        terms: Terms = PLAIN,
    ) -> list[Row]:
        """What is due under a policy; only its `statement_policy` matters here."""
        tables = FACT_TABLES
        if (shape, terms) != (Shape.MONTHLY_BY_LEVEL, PLAIN):
            tables = {**FACT_TABLES, "circumstances": CIRCUMSTANCES}
        return self.rows(due_statement(shape, policy, terms), facts, tables)

    def totals(self, policy: Policy, facts: Rows) -> list[Row]:
        """Its sums by scheme, month, district and level, without its lines."""
        return self.rows(totals_statement(Shape.MONTHLY_BY_LEVEL, policy), facts, FACT_TABLES)

    def differences(self, due: list[Row], posted: list[Row]) -> list[Row]:
        tables = {"due": due, "posted": posted}
        return self.rows(difference_statement(), tables, {"due": DUE, "posted": POSTED})

    def settlement(self, lines: list[Row], debts: list[Row], recoveries: list[Row]) -> list[Row]:
        schemas = {"lines": LINES, "debts": DEBTS, "recoveries": RECOVERIES}
        tables = {"lines": lines, "debts": debts, "recoveries": recoveries}
        return self.rows(settlement_statement(), tables, schemas)

    def rows(self, statement: str, tables: Rows, schemas: Mapping[str, Schema]) -> list[Row]:
        """What a statement over named tables gives."""
        for name, schema in schemas.items():
            arrow = pa.Table.from_pylist(tables[name], schema=schema.to_pyarrow())
            self.engine.register(name, arrow)
        found: list[Row] = self.engine.sql(statement).to_arrow_table().to_pylist()
        return found
