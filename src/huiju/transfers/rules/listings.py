"""Lists that can be taken out as files, and how a cell is made harmless on the way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so may be taken for a formula by the program that opens the file."""


@dataclass(frozen=True)
class Listing:
    """A list a package offers as a file.

    `rows(owner, filters)` gives the rows its owner sees with the list page's filters (the query of
    its address, one text per name), in the order of the page; cells are texts, whole numbers,
    dates or None. Identifiers must be texts. `action` is what the owner must be allowed.
    """

    code: str
    title: Any
    headings: tuple[Any, ...]
    rows: Callable[[Any, dict[str, str]], Iterable[tuple[Any, ...]]]
    action: str


def harmless(text: str) -> str:
    """A text no spreadsheet program takes for a formula, not even after saving it as csv."""
    return f"'{text}" if text.startswith(RISKY) else text
