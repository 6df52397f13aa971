"""What an allowance scheme says: facts in, lines out, each line carrying the facts and steps behind it."""

from huiju.allowances.rules.facts import Facts, named_facts
from huiju.allowances.rules.policy import Policy, calendar, months_computed
from huiju.allowances.rules.settlement import differences, settlement
from huiju.allowances.rules.shapes import SHAPES, monthly_by_level

__all__ = [
    "SHAPES",
    "Facts",
    "Policy",
    "calendar",
    "differences",
    "monthly_by_level",
    "months_computed",
    "named_facts",
    "settlement",
]
