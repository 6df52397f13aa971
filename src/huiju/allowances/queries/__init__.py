"""Reads of runs and lines, in the reader's scope."""

from huiju.allowances.queries.comparison import Comparison, compared_with_month_before
from huiju.allowances.queries.derivation import Derivation, derivation_of
from huiju.allowances.queries.known import known_facts, posted_before
from huiju.allowances.queries.runs import (
    LineFilter,
    computable_districts,
    lines_asked_for,
    lines_of,
    run_totals,
    runs_visible_to,
)

__all__ = [
    "Comparison",
    "Derivation",
    "LineFilter",
    "compared_with_month_before",
    "computable_districts",
    "derivation_of",
    "known_facts",
    "lines_asked_for",
    "lines_of",
    "posted_before",
    "run_totals",
    "runs_visible_to",
]
