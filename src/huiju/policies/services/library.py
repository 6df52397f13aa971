"""Recording documents and attaching their texts."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory import queries as directory
from huiju.directory.models import Place, User
from huiju.documents import services as files
from huiju.kernel import clock, pinyin
from huiju.kernel.errors import DomainError
from huiju.policies.models import Aspect, Attachment, Document
from huiju.policies.permissions import may_write
from huiju.policies.rules import words

RETENTION = "policy"


class DocumentInvalid(DomainError):
    """A document that contradicts itself or another one."""


@dataclass(frozen=True)
class DocumentEntry:
    """A document as somebody enters it, in force on [effective_on, ends_on) as far as it says so itself.

    `issued_on` None: the day is unknown, the year is not.
    """

    number: str
    title: str
    issuer: str
    year: int
    government: str
    aspect: Aspect
    confidence: str
    issued_on: date | None = None
    effective_on: date | None = None
    ends_on: date | None = None
    place: Place | None = None
    aliases: list[str] = field(default_factory=list)
    source_note: str = ""


@transaction.atomic
def record_document(*, entry: DocumentEntry, by: User, at: datetime) -> Document:
    """Add a document, or bring the one of this number (or this unnumbered title) to the entry.

    Equal again: no change. Raises NotPermitted or DocumentInvalid.
    """
    may_write(by, entry.place, on=clock.day_of(at)).require()
    if entry.issued_on and entry.issued_on.year != entry.year:
        raise DocumentInvalid(_("The year is not that of the day of issue. Correct one of them."))
    if entry.effective_on and entry.ends_on and entry.ends_on <= entry.effective_on:
        raise DocumentInvalid(_("The document ends before it begins. Correct one of the days."))
    _check_numbers(entry)
    wanted = vars(entry) | {"search_text": search_text(entry)}
    found = _same(entry)
    if found and all(getattr(found, name) == value for name, value in wanted.items()):
        return found
    document = found or Document(recorded_at=at, recorded_by=by)
    if found:
        may_write(by, found.place, on=clock.day_of(at)).require()
    for name, value in wanted.items():
        setattr(document, name, value)
    document.save()
    action = "policies.document_changed" if found else "policies.document_recorded"
    audit.record(actor=by, action=action, subject=document, number=document.number)
    return document


@transaction.atomic
def attach_file(
    *, document: Document, name: str, content: bytes, by: User, at: datetime
) -> Attachment:
    """Keep the text or an annex of a document, open to everybody.

    Raises NotPermitted, or documents.FileRefused for a file that is not kept.
    """
    may_write(by, document.place, on=clock.day_of(at)).require()
    place = document.place or directory.city()
    keeping = files.Keeping(retention=RETENTION, place=place, everybody=True)
    stored = files.store_file(name=name, content=content, keeping=keeping, by=by, at=at)
    attachment: Attachment = Attachment.objects.create(document=document, file=stored)
    audit.record(actor=by, action="policies.file_attached", subject=document, file=stored.pk)
    return attachment


def search_text(entry: DocumentEntry) -> str:
    """What the library finds a document by beside its clauses: title, numbers, issuer, initials."""
    initials = pinyin.text_initials(words.folded(entry.title))
    return words.head([entry.title, entry.number, *entry.aliases, entry.issuer, initials])


def _same(entry: DocumentEntry) -> Document | None:
    rows = Document.objects.select_for_update()
    if entry.number:
        return rows.filter(number=entry.number).first()
    return rows.filter(number="", title=entry.title, issuer=entry.issuer, year=entry.year).first()


def _check_numbers(entry: DocumentEntry) -> None:
    """No number may mean two documents."""
    others = (
        Document.objects.exclude(number=entry.number) if entry.number else Document.objects.all()
    )
    for number in (entry.number, *entry.aliases):
        if number and others.filter(Q(number=number) | Q(aliases__contains=[number])).exists():
            raise DocumentInvalid(
                _("The number “%(number)s” already names another document.") % {"number": number}
            )
