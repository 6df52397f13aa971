"""A row that is taken for a record, and what is found and becomes of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from huiju.transfers.enums import Outcome, RowReason
from huiju.transfers.rules.cells import Cell, is_clean, is_plain_value, narrow, read_date, text


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

    def take(self, name: str, cell: Cell) -> None:
        """Put a filled cell in; where it cannot be taken a fault is noted."""
        if not is_clean(cell):
            self.unread.add(name)
            self.faults.append(RowReason.CONTROL_CHAR)
            return
        if type(cell) is list and cell[0] == "f":
            cell = self._stored(name, cell)
        if words := text(cell):
            self.words[name] = words
            if type(cell) is not str:
                self.cells[name] = cell

    def _stored(self, name: str, formula: list[Any]) -> Cell:
        _, value, volatile = formula
        if is_plain_value(value) and not volatile:
            return value
        self.unread.add(name)
        self.faults.append(RowReason.FORMULA)
        return None
