"""Lays rows out as a file: title, unit line, headings, subtotals, notes, signatures, empty rows."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import budgets
import xlsxwriter
from faults import SKIPPED, Formula, Row
from offices import GROUPS, Style

WRITTEN = datetime(2026, 11, 1, 9, 0)  # noqa: DTZ001 -- a constant in the file's properties
WIDTHS = {"no": 6, "name": 9, "id_no": 21, "employer": 34, "management_no": 21, "sex": 5}


@dataclass
class Written:
    """What was put into a file: the outcome and reason expected of each row, bordered empty ones too."""

    outcomes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def note(self, row: Row) -> None:
        self.outcomes.append(row.outcome)
        if row.reason:
            self.reasons.append(row.reason)

    def aside(self, count: int = 1) -> None:
        self.outcomes += [SKIPPED] * count


def write_roster(path: Path, style: Style, rows: list[Row], as_of: date) -> Written:
    """Write one roster in the office's form."""
    if style.form == "csv":
        return _roster_csv(path, style, rows)
    return RosterSheet(path, style, as_of).write(rows)


def _roster_csv(path: Path, style: Style, rows: list[Row]) -> Written:
    written = Written()
    lines: list[list[object]] = [[style.heading(key) for key in style.columns]]
    written.aside()
    for number, row in enumerate(rows, 1):
        lines.append([number if key == "no" else row.values[key] for key in style.columns])
        written.note(row)
    lines.append(["合计", f"{len(rows)}人"] + [""] * (len(style.columns) - 2))
    written.aside()
    path.write_bytes(csv_text(lines).encode("gb18030"))
    return written


def csv_text(lines: Iterable[Iterable[object]]) -> str:
    """Lines as an office program saves them, with carriage returns; long numbers in its short form."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([f"{cell:.5E}" if isinstance(cell, float) else cell for cell in line])
    return text.getvalue()


def new_workbook(path: Path) -> Any:
    """A workbook whose bytes depend on its content alone."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": WRITTEN})
    return book


class RosterSheet:
    """One roster as a workbook."""

    def __init__(self, path: Path, style: Style, as_of: date) -> None:
        self.style, self.as_of, self.written = style, as_of, Written()
        self.book = new_workbook(path)
        self.sheet = self.book.add_worksheet("花名册")
        self.line = 0
        self.body = self.book.add_format({"border": 1, "font_size": 10})
        self.day = self.book.add_format({"border": 1, "font_size": 10, "num_format": "yyyy-mm-dd"})
        self.head = self.book.add_format(
            {
                "border": 1,
                "bold": True,
                "align": "center",
                "valign": "vcenter",
                "bg_color": "#E7EEF3",
            }
        )
        self.big = self.book.add_format({"bold": True, "font_size": 16, "align": "center"})

    @property
    def last(self) -> int:
        return len(self.style.columns) - 1

    def write(self, rows: list[Row]) -> Written:
        self._top()
        self._headings()
        self._rows(rows)
        self._bottom(len(rows))
        self.book.close()
        return self.written

    def _aside(self, text: str, cell_format: Any = None) -> None:
        self.sheet.merge_range(self.line, 0, self.line, self.last, text, cell_format)
        self.line += 1
        self.written.aside()

    def _top(self) -> None:
        day = f"{self.as_of.year}年{self.as_of.month}月{self.as_of.day}日"
        self._aside(f"{self.style.title}（{self.as_of.year}年）", self.big)
        self._aside(f"填报单位：{self.style.sender}      填报日期：{day}      单位：人")

    def _headings(self) -> None:
        style, top = self.style, self.line
        for place, key in enumerate(style.columns):
            self.sheet.set_column(place, place, WIDTHS.get(key, 12))
        if not style.two_storeys:
            for place, key in enumerate(style.columns):
                self.sheet.write_string(top, place, style.heading(key), self.head)
        else:
            self._two_storeys(top)
        height = 2 if style.two_storeys else 1
        self.line += height
        self.written.aside(height)
        self.sheet.freeze_panes(self.line, 2)

    def _two_storeys(self, top: int) -> None:
        style = self.style
        grouped = {key: title for title, keys in GROUPS for key in keys}
        for title, keys in GROUPS:
            places = [style.columns.index(key) for key in keys if key in style.columns]
            self.sheet.merge_range(top, places[0], top, places[-1], title, self.head)
        for place, key in enumerate(style.columns):
            if key in grouped:
                self.sheet.write_string(top + 1, place, style.heading(key), self.head)
            else:
                self.sheet.merge_range(top, place, top + 1, place, style.heading(key), self.head)

    def _rows(self, rows: list[Row]) -> None:
        street, since = None, 0
        for number, row in enumerate(rows, 1):
            here = str(row.values["street"]).strip()
            if self.style.subtotals and street and here != street and not row.reason:
                self._total(f"{street}小计", number - 1 - since)
                since = number - 1
            street = here if not row.reason else street or here
            self._row(number, row)
        for _ in range(self.style.empty_rows):
            for place in range(self.last + 1):
                self.sheet.write_blank(self.line, place, None, self.body)
            self.line += 1
            self.written.aside()

    def _row(self, number: int, row: Row) -> None:
        for place, key in enumerate(self.style.columns):
            self._cell(place, number if key == "no" else row.values[key])
        self.line += 1
        self.written.note(row)

    def _cell(self, place: int, cell: object) -> None:
        at = (self.line, place)
        if isinstance(cell, Formula):
            self.sheet.write_formula(*at, cell.text, self.body, cell.shown)
        elif isinstance(cell, date):
            self.sheet.write_datetime(*at, datetime(cell.year, cell.month, cell.day), self.day)  # noqa: DTZ001
        elif isinstance(cell, int | float):
            self.sheet.write_number(*at, cell, self.body)
        else:
            self.sheet.write_string(*at, str(cell or ""), self.body)

    def _total(self, label: str, count: int) -> None:
        self.sheet.write_string(self.line, 0, label, self.head)
        self.sheet.write_string(self.line, 1, f"{count}人", self.head)
        self.line += 1
        self.written.aside()

    def _bottom(self, count: int) -> None:
        self._total("合计", count)
        self._aside(
            "说明：1.本表按街道顺序填写；2.证件号码请以文本格式填写；3.批准日期以证书所载为准。"
        )
        self._aside("制表人：            审核人：            单位（盖章）：")


def write_table(path: Path, title: str, headings: list[str], rows: list[list[object]]) -> Written:
    """Write a plain one-sheet list under a title, as offices send lists that are not rosters."""
    written = Written()
    book = new_workbook(path)
    sheet = book.add_worksheet("列表")
    bold = book.add_format({"bold": True, "border": 1, "bg_color": "#E7EEF3", "text_wrap": True})
    sheet.merge_range(
        0, 0, 0, len(headings) - 1, title, book.add_format({"bold": True, "font_size": 14})
    )
    for place, heading in enumerate(headings):
        sheet.write_string(1, place, heading, bold)
        sheet.set_column(place, place, 20)
    written.aside(2)
    for line, row in enumerate(rows, 2):
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, place, cell)
            else:
                sheet.write_string(line, place, str(cell or ""))
        written.note(Row({}))
    book.close()
    return written


def write_budget(path: Path, office: budgets.Office, seed: int) -> Written:
    """Write a government's budget sheet: title, line of the unit, headings, a subtotal each year."""
    written, book = Written(), new_workbook(path)
    sheet = book.add_worksheet("预算")
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    last = len(budgets.HEADINGS) - 1
    title = f"{office.name}社会工作经费预算及执行情况表"
    sheet.merge_range(0, 0, 0, last, title, book.add_format({"bold": True, "font_size": 14}))
    says_unit_above = office.unit == "万元"
    top = 2 if says_unit_above else 1
    if says_unit_above:
        sheet.write_string(1, last, f"单位：{office.unit}")
    for place, heading in enumerate(budgets.HEADINGS):
        sheet.write_string(top, place, heading.format("" if says_unit_above else "（元）"), bold)
    written.aside(top + 1)
    for line, (row, is_record) in enumerate(budgets.rows_of(office, seed), top + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, place, cell)
            elif cell:
                sheet.write_string(line, place, str(cell))
        if is_record:
            written.note(Row({}))
        else:
            written.aside()
    sheet.write_string(line + 1, 0, "制表人：            审核人：")
    written.aside()
    book.close()
    return written
