"""The bytes of uploads and exports, kept durably under their digest until they are thrown away."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from huiju.kernel.errors import DomainError

CHUNK = 1 << 20


class FileLost(DomainError):
    """The bytes are no longer there, or are not the ones that were kept."""


def keep(content: bytes) -> str:
    """Keep bytes; their SHA-256. They are on disk when this returns."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    return digest


def path_of(digest: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.HUIJU_FILES) / "transfers" / digest[:2] / digest


def open_kept(digest: str) -> bytes:
    """Kept bytes. Raises FileLost."""
    path = path_of(digest)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileLost(_("The file is no longer kept here. Upload it, or ask for it, once more."))
    return content


def forget(digest: str) -> None:
    """Throw kept bytes away."""
    path_of(digest).unlink(missing_ok=True)
