"""Storing files and opening them again."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import Organisation, Place, User
from huiju.documents import rules
from huiju.documents.models import OpenFile, RetentionClass, StoredFile
from huiju.documents.reading import box
from huiju.documents.reading.lines import Unreadable
from huiju.kernel import clock
from huiju.kernel.errors import DomainError


class FileRefused(DomainError):
    """A file that is not kept: empty, too large, of an unknown kind, or not what its name says."""


class FileDamaged(DomainError):
    """The bytes on disk are gone or are not the ones that were stored."""


class TextUnreadable(DomainError):
    """The words of a file cannot be read: it is a scan, locked, damaged, or of another kind."""


@dataclass(frozen=True)
class Keeping:
    """Where a file belongs and how long: its retention class, and who reads it."""

    retention: str
    place: Place
    organisation: Organisation | None = None
    everybody: bool = False


@transaction.atomic
def store_file(
    *, name: str, content: bytes, keeping: Keeping, by: User, at: datetime
) -> StoredFile:
    """Keep a file's bytes under their digest, durably, and file them.

    Raises FileRefused. The bytes are on disk before the row exists; a row without bytes cannot be.
    """
    media_type = _judged(name, content)
    retention = RetentionClass.objects.get(code=keeping.retention)
    digest = hashlib.sha256(content).hexdigest()
    _write(digest, content)
    stored: StoredFile = StoredFile.objects.create(
        digest=digest,
        name=name,
        media_type=media_type,
        size=len(content),
        retention=retention,
        kept_until=_kept_until(retention, clock.day_of(at)),
        place=keeping.place,
        organisation=keeping.organisation,
        stored_by=by,
        stored_at=at,
    )
    if keeping.everybody:
        OpenFile.objects.create(file=stored)
    audit.record(actor=by, action="documents.file_stored", subject=stored, digest=digest)
    return stored


def open_file(file: StoredFile) -> bytes:
    """The bytes of a file the reader could see. Raises FileDamaged unless they match the digest."""
    path = _path(file.digest)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != file.digest:
        raise FileDamaged(
            _("The file “%(name)s” is damaged on disk. Ask the administrator to restore it.")
            % {"name": file.name}
        )
    return content


def text_of(file: StoredFile) -> str:
    """The words of a PDF, .docx or text file, one paragraph a line, read in a confined child process.

    Raises FileDamaged, or TextUnreadable with the reason and what to do.
    """
    open_file(file)
    try:
        return box.read(_path(file.digest), file.media_type)
    except Unreadable as refusal:
        raise TextUnreadable(
            {
                "NO_TEXT": _("“%(name)s” holds pictures of pages and no words. Type the text."),
                "PASSWORD": _("“%(name)s” is locked by a password. Save it without one."),
                "TOO_LARGE": _("“%(name)s” is too large to read. Paste the text."),
                "CORRUPT": _("“%(name)s” is damaged. Save it again, or paste the text."),
                "UNSUPPORTED": _(
                    "Words are read from PDF, .docx and text files only. Save “%(name)s” as one of them."
                ),
            }[refusal.reason]
            % {"name": file.name}
        ) from refusal


def _judged(name: str, content: bytes) -> str:
    if not content:
        raise FileRefused(_("The file is empty."))
    if len(content) > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // 2**20
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": limit})
    media_type = rules.media_type_of(content)
    if media_type is None:
        raise FileRefused(
            _("Files of this kind are not kept. Use PDF, OFD, Word, Excel, text or a picture.")
        )
    if not rules.fits_name(media_type, name):
        raise FileRefused(
            _("“%(name)s” is not what its ending says. Save it again in its own format.")
            % {"name": name}
        )
    return media_type


def _kept_until(retention: RetentionClass, day: date) -> date | None:
    """The last day of the year in which the retention ends; None is for good."""
    return date(day.year + retention.years, 12, 31) if retention.years is not None else None


def _path(digest: str) -> Path:
    return Path(settings.HUIJU_FILES) / digest[:2] / digest


def _write(digest: str, content: bytes) -> None:
    """Write through a temporary file, so that a name in the store always has all its bytes."""
    path = _path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
