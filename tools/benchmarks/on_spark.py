"""Row 5: the same rules over the same Parquet facts by DuckDB and by Spark, line for line.

    on_spark.py FOLDER MONTHS duckdb|spark     lines with all references, as Parquet
    on_spark.py FOLDER MONTHS digest FILES     SHA-256 of the lines in the order of their keys

The engines are measured in processes of their own; the digest is taken of what each wrote, by the same
hand. Prints one JSON object: seconds, and of Spark the seconds of its start; or lines, digest.
"""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import django
import duckdb
import pyarrow as pa
from months import JANUARY, database, policy, timed
from pyarrow import parquet

from huiju.allowances.enums import MonthRule, Shape
from huiju.allowances.rules import SHAPES, calendar, named_facts
from huiju.allowances.rules.computing import FACT_TABLES
from huiju.allowances.rules.facts import DUE, MONTHS
from huiju.allowances.rules.statements import due_statement, statement_policy

RULE = MonthRule.ANY_DAY
KEY = "scheme, person, month, district"


def by_duckdb(folder: Path, months: int, written: Path) -> dict[str, Any]:
    engine = database(folder, RULE, months)
    due = due_statement(Shape.MONTHLY_BY_LEVEL, policy(RULE))
    return {"seconds": timed(engine, f"COPY ({due}) TO '{written}' (FORMAT parquet)")}


def by_spark(folder: Path, months: int, written: Path) -> dict[str, Any]:
    django.setup()
    from huiju.engine import spark

    asked = [JANUARY.plus(n) for n in range(months)]
    rows = [{"scheme": 1, **vars(month)} for month in calendar(policy(RULE), asked)]
    table = pa.Table.from_pylist(rows, schema=MONTHS.to_pyarrow())
    parquet.write_table(table, folder / "months.parquet")
    started = time.perf_counter()
    session = spark.new_session()
    start = time.perf_counter() - started
    for name, schema in FACT_TABLES.items():
        spark.show(session, name, dict(schema.items()), folder / f"{name}.parquet")
    staged = SHAPES[Shape.MONTHLY_BY_LEVEL](named_facts(), statement_policy(policy(RULE)))
    started = time.perf_counter()
    due = spark.in_stages(session, staged.stages, staged.table)
    due.write.mode("overwrite").parquet(str(written))
    return {"seconds": time.perf_counter() - started, "start": start}


def digest(files: str) -> dict[str, Any]:
    """Every column of every line, in the order of the key, as text."""
    database = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
    texts = ", ".join(f"coalesce({name}::VARCHAR, '-')" for name in DUE.names)
    lines_in_order = f"SELECT * FROM read_parquet('{files}') ORDER BY {KEY}"  # noqa: S608 -- our own files
    ordered = f"SELECT concat_ws(',', {texts}) || chr(10) FROM ({lines_in_order})"  # noqa: S608 -- our own files
    lines, found = 0, hashlib.sha256()
    for batch in database.sql(ordered).to_arrow_reader(100_000):
        lines += batch.num_rows
        found.update("".join(batch.column(0).to_pylist()).encode())
    return {"lines": lines, "digest": found.hexdigest()}


if __name__ == "__main__":
    where, count, task = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if task == "digest":
        print(json.dumps(digest(sys.argv[4])))
    else:
        lines = where / f"due-by-{task}-{count}"
        compute = {"duckdb": by_duckdb, "spark": by_spark}[task]
        print(json.dumps(compute(where, count, lines)))
