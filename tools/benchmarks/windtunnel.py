"""Row 4: rate scenarios and one of eligibility over 36 months, from people's prepared segments.

    windtunnel.py FOLDER

Segments are made once. Then a thousand tables of rates are tried on the head counts they give, counting
included; and another month rule is answered, counting and pricing included. The totals of the table of rates
as it is, and of the other rule, must be those of the rules in full. Prints one JSON object, the least of three.
"""

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
from months import database, policy, timed

from huiju.allowances.enums import MonthRule, Shape
from huiju.allowances.rules import counted_segments, named_facts, segments
from huiju.allowances.rules.cube import TRIALS
from huiju.allowances.rules.statements import totals_statement

MONTHS, TRIED = 36, 1000
KEPT = "CREATE OR REPLACE TABLE {name} AS {query}"
SUMS = "SELECT month, district, level, people, amount_fen, unrated FROM ({query}) ORDER BY ALL"


def counted(engine: duckdb.DuckDBPyConnection, rule: MonthRule) -> float:
    """Head counts of the segments under a month rule, kept as the table of the trials."""
    query = counted_segments(named_facts().months, policy(rule)).sql("duckdb")
    return timed(engine, KEPT.format(name="cube", query=query))


def tried(engine: duckdb.DuckDBPyConnection, trials: int) -> float:
    raised = "rates.* REPLACE ((rate_fen + trial * 10)::BIGINT AS rate_fen)"
    query = f"SELECT {raised}, trial FROM rates, range({trials}) t(trial)"  # noqa: S608 -- our own numbers
    engine.execute(KEPT.format(name="tried", query=query))
    return timed(engine, KEPT.format(name="answers", query=TRIALS))


def sums(engine: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return engine.execute(SUMS.format(query=query)).fetchall()


def in_full(folder: Path, rule: MonthRule) -> list[Any]:
    """What the rules compute from the facts themselves."""
    return sums(
        database(folder, rule, MONTHS), totals_statement(Shape.MONTHLY_BY_LEVEL, policy(rule))
    )


def measure(folder: Path) -> dict[str, Any]:
    engine = database(folder, MonthRule.ANY_DAY, MONTHS)
    query = segments(named_facts(), policy(MonthRule.ANY_DAY)).sql("duckdb")
    preparing = timed(engine, KEPT.format(name="segments", query=query))
    ((kept,),) = engine.execute("SELECT count(*) FROM segments").fetchall()
    rates = min(counted(engine, MonthRule.ANY_DAY) + tried(engine, TRIED) for _again in range(3))
    first = "SELECT * FROM answers WHERE trial = 0"
    if sums(engine, first) != in_full(folder, MonthRule.ANY_DAY):
        raise SystemExit("the first table of rates does not cost what the rules compute")
    other = database(folder, MonthRule.FULL_MONTH, MONTHS)
    other.register("segments", engine.sql("SELECT * FROM segments").to_arrow_table())
    rule = min(counted(other, MonthRule.FULL_MONTH) + tried(other, 1) for _again in range(3))
    if sums(other, first) != in_full(folder, MonthRule.FULL_MONTH):
        raise SystemExit("the other month rule does not cost what the rules compute")
    return {"preparing": preparing, "segments": kept, "rates": rates, "rule": rule}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
