"""What was published, and published values checked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, QuerySet

from huiju.kernel.figures import Figure
from huiju.statistics.enums import PublicationKind
from huiju.statistics.models import FigureValue, Publication
from huiju.statistics.queries.asked import Answer, Cube, Question, cube


def publications() -> QuerySet[Publication]:
    """Everything published, unordered; everybody signed in may read it."""
    return Publication.objects.select_related("place", "published_by")


def latest_bulletin(on: date) -> Publication | None:
    """The last edition of the bulletin whose figures are of a day."""
    editions = publications().filter(kind=PublicationKind.BULLETIN, on=on)
    return editions.order_by("-edition").first()


@dataclass(frozen=True)
class PublishedValue:
    """A number as published: of which day, and from the knowledge of which instant."""

    on: date
    value: int
    known_at: datetime


def published_series(code: str) -> list[PublishedValue]:
    """Published values of a whole figure by day, oldest first; the last publication of a day counts."""
    values = FigureValue.objects.of_the_whole(code).order_by(
        "on", "publication__published_at", "pk"
    )
    rows = values.values_list("on", "value", "publication__known_at")
    return list({on: PublishedValue(on, value, known_at) for on, value, known_at in rows}.values())


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
