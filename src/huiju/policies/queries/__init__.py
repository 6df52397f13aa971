"""Reads of the policy library, which everybody signed in may see."""

from huiju.policies.queries.library import (
    DocumentFilter,
    clauses,
    current_text,
    document_cited,
    documents,
    targets,
)
from huiju.policies.queries.search import Hit, best_first, hits
from huiju.policies.queries.validity import Family, drawing_of, family_of, relations_of, validities
from huiju.policies.queries.values import (
    Evidence,
    evidence_of,
    parameters,
    parameters_asked_for,
    parameters_to_review,
    reviews,
    values_awaiting,
    values_citing,
    values_known,
    values_left_behind,
)

__all__ = [
    "DocumentFilter",
    "Evidence",
    "Family",
    "Hit",
    "best_first",
    "clauses",
    "current_text",
    "document_cited",
    "documents",
    "drawing_of",
    "evidence_of",
    "family_of",
    "hits",
    "parameters",
    "parameters_asked_for",
    "parameters_to_review",
    "relations_of",
    "reviews",
    "targets",
    "validities",
    "values_awaiting",
    "values_citing",
    "values_known",
    "values_left_behind",
]
