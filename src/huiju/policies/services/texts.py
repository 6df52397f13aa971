"""The words of documents: recorded as somebody proof-read them, split into clauses, indexed."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchVectorField
from django.db import transaction
from django.db.models import Func, Value
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import models
from huiju.policies.models import Attachment, Document, DocumentText
from huiju.policies.permissions import may_write
from huiju.policies.rules import clauses, words
from huiju.policies.rules.clauses import Clause

LONGEST_CLAUSE = 60_000


class TextInvalid(DomainError):
    """A text without words, or one that is no text of a policy."""


@dataclass(frozen=True)
class TextEntry:
    """A document's words as proof-read. `extent` says whether they are all of it, or its wording at all."""

    body: str
    extent: str
    source_note: str = ""
    attachment: Attachment | None = None


@transaction.atomic
def record_text(*, document: Document, entry: TextEntry, by: User, at: datetime) -> DocumentText:
    """Keep the words of a document in place of those there were; equal again: no change.

    Clauses are found anew; their anchors depend on their own numbers alone, so links stay.
    Raises NotPermitted or TextInvalid.
    """
    may_write(by, document.place, on=clock.day_of(at)).require()
    locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    body = entry.body.replace("\r\n", "\n").strip()
    found = clauses.clauses_of(body)
    _check(found)
    current: DocumentText | None = locked.texts.filter(superseded_at=None).first()
    if current and (current.body, current.extent) == (body, entry.extent):
        return current
    if current:
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])
    recorded: DocumentText = DocumentText.objects.create(
        **vars(entry) | {"body": body},
        words=_vector([(clause.text, _weight(clause)) for clause in found]),
        document=locked,
        recorded_by=by,
        recorded_at=at,
    )
    count = _write_clauses(locked, found)
    audit.record(
        actor=by,
        action="policies.text_recorded",
        subject=locked,
        extent=entry.extent,
        clauses=count,
    )
    return recorded


def _check(found: list[Clause]) -> None:
    if not any(sign.isalnum() for clause in found for sign in clause.label + clause.text):
        raise TextInvalid(_("There is no text. Paste or type the words of the document."))
    if any(len(clause.text) > LONGEST_CLAUSE for clause in found):
        raise TextInvalid(
            _("A single clause is longer than any policy's. Leave out tables and annexes of data.")
        )


def _write_clauses(document: Document, found: list[Clause]) -> int:
    models.Clause.objects.filter(document=document).delete()
    rows = [
        models.Clause(
            document=document,
            position=position,
            anchor=clause.anchor[:120],
            label=clause.label[:40],
            level=clause.level,
            text=clause.text,
            words=_vector([(clause.text, _weight(clause))]),
        )
        for position, clause in enumerate(found)
    ]
    return len(models.Clause.objects.bulk_create(rows))


def _weight(clause: Clause) -> str:
    """Headings of chapters and annexes weigh more than what stands below them."""
    return "B" if clause.level <= clauses.CHAPTER else "D"


def _vector(parts: list[tuple[str, str]]) -> Func:
    return Func(
        Value(words.vector(parts)),
        template="%(expressions)s::tsvector",
        output_field=SearchVectorField(),
    )
