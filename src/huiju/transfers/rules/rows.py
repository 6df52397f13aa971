"""From a file's rows to verdicts: what is a record, what is a title, a total, a signature."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple

from huiju.transfers.enums import FileReason, Outcome, RowReason
from huiju.transfers.reading.grid import Refused, Row, SheetHead
from huiju.transfers.rules.cells import (
    Cell,
    is_clean,
    is_filled,
    is_plain_value,
    narrow,
    read_date,
    text,
)
from huiju.transfers.rules.columns import (
    HEADER_WITHIN,
    STOREYS,
    Finder,
    Header,
    Sheet,
    is_header_like,
)

TOTAL = re.compile(
    r".{0,10}(合计|总计|小计|累计|共计|总数|总人数|本页计)(人数|人次|金额)?([:(\d共].*)?|其中:?.*|共\d+[人名].*"
)
LABEL = re.compile(
    r"(注|备注|说明|填表说明|填报说明|附|附注|制表|填表|填报|统计|审核|审批|复核|经办|负责|分管|主管|领导"
    r"|单位盖章|盖章|公章|签名|签字|签章|日期|时间|填报日期|联系人|联系电话|电话|单位)[^:：]{0,10}[:：].*"
    r"|[(（]?(盖章|公章|单位盖章)[)）]?|(注|说明|备注)[\s\d].*"
)
HEADING = re.compile(r"(\d{1,2}[、.．)]|[(（].{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]).{2,}")
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
GROUPS = ("街道", "社区", "居委会", "村委会", "区", "镇", "中心", "局", "科", "组", "单位", "名单")


@dataclass(slots=True)
class Verdict:
    """What was found about a row: `values` are the sheet's main fields, `details` the others."""

    outcome: Outcome
    reasons: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """The texts of the row's cells by field, as they stood in the file."""


class Correction(NamedTuple):
    """What becomes of a row because of other rows; `before` is its outcome taken alone."""

    before: Outcome
    outcome: Outcome
    reasons: list[str]


@dataclass(frozen=True)
class Staged:
    """A judged row on its way into the records."""

    values: dict[str, Any]
    details: dict[str, Any]
    reasons: list[str]


@dataclass(frozen=True)
class Applied:
    """What became of a staged row: created, changed, unchanged, or refused with a reason."""

    outcome: str
    reason: str = ""
    message: str = ""


@dataclass(slots=True)
class Record:
    """A row that is taken for a record, by field: the texts of its filled cells, and beside them
    the cells that are no plain texts."""

    words: dict[str, str]
    cells: dict[str, Cell]
    epoch_1904: bool = False
    heading: str = ""
    """The sheet's name and what stands above its header."""
    faults: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Fields whose cell could not be taken; the fault is noted already."""

    def text(self, name: str) -> str:
        return self.words.get(name, "")

    def cell(self, name: str) -> Cell:
        """A cell as it stands in the file, None for an empty one."""
        return self.cells.get(name) or self.words.get(name)

    def code(self, name: str) -> str:
        """Text without spaces, in half-width signs."""
        return narrow(self.words[name]) if name in self.words else ""

    def date(self, name: str) -> date | None:
        """The day in a cell; a fault is noted."""
        if name not in self.words:
            return None
        day, fault = read_date(self.cell(name), epoch_1904=self.epoch_1904)
        if fault:
            self.unread.add(name)
            self.faults.append(fault)
        return day

    def is_missing(self, name: str) -> bool:
        """Whether a cell is empty, not counting one that holds something unreadable."""
        return name not in self.words and name not in self.unread


@dataclass
class Table:
    """What was learnt about one sheet of a file while its rows were judged."""

    name: str
    hidden: bool
    header: Header | None = None
    records: int = 0
    holds_people: bool = False


@dataclass
class Judging:
    """The judgement of one file: iterate it once, then ask `corrections` and `file_reasons`.

    Raises Refused where the file as a whole cannot be taken, even after some verdicts.
    """

    sheet: Sheet
    context: Any
    source: Iterable[SheetHead | list[Row]]
    max_records: int = 200_000
    tables: list[Table] = field(default_factory=list)
    faults: list[FileReason] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.finder = Finder(self.sheet)
        self.across = self.sheet.across() if self.sheet.across else None

    def __iter__(self) -> Iterator[tuple[str, int, Verdict]]:
        filled = False
        for head, rows in sheets(self.source):
            for found in self._sheet(head, rows):
                filled = True
                yield found
        self._check(filled)

    @property
    def corrections(self) -> Mapping[tuple[str, int], Correction]:
        """Outcomes and reasons that change because of other rows, by sheet and row."""
        return self.across.corrections() if self.across else {}

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each outcome, corrections counted."""
        counts = Counter(self.outcomes)
        for correction in self.corrections.values():
            counts[correction.before] -= 1
            counts[correction.outcome] += 1
        return {outcome.value: counts[outcome] for outcome in Outcome}

    @property
    def file_reasons(self) -> list[str]:
        visible = [table for table in self.tables if table.records and not table.hidden]
        return [FileReason.MULTI_SHEET] if len(visible) > 1 else []

    @property
    def unread(self) -> list[str]:
        """Headers of columns that were not read, as they are written."""
        return sorted(
            {word for table in self.tables if table.header for word in table.header.unread}
        )

    def _check(self, filled: bool) -> None:
        if not filled:
            raise Refused(FileReason.EMPTY)
        if not any(table.header for table in self.tables):
            raise Refused(self.faults[0] if self.faults else FileReason.HEADER_MISSING)
        if not any(table.records for table in self.tables):
            raise Refused(FileReason.EMPTY)
        if any(t.holds_people and not t.header and not t.hidden for t in self.tables):
            raise Refused(FileReason.HEADER_MISSING)

    def _sheet(self, head: SheetHead, rows: Iterator[Row]) -> Iterator[tuple[str, int, Verdict]]:
        table = Table(head.name, head.hidden)
        self.tables.append(table)
        filled = Merged(head).filled(rows)
        top = list(islice(filled, HEADER_WITHIN + STOREYS))
        table.header = self._header(table, [(row[0], wide) for row, wide in top])
        reader = _RecordReader(self.sheet, self.finder, table, head)
        for row, _ in chain(top, filled):
            verdict = reader.skipped(row)
            if verdict is None:
                verdict = self._judged(head, row, reader.record(row))
                table.records += 1
                if table.records > self.max_records:
                    raise Refused(FileReason.TOO_LARGE)
            self.outcomes[verdict.outcome] += 1
            yield head.name, row[0], verdict

    def _header(self, table: Table, top: list[tuple[int, list[Cell]]]) -> Header | None:
        header = self.finder.find(top)
        if header is None:
            if any(is_header_like(cells) for _, cells in top[:10]):
                self.faults.append(FileReason.HEADER_UNKNOWN)
            return None
        if header.fault is None:
            return header
        keys = sum(name in header.places for name in self.sheet.keys)
        if keys > 1 and not table.hidden and len(header.places) > 2:
            raise Refused(header.fault)
        self.faults.append(header.fault)
        return None

    def _judged(self, head: SheetHead, row: Row, record: Record) -> Verdict:
        number, hidden, _ = row
        verdict: Verdict = self.sheet.judge(record, self.context)
        verdict.written = record.words
        if head.hidden or hidden:
            reason = RowReason.HIDDEN_SHEET if head.hidden else RowReason.HIDDEN_ROW
            verdict.outcome, verdict.reasons = Outcome.REFUSED, [reason]
        elif self.across:
            self.across.add((head.name, number), verdict)
        return verdict


def sheets(source: Iterable[SheetHead | list[Row]]) -> Iterator[tuple[SheetHead, Iterator[Row]]]:
    """Group a flat stream of heads and row lists; each sheet's rows must be read before the next."""
    stream = iter(source)
    waiting: list[SheetHead] = []

    def rows() -> Iterator[Row]:
        for message in stream:
            if isinstance(message, SheetHead):
                waiting.append(message)
                return
            yield from message

    for message in stream:
        head: SheetHead | None = message if isinstance(message, SheetHead) else None
        while head is not None:
            yield head, rows()
            head = waiting.pop() if waiting else None


class Merged:
    """Fills merged regions: downwards for records, sideways too for headers."""

    def __init__(self, head: SheetHead) -> None:
        self.starts: dict[int, list[tuple[int, int, int]]] = {}
        for top, left, bottom, right in head.merged:
            self.starts.setdefault(top, []).append((bottom, left, right))
        self.open: dict[int, tuple[int, int, Cell]] = {}

    def filled(self, rows: Iterator[Row]) -> Iterator[tuple[Row, list[Cell]]]:
        """Each row with its vertically merged cells filled, and its cells filled sideways too."""
        for row in rows:
            number, _, cells = row
            if number not in self.starts and not self.open:
                yield row, cells
            else:
                yield row, self._fill(number, cells)

    def _fill(self, number: int, cells: list[Cell]) -> list[Cell]:
        for left, (bottom, _right, value) in list(self.open.items()):
            if number > bottom:
                del self.open[left]
            else:
                _put(cells, left, value)
        for bottom, left, right in self.starts.get(number, ()):
            value = cells[left] if left < len(cells) else None
            self.open[left] = (bottom, right, value)
        wide = list(cells)
        for left, (_, right, value) in self.open.items():
            for at in range(left + 1, right + 1):
                _put(wide, at, value)
        return wide


def _put(cells: list[Cell], at: int, value: Cell) -> None:
    if value is None:
        return
    cells.extend([None] * (at + 1 - len(cells)))
    if cells[at] is None:
        cells[at] = value


class _RecordReader:
    """Tells records from the other rows of one sheet and reads them by field."""

    def __init__(self, sheet: Sheet, finder: Finder, table: Table, head: SheetHead) -> None:
        self.sheet, self.finder, self.table = sheet, finder, table
        self.epoch_1904 = head.epoch_1904
        self.heading = head.name
        self.blank = dict.fromkeys(sheet.values)
        self._point(table.header)

    def _point(self, header: Header | None) -> None:
        places = header.places if header else {}
        self.places = list(places.items())
        self.keys = [places[key] for key in self.sheet.keys if key in places]
        self.number = next((places[key] for key in self.sheet.masked if key in places), None)

    def skipped(self, row: Row) -> Verdict | None:
        """A verdict on a row that is no record; None for one that is."""
        number, _, cells = row
        header = self.table.header
        if header is None:
            people = any(isinstance(c, str) and IDENTITY.search(c) for c in cells)
            self.table.holds_people = self.table.holds_people or people
        elif number < header.first_row:
            self.heading += " " + " ".join(map(text, cells))
        elif number > header.last_row and not self._is_no_record(row):
            return None
        return Verdict(Outcome.SKIPPED, [], dict(self.blank))

    def _is_no_record(self, row: Row) -> bool:
        _, _, cells = row
        if self.number is not None and self.number < len(cells):
            cell = cells[self.number]
            if type(cell) is str and len(cell) == 18 and cell[:17].isdigit():
                return False
        keys = [cells[at] for at in self.keys if at < len(cells) and is_filled(cells[at])]
        if len(keys) > 1 and any(type(cell) is str and IDENTITY.search(cell) for cell in keys):
            return False
        if not keys:
            return True
        if (repeated := self.finder.repeated((row[0], cells))) and not repeated.fault:
            self._point(repeated)
            return True
        if repeated:
            return True
        return self._is_remark(cells, keys)

    def _is_remark(self, cells: list[Cell], keys: list[Cell]) -> bool:
        """A total, a note, a heading, a signature, or a row that numbers the columns."""
        filled = [cell for cell in cells if is_filled(cell)]
        words = [text(cell) for cell in filled if isinstance(cell, str)]
        if len(words) <= 1 and len(filled) > 3 and all(isinstance(c, int) for c in filled[1:]):
            return True
        if not words or any(IDENTITY.search(narrow(word)) for word in words):
            return False
        if any(TOTAL.fullmatch(narrow(word)) for word in (words[0], text(keys[0]))):
            return True
        if any(LABEL.fullmatch(word) for word in (words if len(keys) < 2 else words[:1])):
            return True
        if len(keys) > 1 or len(words) > 1:
            return False
        return bool(HEADING.fullmatch(words[0])) or len(words[0]) > 12 or words[0].endswith(GROUPS)

    def record(self, row: Row) -> Record:
        cells = row[2]
        width = len(cells)
        record = Record({}, {}, self.epoch_1904, self.heading)
        words = record.words
        for name, at in self.places:
            cell = cells[at] if at < width else None
            if type(cell) is str and cell.isalnum():
                words[name] = cell
            elif cell is not None:
                self._read(record, name, cell)
        return record

    def _read(self, record: Record, name: str, cell: Cell) -> None:
        """A cell that is more than a plain word."""
        if not is_clean(cell):
            record.unread.add(name)
            record.faults.append(RowReason.CONTROL_CHAR)
            return
        if type(cell) is list and cell[0] == "f":
            cell = self._stored(record, name, cell)
        if words := text(cell):
            record.words[name] = words
            if type(cell) is not str:
                record.cells[name] = cell

    def _stored(self, record: Record, name: str, formula: list[Any]) -> Cell:
        _, value, volatile = formula
        if is_plain_value(value) and not volatile:
            return value
        record.unread.add(name)
        record.faults.append(RowReason.FORMULA)
        return None
