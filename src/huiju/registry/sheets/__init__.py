"""What the registry takes in from sheets: rosters, registrations, hours, leaves, accounts, deaths."""

from huiju.registry.sheets.clocks import CREDIT_LIST, REGISTRATION_LIST
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
    "CREDIT_LIST",
    "DEATH_LIST",
    "LEAVE_LIST",
    "NEEDED",
    "REGISTRATION_LIST",
    "ROSTER",
    "TITLES",
    "apply_rows",
    "roster_terms",
]
