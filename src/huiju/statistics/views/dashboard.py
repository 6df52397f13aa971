"""The dashboard of the city, of one district or of one street."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system, page
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.registry import figures as registry
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES, shown
from huiju.statistics.enums import Dimension, Unit
from huiju.statistics.forms import PlaceForm
from huiju.statistics.permissions import ACTION_VIEW, may_ask
from huiju.statistics.queries import Question
from huiju.statistics.views.figures import address, rows

LATEST = 6


@dataclass(frozen=True)
class Scope:
    """What a dashboard is about: a place on a day, and the filters that narrow figures to it."""

    place: Place
    on: date
    filters: dict[str, str]

    @property
    def whole(self) -> bool:
        """Whether it is the whole city."""
        return not self.filters


@page("statistics.view")
def dashboard(request: HttpRequest) -> HttpResponse:
    city = directory.city()
    places = places_offered(request.user, city)
    form = PlaceForm(
        {"place": default_place(request.user, city).code, "on": clock.today()} | request.GET.dict(),
        places=[(place.code, place.name) for place in places],
    )
    form.is_valid()
    by_code = {place.code: place for place in places}
    place = by_code.get(form.cleaned_data.get("place") or "", city)
    scope = Scope(place, form.cleaned_data.get("on") or clock.today(), filters_of(place))
    with acting_as_system():
        cards, charts = cards_of(scope), charts_of(scope, request.user)
    context = {
        "form": form,
        "scope": scope,
        "cards": cards,
        "charts": charts,
        "trend": trend() if scope.whole else None,
        "publications": queries.publications().order_by("-published_at", "-pk")[:LATEST],
    }
    return render(request, "statistics/dashboard.html", context)


def places_offered(user: User, city: Place) -> list[Place]:
    """The city and its districts, which every reader sees, and the streets a reader is in charge of."""
    held = directory.places_held(user, ACTION_VIEW, on=clock.today())
    streets = [place for place in held if place.kind == PlaceKind.STREET]
    return [city, *directory.districts(on=clock.today()).order_by("code"), *streets]


def default_place(user: User, city: Place) -> Place:
    """Where a reader works, or the city."""
    held = directory.places_held(user, ACTION_VIEW, on=clock.today())
    shown = [place for place in held if place.kind != PlaceKind.COMMUNITY]
    return shown[0] if shown else city


def filters_of(place: Place) -> dict[str, str]:
    """The filters that narrow a figure to a place."""
    if place.kind == PlaceKind.STREET and place.parent:
        return {"district": place.parent.name, "street": place.name}
    return {"district": place.name} if place.kind == PlaceKind.DISTRICT else {}


def cards_of(scope: Scope) -> list[dict[str, Any]]:
    """The figures told of a place, as numbers that open: those that can be narrowed to it."""
    told = [each for each in FIGURES.values() if set(scope.filters) <= set(each.by)]
    questions = [Question(figure, scope.on).narrowed(**scope.filters) for figure in told]
    return [
        {
            "title": question.figure.title,
            "value": shown(value, question.figure.unit),
            "unit": Unit(question.figure.unit).label,
            "url": address(question),
        }
        for question, value in zip(questions, queries.totals(*questions), strict=True)
    ]


def charts_of(scope: Scope, user: User) -> list[dict[str, Any]]:
    """The certified of a place by its dimensions; one without records has no chart."""
    certified = Question(registry.certified, scope.on).narrowed(**scope.filters)
    charts = [bars(certified, name) for name in dimensions_of(scope, user)]
    return [chart for chart in charts if chart["rows"]]


def dimensions_of(scope: Scope, user: User) -> list[str]:
    """What the certified of a place are split by on its dashboard, as far as this reader may ask."""
    if scope.whole:
        return ["district", "level", "employer_kind"]
    finer = may_ask(user, {**scope.filters, "level": ""}, scope.place)
    names = ["level", "employer_kind", "street"] if finer else []
    return [name for name in names if name not in scope.filters]


def bars(certified: Question, dimension: str) -> dict[str, Any]:
    """The certified of a place by one dimension, as bars and as the rows of a table."""
    parts = rows(queries.parts(certified, dimension), dimension)
    return {
        "id": f"certified-by-{dimension}",
        "caption": _("%(figure)s by %(dimension)s")
        % {"figure": registry.certified.title, "dimension": Dimension(dimension).label},
        "head": Dimension(dimension).label,
        "rows": parts,
        "option": bar_option(parts),
    }


def bar_option(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Lying bars, the largest on top; each opens the page of its part."""
    upwards = list(reversed(parts))
    return {
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [part["label"] for part in upwards]},
        "series": [
            {
                "type": "bar",
                "barMaxWidth": 22,
                "label": {"show": True, "position": "right"},
                "data": [{"value": part["value"], "url": part["url"]} for part in upwards],
            }
        ],
    }


def trend() -> dict[str, Any] | None:
    """The certified of the city over the dates for which numbers were published."""
    series = queries.published_series(registry.certified.code)
    if len(series) < 2:
        return None
    return {
        "id": "certified-published",
        "caption": _("%(figure)s, as published") % {"figure": registry.certified.title},
        "rows": [
            {"on": on, "value": value, "url": address(Question(registry.certified, on))}
            for on, value in series
        ],
        "option": {
            "xAxis": {"type": "time"},
            "yAxis": {"type": "value"},
            "series": [
                {
                    "type": "line",
                    "label": {"show": True, "position": "top"},
                    "encode": {"x": 0, "y": 1},
                    "data": [[on.isoformat(), value] for on, value in series],
                }
            ],
        },
    }
