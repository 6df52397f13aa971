"""Whether documents hold on a day, and what they do to each other."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from huiju.policies.enums import Government
from huiju.policies.models import Document, Relation
from huiju.policies.rules import validity as rules
from huiju.policies.rules.drawing import Drawing, Life, Link, drawn
from huiju.policies.rules.validity import Validity

FAMILY_AT_MOST = 24
"""Documents drawn together; a larger family is shown around the one asked for."""


def validities(documents: Iterable[Document], *, on: date) -> dict[int, Validity]:
    """The standing of each document on a day, by its key."""
    asked = list(documents)
    acts: dict[int, list[rules.Act]] = {}
    done_to = Relation.objects.filter(target__in=[document.pk for document in asked])
    for relation in done_to.order_by("pk"):
        act = rules.Act(relation.kind, relation.since, relation.document_id)
        acts.setdefault(relation.target_id, []).append(act)
    return {
        document.pk: rules.validity(days_of(document), acts.get(document.pk, []), on=on)
        for document in asked
    }


def days_of(document: Document) -> rules.Days:
    """A document's own days; one without a first day in force begins when it was issued."""
    return rules.Days(
        starts_on=document.effective_on or document.issued_on,
        last_day=document.last_day,
        year=document.year,
        is_policy=document.government != Government.OTHER,
    )


def relations_of(document: Document) -> QuerySet[Relation]:
    """What a document does and what is done to it, unordered."""
    touching = Relation.objects.filter(Q(document=document) | Q(target=document))
    return touching.select_related("document", "target")


@dataclass(frozen=True)
class Family:
    """Documents that act on each other, directly or through others, oldest first, with the relations."""

    documents: list[Document]
    relations: list[Relation]


def family_of(document: Document) -> Family:
    """The documents around one, by steps outwards, until there are 24."""
    known: set[int] = {document.pk}
    found: dict[int, Relation] = {}
    edge: Collection[int] = {document.pk}
    while edge and len(known) < FAMILY_AT_MOST:
        near = Relation.objects.filter(Q(document__in=edge) | Q(target__in=edge)).order_by("pk")
        found |= {relation.pk: relation for relation in near}
        edge = {key for one in near for key in (one.document_id, one.target_id) if key not in known}
        known |= set(sorted(edge)[: FAMILY_AT_MOST - len(known)])
    documents = sorted(Document.objects.filter(pk__in=known), key=_age)
    inside = [each for each in found.values() if {each.document_id, each.target_id} <= known]
    return Family(documents, inside)


def _age(document: Document) -> tuple[date, int]:
    return (document.effective_on or document.issued_on or date(document.year, 7, 1), document.pk)


def drawing_of(family: Family, *, on: date) -> Drawing:
    """The family on a line of years, each document in its standing on a day."""
    standing = validities(family.documents, on=on)
    lives = [_life(document, standing[document.pk]) for document in family.documents]
    links = [
        Link(each.document_id, each.target_id, each.kind, each.since) for each in family.relations
    ]
    return drawn(lives, links, on=on)


def _life(document: Document, standing: Validity) -> Life:
    over = standing.since if standing.is_over else None
    return Life(document.pk, document.citation, standing.kind, _age(document)[0], over)
