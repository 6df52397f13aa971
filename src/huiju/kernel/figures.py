"""A published number and its records: one expression, with and without a measure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibis.expr.types import IntegerScalar, Table

# The key under which records without an attribute are counted.
UNRECORDED = "unrecorded"


def count_of(records: Table) -> IntegerScalar:
    """The measure of most figures: how many records there are."""
    return records.count()


@dataclass(frozen=True)
class Figure:
    """What a number means: which records make it up, and how they are measured.

    `records` takes the fact tables as believed at some instant and a day, and gives one row for each
    thing counted, named by the integer column `key`. Each dimension of `by` is a text column of the
    records that is never null, and `measure` is a count or a sum of records, so the parts of a figure
    sum to the whole. `unit` is a word of
    `statistics.enums.Unit`; money is in fen. A changed definition raises `version`, because published
    values keep the version they were made by.
    """

    code: str
    title: Any
    definition: Any
    unit: str
    key: str
    records: Callable[[Mapping[str, Table], date], Table]
    by: tuple[str, ...] = ()
    measure: Callable[[Table], IntegerScalar] = count_of
    version: int = 1


def digest_of(keys: Iterable[int]) -> str:
    """SHA-256 of record keys, ascending, a line each: equal exactly when the records are."""
    lines = "".join(f"{key}\n" for key in sorted(keys))
    return hashlib.sha256(lines.encode()).hexdigest()
