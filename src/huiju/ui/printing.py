"""Papers as PDF: typst with the house's own fonts, so that a paper looks the same on every machine."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huiju.kernel import money

HERE = Path(__file__).parent
SHEET = HERE / "sheet.typ"
ROWS_A_PAGE = 40


def printed(template: Path, body: Mapping[str, Any]) -> bytes:
    """A typst template filled with plain values (its `sys.inputs.body`, JSON), as PDF/A-2b."""
    import typst  # noqa: PLC0415 -- slow import

    compiled = typst.compile(
        str(template),
        font_paths=[str(HERE / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"body": json.dumps(body, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return bytes(compiled)


@dataclass(frozen=True)
class Column:
    """A column of a sheet; `width` is its share of the page, 0 for as wide as its words."""

    label: str
    width: int = 0
    is_number: bool = False


@dataclass(frozen=True)
class Part:
    """A small table after the list."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Sheet:
    """A list whose last column is money: `rows` are texts, `amounts_fen` what each row adds to its page.

    `day` is the paper's date. The same sheet makes the same bytes.
    """

    title: str
    subtitle: str
    issuer: str
    day: date
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    amounts_fen: Sequence[int]
    lead: Sequence[str] = ()
    sums: Sequence[str] = ()
    parts: Sequence[Part] = ()
    foot: str = ""

    def body(self) -> dict[str, Any]:
        """The plain values that `sheet.typ` prints, its rows cut into pages with their totals."""
        starts = range(0, len(self.rows), ROWS_A_PAGE) or range(1)
        pages = [
            {
                "rows": [list(row) for row in self.rows[start : start + ROWS_A_PAGE]],
                "label": _("Total of this page"),
                "total": money.yuan(sum(self.amounts_fen[start : start + ROWS_A_PAGE])),
            }
            for start in starts
        ]
        return {
            **{name: getattr(self, name) for name in ("title", "subtitle", "issuer", "foot")},
            "day": [self.day.year, self.day.month, self.day.day],
            "columns": [vars(column) for column in self.columns],
            "pages": pages,
            "lead": list(self.lead),
            "sums": list(self.sums),
            "parts": [vars(part) for part in self.parts],
        }

    def pdf(self) -> bytes:
        """The sheet on A4."""
        return printed(SHEET, self.body())
