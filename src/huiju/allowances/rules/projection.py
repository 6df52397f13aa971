"""Head counts of future months by stated yearly shares of entry and exit, in whole people.

Every sum is rounded once, over all cells together, and each cell gets the difference of two neighbouring
sums. So nobody is lost: the cells add up to the whole in every month, and closing = opening + entered − left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Cell = TypeVar("Cell")
YEAR = 12
PERMILLE = 1000


@dataclass(frozen=True)
class Assumptions:
    """Shares, in thousandths of the head count at the start of each year, that enter and leave in a year."""

    entry_permille: int = 0
    exit_permille: int = 0

    def __post_init__(self) -> None:
        if not (self.entry_permille >= 0 and 0 <= self.exit_permille <= PERMILLE):
            raise ValueError(self)


@dataclass(frozen=True)
class Flow:
    """A cell at the end of a month, and who entered and left since the start of its year."""

    opening: int
    entered: int
    left: int

    @property
    def people(self) -> int:
        return self.opening + self.entered - self.left


def project(
    counted: Mapping[Cell, int], months: int, assumed: Assumptions
) -> list[dict[Cell, Flow]]:
    """The cells after 1, 2, … `months` months. Their order decides where a rounded person goes."""
    opening, found = dict(counted), []
    for month in range(months):
        passed = month % YEAR + 1
        entered = _portions(opening, assumed.entry_permille * passed)
        left = _portions(opening, assumed.exit_permille * passed)
        flows = {cell: Flow(opening[cell], entered[cell], left[cell]) for cell in opening}
        found.append(flows)
        if passed == YEAR:
            opening = {cell: flow.people for cell, flow in flows.items()}
    return found


def _portions(opening: Mapping[Cell, int], twelfths_permille: int) -> dict[Cell, int]:
    """The rounded-down share of all cells up to each one, less that of all before it."""
    portions, people, given = {}, 0, 0
    for cell, count in opening.items():
        people += count
        upto = people * twelfths_permille // (YEAR * PERMILLE)
        portions[cell] = upto - given
        given = upto
    return portions
