"""The key figures of the area a reader works in."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
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


def key_figures(area: Place | None, *, on: date) -> list[KeyFigure]:
    """Figures of the whole city or a whole district, as their own pages count them."""
    if area is None:
        return []
    parts = {"district": area.name} if area.kind == PlaceKind.DISTRICT else {}
    questions = [
        statistics.Question(FIGURES[code], on).narrowed(**parts)
        for code in SHOWN
        if set(parts) <= set(FIGURES[code].by)
    ]
    with acting_as_system():
        return [_key_figure(statistics.answer(question)) for question in questions]


def _key_figure(answer: statistics.Answer) -> KeyFigure:
    question = answer.question
    asked = urlencode({"on": question.on.isoformat(), **dict(question.filters)})
    return KeyFigure(
        title=question.figure.title,
        value=answer.value,
        unit=Unit(question.figure.unit).label,
        url=f"{reverse('statistics:figure', args=[question.figure.code])}?{asked}",
    )
