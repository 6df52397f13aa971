"""Row 1 and row 3: the rules over Parquet facts in DuckDB, against reading and writing alone.

    months.py FOLDER PEOPLE MONTHS     lines with all references, as Parquet
    months.py FOLDER PEOPLE totals     twelve months, sums by month, district and level

Prints one JSON object: seconds, baseline seconds, lines, sum in fen, peak of this process in MB.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule, Shape
from huiju.allowances.rules import Policy, calendar
from huiju.allowances.rules.facts import MONTHS
from huiju.allowances.rules.statements import due_statement, totals_statement
from huiju.engine.run import bounded_duckdb
from huiju.kernel.periods import Month

JANUARY = Month(2025, 1)


def policy(rule: MonthRule) -> Policy:
    """The city's policy in the shape that costs most: whole months by the highest level."""
    return Policy(
        scheme_start=JANUARY,
        granularity=Granularity.MONTH,
        month_rule=rule,
        level_pick=LevelPick.HIGHEST,
        cert_effect=Effect.SAME_DAY,
        post_effect=Effect.SAME_DAY,
        lookback_months=None,
        recovery_pct=None,
        rule_day=15,
    )


def database(folder: Path, rule: MonthRule, months: int) -> duckdb.DuckDBPyConnection:
    """DuckDB as runs use it, with the facts as views over the files."""
    engine = bounded_duckdb()
    engine.execute(f"SET temp_directory = '{folder / 'spill'}'")
    for name in ("certificates", "posts", "leaves", "rates"):
        engine.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder / name}.parquet'")  # noqa: S608 -- our own files
    rows = [
        {"scheme": 1, **vars(month)}
        for month in calendar(policy(rule), [JANUARY.plus(n) for n in range(months)])
    ]
    engine.register("months", pa.Table.from_pylist(rows, schema=MONTHS.to_pyarrow()))
    return engine


def timed(engine: duckdb.DuckDBPyConnection, statement: str) -> float:
    started = time.perf_counter()
    engine.execute(statement).fetchall()
    return time.perf_counter() - started


def lines(folder: Path, months: int) -> dict[str, Any]:
    engine = database(folder, MonthRule.ANY_DAY, months)
    due = due_statement(Shape.MONTHLY_BY_LEVEL, policy(MonthRule.ANY_DAY))
    written, again = folder / f"due-{months}.parquet", folder / "again.parquet"
    seconds = timed(engine, f"COPY ({due}) TO '{written}' (FORMAT parquet)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    copied = timed(engine, f"COPY (SELECT * FROM '{written}') TO '{again}' (FORMAT parquet)")  # noqa: S608 -- our own files
    reading = timed(engine, everything(engine, str(written)))
    inputs = sum(
        timed(engine, everything(engine, str(folder / f"{name}.parquet")))
        for name in ("certificates", "posts", "leaves", "rates")
    )
    summed = f"SELECT count(*), sum(amount_fen) FROM '{written}'"  # noqa: S608 -- our own files
    ((count, fen),) = engine.execute(summed).fetchall()
    return {
        "seconds": seconds,
        "baseline": inputs + copied - reading,
        "lines": count,
        "fen": int(fen),
        "peak_mb": peak,
    }


def everything(engine: duckdb.DuckDBPyConnection, path: str) -> str:
    """A statement that must read every column of a file."""
    columns = [row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]  # noqa: S608 -- our own files
    return f"SELECT {', '.join(f'max({name})' for name in columns)} FROM '{path}'"  # noqa: S608 -- our own files


def totals(folder: Path) -> dict[str, Any]:
    """The least of three; the facts lie in tables in memory, as the second opinion's lie in arrays."""
    engine = database(folder, MonthRule.ON_DAY, 12)
    for name in ("certificates", "posts", "leaves", "rates"):
        engine.execute(f"DROP VIEW {name}")
        engine.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder / name}.parquet'")  # noqa: S608 -- our own files
    statement = totals_statement(Shape.MONTHLY_BY_LEVEL, policy(MonthRule.ON_DAY))
    seconds = min(timed(engine, statement) for _again in range(3))
    summed = f"SELECT month, sum(amount_fen) FROM ({statement}) GROUP BY month ORDER BY month"  # noqa: S608 -- the rules' own
    by_month = {f"{month:%Y-%m}": int(fen) for month, fen in engine.execute(summed).fetchall()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "by_month": by_month, "peak_mb": peak}


if __name__ == "__main__":
    where, wanted = Path(sys.argv[1]), sys.argv[3]
    print(json.dumps(totals(where) if wanted == "totals" else lines(where, int(wanted))))
