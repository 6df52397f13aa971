"""What the registry takes in from sheets: rosters, leaves, accounts, deaths."""

from huiju.registry.sheets.pay import ACCOUNT_LIST, DEATH_LIST, LEAVE_LIST
from huiju.registry.sheets.roster import (
    COLUMNS,
    NEEDED,
    ROSTER,
    TITLES,
    apply_rows,
    roster_terms,
)

__all__ = [
    "ACCOUNT_LIST",
    "COLUMNS",
    "DEATH_LIST",
    "LEAVE_LIST",
    "NEEDED",
    "ROSTER",
    "TITLES",
    "apply_rows",
    "roster_terms",
]
