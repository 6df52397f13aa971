"""Workbooks of the XML kind, streamed row by row from an inspected archive.

Parts were proved well-formed and free of document types by `guards`, so the rows can be cut out of
the bytes by pattern, at a third of a parser's cost and in constant memory. Patterns know the plain
form in which office programs write a cell; any other form goes the longer way.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Self
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from huiju.transfers.reading.grid import (
    BUILT_IN_DATES,
    Cell,
    Limits,
    Refused,
    Row,
    SheetHead,
    SheetRows,
    date_cell,
    formula_cell,
    held,
    shows_day,
)
from huiju.transfers.reading.guards import Archive

PLAIN_VALUE = rb"(?:/>|>(?:(?:<v>|<is><t>)([^<]*)(?:</v>|</t></is>))?</c>)"
PLAIN_CELL = re.compile(
    rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="(s|n|str|b|inlineStr)")?' + PLAIN_VALUE
)
ANY_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>([^<]*)</f>)")
VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</v>")
TEXT_RUN = re.compile(rb"<rPh\b.*?</rPh>|<t\b[^>]*?(?:/>|>([^<]*)</t>)", re.S)
USUAL_ROW = re.compile(rb' r="(\d+)"(?: spans="[\d:]*")?')
EMPTY_ROW = re.compile(rb"<row\b([^>]*)/>")
ENTITY = re.compile(r"&(#x[0-9a-fA-F]+|#\d+|amp|lt|gt|quot|apos);")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MERGE = re.compile(rb'<mergeCell\b[^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
PREFIX = re.compile(rb"<(\w+):worksheet\b")

DATE_AND_DAY, DATE_NO_DAY = 1, 2

SHAPES = 6
"""How many different looks of rows are kept."""

REMEMBERED = 20_000
"""How many different values of one kind of cell are kept: they mostly repeat."""

Meaning = Callable[[bytes], Cell]


class Meanings(dict[bytes, Cell]):
    """What the bytes of one kind of cell mean, worked out once for each value."""

    def __init__(self, value: Callable[[bytes, bytes, bytes], Cell], kind: bytes, style: bytes):
        super().__init__()
        self.value, self.kind, self.style = value, kind, style

    def __missing__(self, raw: bytes) -> Cell:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[raw] = self.value(raw, self.kind, self.style)
        return found


@dataclass(frozen=True)
class Shape:
    """What a row of plain cells looks like but for its values."""

    pattern: re.Pattern[bytes]
    cells: list[tuple[int, Meaning]]
    """Column and meaning of each cell."""
    width: int
    is_gapless: bool

    @classmethod
    def of(
        cls,
        plain: list[tuple[bytes, bytes, bytes, bytes]],
        meaning: Callable[[bytes, bytes], Meaning],
    ) -> Self:
        pattern, cells = b"", []
        for letters, style, kind, _raw in plain:
            head = b'<c r="' + letters + rb'\d+"'
            head += b' s="' + style + b'"' if style else b""
            head += b' t="' + kind + b'"' if kind else b""
            pattern += head + PLAIN_VALUE
            cells.append((column_index(letters), meaning(kind, style)))
        columns = [at for at, _ in cells]
        gapless = columns == list(range(len(columns)))
        return cls(re.compile(pattern), cells, 1 + max(columns, default=-1), gapless)


class Workbook:
    """The parts of a workbook that its sheets need."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.names = {name.lower().lstrip("/"): name for name in archive.zip.namelist()}
        self.targets = self._relations("xl/workbook.xml")
        self.root = self._tree("xl/workbook.xml")
        properties = self.root.find("{*}workbookPr")
        flag = "" if properties is None else properties.get("date1904", "")
        self.epoch_1904 = flag in ("1", "true")
        self.styles = self._styles()
        self.strings: list[str | None] = [text or None for text in self._strings()]
        self.shapes: deque[Shape] = deque(maxlen=SHAPES)
        self.meanings: dict[tuple[bytes, bytes], Meanings] = {}

    def sheets(self) -> Iterator[tuple[str, bool, str]]:
        """Name, whether hidden, and part of each worksheet, in the order of the tabs."""
        for sheet in self.root.iterfind("{*}sheets/{*}sheet"):
            relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            part = self.names.get(self.targets.get(relation, "").lower())
            if part is None:
                raise Refused("CORRUPT")
            if "chartsheets/" not in part and "dialogsheets/" not in part:
                hidden = sheet.get("state", "visible") != "visible"
                yield sheet.get("name", ""), hidden, part

    def _tree(self, name: str) -> Element:
        try:
            return fromstring(b"".join(self.archive.part(self.names[name])), forbid_dtd=True)
        except (KeyError, ParseError) as error:
            raise Refused("CORRUPT") from error

    def _relations(self, name: str) -> dict[str, str]:
        """Relation id → part it points to, for a part."""
        path = PurePosixPath(name)
        rels = f"{path.parent}/_rels/{path.name}.rels"
        if rels not in self.names:
            raise Refused("CORRUPT")
        found = {}
        for link in self._tree(rels):
            target = link.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else f"{path.parent}/{target}"
            found[link.get("Id", "")] = whole
        return found

    def _styles(self) -> list[int]:
        """For each cell format 0, DATE_AND_DAY or DATE_NO_DAY."""
        if "xl/styles.xml" not in self.names:
            return []
        root = self._tree("xl/styles.xml")
        dates = dict(BUILT_IN_DATES)
        for custom in root.iterfind("{*}numFmts/{*}numFmt"):
            shows = shows_day(custom.get("formatCode", ""))
            dates.pop(int(custom.get("numFmtId", "-1")), None)
            if shows is not None:
                dates[int(custom.get("numFmtId", "-1"))] = shows
        kinds = {True: DATE_AND_DAY, False: DATE_NO_DAY, None: 0}
        formats = root.iterfind("{*}cellXfs/{*}xf")
        return [kinds[dates.get(int(xf.get("numFmtId", "0")))] for xf in formats]

    def _strings(self) -> Iterator[str]:
        """The shared texts, in order; phonetic hints are left out."""
        name = next((n for n in self.names if n.endswith("xl/sharedstrings.xml")), None)
        if name is None:
            return
        rest = b""
        for chunk in self._plain_part(self.names[name]):
            *items, rest = (rest + chunk).split(b"</si>")
            for item in items:
                yield from [""] * item.count(b"<si/>")
                yield run_text(item)
        yield from [""] * rest.count(b"<si/>")

    def _plain_part(self, name: str) -> Iterator[bytes]:
        """A part's bytes without a namespace prefix on its elements."""
        prefix: bytes | None = None
        rest = b""
        for chunk in self.archive.part(name):
            if prefix is None:
                root = re.search(rb"<(\w+):(?:worksheet|sst)\b", chunk)
                prefix = root.group(1) if root else b""
            if prefix:
                chunk, rest = _whole_tags(rest + chunk)
                chunk = chunk.replace(b"<" + prefix + b":", b"<")
                chunk = chunk.replace(b"</" + prefix + b":", b"</")
            yield chunk

    def rows(self, part: str) -> Iterator[Row]:
        """All rows of a worksheet part, top to bottom."""
        last = 0
        for attributes, body in self._row_bodies(part):
            if usual := USUAL_ROW.fullmatch(attributes):
                number, hidden = int(usual[1]), False
            else:
                head = dict((k, a or b) for k, a, b in ATTRIBUTE.findall(attributes))
                number = int(head.get(b"r", last + 1))
                hidden = head.get(b"hidden") in (b"1", b"true") or head.get(b"ht") in (b"0", b"0.0")
            if number <= last:
                raise Refused("CORRUPT")
            last = number
            yield number, hidden, self.cells(body)

    def _row_bodies(self, part: str) -> Iterator[tuple[bytes, bytes]]:
        for piece in self._pieces(part):
            start = piece.rfind(b"<row")
            for empty in EMPTY_ROW.finditer(piece, 0, start + 1):
                yield empty.group(1), b""
            head_end = piece.find(b">", start)
            if piece[head_end - 1 : head_end] == b"/":
                yield piece[start + 4 : head_end - 1], b""
            else:
                yield piece[start + 4 : head_end], piece[head_end + 1 :]

    def _pieces(self, part: str) -> Iterator[bytes]:
        """The sheet's data cut behind each row; a piece may begin with rows without cells."""
        rest, inside = b"", False
        for chunk in self._plain_part(part):
            rest += chunk
            if not inside:
                start = rest.find(b"<sheetData")
                if start < 0:
                    continue
                inside, rest = True, rest[start + 10 :]
            end = rest.find(b"</sheetData")
            *rows, left = (rest if end < 0 else rest[:end]).split(b"</row>")
            yield from rows
            rest = left
            if end >= 0:
                break
        if b"<row" in rest:
            yield rest

    def cells(self, body: bytes) -> list[Cell]:
        """The cells of a row. Rows mostly look like the one before, so its pattern is tried first."""
        for shape in self.shapes:
            if found := shape.pattern.fullmatch(body):
                return self._shaped(shape, found.groups())
        plain = PLAIN_CELL.findall(body)
        if len(plain) != body.count(b"<c ") + body.count(b"<c>") + body.count(b"<c/>"):
            return self._odd_cells(body)
        shape = Shape.of(plain, self._meaning)
        self.shapes.appendleft(shape)
        return self._shaped(shape, [raw for _letters, _style, _kind, raw in plain])

    def _meaning(self, kind: bytes, style: bytes) -> Meaning:
        """How a plain cell of this type and style is read. An empty value is an empty cell."""
        if (kind, style) not in self.meanings:
            self.meanings[kind, style] = Meanings(self._value, kind, style)
        return self.meanings[kind, style].__getitem__

    def _shaped(self, shape: "Shape", values: Sequence[bytes | None]) -> list[Cell]:
        if shape.is_gapless:
            pairs = zip(shape.cells, values, strict=True)
            return [meaning(raw) if raw else None for (_, meaning), raw in pairs]
        cells: list[Cell] = [None] * shape.width
        for (at, meaning), raw in zip(shape.cells, values, strict=True):
            if raw:
                cells[at] = meaning(raw)
        return cells

    def _odd_cells(self, body: bytes) -> list[Cell]:
        """Cells with formulas, own texts, errors, or attributes in another order."""
        cells: list[Cell] = []
        for raw_attributes, inner in ANY_CELL.findall(body):
            attributes = {key: a or b for key, a, b in ATTRIBUTE.findall(raw_attributes)}
            letters = attributes.get(b"r", b"").rstrip(b"0123456789")
            at = column_index(letters) if letters else len(cells)
            cells.extend([None] * (at - len(cells)))
            cells.append(self._odd_cell(attributes, inner))
        return cells

    def _odd_cell(self, attributes: dict[bytes, bytes], inner: bytes) -> Cell:
        kind, style = attributes.get(b"t", b""), attributes.get(b"s", b"")
        value = VALUE.search(inner)
        if kind == b"inlineStr":
            cell: Cell = run_text(inner) or None
        elif kind == b"s" and value:
            cell = self._shared(value.group(1))
        else:
            cell = self._value(value.group(1), kind, style) if value else None
        if formula := FORMULA.search(inner):
            return formula_cell(cell, (formula.group(1) or b"").decode())
        return cell

    def _shared(self, raw: bytes) -> Cell:
        """A shared text; refuses a number no text has."""
        try:
            return self.strings[int(raw)]
        except (ValueError, IndexError) as error:
            raise Refused("CORRUPT") from error

    def _value(self, raw: bytes, kind: bytes, style: bytes) -> Cell:
        if kind == b"s":
            return self._shared(raw)
        if kind in (b"str", b"inlineStr"):
            return plain_text(raw) or None
        if kind == b"b":
            return raw == b"1"
        if kind == b"e":
            return ["e", raw.decode()]
        if kind == b"d":
            return ["d", raw.decode()[:10]]
        try:
            number: int | float = int(raw) if raw.isdigit() else float(raw)
        except ValueError as error:
            raise Refused("CORRUPT") from error
        if style and (date_kind := self._style(style)):
            return date_cell(number, self.epoch_1904, date_kind == DATE_AND_DAY)
        return number

    def _style(self, raw: bytes) -> int:
        at = int(raw)
        return self.styles[at] if at < len(self.styles) else 0


def _whole_tags(data: bytes) -> tuple[bytes, bytes]:
    cut = data.rfind(b"<")
    return (data, b"") if cut < 0 else (data[:cut], data[cut:])


@lru_cache(maxsize=17_000)
def column_index(letters: bytes) -> int:
    """0 for A. Refuses a column beyond the last one a spreadsheet has."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    if not 0 < index <= 16_384:
        raise Refused("CORRUPT")
    return index - 1


def plain_text(raw: bytes) -> str:
    """Text with its entities and `_x000D_` escapes resolved."""
    text = raw.decode()
    if "&" in text:
        text = ENTITY.sub(_entity, text)
    if "_x" in text:
        text = ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if not name.startswith("#"):
        return NAMED[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))


def run_text(raw: bytes) -> str:
    """The runs of a text, joined."""
    return "".join(plain_text(found) for found in TEXT_RUN.findall(raw))


def sheets(archive: Archive, limits: Limits) -> Iterator[SheetRows]:
    """Each worksheet with its rows; the rows of one must be read before the next is asked for."""
    workbook = Workbook(archive)
    for name, hidden, part in workbook.sheets():
        merged = _inspected(workbook, part)
        yield (
            SheetHead(name, hidden, merged, workbook.epoch_1904),
            held(workbook.rows(part), limits),
        )


def _inspected(workbook: Workbook, part: str) -> list[list[int]]:
    """The merged regions, which stand behind the rows; refuses comments between the rows."""
    tail, at = b"", 0
    start = end = -1
    for chunk in workbook.archive.part(part):
        window, begin = tail + chunk, at - len(tail)
        at += len(chunk)
        if start < 0 and (found := window.find(b"sheetData")) >= 0:
            start = begin + found
        if end < 0 and (found := window.rfind(b"sheetData")) >= 0 and begin + found > start:
            end, window = begin + found, window[found:]
        tail = window if end >= 0 else window[-16:]
    if any(start < offset < end for offset in workbook.archive.oddities.get(part, [])):
        raise Refused("CORRUPT")
    plain = re.sub(rb"<(/?)\w+:", rb"<\1", tail) if end >= 0 else b""
    return [
        [int(top), column_index(left), int(bottom), column_index(right)]
        for left, top, right, bottom in MERGE.findall(plain)
    ]
