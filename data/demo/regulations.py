"""Policy documents, parameters, relations and targets, kept beside this file as tables.

They are real, each with how sure we are and where it was seen. Confidence: O official text seen,
S secondary page, I inferred, K known without a page. A parameter whose value was not seen stands there
as unknown (不明); nothing is filled in by guess.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Listing:
    """One list an office keeps, and the day it was entered."""

    name: str
    kind: str
    title: str
    headings: list[str]
    rows: list[list[object]]
    as_of: date


def listings() -> list[Listing]:
    """The lists in the order of import: each day's documents, then what cites them."""
    documents = _by_day("documents.csv", "policies", "政策文件")
    later = [
        *_by_day("parameters.csv", "parameters", "政策参数"),
        *_by_day("relations.csv", "relations", "政策文件关系"),
        *_by_day("targets.csv", "targets", "政策目标"),
    ]
    return sorted([*documents, *later], key=_day)


def _day(listing: Listing) -> date:
    return listing.as_of


def _by_day(name: str, kind: str, title: str) -> Iterator[Listing]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        (_entered, *headings), *rows = csv.reader(file)
    for day in sorted({row[0] for row in rows}):
        lines: list[list[object]] = [list(row[1:]) for row in rows if row[0] == day]
        as_of = date.fromisoformat(day)
        yield Listing(f"{day}{title}.xlsx", kind, f"{title}（{day}录入）", headings, lines, as_of)
