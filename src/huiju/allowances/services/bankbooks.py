"""The bytes of a file for the bank. The same order always makes the same bytes."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from huiju.allowances.rules.bank import Order, Template, text_content, written_rows

MADE = datetime(2000, 1, 1)  # noqa: DTZ001 -- a workbook's own stamp; bytes must not tell the hour
WIDTHS = {"account": 26, "bank": 22, "branch": 26, "purpose": 22}


def content_of(template: Template, order: Order) -> bytes:
    """The file's bytes. Raises rules.bank.WillNotFit."""
    return _workbook(template, order) if template.kind == "xlsx" else text_content(template, order)


def _workbook(template: Template, order: Order) -> bytes:
    """Accounts are texts, so that no program rounds them; amounts are numbers, as banks ask."""
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    book.set_properties({"created": MADE})
    text, yuan = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
    sheet = book.add_worksheet("代发明细")
    for at, field in enumerate(template.order.item):
        sheet.set_column(at, at, WIDTHS.get(field.name, 12), text)
    for row, cells in enumerate(written_rows(template, order)):
        for at, (field, said) in enumerate(cells):
            if field.name in ("amount", "total"):
                sheet.write_number(row, at, Decimal(said), yuan)
            elif field.name in ("seq", "count"):
                sheet.write_number(row, at, int(said))
            else:
                sheet.write_string(row, at, said, text)
    book.close()
    return content.getvalue()
