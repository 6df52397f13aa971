"""Ordinary rows, judged by columns instead of one by one.

Most rows of a long file are records without a fault, and most of their cells repeat cells above them.
So a batch of rows is turned into columns, each distinct cell of a column is read once, and rows whose
cells are all ordinary are put together from what was read. Everything else, and every fault, is left
to the row judge of the sheet, which would say the same of an ordinary row.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Protocol

from huiju.transfers.reading.grid import Row
from huiju.transfers.rules.cells import Cell
from huiju.transfers.rules.records import Record, Verdict

REMEMBERED = 20_000
"""How many distinct cells of a column are kept."""


class Odd:
    """What a cell means that only the row judge can judge."""


ODD = Odd()
Read = tuple[str | None, Any]
"""The text of a cell, None for an empty one; and what it means, or ODD."""


class Plain(Protocol):
    """What a kind of sheet knows of its ordinary rows.

    `fields` are all its fields, `unique` those whose cells hardly repeat. `meaning` reads one field of a
    record; `verdicts` puts rows together from columns of meanings, None for one the row judge must judge.
    """

    fields: Sequence[str]
    unique: Mapping[str, Any]

    def meaning(self, record: Record, name: str) -> Any: ...

    def verdicts(
        self, columns: Mapping[str, Sequence[Any]], heading: str
    ) -> list[Verdict | None]: ...


class _Column(dict[Any, Read]):
    """What the cells of one column say, read once each."""

    def __init__(self, plain: Plain, name: str, blank: Record) -> None:
        super().__init__()
        self.plain, self.name, self.blank = plain, name, blank

    def __missing__(self, key: Any) -> Read:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[key] = (None, ODD) if key is ODD else self._read(key)
        return found

    def _read(self, key: Any) -> Read:
        record = Record({}, {}, self.blank.epoch_1904, self.blank.heading)
        cell = key[1] if type(key) is tuple else key
        if cell is not None:
            record.take(self.name, cell if type(key) is not tuple or key[0] == "i" else list(key))
        meant = self.plain.meaning(record, self.name)
        return record.words.get(self.name), ODD if record.faults else meant


def _key(cell: Cell) -> Any:
    """A cell as it can be looked up: equal only to cells that say the same."""
    if cell is None or type(cell) is str:
        return cell
    if type(cell) is int:
        return "i", cell
    return tuple(cell) if type(cell) is list and cell[0] == "d" else ODD


class Ordinaries:
    """Judges the ordinary rows of one sheet whose columns stand at `places`."""

    def __init__(self, plain: Plain, places: list[tuple[str, int]], blank: Record) -> None:
        self.plain, self.blank = plain, blank
        self.places = dict(places)
        self.columns = {name: _Column(plain, name, blank) for name in plain.fields}

    def verdicts(self, rows: Sequence[Row]) -> list[Verdict | None]:
        """A verdict on each ordinary row, None for the others."""
        cells = list(zip_longest(*(row[2] for row in rows)))
        words: dict[str, list[str | None]] = {}
        meanings: dict[str, list[Any]] = {}
        for name, column in self.columns.items():
            at = self.places.get(name, len(cells))
            read = self._read(name, column, cells[at]) if at < len(cells) else None
            words[name], meanings[name] = read or _empty(column, len(rows))
        found = self.plain.verdicts(meanings, self.blank.heading)
        filled = [name for name in self.places if any(words[name])]
        written = zip(*(words[name] for name in filled), strict=True)
        for at, (row, verdict, said) in enumerate(zip(rows, found, written, strict=True)):
            if verdict is None or row[1]:
                found[at] = None
                continue
            verdict.written = dict(zip(filled, said, strict=True))
            if None in said:
                verdict.written = {name: word for name, word in verdict.written.items() if word}
        return found

    def _read(
        self, name: str, column: _Column, cells: Sequence[Cell]
    ) -> tuple[list[str | None], list[Any]]:
        if name in self.plain.unique:
            return list(cells), list(map(self.plain.unique[name], cells))
        keys = cells if {*map(type, cells)} <= {str, type(None)} else map(_key, cells)
        read = list(map(column.__getitem__, keys))
        return [word for word, _ in read], [meant for _, meant in read]


def _empty(column: _Column, length: int) -> tuple[list[str | None], list[Any]]:
    return [None] * length, [column[None][1]] * length
