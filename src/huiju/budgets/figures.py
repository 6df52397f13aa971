"""Figures about budgets: what was appropriated for a year, what is bound, what was paid, by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from huiju.budgets.enums import Account
from huiju.kernel.figures import Figure

if TYPE_CHECKING:
    from ibis.expr.types import IntegerScalar, Table

Facts = Mapping[str, "Table"]
BY = ("district", "payer", "subject")


def planned_by(facts: Facts, on: date) -> Table:
    """One row per posting that gave a line of the day's year its budget, or took from it, by the day."""
    rows = _of_year(facts, on, Account.APPROPRIATED)
    return rows.mutate(amount_fen=-rows.amount_fen)


def committed_by(facts: Facts, on: date) -> Table:
    """One row per posting to or from what is committed and not yet due, by the day."""
    return _of_year(facts, on, Account.COMMITTED)


def paid_by(facts: Facts, on: date) -> Table:
    """One row per posting to or from what was paid, by the day."""
    return _of_year(facts, on, Account.PAID)


def amount_of(postings: Table) -> IntegerScalar:
    """Fen added up; nought for no postings."""
    return postings.amount_fen.sum().coalesce(0)


def _of_year(facts: Facts, on: date, account: Account) -> Table:
    rows = facts["budget_posting"]
    found = rows.filter(rows.account == account.value, rows.year == on.year, rows.posted_on <= on)
    return found.select("posting", "amount_fen", "district", "payer", "subject")


planned = Figure(
    code="budgets.planned",
    title=_("Budget of the year"),
    definition=_(
        "What the lines of the calendar year had been given by the date: initial budgets, supplements,"
        " cuts, transfers and what was carried forward. The district is where the money serves; what"
        " serves the whole city stands under the city's name."
    ),
    unit="fen",
    key="posting",
    records=planned_by,
    by=BY,
    measure=amount_of,
)

committed = Figure(
    code="budgets.committed",
    title=_("Committed and not yet due"),
    definition=_(
        "What was bound to a purpose on lines of the calendar year by the date and neither due, paid"
        " nor released."
    ),
    unit="fen",
    key="posting",
    records=committed_by,
    by=BY,
    measure=amount_of,
)

paid = Figure(
    code="budgets.paid",
    title=_("Paid in the year"),
    definition=_(
        "What had been paid from lines of the calendar year by the date, less what banks sent back and"
        " what was recovered."
    ),
    unit="fen",
    key="posting",
    records=paid_by,
    by=BY,
    measure=amount_of,
)

FIGURES = (planned, committed, paid)
