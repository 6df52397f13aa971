"""The one shape in which every kind of file leaves the child process.

A cell is plain JSON, so that nothing but data crosses the pipe:

=====================  ==========================================================
None                   empty
str, int, float, bool  text, number, truth value
["d", "2018-07-11"]    a date cell
["m", "2018-07-01"]    a date cell whose format shows no day
["t", "08:30:00"]      a time of day
["e", "#N/A"]          an error value
["f", cell, volatile]  a formula with its stored value; volatile if it changes by itself
=====================  ==========================================================
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

Cell = Any
Row = tuple[int, bool, list[Cell]]
"""Number as the spreadsheet program shows it, whether it is hidden, cells from column A on."""

BLANK_RUN = 1000
"""Formatted but empty rows in a row that are still named; more of them hold nothing."""

VOLATILE = re.compile(r"\b(TODAY|NOW|RAND|RANDBETWEEN)\s*\(", re.I)
EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
LAST_SERIAL = 2_958_465  # 9999-12-31


class Refused(Exception):
    """The file is not read; `reason` is a word of `transfers.enums.FileReason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """How large a file may be and what the child process may use."""

    max_bytes: int = 50 * 2**20
    max_unpacked_bytes: int = 200 * 2**20
    max_rows: int = 200_000
    max_columns: int = 200
    seconds: int = 120
    memory_bytes: int = 300 * 2**20


@dataclass(frozen=True)
class SheetHead:
    """A sheet before its rows. `merged` holds lists of first row and column, last row and column."""

    name: str
    hidden: bool = False
    merged: list[list[int]] = field(default_factory=list)
    epoch_1904: bool = False


SheetRows = tuple[SheetHead, Iterator[Row]]


@lru_cache(maxsize=20_000)
def date_cell(serial: float, epoch_1904: bool, shows_day: bool) -> Cell:
    """A date cell from a spreadsheet's day number; a number again if it is no day."""
    if not 0 <= serial <= LAST_SERIAL:
        return serial
    if serial < 1:
        return ["t", str(timedelta(seconds=round(serial * 86400)))]
    day = EPOCHS[epoch_1904] + timedelta(days=int(serial))
    month_only = not shows_day and day.day == 1
    return ["m" if month_only else "d", day.isoformat()]


def formula_cell(value: Cell, formula: str) -> Cell:
    """A formula by its stored value."""
    return ["f", value, bool(VOLATILE.search(formula))]


def trimmed(cells: list[Cell]) -> list[Cell]:
    """Without the empty cells at its end."""
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def held(rows: Iterable[Row], limits: Limits) -> Iterator[Row]:
    """The rows worth naming: filled ones, and empty formatted ones as far as they are few.

    Refuses a sheet with more columns than allowed, or with far more filled rows.
    """
    blanks = filled = 0
    for number, hidden, cells in rows:
        if not trimmed(cells):
            blanks += 1
            if blanks <= BLANK_RUN:
                yield number, hidden, cells
            continue
        blanks = 0
        filled += 1
        if len(cells) > limits.max_columns or filled > limits.max_rows + BLANK_RUN:
            raise Refused("TOO_LARGE")
        yield number, hidden, cells


def shows_day(number_format: str) -> bool | None:
    """Whether a number format shows a day of the month; None if it is no date format."""
    plain = re.sub(r'"[^"]*"|\\.|_.|\[[^\]]*\]', "", number_format.split(";")[0]).lower()
    if not re.search(r"[ymd]", plain) or re.search(r"[0#?]", plain):
        return None
    if "y" not in plain and "d" not in plain and re.search(r"[hs]", plain):
        return None
    return "d" in plain


BUILT_IN_DATES: dict[int, bool] = {
    **dict.fromkeys((14, 15, 16, 22), True),
    **dict.fromkeys((28, 29, 30, 31, 51, 53, 54, 58), True),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), False),
}
"""Built-in format numbers that are dates, East Asian ones included: whether they show a day."""

BUILT_IN_TIMES = frozenset((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56))
