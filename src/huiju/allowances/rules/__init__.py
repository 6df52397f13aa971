"""What an allowance scheme says: facts in, lines out, each line carrying the facts and steps behind it."""

from huiju.allowances.rules.facts import Facts, named_facts
from huiju.allowances.rules.policy import Policy, calendar, months_computed
from huiju.allowances.rules.settlement import differences, settlement
from huiju.allowances.rules.shapes import PLAIN, SHAPES, Terms, monthly_by_level
from huiju.allowances.rules.totals import (
    TOTALS,
    counted_segments,
    head_counts,
    segments,
    totals_by_level,
)

__all__ = [
    "PLAIN",
    "SHAPES",
    "TOTALS",
    "Facts",
    "Policy",
    "Terms",
    "calendar",
    "counted_segments",
    "differences",
    "head_counts",
    "monthly_by_level",
    "months_computed",
    "named_facts",
    "segments",
    "settlement",
    "totals_by_level",
]
