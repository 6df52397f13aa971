"""The rules run over a whole city in DuckDB, and the lines written back by COPY."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.db import connection
from pyarrow import csv

from huiju.allowances.enums import LEVELS_BY_RANK, Shape
from huiju.allowances.models import Run
from huiju.allowances.rules import Policy
from huiju.allowances.rules.statements import difference_statement, due_statement
from huiju.engine.run import bounded_duckdb

ROWS_AT_ONCE = 100_000
WINDOWS = pa.schema({"run": pa.int64(), "district": pa.int64(), "month": pa.date32()})
COLUMNS = (
    "run_id, person_id, month, place_id, level, counted_on, certificate_id, post_id, rate_id,"
    " step_days, step_month_days, step_rate_fen, step_parts, step_fen_days,"
    " step_due_fen, step_posted_fen, amount_fen"
)
LEVEL_WORDS = " ".join(
    f"WHEN {rank} THEN '{level.value}'" for rank, level in LEVELS_BY_RANK.items()
)
LINE_ROWS = f"""
    SELECT span.run, line.person, line.month, line.district,
           CASE line.level {LEVEL_WORDS} ELSE '' END, line.counted_on,
           line.cert_ref, line.post_ref, line.rate_ref,
           line.step_days, line.step_month_days, line.step_rate_fen, line.step_parts,
           line.step_fen_days, line.step_due_fen, line.step_posted_fen, line.amount_fen
      FROM ({{differences}}) line
      JOIN windows AS span ON span.month = line.month AND span.district = line.district
"""  # noqa: S608 -- our own names and numbers


@dataclass(frozen=True)
class Unrated:
    """The first day on which a needed rate is missing, and how many people need it."""

    level: str
    district: int
    on: date
    people: int


class Computation:
    """Facts handed to DuckDB, what is due computed, its difference to what was posted written back.

    `windows` are the months each run computes for its district; nothing else is computed or corrected.
    """

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        posted: pa.Table,
        windows: Mapping[Run, Sequence[date]],
    ) -> None:
        self.engine = bounded_duckdb()
        rows = [
            {"run": run.pk, "district": run.place_id, "month": month}
            for run, months in windows.items()
            for month in months
        ]
        for name, table in tables.items():
            self.engine.register(name, table)
        self.engine.register("windows", pa.Table.from_pylist(rows, schema=WINDOWS))
        self.engine.register("all_posted", posted)
        self.engine.execute(
            "CREATE TEMP TABLE posted AS"
            " SELECT * FROM all_posted SEMI JOIN windows USING (month, district)"
        )

    def close(self) -> None:
        self.engine.close()

    def compute_due(self, shape: Shape, policy: Policy) -> None:
        """Keep what is due in the months and districts of the windows."""
        self.engine.execute(
            f"CREATE TEMP TABLE due AS SELECT * FROM ({due_statement(shape, policy)})"  # noqa: S608
            " SEMI JOIN windows USING (month, district)"
        )

    def first_unrated(self) -> Unrated | None:
        found = self.engine.execute(
            "SELECT level, district, min(unrated_on), count(DISTINCT person) FROM due"
            " WHERE unrated_on IS NOT NULL GROUP BY level, district ORDER BY 3, 1, 2 LIMIT 1"
        ).fetchone()
        if found is None:
            return None
        return Unrated(LEVELS_BY_RANK[found[0]].value, *found[1:])

    def write_lines(self) -> None:
        """Copy the lines into the table of lines. Row security forbids COPY into it directly."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMP TABLE computed AS SELECT {COLUMNS} FROM allowances_runline"  # noqa: S608
                " WITH NO DATA"
            )
            with cursor.copy(f"COPY computed ({COLUMNS}) FROM STDIN (FORMAT csv)") as copy:
                for block in self._blocks():
                    copy.write(block)
            cursor.execute(
                f"INSERT INTO allowances_runline ({COLUMNS}) SELECT {COLUMNS} FROM computed"  # noqa: S608
                " ORDER BY run_id, person_id, month"
            )
            cursor.execute("DROP TABLE computed")

    def _blocks(self) -> Iterator[bytes]:
        statement = LINE_ROWS.format(differences=difference_statement())
        for batch in self.engine.sql(statement).to_arrow_reader(ROWS_AT_ONCE):
            block = io.BytesIO()
            csv.write_csv(batch, block, csv.WriteOptions(include_header=False))
            yield block.getvalue()
