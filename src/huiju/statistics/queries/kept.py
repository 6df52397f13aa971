"""Figures of a day in numbers alone, kept as long as nothing they are computed from has changed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

import huiju
from huiju.engine import run as engines
from huiju.engine.schemas import FACT_TABLES
from huiju.kernel.figures import Figure
from huiju.statistics.models import FactChange
from huiju.statistics.queries.asked import Cube, Question


@dataclass(frozen=True)
class Part:
    """A part of a figure by its number, and how many records make it."""

    question: Question
    value: int
    records: int


@dataclass(frozen=True)
class Rollup:
    """A figure of a day by all its dimensions, as now believed: a cube in numbers, without keys.

    A cell is the parts in the order of the figure's dimensions, the value, the number of records.
    """

    question: Question
    cells: Sequence[Sequence[Any]]

    def at(self, **filters: str) -> Part:
        """The figure, or a part of it; a part without records is 0."""
        part = self.question.narrowed(**filters)
        cells = self._inside(filters)
        return Part(part, sum(cell[-2] for cell in cells), sum(cell[-1] for cell in cells))

    def by(self, *dimensions: str, **filters: str) -> list[Part]:
        """What the filters leave, split by dimensions: the parts that have records, largest first."""
        inside = self.question.narrowed(**filters)
        places = [self._place(name) for name in dimensions]
        sums: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
        for cell in self._inside(filters):
            part = sums[tuple(cell[place] for place in places)]
            part[0] += cell[-2]
            part[1] += cell[-1]
        split = [
            Part(inside.narrowed(**dict(zip(dimensions, names, strict=True))), *part)
            for names, part in sums.items()
        ]
        return sorted(split, key=lambda part: (-part.value, part.question.filters))

    @property
    def facts(self) -> list[str]:
        """Names of the fact tables the figure is computed from."""
        return sorted(table.name for table in _rollup(self.question).reads)

    def _inside(self, filters: Mapping[str, str]) -> list[Sequence[Any]]:
        wanted = [(self._place(name), part) for name, part in filters.items()]
        return [cell for cell in self.cells if all(cell[at] == part for at, part in wanted)]

    def _place(self, dimension: str) -> int:
        return self.question.figure.by.index(self.question.dimension(dimension))


def rollup_of(cube: Cube) -> Rollup:
    """A cube without its keys."""
    by = cube.question.figure.by
    cells = []
    for cell in cube.cells:
        parts = dict(cell.question.filters)
        cells.append((*(parts[name] for name in by), cell.value, len(cell.keys)))
    return Rollup(cube.question, cells)


def rollups(figures: Iterable[Figure], on: date) -> dict[str, Rollup]:
    """Figures of a day by their codes: those kept, and the others computed at once."""
    asked = {figure.code: figure for figure in figures}
    found = {
        code: Rollup(Question(asked[code], on), json.loads(cells))
        for code, cells in _kept(asked, on, "kept.cells::text")
    }
    missing = [figure for code, figure in asked.items() if code not in found]
    return found | (computed_rollups(missing, on) if missing else {})


def kept_codes(figures: Iterable[Figure], on: date) -> set[str]:
    """Codes of the figures that are kept for a day as the facts now are."""
    return {code for code, _none in _kept([figure.code for figure in figures], on, "NULL")}


# Versions and cells are read by one statement, that is in one snapshot.
KEPT = """
SELECT kept.code, {column} FROM statistics_keptfigure kept
 WHERE kept.on = %s AND kept.code = ANY(%s) AND kept.release = %s
   AND kept.structure = (SELECT max(id) FROM django_migrations)
   AND kept.version = (SELECT coalesce(sum(changes), 0) FROM statistics_factchange
                        WHERE fact = ANY(kept.reads))
"""


def kept_cells(code: str, on: date) -> list[Any] | None:
    """What is kept under a code for a day, as the facts now are; None if nothing is."""
    return next((json.loads(cells) for _code, cells in _kept([code], on, "kept.cells::text")), None)


def _kept(codes: Iterable[str], on: date, column: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(KEPT.format(column=column), [on, list(codes), release()])
        found: list[tuple[str, str]] = cursor.fetchall()
    return found


def computed_rollups(figures: Sequence[Figure], on: date) -> dict[str, Rollup]:
    """Figures of a day, computed together: DuckDB reads each fact table once.

    Tables of months hold many years and are indexed; what is asked of them stays in PostgreSQL.
    """
    with rolled_up() as rollup:
        return {figure.code: rollup(Question(figure, on)) for figure in figures}


@contextmanager
def rolled_up(*, as_known_now: bool = True) -> Iterator[Callable[[Question], Rollup]]:
    """Computes rollups one after another, of any days, for which each fact table is read once."""
    with engines.together(where=BELIEVED if as_known_now else {}) as rows:

        def rollup(question: Question) -> Rollup:
            table = rows(_rollup(question))
            return Rollup(question, list(zip(*table.to_pydict().values(), strict=True)))

        yield rollup


BELIEVED = {name: "known_to IS NULL" for name, table in FACT_TABLES.items() if table.is_versioned}


@lru_cache(maxsize=256)
def _rollup(question: Question) -> engines.Statement:
    rows, by = question.records, question.figure.by
    cells = rows.group_by(by).agg(value=question.figure.measure(rows), records=rows.count())
    by_month = any(table.month for table in engines.tables_in(cells))
    return engines.prepared(
        cells.select(*by, "value", "records"),
        engine=engines.POSTGRES if by_month else engines.DUCKDB,
    )


@dataclass(frozen=True)
class Versions:
    """The versions of the fact tables, and of the views and tables under them, in one snapshot."""

    structure: int
    changes: Mapping[str, int]

    def of(self, facts: Iterable[str]) -> int:
        """The version of several fact tables."""
        return sum(self.changes.get(fact, 0) for fact in facts)

    def agrees_with(self, later: Versions, facts: Iterable[str]) -> bool:
        """Whether nothing came to some fact tables until a later look."""
        return self.structure == later.structure and self.of(facts) == later.of(facts)


def versions() -> Versions:
    """What the next statement's snapshot would see at least."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(id) FROM django_migrations), fact, sum(changes)"
            " FROM statistics_factchange GROUP BY fact"
            " UNION ALL SELECT max(id), '', 0 FROM django_migrations"
        )
        rows = cursor.fetchall()
    return Versions(rows[0][0], {fact: int(changes) for _structure, fact, changes in rows})


def changes_noted() -> int:
    """How many rows the log of changes has."""
    return FactChange.objects.count()


@cache
def release() -> str:
    """A digest of the house's code: what other code computed is not served."""
    digest = hashlib.sha256()
    for path in sorted(Path(huiju.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
