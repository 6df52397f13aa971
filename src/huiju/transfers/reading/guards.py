"""What is refused before anything is parsed: a file that is not what its name says, or is hostile.

Everything here works on bytes: signatures, the archive's directory against what really inflates
out of it, document types and entities, macros, encryption, links to other files.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

import olefile

from huiju.transfers.reading.grid import Limits, Refused

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
    b"\x7fELF", b"MZ", b"II*\0", b"MM\0*", b"RIFF", b"{\\rtf", b"SQLite format 3", b"PK\x05\x06",
)  # fmt: skip
MARKUP = re.compile(rb"\s*<(!doctype|\?xml|html|table|head|meta)", re.I)

KINDS = {".xlsx": "xlsx", ".xls": "xls", ".csv": "csv", ".et": "et", ".xlsm": "xlsx"}

CHUNK = 1 << 18
MAX_PARTS = 5000
BOMB_RATIO = 200
"""No sheet written by a program shrinks to less than one part in 200."""
BOMB_FROM = 10 * 2**20


@dataclass
class Archive:
    """An inspected workbook archive."""

    zip: ZipFile
    oddities: dict[str, list[int]] = field(default_factory=dict)
    """Part name → byte offsets of comments and CDATA sections in it."""

    def part(self, name: str) -> Iterator[bytes]:
        """The inflated bytes of a part, in chunks."""
        with self.zip.open(name) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


def kind_of(name: str, head: bytes) -> str:
    """`xlsx`, `xls` or `csv`. Refuses other types and contents that do not match the name."""
    named = KINDS.get(PurePosixPath(name.lower()).suffix)
    if named is None:
        raise Refused("TYPE_UNSUPPORTED")
    if not head:
        raise Refused("EMPTY")
    found = "xlsx" if head.startswith(ZIP) else "xls" if head.startswith(OLE) else "csv"
    if named == "et" and found != "csv":
        return found
    if named == "xlsx" and found == "xls":
        return "xls-named-xlsx"  # an encrypted workbook looks like this; guards.ole decides
    if named == found and not (found == "csv" and _is_no_text(head)):
        return found
    unknown = named != "csv" and found == "csv" and b"\0" in head and not _is_no_text(head)
    raise Refused("CORRUPT" if unknown else "TYPE_MISMATCH")


def plain_text(head: bytes) -> None:
    """Refuse what begins like a file of another kind."""
    if head.startswith((ZIP, OLE)) or _is_no_text(head):
        raise Refused("TYPE_MISMATCH")


def _is_no_text(head: bytes) -> bool:
    return head.startswith(FOREIGN) or bool(MARKUP.match(head))


def size(path: Path, limits: Limits) -> None:
    """Refuse a file that is too large, or has nothing in it."""
    length = path.stat().st_size
    if length > limits.max_bytes:
        raise Refused("TOO_LARGE")
    if length == 0:
        raise Refused("EMPTY")


def archive(file: BinaryIO, limits: Limits) -> Archive:
    """Inspect a zip archive that says it is a workbook."""
    try:
        found = Archive(ZipFile(file))
        parts = found.zip.infolist()
        _directory(parts, limits)
        for part in parts:
            _inflated(found, part, file, limits)
        _contents(found)
    except (BadZipFile, zlib.error, struct.error, NotImplementedError, UnicodeDecodeError) as error:
        raise Refused("CORRUPT") from error
    return found


def _directory(parts: list[ZipInfo], limits: Limits) -> None:
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused("PASSWORD")
    if len(parts) > MAX_PARTS or len(names) != len(parts):
        raise Refused("ZIP_BOMB")
    if sum(part.file_size for part in parts) > limits.max_unpacked_bytes:
        raise Refused("ZIP_BOMB")
    spans = sorted((part.header_offset, part.compress_size) for part in parts)
    for (offset, length), (following, _) in pairwise(spans):
        if offset + length > following:
            raise Refused("ZIP_BOMB")


def _inflated(found: Archive, part: ZipInfo, file: BinaryIO, limits: Limits) -> None:
    """Inflate a part to its true end, whatever the directory says, and look at it on the way."""
    if part.compress_type not in (0, 8):
        raise Refused("CORRUPT")
    watch = _XmlWatch() if part.filename.lower().endswith((".xml", ".rels")) else None
    length = crc = 0
    for chunk in _true_bytes(part, file):
        length += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if length > part.file_size or _is_bomb(length, part.compress_size, limits):
            raise Refused("ZIP_BOMB")
        if watch:
            watch.feed(chunk)
    if length != part.file_size or crc != part.CRC:
        raise Refused("CORRUPT")
    if watch:
        found.oddities[part.filename] = watch.finish()


def _is_bomb(length: int, compressed: int, limits: Limits) -> bool:
    if length > limits.max_unpacked_bytes:
        return True
    return length > BOMB_FROM and length > BOMB_RATIO * max(compressed, 1)


def _true_bytes(part: ZipInfo, file: BinaryIO) -> Iterator[bytes]:
    file.seek(part.header_offset)
    header = file.read(30)
    if not header.startswith(ZIP):
        raise Refused("CORRUPT")
    file.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    inflate = zlib.decompressobj(-15) if part.compress_type else None
    left = part.compress_size
    while left > 0 and (raw := file.read(min(CHUNK, left))):
        left -= len(raw)
        if inflate is None:
            yield raw
            continue
        yield inflate.decompress(raw, CHUNK)
        while inflate.unconsumed_tail:
            yield inflate.decompress(inflate.unconsumed_tail, CHUNK)
    if inflate:
        yield inflate.flush()


class _XmlWatch:
    """Well-formed, without document type and entities; remembers where comments and CDATA stand."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.CommentHandler = self._note
        self.parser.StartCdataSectionHandler = self._note
        self.fed = False

    def _refuse(self, *_: object) -> None:
        raise Refused("XML_ENTITY")

    def _note(self, *_: object) -> None:
        self.offsets.append(self.parser.CurrentByteIndex)

    def feed(self, chunk: bytes) -> None:
        self.fed = self.fed or bool(chunk)
        try:
            self.parser.Parse(chunk, False)
        except (expat.ExpatError, ValueError) as error:
            raise Refused("CORRUPT") from error

    def finish(self) -> list[int]:
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused("CORRUPT") from error
        return self.offsets


def _contents(found: Archive) -> None:
    """A workbook without programs and without other files behind it."""
    names = {part.filename.lower().lstrip("/") for part in found.zip.infolist()}
    if "[content_types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise Refused("TYPE_MISMATCH")
    types = b"".join(found.part(_real_name(found, "[content_types].xml")))
    if any("vbaproject" in n or n.startswith("xl/macrosheets/") for n in names):
        raise Refused("MACRO")
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise Refused("MACRO")
    if b"sheet.binary" in types or "xl/workbook.bin" in names:
        raise Refused("TYPE_UNSUPPORTED")
    if any(n.startswith("xl/externallinks/") or n == "xl/connections.xml" for n in names):
        raise Refused("EXTERNAL_LINK")
    for name in sorted(names):
        if name.endswith(".rels") and _links_out(b"".join(found.part(_real_name(found, name)))):
            raise Refused("EXTERNAL_LINK")


def _real_name(found: Archive, lowered: str) -> str:
    names = (part.filename for part in found.zip.infolist())
    return next(name for name in names if name.lower().lstrip("/") == lowered)


def _links_out(relationships: bytes) -> bool:
    """Whether anything but a clickable hyperlink leads out of the file."""
    for link in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", relationships):
        if b'"External"' in link and not re.search(rb'Type="[^"]*/hyperlink"', link):
            return True
    return False


def ole(file: BinaryIO, *, named_xlsx: bool) -> bytes:
    """The workbook stream of an inspected OLE file.

    Refuses encrypted packages, macros, and other documents in the same container.
    """
    try:
        container = olefile.OleFileIO(file)
        streams = {"/".join(path).lower() for path in container.listdir(storages=True)}
        if {"encryptedpackage", "encryptioninfo"} & streams:
            raise Refused("PASSWORD")
        name = next((n for n in ("Workbook", "Book") if container.exists(n)), None)
        if name is None or named_xlsx:
            raise Refused("TYPE_MISMATCH")
        if any(stream.split("/")[0] in ("_vba_project_cur", "macros", "vba") for stream in streams):
            raise Refused("MACRO")
        return bytes(container.openstream(name).read())
    except (OSError, ValueError, IndexError, struct.error, AttributeError) as error:
        raise Refused("CORRUPT") from error
