"""A simulation in the words of the page: the same tables and chart for the page and for its sliders."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances.queries.payers import DryLine
from huiju.allowances.queries.tunnel import Simulation
from huiju.allowances.rules.computing import Row
from huiju.directory.models import Place
from huiju.kernel.money import yuan
from huiju.kernel.periods import Month
from huiju.registry.enums import Level

MOST_ROWS = 24
"""More months than this are shown by year."""

Table = dict[str, Any]


def shown(found: Simulation, places: Sequence[Place]) -> dict[str, Any]:
    """Sums as text, the chart's option, and tables of heads and rows of text."""
    unrated = sum(row["unrated"] for row in found.totals)
    period = period_of(found)
    names = {place.code: str(place) for place in places}
    return {
        "sums": {
            "total": yuan(found.total_fen),
            "before": yuan(found.before_fen),
            "difference": signed(found.total_fen - found.before_fen),
        },
        "digest": found.digest,
        "unrated": _("%(count)s monthly amounts have no rate: the sums are too small.")
        % {"count": f"{unrated:,}"}
        if unrated
        else "",
        "chart": chart(found, period),
        "tables": {
            "periods": _compared(_("Month or year"), found, period),
            "districts": _compared(_("District"), found, lambda row: names[str(row["district"])]),
            "levels": _compared(_("Level"), found, lambda row: str(Level(row["level"]).label)),
            "payers": _payers(found),
            "lines": _lines(found.lines),
        },
    }


def labelled(table: Table) -> Table:
    """The table with the head beside every text, as cards on a telephone have it."""
    return table | {"cells": [list(zip(table["heads"], row, strict=True)) for row in table["rows"]]}


def signed(fen: int) -> str:
    """+1,234.50: an increase says so."""
    return f"{'+' if fen > 0 else ''}{yuan(fen)}"


def period_of(found: Simulation) -> Callable[[Row], str]:
    """How the rows are put together in time: by month, or by year where there are many."""
    months = {row["month"] for row in (*found.totals, *found.before)}
    length = 4 if len(months) > MOST_ROWS else 7
    return lambda row: str(row["month"])[:length]


def sums_by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, int]:
    """Fen by key, in the order in which the keys come."""
    found: dict[str, int] = {}
    for row in rows:
        found[key(row)] = found.get(key(row), 0) + row["amount_fen"]
    return found


def _compared(head: str, found: Simulation, key: Callable[[Row], str]) -> Table:
    now, was = sums_by(found.totals, key), sums_by(found.before, key)
    order = list(dict.fromkeys([*now, *was]))
    return {
        "heads": [head, _("Changed, yuan"), _("Unchanged, yuan"), _("Difference, yuan")],
        "rows": [
            [name, *map(yuan, (a, b)), signed(a - b)]
            for name in order
            for a, b in [(now.get(name, 0), was.get(name, 0))]
        ],
    }


def _payers(found: Simulation) -> Table:
    now, was = _by_payer(found.totals), _by_payer(found.before)
    words = {"city": _("The city"), "district": _("The district")}
    return {
        "heads": [_("Payer"), _("Changed, yuan"), _("Unchanged, yuan")],
        "rows": [
            [words.get(name, name), yuan(now.get(name, 0)), yuan(was.get(name, 0))]
            for name in dict.fromkeys([*now, *was])
        ],
    }


def _by_payer(rows: Iterable[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for payer, fen in row["payers"].items():
            found[payer] = found.get(payer, 0) + fen
    return found


def _lines(lines: Iterable[DryLine]) -> Table:
    return {
        "heads": [
            *(_("Budget line"), _("Budget year"), _("Money for it, yuan"), _("Cost, yuan")),
            *(_("Left, yuan"), _("Runs dry in")),
        ],
        "rows": [
            [
                str(each.line),
                str(each.year) if each.stated else _("%(year)s, assumed") % {"year": each.year},
                *map(yuan, (each.money_fen, each.cost_fen, each.left_fen)),
                str(Month.of(each.dry_in)) if each.dry_in else _("Never"),
            ]
            for each in lines
        ],
    }


def people_of(found: Simulation, places: Sequence[Place]) -> Table:
    """Who gains and loses, by district."""
    names = {place.code: str(place) for place in places}
    return {
        "heads": [
            *(_("District"), _("People gaining"), _("People losing"), _("People unchanged")),
            *(_("Gained, yuan"), _("Lost, yuan")),
        ],
        "rows": [
            [
                names.get(row["district"], row["district"]),
                *(f"{row[name]:,}" for name in ("gaining", "losing", "unchanged")),
                *(yuan(row[name]) for name in ("gained_fen", "lost_fen")),
            ]
            for row in found.gains
        ],
    }


def chart(found: Simulation, period: Callable[[Row], str]) -> dict[str, Any]:
    """Cost in yuan over time, changed and unchanged, as an echarts option."""
    now, was = sums_by(found.totals, period), sums_by(found.before, period)
    names = list(dict.fromkeys([*now, *was]))
    series = [(_("With the changes"), now), (_("Without changes"), was)]
    return {
        "legend": {"top": 0, "data": [name for name, _sums in series]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": name,
                "type": "line",
                "showSymbol": len(names) < MOST_ROWS,
                "data": [sums.get(each, 0) / 100 for each in names],
            }
            for name, sums in series
        ],
    }
