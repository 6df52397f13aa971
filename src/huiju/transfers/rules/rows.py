"""From a file's rows to verdicts: what is a record, what is a title, a total, a signature."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from huiju.transfers.enums import FileReason, Outcome, RowReason
from huiju.transfers.reading.grid import Refused, Row, SheetHead
from huiju.transfers.rules.cells import Cell, is_filled, narrow, text
from huiju.transfers.rules.columns import (
    HEADER_WITHIN,
    STOREYS,
    Finder,
    Header,
    Sheet,
    is_header_like,
)
from huiju.transfers.rules.ordinary import Ordinaries, Plain
from huiju.transfers.rules.records import Correction, Record, Verdict
from huiju.transfers.rules.regions import Merged, sheets

TOTAL = re.compile(
    r".{0,10}(合计|总计|小计|累计|共计|总数|总人数|本页计)(人数|人次|金额)?([:(\d共].*)?|其中:?.*|共\d+[人名].*"
)
LABEL = re.compile(
    r"(注|备注|说明|填表说明|填报说明|附|附注|制表|填表|填报|统计|审核|审批|复核|经办|负责|分管|主管|领导"
    r"|单位盖章|盖章|公章|签名|签字|签章|日期|时间|填报日期|联系人|联系电话|电话|单位)[^:：]{0,10}[:：].*"
    r"|[(（]?(盖章|公章|单位盖章)[)）]?|(注|说明|备注)[\s\d].*"
)
HEADING = re.compile(r"(\d{1,2}[、.．)]|[(（].{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]).{2,}")
BATCH = 400
"""Rows judged by columns at a time."""
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
GROUPS = ("街道", "社区", "居委会", "村委会", "区", "镇", "中心", "局", "科", "组", "单位", "名单")


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
        self.plain = self.sheet.plain(self.context) if self.sheet.plain else None

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
        reader.plain = self.plain
        for row, _ in top:
            yield head.name, row[0], self._verdict(head, row, reader)
        while batch := [row for row, _ in islice(filled, BATCH)]:
            yield from self._batch(head, batch, reader)

    def _batch(
        self, head: SheetHead, batch: list[Row], reader: "_RecordReader"
    ) -> Iterator[tuple[str, int, Verdict]]:
        """Rows below the header, the ordinary ones by columns, as far as its columns stand still."""
        places, name = reader.places, head.name
        for row, verdict in zip(batch, reader.ordinary(batch), strict=True):
            if verdict is None or reader.places is not places:
                yield name, row[0], self._verdict(head, row, reader)
                continue
            self._count(reader.table, verdict)
            if self.across:
                self.across.add((name, row[0]), verdict)
            yield name, row[0], verdict

    def _verdict(self, head: SheetHead, row: Row, reader: "_RecordReader") -> Verdict:
        skipped = reader.skipped(row)
        if skipped is not None:
            self.outcomes[skipped.outcome] += 1
            return skipped
        verdict = self._judged(head, row, reader.record(row))
        self._count(reader.table, verdict)
        return verdict

    def _count(self, table: Table, verdict: Verdict) -> None:
        self.outcomes[verdict.outcome] += 1
        table.records += 1
        if table.records > self.max_records:
            raise Refused(FileReason.TOO_LARGE)

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


class _RecordReader:
    """Tells records from the other rows of one sheet and reads them by field."""

    def __init__(self, sheet: Sheet, finder: Finder, table: Table, head: SheetHead) -> None:
        self.sheet, self.finder, self.table = sheet, finder, table
        self.epoch_1904 = head.epoch_1904
        self.heading = head.name
        self.blank = dict.fromkeys(sheet.values)
        self.plain: Plain | None = None
        self._point(table.header)

    def _point(self, header: Header | None) -> None:
        places = header.places if header else {}
        self.ordinaries: Ordinaries | None = None
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
                record.take(name, cell)
        return record

    def ordinary(self, rows: Sequence[Row]) -> Sequence[Verdict | None]:
        """Verdicts of the ordinary faultless ones among rows below the header; None for the others."""
        if self.plain is None or self.table.hidden or not self.places:
            return [None] * len(rows)
        if self.ordinaries is None:
            self.ordinaries = Ordinaries(
                self.plain, self.places, Record({}, {}, self.epoch_1904, self.heading)
            )
        return self.ordinaries.verdicts(rows)
