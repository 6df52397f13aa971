"""Workbooks of the binary kind (.xls, .et): values by calamine, what it hides by an own walk.

The walk reads record headers of the BIFF stream and a few small records; it never interprets texts.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from huiju.transfers.reading.grid import (
    BUILT_IN_DATES,
    Cell,
    Limits,
    Refused,
    Row,
    SheetHead,
    SheetRows,
    date_cell,
    held,
    shows_day,
)

BOF, EOF, BOUNDSHEET, FILEPASS, DATEMODE = 0x809, 0x0A, 0x85, 0x2F, 0x22
FORMAT, XF, ROW, MERGED, SUPBOOK = 0x41E, 0xE0, 0x208, 0xE5, 0x1AE
FORMULA, NUMBER, RK, MULRK, BLANK, MULBLANK = 0x06, 0x203, 0x27E, 0xBD, 0x201, 0xBE
OBPROJ = 0xD3
OTHER_CELLS = frozenset((0xFD, 0x204, 0x205))  # LABELSST, LABEL, BOOLERR
WORKSHEET, MACROSHEET, VBMODULE = 0, 1, 6
SELF_REFERENCE = (b"\x01\x04", b"\x01\x3a")  # a SUPBOOK record of the workbook itself or of add-ins


@dataclass
class SheetFacts:
    """What a sheet's records say beside values. Rows and columns count from 0."""

    kind: int = WORKSHEET
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    formats: dict[tuple[int, int], int] = field(default_factory=dict)


@dataclass
class Facts:
    """What the records say of the workbook as a whole."""

    epoch_1904: bool = False
    sheets: list[SheetFacts] = field(default_factory=list)
    format_codes: dict[int, str] = field(default_factory=dict)
    formats: list[int] = field(default_factory=list)

    def shows_day(self, xf: int) -> bool | None:
        """Whether a cell format shows a day; None if it is no date."""
        number = self.formats[xf] if xf < len(self.formats) else 0
        if number in self.format_codes:
            return shows_day(self.format_codes[number])
        return BUILT_IN_DATES.get(number)


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Every record's type and content. Refuses a stream that breaks off inside a record."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise Refused("CORRUPT")
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def walk(stream: bytes) -> Facts:
    """The facts of a workbook stream. Refuses encryption, macro sheets and links to other files."""
    facts, depth, current = Facts(), 0, -1
    sheet = SheetFacts()
    for kind, content in records(stream):
        if kind == FILEPASS:
            raise Refused("PASSWORD")
        if kind & 0xFF == 0x09 and kind in (BOF, 0x09, 0x209, 0x409):
            depth += 1
            if depth == 1:
                current += 1
                sheet = facts.sheets[current - 1] if 0 < current <= len(facts.sheets) else sheet
        elif kind == EOF:
            depth -= 1
        elif current == 0:
            _global(facts, kind, content)
        elif depth == 1:
            _cell(sheet, kind, content)
    return facts


def _global(facts: Facts, kind: int, content: bytes) -> None:
    if kind == BOUNDSHEET:
        sheet = SheetFacts(kind=content[5], hidden=bool(content[4] & 3))
        if sheet.kind in (MACROSHEET, VBMODULE):
            raise Refused("MACRO")
        facts.sheets.append(sheet)
    elif kind == OBPROJ:
        raise Refused("MACRO")
    elif kind == DATEMODE:
        facts.epoch_1904 = content[:1] == b"\x01"
    elif kind == SUPBOOK and content[2:4] not in SELF_REFERENCE:
        raise Refused("EXTERNAL_LINK")
    elif kind == FORMAT:
        number, length, wide = struct.unpack_from("<HHB", content)
        raw = content[5 : 5 + length * (1 + (wide & 1))]
        facts.format_codes[number] = raw.decode("utf-16-le" if wide & 1 else "latin-1")
    elif kind == XF:
        facts.formats.append(struct.unpack_from("<H", content, 2)[0])


def _cell(sheet: SheetFacts, kind: int, content: bytes) -> None:
    if kind == ROW:
        row, height, flags = (struct.unpack_from("<H", content, at)[0] for at in (0, 6, 12))
        if flags & 0x20 or height == 0:
            sheet.hidden_rows.add(row)
    elif kind in (FORMULA, NUMBER, RK):
        row, column, xf = struct.unpack_from("<HHH", content)
        sheet.rows.add(row)
        sheet.formats[row, column] = xf
        if kind == FORMULA:
            sheet.formulas[row, column] = bool(content[14] & 0x01)
    elif kind in (MULRK, MULBLANK):
        row, column = struct.unpack_from("<HH", content)
        sheet.rows.add(row)
        size = 6 if kind == MULRK else 2
        for offset in range((len(content) - 6) // size):
            (xf,) = struct.unpack_from("<H", content, 4 + offset * size)
            sheet.formats[row, column + offset] = xf
    elif kind == BLANK or kind in OTHER_CELLS:
        sheet.rows.add(struct.unpack_from("<H", content)[0])


def sheets(file: bytes, stream: bytes, limits: Limits) -> Iterator[SheetRows]:
    """Each worksheet with its rows."""
    try:
        facts = walk(stream)
        workbook = CalamineWorkbook.from_filelike(BytesIO(file))
        names = workbook.sheet_names
        if len(names) != len(facts.sheets):
            raise Refused("CORRUPT")
        for index, (name, sheet) in enumerate(zip(names, facts.sheets, strict=True)):
            if sheet.kind == WORKSHEET:
                found = workbook.get_sheet_by_index(index)
                head = SheetHead(name, sheet.hidden, _merged(found), facts.epoch_1904)
                yield head, held(_rows(found, facts, sheet), limits)
    except PasswordError as error:
        raise Refused("PASSWORD") from error
    except (CalamineError, struct.error, IndexError, UnicodeDecodeError) as error:
        raise Refused("CORRUPT") from error


def _merged(sheet: Any) -> list[list[int]]:
    regions = sheet.merged_cell_ranges or []
    return [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in regions]


def _rows(sheet: Any, facts: Facts, own: SheetFacts) -> Iterator[Row]:
    values = sheet.to_python(skip_empty_area=False)
    for row in sorted(own.rows | {at for at, cells in enumerate(values) if any(_filled(cells))}):
        cells = values[row] if row < len(values) else []
        read = [_read(cell, facts, own, (row, at)) for at, cell in enumerate(cells)]
        yield row + 1, row in own.hidden_rows, read


def _filled(cells: list[Any]) -> Iterator[bool]:
    return (cell != "" for cell in cells)


def _read(cell: Any, facts: Facts, own: SheetFacts, at: tuple[int, int]) -> Cell:
    value: Cell = cell
    if cell == "":
        value = None
    elif hasattr(cell, "isoformat"):
        value = _moment(cell, facts, own.formats.get(at, 0))
    elif isinstance(cell, float):
        shows = facts.shows_day(own.formats.get(at, 0))
        whole = int(cell) if cell.is_integer() else cell
        value = whole if shows is None else date_cell(cell, facts.epoch_1904, shows)
    elif isinstance(cell, str) and cell.startswith("#") and at in own.formulas:
        value = ["e", cell]
    elif not isinstance(cell, str | int | bool):
        value = str(cell)
    return ["f", value, own.formulas[at]] if at in own.formulas else value


def _moment(cell: Any, facts: Facts, xf: int) -> Cell:
    if not hasattr(cell, "year"):
        return ["t", cell.isoformat()]
    day = cell.date() if hasattr(cell, "hour") else cell
    month_only = facts.shows_day(xf) is False and day.day == 1
    return ["m" if month_only else "d", day.isoformat()]
