"""What the library computes from values alone: what holds on a day, clauses, words, validity."""

from huiju.policies.rules.dated import (
    IN_FORCE,
    NEVER,
    REPEALED,
    UNKNOWN,
    Dated,
    Span,
    Standing,
    number_from,
    number_shown,
    spans,
    standing,
)

__all__ = [
    "IN_FORCE",
    "NEVER",
    "REPEALED",
    "UNKNOWN",
    "Dated",
    "Span",
    "Standing",
    "number_from",
    "number_shown",
    "spans",
    "standing",
]
