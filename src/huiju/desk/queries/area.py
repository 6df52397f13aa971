"""The key figures of the area a reader works in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from huiju.directory import queries as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.kernel.figures import Figure
from huiju.statistics import queries as statistics
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.enums import Unit
from huiju.statistics.permissions import ACTION_VIEW

SHOWN = (
    "registry.certified",
    "registry.certified_in_post",
    "registry.newly_certified",
    "registry.employers",
)


@dataclass(frozen=True)
class KeyFigure:
    """A number of today and where it opens."""

    title: Any
    value: int
    unit: Any
    url: str


def area_of(user: User, *, on: date) -> Place | None:
    """The city or district whose figures a reader follows; None for those who follow none.

    Who works in a street or a community follows the district around it.
    """
    held = directory.places_held(user, ACTION_VIEW, on=on)
    if not held:
        return None
    place = min(held, key=lambda each: (len(each.path), each.pk))
    return place if place.kind == PlaceKind.CITY else directory.district_of(place)


def key_figures(area: Place | None, *, on: date, known_at: datetime) -> list[KeyFigure]:
    """The figures a desk shows, as the figure pages count them: within the reader's reach."""
    from django.urls import NoReverseMatch  # TEMPORARY

    try:
        reverse("statistics:figure", args=["registry.certified"])
    except NoReverseMatch:
        return []
    if area is None:
        return []
    filters = {"district": area.name} if area.kind == PlaceKind.DISTRICT else {}
    figures = [FIGURES[code] for code in SHOWN if code in FIGURES]
    fitting = [figure for figure in figures if set(filters) <= set(figure.by)]
    return [_key_figure(figure, filters, on, known_at) for figure in fitting]


def _key_figure(figure: Figure, filters: dict[str, str], on: date, known_at: datetime) -> KeyFigure:
    question = statistics.Question(figure, on, known_at, filters)
    query = urlencode({"on": on.isoformat(), **filters})
    return KeyFigure(
        title=figure.title,
        value=statistics.answer(question).value,
        unit=Unit(figure.unit).label,
        url=f"{reverse('statistics:figure', args=[figure.code])}?{query}",
    )
