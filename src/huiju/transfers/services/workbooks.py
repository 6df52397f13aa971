"""Workbooks we write: templates, result files, exports. Every text is written as text."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from huiju.transfers.queries import RowView
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.listings import harmless

LAST_TEMPLATE_ROW = 2000
WIDEST = 40
NOTES = ("行号", "结果", "原因", "建议")
"""The columns a result file adds. They are names in a public format, not words of a page."""


class Book:
    """A workbook being written in memory, row by row."""

    def __init__(self, name: str, headings: Sequence[str]) -> None:
        self.bytes = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.bytes,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.text = self.book.add_format({"num_format": "@"})
        self.lines = self.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.head = self.book.add_format({"bold": True, "bg_color": "#E7EEF3", "border": 1})
        self.sheet = self.book.add_worksheet(name)
        self.sheet.freeze_panes(1, 0)
        self.row = 0
        for at, heading in enumerate(headings):
            self.sheet.write_string(0, at, str(heading), self.head)
            self.sheet.set_column(at, at, min(max(12, 2 * len(str(heading)) + 4), WIDEST))

    def add(self, cells: Iterable[Any]) -> None:
        self.row += 1
        for at, cell in enumerate(cells):
            if isinstance(cell, date):
                self.sheet.write_datetime(self.row, at, cell, self.day)
            elif isinstance(cell, int) and not isinstance(cell, bool):
                self.sheet.write_number(self.row, at, cell)
            elif cell is not None and cell != "":
                look = self.lines if "\n" in str(cell) else self.text
                self.sheet.write_string(self.row, at, harmless(str(cell)), look)

    def content(self) -> bytes:
        self.book.close()
        return self.bytes.getvalue()


def template(sheet: Sheet) -> bytes:
    """An empty workbook for a kind of import, with drop-downs and identifiers as text."""
    columns = [column for column in sheet.columns if column.offered]
    book = Book(str(sheet.title)[:31], [column.title for column in columns])
    for at, column in enumerate(columns):
        _prepare(book, at, column)
    return book.content()


def _prepare(book: Book, at: int, column: Column) -> None:
    if column.as_text:
        book.sheet.set_column(at, at, 22, book.text)
    if column.choices:
        book.sheet.data_validation(
            1,
            at,
            LAST_TEMPLATE_ROW,
            at,
            {
                "validate": "list",
                "source": list(column.choices),
                "error_title": str(column.title),
                "error_message": _("Choose one of the values offered."),
            },
        )
    if column.hint or column.required:
        hint = column.hint or _("This column is needed.")
        book.sheet.write_comment(0, at, str(hint))


def result_file(sheet: Sheet, rows: Iterable[RowView]) -> bytes:
    """The records of an import as they were written, with what was found about each.

    The columns have their own names, so that the corrected file can be uploaded as it is.
    """
    fields = [column.field for column in sheet.columns]
    titles = [column.title for column in sheet.columns]
    book = Book(str(sheet.title)[:31], [*NOTES, *titles])
    book.sheet.set_column(2, 3, WIDEST)
    book.sheet.freeze_panes(1, len(NOTES))
    for at, column in enumerate(sheet.columns, len(NOTES)):
        if column.as_text:
            book.sheet.set_column(at, at, 22, book.text)
    for view in rows:
        outcome = view.row.get_result_display() or view.row.get_outcome_display()
        notes = [
            view.row.row,
            outcome,
            "\n".join(str(sentence) for _word, sentence, _advice in view.faults),
            "\n".join(str(advice) for _word, _sentence, advice in view.faults if advice),
        ]
        book.add([*notes, *(view.written.get(field, "") for field in fields)])
    return book.content()
