"""Figures about computed allowances. A line counts while its run has not been computed again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from huiju.kernel.figures import UNRECORDED, Figure
from huiju.kernel.periods import Month

if TYPE_CHECKING:
    from ibis.expr.types import IntegerScalar, Table

Facts = Mapping[str, "Table"]


def lines_of_month(facts: Facts, on: date) -> Table:
    """One row per line for the day's month, of whichever run, corrections included."""
    lines = facts["allowance_line"]
    return _named(lines.filter(lines.month == Month.of(on).first_day))


def lines_of_year(facts: Facts, on: date) -> Table:
    """One row per line for the months of the day's year up to the day's month."""
    lines = facts["allowance_line"]
    first, last = date(on.year, 1, 1), Month.of(on).first_day
    return _named(lines.filter(lines.month >= first, lines.month <= last))


def amount_of(lines: Table) -> IntegerScalar:
    """Fen added up; nought for no lines."""
    return lines.amount_fen.sum().coalesce(0)


def _named(lines: Table) -> Table:
    """A line that takes a month back names no level."""
    return lines.select("line", "amount_fen", "district", level=lines.level.fill_null(UNRECORDED))


lines = Figure(
    code="allowances.lines",
    title=_("Allowance lines of the month"),
    definition=_(
        "Lines computed for the month of the date, in whichever run they were posted; lines of runs that "
        "were computed again are left out. A person has one line, and one more for each correction."
    ),
    unit="line",
    key="line",
    records=lines_of_month,
    by=("district", "level"),
)

amount = Figure(
    code="allowances.amount",
    title=_("Allowances of the month"),
    definition=_(
        "The amounts of all lines computed for the month of the date, corrections included, as drafts "
        "or approved. The district is the one that owes them."
    ),
    unit="fen",
    key="line",
    records=lines_of_month,
    by=("district", "level"),
    measure=amount_of,
)

amount_of_the_year = Figure(
    code="allowances.amount_of_year",
    title=_("Allowances of the year"),
    definition=_(
        "The amounts of all lines computed for the months of the calendar year up to the month of the "
        "date, corrections included, as drafts or approved."
    ),
    unit="fen",
    key="line",
    records=lines_of_year,
    by=("district", "level"),
    measure=amount_of,
)

FIGURES = (lines, amount, amount_of_the_year)
