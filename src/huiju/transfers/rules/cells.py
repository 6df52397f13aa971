"""What a single cell says, as text or as a date.

Full-width signs, non-breaking and zero-width spaces and line breaks are office habits and are read
over; control characters are not and are refused by whoever asks `is_clean`.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from huiju.transfers.enums import RowReason

Cell = Any
"""A cell as `reading.grid` describes it."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
SPACE = re.compile(r"\s+")
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
BLANK_MARKS = frozenset({"-", "--", "—", "——", "/", "\\", "／", "－", "N/A", "n/a", "NULL", "null"})

YEAR_MONTH_DAY = re.compile(
    r"(\d{4})\s*[-/.年、\s]\s*(\d{1,2})\s*[-/.月、\s]\s*(\d{1,2})\s*[日号]?\.?"
)
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR_MONTH = re.compile(r"(\d{4})(?:[-/.年、]\s*(\d{1,2})\s*月?|(\d{2})|年)?\.?")
DAY_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
SHORT_YEAR = re.compile(
    r"\d{2}\s*[-/.年]\s*\d{1,2}(\s*[-/.月]\s*(\d{1,2}\s*[日号]?)?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|\d{6}"
)
CLOCK = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
FIRST_SERIAL, LAST_SERIAL = 10_000, 73_050  # 1927-05-18 and 2099-12-31
EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


@lru_cache(maxsize=65_536)
def tidy(raw: str) -> str:
    """Text without outer and repeated spaces; a line break between Chinese signs is no space.

    "" also for marks that stand for nothing, such as "-".
    """
    if raw.isalnum():
        return raw
    text = INVISIBLE.sub("", raw)
    text = re.sub(r"(?<=[\u3400-\u9fff])[\r\n]+\s*(?=[\u3400-\u9fff])", "", text)
    text = SPACE.sub(" ", text).strip()
    return "" if text in BLANK_MARKS else text


@lru_cache(maxsize=65_536)
def narrow(raw: str) -> str:
    """Text with half-width letters, digits and marks and without any space: for codes and words."""
    if raw.isascii() and raw.isalnum():
        return raw
    return SPACE.sub("", INVISIBLE.sub("", raw.translate(WIDE)))


def text(cell: Cell) -> str:
    """A cell's text, "" for an empty one."""
    if type(cell) is str:
        return tidy(cell)
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, list):
        return str(cell[1]) if cell[0] in ("d", "m", "t") else ""
    return str(cell)


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds more than space."""
    return cell is not None and (not isinstance(cell, str) or bool(tidy(cell)))


def is_clean(cell: Cell) -> bool:
    """Whether a cell is free of control characters and of marks that turn the writing direction."""
    return type(cell) is not str or cell.isalnum() or CONTROL.search(cell) is None


def is_plain_value(cell: Cell) -> bool:
    """Whether the stored value of a formula can stand for it: not nothing, zero, or an error."""
    return (
        bool(cell)
        and not isinstance(cell, bool)
        and not (isinstance(cell, list) and cell[0] == "e")
    )


def read_date(cell: Cell, *, epoch_1904: bool = False) -> tuple[date | None, RowReason | None]:
    """The day a cell names, or the reason why it names none; (None, None) for an empty cell.

    Two-digit years are refused because 14-06-22 has three readings, and 03/04/2015 because it has
    two; a month or a year is not a day. Numbers are a spreadsheet's own day numbers, or 20180711.
    """
    if isinstance(cell, list):
        return _date_cell(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numbered_day(cell, epoch_1904)
    return _written_day(text(cell), epoch_1904)


def _date_cell(cell: list[Any]) -> tuple[date | None, RowReason | None]:
    if cell[0] == "m":
        return None, RowReason.DATE_PRECISION
    try:
        return (
            (date.fromisoformat(cell[1]), None)
            if cell[0] == "d"
            else (None, RowReason.DATE_INVALID)
        )
    except ValueError:
        return None, RowReason.DATE_INVALID


@lru_cache(maxsize=20_000)
def _numbered_day(number: float, epoch_1904: bool) -> tuple[date | None, RowReason | None]:
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return EPOCHS[epoch_1904] + timedelta(days=int(number)), None
    if number == int(number) and number >= 100_000:
        return _written_day(str(int(number)), epoch_1904)
    if 1900 <= number < 2200:
        return None, RowReason.DATE_PRECISION
    return None, RowReason.DATE_INVALID


@lru_cache(maxsize=65_536)
def _written_day(raw: str, epoch_1904: bool) -> tuple[date | None, RowReason | None]:
    plain = CLOCK.sub("", raw.translate(WIDE).strip().strip("'’‘`")).strip()
    if not plain or plain in BLANK_MARKS:
        return None, None
    if found := YEAR_MONTH_DAY.fullmatch(plain) or EIGHT_DIGITS.fullmatch(plain):
        return _day(*found.groups())
    if SERIAL.fullmatch(plain):
        return _numbered_day(float(plain), epoch_1904)
    if found := DAY_LAST.fullmatch(plain):
        return _day_last(*found.groups())
    if (found := YEAR_MONTH.fullmatch(plain)) and 1 <= int(found[2] or found[3] or 1) <= 12:
        return None, RowReason.DATE_PRECISION
    if SHORT_YEAR.fullmatch(plain):
        return None, RowReason.DATE_AMBIGUOUS
    if (arabic := _arabic(plain)) != plain:
        return _written_day(arabic, epoch_1904)
    return None, RowReason.DATE_INVALID


def _day(year: str, month: str, day: str) -> tuple[date | None, RowReason | None]:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None, RowReason.DATE_INVALID
    return (found, None) if 1900 <= found.year < 2200 else (None, RowReason.DATE_INVALID)


def _day_last(first: str, second: str, year: str) -> tuple[date | None, RowReason | None]:
    """A day whose year stands last: certain only if one order alone is possible, or both agree."""
    readings = {_day(year, first, second)[0], _day(year, second, first)[0]} - {None}
    if len(readings) == 2:
        return None, RowReason.DATE_AMBIGUOUS
    return (readings.pop(), None) if readings else (None, RowReason.DATE_INVALID)


def _arabic(written: str) -> str:
    """二〇一八年七月十一日 as 2018年7月11日."""

    def number(found: re.Match[str]) -> str:
        tens, ones = found.group(1), found.group(2)
        return str(
            int(tens.translate(CHINESE_DIGITS) or 1) * 10 + int(ones.translate(CHINESE_DIGITS) or 0)
        )

    return re.sub(r"([二三]?)十([一二三四五六七八九]?)", number, written).translate(CHINESE_DIGITS)
