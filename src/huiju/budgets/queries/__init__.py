"""Reads of the budget, by what they are about."""

from huiju.budgets.queries.checks import Finding, ledger_check
from huiju.budgets.queries.entries import (
    PeriodFilter,
    StatementRow,
    changes_visible_to,
    entries_visible_to,
    postings_of,
    statement_of,
)
from huiju.budgets.queries.lines import (
    LineFilter,
    balance_sum,
    carried_from,
    carry_purpose,
    consents_to_decide,
    consents_visible_to,
    line_on,
    lines_asked_for,
    lines_visible_to,
    override_room,
    split_on,
    stages_of,
    with_stages,
    years_visible_to,
)

__all__ = [
    "Finding",
    "LineFilter",
    "PeriodFilter",
    "StatementRow",
    "balance_sum",
    "carried_from",
    "carry_purpose",
    "changes_visible_to",
    "consents_to_decide",
    "consents_visible_to",
    "entries_visible_to",
    "ledger_check",
    "line_on",
    "lines_asked_for",
    "lines_visible_to",
    "override_room",
    "postings_of",
    "split_on",
    "stages_of",
    "statement_of",
    "with_stages",
    "years_visible_to",
]
