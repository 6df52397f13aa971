"""The sheets of a file's flat stream of rows, and the regions merged in them."""

from collections.abc import Iterable, Iterator

from huiju.transfers.reading.grid import Row, SheetHead
from huiju.transfers.rules.cells import Cell


def sheets(source: Iterable[SheetHead | list[Row]]) -> Iterator[tuple[SheetHead, Iterator[Row]]]:
    """Group a flat stream of heads and row lists; each sheet's rows must be read before the next."""
    stream = iter(source)
    waiting: list[SheetHead] = []

    def rows() -> Iterator[Row]:
        for message in stream:
            if isinstance(message, SheetHead):
                waiting.append(message)
                return
            yield from message

    for message in stream:
        head: SheetHead | None = message if isinstance(message, SheetHead) else None
        while head is not None:
            yield head, rows()
            head = waiting.pop() if waiting else None


class Merged:
    """Fills merged regions: downwards for records, sideways too for headers."""

    def __init__(self, head: SheetHead) -> None:
        self.starts: dict[int, list[tuple[int, int, int]]] = {}
        for top, left, bottom, right in head.merged:
            self.starts.setdefault(top, []).append((bottom, left, right))
        self.open: dict[int, tuple[int, int, Cell]] = {}

    def filled(self, rows: Iterator[Row]) -> Iterator[tuple[Row, list[Cell]]]:
        """Each row with its vertically merged cells filled, and its cells filled sideways too."""
        for row in rows:
            number, _, cells = row
            if number not in self.starts and not self.open:
                yield row, cells
            else:
                yield row, self._fill(number, cells)

    def _fill(self, number: int, cells: list[Cell]) -> list[Cell]:
        for left, (bottom, _right, value) in list(self.open.items()):
            if number > bottom:
                del self.open[left]
            else:
                _put(cells, left, value)
        for bottom, left, right in self.starts.get(number, ()):
            value = cells[left] if left < len(cells) else None
            self.open[left] = (bottom, right, value)
        wide = list(cells)
        for left, (_, right, value) in self.open.items():
            for at in range(left + 1, right + 1):
                _put(wide, at, value)
        return wide


def _put(cells: list[Cell], at: int, value: Cell) -> None:
    if value is None:
        return
    cells.extend([None] * (at + 1 - len(cells)))
    if cells[at] is None:
        cells[at] = value
