"""What a file is, by its first bytes and its inner names, never by what its name claims."""

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePath

# first bytes → media type; those that need a closer look come after
SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
OLE2, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"

# a name inside a zip → what the zip is
INNER_NAMES = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}

# what may be kept → the endings its name may have
ENDINGS = {
    "application/pdf": {".pdf"},
    "image/png": {".png"},
    "image/jpeg": {".jpg", ".jpeg"},
    "application/x-ole-storage": {".doc", ".xls", ".wps", ".et"},
    "text/plain": {".txt", ".csv"},
    **{
        INNER_NAMES["word/document.xml"]: {".docx"},
        INNER_NAMES["xl/workbook.xml"]: {".xlsx"},
        INNER_NAMES["OFD.xml"]: {".ofd"},
    },
}


def media_type_of(content: bytes) -> str | None:
    """The media type a content shows by itself; None for one that is not kept."""
    for signature, media_type in SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    if content.startswith(OLE2):
        return "application/x-ole-storage"
    if content.startswith(ZIP):
        return _office_package(content)
    return "text/plain" if _is_text(content) else None


def fits_name(media_type: str, name: str) -> bool:
    """Whether a file of this type may carry this name."""
    return PurePath(name).suffix.lower() in ENDINGS[media_type]


def _office_package(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile:
        return None
    return next((kind for name, kind in INNER_NAMES.items() if name in names), None)


def _is_text(content: bytes) -> bool:
    return b"\x00" not in content and any(_decodes(content, name) for name in ("utf-8", "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    decode: Callable[[str], str] = content.decode
    try:
        decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
