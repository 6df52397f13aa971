"""The dashboard of the city, of one district or of one street."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
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
from huiju.statistics.permissions import ACTION_VIEW
from huiju.statistics.queries import Part, Question, Rollup
from huiju.statistics.views.figures import address, keep_asked, rows

LATEST = 6
YEAR_OF_MILLISECONDS = 365 * 24 * 3600 * 1000
YEARS = {
    "type": "time",
    "minInterval": YEAR_OF_MILLISECONDS,
    "boundaryGap": ["4%", "4%"],
    "axisLabel": {"formatter": "{yyyy}", "hideOverlap": True, "color": "#44515e"},
}
LINE = {
    "type": "line",
    "label": {"show": True, "position": "top"},
    "encode": {"x": 0, "y": 1},
}
# Fen; from here on a card counts in ten thousands of yuan, where two decimals tell all of it.
SHORTENED_FROM = 100_000_000
MAP = "districts-drawn"
SHADES = ["#e3f0ee", "#7fb5b0", "#0b5f5c"]
DRAWN = {
    "type": "map",
    "map": MAP,
    "aspectScale": 1,
    "selectedMode": False,
    "top": 4,
    "bottom": 4,
    "itemStyle": {"borderColor": "#ffffff", "borderWidth": 2},
    "emphasis": {"label": {"show": True}, "itemStyle": {"areaColor": "#c98a1b"}},
    "label": {"show": True, "formatter": "{b}\n{c}", "lineHeight": 17},
    "labelLayout": {"hideOverlap": False},
}
DIMENSIONS: dict[str, list[str]] = {
    PlaceKind.CITY: ["district", "level", "employer_kind"],
    PlaceKind.DISTRICT: ["level", "employer_kind", "street"],
    PlaceKind.STREET: ["level", "employer_kind"],
}


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


@page("statistics.view", first=keep_asked)
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
    scope = Scope(place, form.cleaned_data.get("on") or clock.today(), queries.filters_of(place))
    with acting_as_system():
        rollups = queries.rollups(FIGURES.values(), scope.on)
    cards, charts = cards_of(scope, rollups), charts_of(scope, rollups, request.user)
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


def cards_of(scope: Scope, rollups: Mapping[str, Rollup]) -> list[dict[str, Any]]:
    """The figures told of a place, as numbers that open: those that can be narrowed to it."""
    told = [each for each in FIGURES.values() if set(scope.filters) <= set(each.by)]
    return [card(rollups[figure.code].at(**scope.filters)) for figure in told]


def card(part: Part) -> dict[str, Any]:
    """One number that opens."""
    figure = part.question.figure
    value, unit = shown(part.value, figure.unit), str(Unit(figure.unit).label)
    if figure.unit == Unit.FEN and part.value >= SHORTENED_FROM and not part.value % 10_000:
        value, unit = Decimal(part.value).scaleb(-6).quantize(Decimal("0.01")), _("10,000 yuan")
    return {
        "title": figure.title,
        "value": value,
        "unit": unit,
        "url": address(part.question),
    }


def charts_of(scope: Scope, rollups: Mapping[str, Rollup], user: User) -> list[dict[str, Any]]:
    """The certified of a place by its dimensions, as far as this reader may see them."""
    certified = rollups[registry.certified.code]
    sight = queries.sight_of(user, scope.filters, on=clock.today())
    split = {
        name: queries.shown_parts(certified, name, sight) for name in DIMENSIONS[scope.place.kind]
    }
    charts = [bars(rows(parts, name, sight), name) for name, parts in split.items() if parts]
    drawn = drawing() if scope.whole and charts else None
    return [mapped(charts[0], drawn), *charts[1:]] if drawn else charts


def bars(parts: Sequence[dict[str, Any]], dimension: str) -> dict[str, Any]:
    """The certified of a place by one dimension, as bars and as the rows of a table."""
    return {
        "id": f"certified-by-{dimension}",
        "caption": _("%(figure)s by %(dimension)s")
        % {"figure": registry.certified.title, "dimension": Dimension(dimension).label},
        "head": Dimension(dimension).label,
        "rows": parts,
        "option": bar_option(parts),
    }


def drawing() -> dict[str, Any] | None:
    """The instance's own drawing of its districts as GeoJSON, if somebody has put one there."""
    path = settings.HUIJU_HOME / "districts.geojson"
    found: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path.is_file() else None
    return found


def mapped(chart: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
    """The chart of districts as a coloured drawing; its table stays."""
    return chart | {
        "map": drawn,
        "map_id": MAP,
        "caption": _("%(caption)s (schematic drawing)") % {"caption": chart["caption"]},
        "option": map_option(chart["rows"]),
    }


def map_option(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Districts the darker the more people; the writing is light on the darkest."""
    most = max(part["value"] for part in parts)
    data = [
        {
            "name": part["label"],
            "value": part["value"],
            "url": part["url"],
            "label": {"color": "#ffffff" if 4 * part["value"] > 3 * most else "#18212b"},
        }
        for part in parts
    ]
    return {
        "tooltip": {"show": False},
        "visualMap": {"show": False, "min": 0, "max": most or 1, "inRange": {"color": SHADES}},
        "series": [DRAWN | {"data": data}],
    }


def bar_option(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Lying bars, the largest on top; each opens the page of its part."""
    upwards = [part for part in reversed(parts) if part["value"] is not None]
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
            {
                "on": each.on,
                "value": each.value,
                "url": address(Question(registry.certified, each.on, each.known_at)),
            }
            for each in series
        ],
        "option": {
            "xAxis": YEARS,
            "yAxis": {"type": "value"},
            "series": [LINE | {"data": [[each.on.isoformat(), each.value] for each in series]}],
        },
    }
