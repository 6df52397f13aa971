"""The rules run over a whole city in DuckDB, and the lines written back by COPY."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
from django.db import connection
from django.utils.translation import gettext as _
from pyarrow import csv

from huiju.allowances import queries
from huiju.allowances.enums import LEVELS_BY_RANK, Shape
from huiju.allowances.models import Run, Scheme
from huiju.allowances.rules import Policy, Terms, months_computed
from huiju.allowances.rules.statements import difference_statement, due_statement
from huiju.allowances.terms import policy_of, terms_of
from huiju.directory.models import Place
from huiju.engine.run import bounded_duckdb
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.policies.models import Parameter
from huiju.registry.enums import Level

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


class RateMissing(DomainError):
    """A run needs a rate on a day on which none is in force; nothing was kept."""


@dataclass(frozen=True)
class Unrated:
    """The first day on which a needed rate is missing, and how many people need it."""

    level: str
    district: int
    on: date
    people: int


class DueAndPosted(NamedTuple):
    """One person's fen in the months of the windows."""

    person: int
    due_fen: int
    posted_fen: int


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

    def compute_due(self, shape: Shape, policy: Policy, terms: Terms) -> None:
        """Keep what is due in the months and districts of the windows."""
        self.engine.execute(
            f"CREATE TEMP TABLE due AS SELECT * FROM ({due_statement(shape, policy, terms)})"  # noqa: S608
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

    def amounts(self) -> dict[tuple[int, date], int]:
        """What the lines would post: (key of a person, month) → fen."""
        statement = f"SELECT person, month, amount_fen FROM ({difference_statement()})"  # noqa: S608 -- our own statement
        rows = self.engine.execute(statement).fetchall()
        return {(person, month): fen for person, month, fen in rows}

    def due_and_posted(self) -> list[DueAndPosted]:
        """By person what is due in the windows and what was posted for them, in fen."""
        rows = self.engine.execute(
            "SELECT coalesce(due.person, posted.person), coalesce(due.fen, 0)::BIGINT, coalesce(posted.fen, 0)::BIGINT"
            "  FROM (SELECT person, sum(amount_fen) AS fen FROM due GROUP BY person) due"
            "  FULL JOIN (SELECT person, sum(amount_fen) AS fen FROM posted GROUP BY person) posted"
            "    ON posted.person = due.person ORDER BY 1"
        )
        return [DueAndPosted(*row) for row in rows.fetchall()]

    def _blocks(self) -> Iterator[bytes]:
        statement = LINE_ROWS.format(differences=difference_statement())
        for batch in self.engine.sql(statement).to_arrow_reader(ROWS_AT_ONCE):
            block = io.BytesIO()
            csv.write_csv(batch, block, csv.WriteOptions(include_header=False))
            yield block.getvalue()


def window_of(run: Run) -> list[date]:
    """The run's month, and the months looked back upon that were computed for the district."""
    policy = policy_of(run.scheme)
    months = [month.first_day for month in months_computed(policy, Month.of(run.month))]
    done = Run.objects.current().filter(scheme=run.scheme, place=run.place, month__in=months)
    return sorted({run.month, *done.values_list("month", flat=True)})


@contextmanager
def computed(
    windows: Mapping[Run, Sequence[date]], posting: Sequence[Run], *, known_at: datetime
) -> Iterator[Computation]:
    """The months of runs of one scheme computed from the facts as known at an instant; nothing is written.

    `posting` are the runs whose lines count as posted before. Raises RateMissing.
    """
    runs = list(windows)
    scheme, places = runs[0].scheme, [run.place for run in runs]
    months = sorted({Month.of(month) for window in windows.values() for month in window})
    facts = queries.known_facts(scheme, places, months, known_at=known_at)
    posted = queries.posted_before(scheme, posting, known_at=known_at)
    with closing(Computation(facts, posted, windows)) as computation:
        computation.compute_due(Shape(scheme.shape), policy_of(scheme), terms_of(scheme))
        if unrated := computation.first_unrated():
            raise RateMissing(_which_rate(scheme, places, unrated))
        yield computation


def _which_rate(scheme: Scheme, places: Sequence[Place], unrated: Unrated) -> str:
    code = scheme.rate_parameter(unrated.level)
    parameter = Parameter.objects.filter(code=code).first()
    return _(
        "The run stopped and kept nothing: parameter “%(name)s” (%(code)s) has no value on %(on)s in"
        " %(place)s, and %(people)d people there need it. Have the value entered and confirmed, then"
        " compute again."
    ) % {
        "name": parameter.name if parameter else Level(unrated.level).label,
        "code": code,
        "on": unrated.on,
        "place": next(place for place in places if place.pk == unrated.district),
        "people": unrated.people,
    }
