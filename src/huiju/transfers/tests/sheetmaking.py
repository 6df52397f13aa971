"""Spreadsheets of all kinds, made by tests: no binary file is kept in the repository."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(path: Path, write: Callable[[Any, Any], None], **options: Any) -> Path:
    """A workbook with one sheet 名册, filled by `write(book, sheet)`."""
    book = xlsxwriter.Workbook(str(path), options)
    write(book, book.add_worksheet("名册"))
    book.close()
    return path


def grid(path: Path, rows: list[list[Any]]) -> Path:
    """A workbook with these rows, written as they are."""

    def write(_book: Any, sheet: Any) -> None:
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)

    return xlsx(path, write)


def parts(sheet_xml: str, strings: str = "", **more: str) -> dict[str, str]:
    """The parts of a smallest workbook around the given sheet."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"/>',
        "xl/workbook.xml": f'<workbook xmlns="{NAMESPACE}" xmlns:r="{relation}">'
        '<sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        '<Relationship Id="rId1" Type="t" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet_xml,
        **({"xl/sharedStrings.xml": strings} if strings else {}),
        **more,
    }


def packed(path: Path, contents: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def sheet(rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def inline(row: int, values: list[str]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{row}">{cells}</row>'


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents[part] = change(contents[part])
    return packed(path, contents)


def ole(path: Path, streams: Mapping[str, bytes]) -> Path:
    """A compound file with streams in its root, each at least 4096 bytes long."""
    sector, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    fat: list[int] = [0xFFFFFFFD]
    body = BytesIO()
    entries = [("Root Entry", 5, end, 0)]
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % sector)
        first, count = len(fat), len(padded) // sector
        fat += [*range(first + 1, first + count), end]
        body.write(padded)
        entries.append((name, 2, first, len(padded)))
    directory = len(fat)
    raw = b"".join(_entry(*entry, at, len(entries)) for at, entry in enumerate(entries))
    raw += b"\0" * (-len(raw) % sector)
    count = len(raw) // sector
    fat += [*range(directory + 1, directory + count), end]
    assert len(fat) <= 128
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    table = struct.pack("<128I", *(fat + [free] * (128 - len(fat))))
    path.write_bytes(header + table + body.getvalue() + raw)
    return path


def _entry(name: str, kind: int, first: int, size: int, at: int, total: int) -> bytes:
    none = 0xFFFFFFFF
    encoded = (name + "\0").encode("utf-16-le")
    child = 1 if at == 0 and total > 1 else none
    right = at + 1 if 0 < at < total - 1 else none
    head = encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(encoded), kind, 1, none, right, child
    )
    return head + bytes(36) + struct.pack("<IQ", first, size)
