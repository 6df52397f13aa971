"""Which column of a stranger's sheet is which: headers by alias, in one to three storeys."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huiju.transfers.enums import FileReason
from huiju.transfers.rules.cells import Cell, is_filled, narrow, text

HEADER_WITHIN = 40
"""Rows from the top of a sheet among which the header is looked for."""
STOREYS = 3
FEWEST_KNOWN = 2
HINT = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
LONG_NUMBER = re.compile(r"\d{5}|\d{4}[-/.年]\d")
MARKS = str.maketrans("", "", "*＊:：()（）[]【】/、.。\"'“”_-—")


@dataclass(frozen=True)
class Column:
    """One thing a row says. `aliases` are other headers of equal standing; two of them in one sheet
    are ambiguous. `fallbacks` are taken, best first, only where no alias is there."""

    field: str
    title: str
    aliases: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    as_text: bool = False
    offered: bool = True
    """Whether the template has it; what is not offered is still read."""

    @property
    def words(self) -> tuple[str, ...]:
        return (self.title, *self.aliases)


@dataclass(frozen=True)
class Sheet:
    """A kind of import: its columns, who judges a row, and who applies one.

    `judge(record, context)` gives a verdict on one row; `context(by, on)` prepares what the judge
    needs; `across()` makes an object that sees all verdicts of a file and corrects some.
    `apply(rows, by=, at=, import_id=)` takes a chunk of `rows.Staged` and answers with as many
    `rows.Applied`; `undo(import_id=, by=, at=)` takes a whole import back.
    `plain(context)` makes an object that judges ordinary rows by columns, see `rules.ordinary`.
    `known` are headers that mean nothing here, so that they are not mistaken for a renamed one.
    A row with none of the `keys` filled is no record.
    """

    code: str
    title: Any
    columns: tuple[Column, ...]
    judge: Callable[..., Any]
    keys: tuple[str, ...]
    values: tuple[str, ...]
    reasons: Mapping[str, tuple[Any, Any]]
    context: Callable[..., Any]
    apply: Callable[..., Any]
    undo: Callable[..., Any] | None = None
    across: Callable[[], Any] | None = None
    plain: Callable[[Any], Any] | None = None
    known: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    """Fields that hold identity numbers."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The fields by which a row is recognised on a page: its keys and what places it."""
        return tuple(dict.fromkeys((*self.keys, *self.values)))[:10]

    @property
    def familiar(self) -> str:
        """All header words, by spaces, for guessing a text file's encoding."""
        return " ".join(word for column in self.columns for word in column.words)


@dataclass(frozen=True)
class Header:
    """Where a sheet's columns stand: field → column index; the last row of the header."""

    places: dict[str, int]
    last_row: int
    first_row: int = 0
    unread: tuple[str, ...] = ()
    fault: FileReason | None = None
    missing: tuple[str, ...] = field(default=())


def header_word(cell: Cell) -> str:
    """A header cell's text as it is compared: half-width, without spaces and marks."""
    return narrow(text(cell)).translate(MARKS).lower() if is_filled(cell) else ""


def is_header_like(cells: list[Cell], fewest: int = 3) -> bool:
    """Whether a row could be a header at all: words, no dates, no long numbers."""
    filled = [cell for cell in cells if is_filled(cell)]
    return len(filled) >= fewest and all(
        isinstance(cell, str) and not LONG_NUMBER.search(narrow(cell)) for cell in filled
    )


class Finder:
    """Finds the header of one kind of sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.ranks: dict[str, tuple[str, int]] = {}
        for column in sheet.columns:
            for rank, word in enumerate((None, *column.fallbacks)):
                for alias in column.words if word is None else (word,):
                    self.ranks.setdefault(header_word(alias), (column.field, rank))
        self.known = {header_word(word) for word in sheet.known}

    def find(self, rows: Sequence[tuple[int, list[Cell]]]) -> Header | None:
        """The best header among a sheet's first rows (numbered, merged cells filled), or None."""
        best: tuple[tuple[int, int], Header] | None = None
        for at in range(min(len(rows), HEADER_WITHIN)):
            for storeys in range(1, STOREYS + 1):
                if at + storeys > len(rows) or not is_header_like(rows[at + storeys - 1][1], 1):
                    break
                score, header = self._read(rows[at : at + storeys])
                rank = score, -storeys
                if score >= FEWEST_KNOWN and (best is None or rank > best[0]):
                    best = rank, header
        return best[1] if best else None

    def repeated(self, row: tuple[int, list[Cell]]) -> Header | None:
        """The header a row in the middle of a sheet repeats, or None."""
        if not is_header_like(row[1], FEWEST_KNOWN):
            return None
        score, header = self._read([row])
        words = sum(bool(header_word(cell)) for cell in row[1])
        return header if score >= FEWEST_KNOWN and score * 2 >= words else None

    def _read(self, rows: Sequence[tuple[int, list[Cell]]]) -> tuple[int, Header]:
        width = max(len(cells) for _, cells in rows)
        taken: dict[str, dict[int, list[int]]] = {}
        unread: list[str] = []
        for at in range(width):
            storeys = [self._word(cells[at]) if at < len(cells) else "" for _, cells in rows]
            match = self._match([word for word in storeys if word])
            if match:
                taken.setdefault(match[0], {}).setdefault(match[1], []).append(at)
            elif any(storeys) and storeys[-1] not in self.known:
                unread.append(storeys[-1] or storeys[0])
        return len(taken), self._header(rows, taken, unread)

    def _word(self, cell: Cell) -> str:
        """A header's word, without a hint in brackets where only then it is known."""
        word = header_word(cell)
        bare = header_word(HINT.sub("", narrow(text(cell)))) if word not in self.ranks else word
        return bare if bare in self.ranks or bare in self.known else word

    def _match(self, storeys: list[str]) -> tuple[str, int] | None:
        if not storeys:
            return None
        words = [storeys[-1], "".join(dict.fromkeys(storeys)), *reversed(storeys[:-1])]
        if len(storeys) > 1 and storeys[-1] in self.known:
            words = words[1:2]
        return next((self.ranks[word] for word in words if word in self.ranks), None)

    def _header(
        self,
        rows: Sequence[tuple[int, list[Cell]]],
        taken: dict[str, dict[int, list[int]]],
        unread: list[str],
    ) -> Header:
        best = {name: ranks[min(ranks)] for name, ranks in taken.items()}
        places = {name: found[0] for name, found in best.items()}
        missing = tuple(c.title for c in self.sheet.columns if c.required and c.field not in places)
        fault = None
        if any(len(found) > 1 and name in self.sheet.values for name, found in best.items()):
            fault = FileReason.HEADER_AMBIGUOUS
        elif missing:
            fault = FileReason.HEADER_UNKNOWN if unread else FileReason.HEADER_MISSING
        return Header(places, rows[-1][0], rows[0][0], tuple(unread), fault, missing)
