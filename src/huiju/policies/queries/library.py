"""Documents: found, cited, read."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from huiju.policies.models import Clause, Document, DocumentText, Target
from huiju.policies.queries import search


@dataclass(frozen=True)
class DocumentFilter:
    """What a reader asks the library for; an empty field asks for nothing."""

    words: str = ""
    aspect: int | None = None
    government: str = ""
    issuer: str = ""
    year: int | None = None


def documents(asked: DocumentFilter = DocumentFilter()) -> QuerySet[Document]:
    """Documents that fit all that is asked; each word may stand in the head or in a clause."""
    found = search.narrowed(Document.objects.select_related("aspect", "place"), asked.words)
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


def current_text(document: Document) -> DocumentText | None:
    """The words of a document that count now, or None."""
    found: DocumentText | None = (
        document.texts.filter(superseded_at=None).select_related("recorded_by").first()
    )
    return found


def clauses(document: Document) -> QuerySet[Clause]:
    """The clauses of a document in order."""
    return Clause.objects.filter(document=document).defer("words").order_by("position")


def targets() -> QuerySet[Target]:
    """Every target with its document, unordered."""
    return Target.objects.select_related("document", "place")
