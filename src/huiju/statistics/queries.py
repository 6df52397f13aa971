"""Figures computed, published values, and published values checked again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from huiju.engine import run as engines
from huiju.engine.schemas import Facts
from huiju.kernel.errors import DomainError
from huiju.kernel.figures import Figure, digest_of
from huiju.statistics.enums import PublicationKind
from huiju.statistics.models import FigureValue, Publication

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


@dataclass(frozen=True)
class Part:
    """A part of a figure by its number alone."""

    question: Question
    value: int


def parts(question: Question, by: str) -> list[Part]:
    """The figure split by one dimension, without the records' keys, largest part first."""
    found = engines.run(_parts(question, question.dimension(by))).to_pylist()
    split = [Part(question.narrowed(**{by: row[by]}), row["value"]) for row in found]
    return sorted(split, key=lambda part: (-part.value, part.question.filters))


@lru_cache(maxsize=512)
def _parts(question: Question, by: str) -> engines.Statement:
    rows = question.records
    return engines.prepared(rows.group_by(by).agg(value=question.figure.measure(rows)))


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


def publications() -> QuerySet[Publication]:
    """Everything published, unordered; everybody signed in may read it."""
    return Publication.objects.select_related("place", "published_by")


def latest_bulletin(on: date) -> Publication | None:
    """The last edition of the bulletin whose figures are of a day."""
    editions = publications().filter(kind=PublicationKind.BULLETIN, on=on)
    return editions.order_by("-edition").first()


def published_series(code: str) -> list[tuple[date, int]]:
    """Published values of a whole figure by day, oldest first; the last publication of a day counts."""
    values = FigureValue.objects.of_the_whole(code).order_by(
        "on", "publication__published_at", "pk"
    )
    return list(dict(values.values_list("on", "value")).items())


def next_edition(kind: str, on: date) -> int:
    """The number of the edition that a new publication of this kind and day would be."""
    last = Publication.objects.filter(kind=kind, on=on).aggregate(last=Max("edition"))["last"]
    return (last or 0) + 1


@dataclass(frozen=True)
class Recheck:
    """A published value beside the same question asked again.

    `then` repeats it as known at publication: any difference means that records were altered in a way
    the house does not allow. `now` is as believed at the moment of checking. Both are None when the
    figure is no longer defined as it was.
    """

    published: FigureValue
    figure: Figure | None
    then: Answer | None = None
    now: Answer | None = None

    @property
    def reproduced(self) -> bool:
        """Whether the records as known at publication are the published ones."""
        return self.then is not None and self._equals(self.then)

    @property
    def unchanged(self) -> bool:
        """Whether the same records make the same value now."""
        return self.now is not None and self._equals(self.now)

    @property
    def came(self) -> list[int]:
        """Keys of records that count now and did not count then."""
        return sorted(set(self.now.keys) - set(self.published.source.keys)) if self.now else []

    @property
    def went(self) -> list[int]:
        """Keys of records that counted then and do not count now."""
        return sorted(set(self.published.source.keys) - set(self.now.keys)) if self.now else []

    def _equals(self, answer: Answer) -> bool:
        published = self.published
        return (answer.value, answer.digest) == (published.value, published.source.digest)


def rechecked(publication: Publication, figures: Mapping[str, Figure]) -> list[Recheck]:
    """Each published value asked again, in the order of publication.

    Call it with the whole reach: under a smaller one records out of sight would seem gone.
    """
    cubes: dict[tuple[str, date, datetime | None], Cube] = {}

    def asked(figure: Figure, value: FigureValue, known_at: datetime | None) -> Answer:
        reference = figure.code, value.on, known_at
        if reference not in cubes:
            cubes[reference] = cube(Question(figure, value.on, known_at))
        return cubes[reference].at(**value.filters)

    def check(value: FigureValue) -> Recheck:
        figure = figures.get(value.code)
        if figure is None or figure.version != value.version:
            return Recheck(value, figure)
        then = asked(figure, value, publication.known_at)
        return Recheck(value, figure, then, asked(figure, value, None))

    values = publication.values.select_related("source").order_by("pk")
    return [check(value) for value in values]
