"""Text files with separated values, in whichever encoding and with whichever separator."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO

from huiju.transfers.reading.grid import Cell, Limits, Refused, Row, SheetHead, SheetRows, held

BOMS = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = ("utf-8", "gb18030")
FOREIGN = ("big5", "shift_jis", "euc_kr", "utf-8")
SEPARATORS = ",\t;，|"
LONGEST_CELL = 1 << 20

for _name in (*GUESSED, *FOREIGN, "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
    codecs.lookup(_name)  # the child may open no file later


def decoded(raw: bytes, familiar: str) -> str:
    """The text of a file. `familiar` are words of which the right reading shows some.

    Refuses what is in none of UTF-8, UTF-16 and GB18030, also where GB18030 would read it as noise.
    """
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _strict(raw, encoding)
    if encoding := _wide_without_mark(raw):
        return _strict(raw, encoding)
    words = familiar.split()
    for encoding in GUESSED:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(word in text for word in words) and _is_foreign(raw, words):
            break
        return text
    raise Refused("ENCODING")


def _strict(raw: bytes, encoding: str) -> str:
    if not encoding:
        raise Refused("ENCODING")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("ENCODING") from error


def _wide_without_mark(raw: bytes) -> str:
    """UTF-16 shows by the zero halves of its separators and digits."""
    sample = raw[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_foreign(raw: bytes, words: list[str]) -> bool:
    """Whether another encoding, or a damaged UTF-8, reads familiar words where ours read none."""
    return any(
        word in raw.decode(encoding, errors="replace") for encoding in FOREIGN for word in words
    )


def separator(text: str, familiar: str) -> str:
    """The separator that cuts most familiar words out of the first lines; a comma if none does."""
    words = set(familiar.split())
    lines = text[:20_000].splitlines()[:30]

    def score(mark: str) -> int:
        return max((_cut_out(line, mark, words) for line in lines), default=0)

    return max(SEPARATORS, key=score)


def _cut_out(line: str, mark: str, words: set[str]) -> int:
    return len(words & {part.strip(' "\u3000') for part in line.split(mark)})


def sheets(raw: bytes, name: str, familiar: str, limits: Limits) -> Iterator[SheetRows]:
    """The one sheet of a text file; its rows are records, counted from 1."""
    text = decoded(raw, familiar)
    if not text.strip("\0 \t\r\n\u3000"):
        raise Refused("EMPTY")
    yield SheetHead(name), held(_rows(text, separator(text, familiar)), limits)


def lines(raw: bytes, name: str, familiar: str, limits: Limits) -> Iterator[SheetRows]:
    """The one sheet of a text with records of fixed widths: one cell a row, the line."""
    text = decoded(raw, familiar)
    if not text.strip("\0 \t\r\n\u3000"):
        raise Refused("EMPTY")
    written = (line.rstrip("\r") for line in text.split("\n"))
    rows: Iterator[Row] = (
        (number, False, [line or None]) for number, line in enumerate(written, 1)
    )
    yield SheetHead(name), held(rows, limits)


def _rows(text: str, mark: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise Refused("CORRUPT") from error
        if record is None:
            return
        if record:
            yield number, False, [_cell(text) for text in record]


def _cell(text: str) -> Cell:
    """A value; `="…"` is how offices keep numbers from being rounded, any other formula is one."""
    if not text.startswith("="):
        return text or None
    if len(text) > 3 and text[1] == text[-1] == '"' and '"' not in text[2:-1]:
        return text[2:-1]
    return ["f", None, False]
