"""Reads of the policy library, which everybody signed in may see."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from huiju.kernel import clock
from huiju.policies.enums import ValueState
from huiju.policies.models import Document, Parameter, ParameterValue


@dataclass(frozen=True)
class DocumentFilter:
    """What a reader asks the library for; an empty field asks for nothing."""

    words: str = ""
    aspect: int | None = None
    government: str = ""
    issuer: str = ""
    year: int | None = None


def documents(asked: DocumentFilter = DocumentFilter()) -> QuerySet[Document]:
    """Documents that fit all that is asked; each word may stand in title, numbers or issuer."""
    found = Document.objects.select_related("aspect", "place")
    for word in asked.words.split():
        found = found.filter(
            Q(title__icontains=word)
            | Q(number__icontains=word)
            | Q(aliases__icontains=word)
            | Q(issuer__icontains=word)
        )
    if asked.aspect:
        found = found.filter(aspect=asked.aspect)
    if asked.government:
        found = found.filter(government=asked.government)
    if asked.issuer:
        found = found.filter(issuer__icontains=asked.issuer)
    return found.filter(year=asked.year) if asked.year else found


def document_cited(citation: str) -> Document | None:
    """The document of a number, an alias, or the title of an unnumbered one."""
    own = Document.objects.filter(Q(number=citation) | Q(number="", title=citation))
    return own.first() or Document.objects.filter(aliases__contains=[citation]).first()


def parameters() -> QuerySet[Parameter]:
    """Parameters with the number of values awaiting confirmation as `waiting`."""
    waiting = Count("values", filter=Q(values__state=ValueState.PROPOSED))
    return Parameter.objects.annotate(waiting=waiting)


def values_known(parameter: Parameter, *, on: date) -> QuerySet[ParameterValue]:
    """The versions that counted at the end of a day, unordered."""
    known = ParameterValue.objects.known_at(clock.end_of(on))
    return known.filter(parameter=parameter).select_related(
        "parameter", "place", "document", "proposed_by", "decided_by"
    )


def values_awaiting() -> QuerySet[ParameterValue]:
    """Proposed values that a second person has yet to confirm or refuse, unordered."""
    return ParameterValue.objects.awaiting().select_related(
        "parameter", "place", "document", "proposed_by"
    )


def values_citing(document: Document) -> QuerySet[ParameterValue]:
    """The values that count now and cite a document, unordered."""
    return (
        ParameterValue.objects.confirmed()
        .filter(document=document)
        .select_related("parameter", "place")
    )
