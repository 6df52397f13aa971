"""Figures computed from the records: a question, its answer with the records' keys, and its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from huiju.engine import run as engines
from huiju.engine.schemas import Facts
from huiju.kernel.errors import DomainError
from huiju.kernel.figures import Figure, digest_of

if TYPE_CHECKING:
    from ibis.expr.types import Table


Filters = tuple[tuple[str, str], ...]


class NotADimension(DomainError):
    """A figure was to be split or narrowed by something it is not split by."""


@dataclass(frozen=True)
class Question:
    """A figure asked for a day, as known at an instant (None: now), perhaps only for a part.

    `filters` are pairs of dimension and part, in order of dimensions; `narrowed` makes them.
    """

    figure: Figure
    on: date
    known_at: datetime | None = None
    filters: Filters = ()

    def narrowed(self, **filters: str) -> Question:
        """The same question for a part. Raises NotADimension for what the figure is not split by."""
        for name in filters:
            self.dimension(name)
        return replace(self, filters=tuple(sorted({**dict(self.filters), **filters}.items())))

    @property
    def reference(self) -> tuple[str, date, Filters]:
        """What tells this question from others of the same instant."""
        return self.figure.code, self.on, self.filters

    @property
    def records(self) -> Table:
        """The records counted."""
        rows = self.figure.records(Facts(known_at=self.known_at), self.on)
        for name, part in self.filters:
            rows = rows.filter(rows[name] == part)
        return rows

    def dimension(self, name: str) -> str:
        """The name if the figure has this dimension, else NotADimension."""
        if name not in self.figure.by:
            raise NotADimension(
                _("%(figure)s cannot be split by “%(dimension)s”. It has: %(known)s.")
                % {
                    "figure": self.figure.title,
                    "dimension": name,
                    "known": _(", ").join(self.figure.by) or "—",
                }
            )
        return name


@dataclass(frozen=True)
class Answer:
    """A figure's value and the ascending keys of the records it was measured on."""

    question: Question
    value: int
    keys: tuple[int, ...]

    @cached_property
    def digest(self) -> str:
        """The digest of the record keys."""
        return digest_of(self.keys)


@dataclass(frozen=True)
class Cube:
    """A figure by all its dimensions at once: one answer for each combination that has records.

    Measures are sums over records, so every part is the sum of its cells.
    """

    question: Question
    cells: tuple[Answer, ...]

    def inside(self, **filters: str) -> Cube:
        """The part of the cube that filters leave."""
        part = self.question.narrowed(**filters)
        wanted = set(part.filters)
        cells = [cell for cell in self.cells if wanted <= set(cell.question.filters)]
        return Cube(part, tuple(cells))

    def at(self, **filters: str) -> Answer:
        """The figure, or a part of it; a part without records is 0."""
        inside = self.inside(**filters)
        return _sum(inside.question, inside.cells)

    def by(self, *dimensions: str) -> list[Answer]:
        """The parts that have records, largest first."""
        names = sorted(self.question.dimension(name) for name in dimensions)
        cells: defaultdict[Filters, list[Answer]] = defaultdict(list)
        for cell in self.cells:
            part = tuple(pair for pair in cell.question.filters if pair[0] in names)
            cells[part].append(cell)
        parts = [_sum(self.question.narrowed(**dict(part)), cells[part]) for part in sorted(cells)]
        return sorted(parts, key=lambda part: -part.value)


def _sum(question: Question, cells: Iterable[Answer]) -> Answer:
    keys = sorted(key for cell in cells for key in cell.keys)
    return Answer(question, sum(cell.value for cell in cells), tuple(keys))


def answer(
    question: Question, *, engine: str = engines.POSTGRES, lake: Path | None = None
) -> Answer:
    """The figure within the reach of the transaction; of no records it is 0."""
    (row,) = engines.run(_statement(question, (), engine), lake=lake).to_pylist()
    return Answer(question, row["value"] or 0, tuple(sorted(row["keys"] or ())))


def cube(question: Question, *, engine: str = engines.POSTGRES, lake: Path | None = None) -> Cube:
    """The figure within the reach of the transaction, split by all its dimensions."""
    by = question.figure.by
    found = engines.run(_statement(question, by, engine), lake=lake).to_pylist()
    cells = [
        Answer(
            question.narrowed(**{name: row[name] for name in by}),
            row["value"],
            tuple(sorted(row["keys"])),
        )
        for row in found
    ]
    return Cube(question, tuple(sorted(cells, key=lambda cell: cell.question.filters)))


def totals(*questions: Question) -> list[int]:
    """The values of several figures, without their records, in one statement."""
    found = engines.run(_totals(questions)).to_pylist()
    values = {row["position"]: row["value"] for row in found}
    return [values[position] or 0 for position in range(len(questions))]


@lru_cache(maxsize=128)
def _totals(questions: tuple[Question, ...]) -> engines.Statement:
    measured = []
    for position, question in enumerate(questions):
        rows = question.records
        whole = rows.aggregate(value=question.figure.measure(rows))
        measured.append(whole.mutate(position=position))
    first, *others = measured
    return engines.prepared(first.union(*others) if others else first)


@lru_cache(maxsize=512)
def _statement(question: Question, by: tuple[str, ...], engine: str) -> engines.Statement:
    """The measure of a question's records beside their keys, whole or split."""
    rows = question.records
    measured = {"value": question.figure.measure(rows), "keys": rows[question.figure.key].collect()}
    split = rows.group_by(by).agg(**measured) if by else rows.aggregate(**measured)
    return engines.prepared(split, engine=engine)
