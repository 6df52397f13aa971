"""The full-text search: heads of documents by any part of them, clauses by their words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQueryField
from django.db.models import (
    BooleanField,
    Case,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)

from huiju.policies.models import Clause, Document, DocumentText
from huiju.policies.rules import words
from huiju.policies.rules.words import Piece

RANKED_AT_MOST = 1000
HITS_SHOWN = 3
"""Clauses shown of one document; its page marks the others."""


class Matches(Func):
    """Whether a clause's words answer a query, by the index."""

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()


class Rank(Func):
    """How well they answer it."""

    function = "ts_rank"
    output_field = FloatField()


def _query(literal: str) -> Func:
    return Func(
        Value(literal), template="%(expressions)s::tsquery", output_field=SearchQueryField()
    )


def _holding(literal: str) -> QuerySet[DocumentText]:
    found = DocumentText.objects.filter(Matches(F("words"), _query(literal)), superseded_at=None)
    return found if literal else DocumentText.objects.none()


def narrowed(documents: QuerySet[Document], asked: str) -> QuerySet[Document]:
    """The documents that hold every word asked for, in title, numbers, issuer, initials or a clause."""
    for word in words.words_asked(asked):
        in_text = _holding(words.query([word])).values("document")
        documents = documents.filter(Q(search_text__contains=word) | Q(pk__in=in_text))
    return documents


def best_first(documents: QuerySet[Document], asked: str) -> list[int]:
    """The keys of documents in order: by words that stand in the head, the rank of the text, the year.

    `documents` are already narrowed to what is asked. A word that more than a thousand texts hold says
    little about any of them, so ranks are left out there.
    """
    sought = words.words_asked(asked)
    heads = [
        Case(When(search_text__contains=word, then=1), default=0, output_field=IntegerField())
        for word in sought
    ]
    rows = list(documents.annotate(heads=sum(heads, Value(0))).values_list("pk", "heads", "year"))
    ranks = _ranks([pk for pk, _, _ in rows], words.either(sought))
    rows.sort(key=lambda row: (-row[1], -ranks.get(row[0], 0.0), -row[2], row[0]))
    return [pk for pk, _, _ in rows]


def _ranks(documents: list[int], literal: str) -> dict[int, float]:
    if not literal or len(documents) > RANKED_AT_MOST:
        return {}
    texts = DocumentText.objects.filter(document__in=documents, superseded_at=None)
    ranked = texts.annotate(rank=Rank(F("words"), _query(literal)))
    return dict(ranked.values_list("document_id", "rank"))


@dataclass(frozen=True)
class Hit:
    """A clause that holds words asked for, cut at them."""

    anchor: str
    label: str
    pieces: list[Piece]


def hits(documents: Iterable[Document], asked: str) -> dict[int, list[Hit]]:
    """The best clauses of each document by its key, at most three each."""
    sought = words.words_asked(asked)
    literal = words.either(sought)
    if not literal:
        return {}
    rows = (
        Clause.objects.filter(
            Matches(F("words"), _query(literal)),
            document__in=[document.pk for document in documents],
        )
        .annotate(rank=Rank(F("words"), _query(literal)))
        .order_by("document", "-rank", "position")
    )
    found: dict[int, list[Hit]] = {}
    for document, anchor, label, text in rows.values_list("document_id", "anchor", "label", "text"):
        shown = found.setdefault(document, [])
        if len(shown) < HITS_SHOWN:
            shown.append(Hit(anchor, label, words.marked(text, sought)))
    return found
