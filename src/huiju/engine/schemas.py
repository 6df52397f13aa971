"""The fact tables: what computed tables are computed from, described once.

A fact table is a view of PostgreSQL (`fact_…`, made by a migration of the package that owns the
rows, with the reader's row security) and a folder of the lake. It holds what figures and
allowances need and nothing that names a human: people are numbers that mean nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

WHOLE, TEXT, DAY, INSTANT, YES_NO = "int64", "string", "date", "timestamp('UTC', 6)", "boolean"


@dataclass(frozen=True)
class FactTable:
    """One fact table. `key` names a row; `month` is the column the lake is partitioned by, if any.

    A table whose rows are versions has `known_from` (in) and `known_to` (out; null = believed now). A
    version may stand in several rows, one for each span of belief; at any instant its key is unique.
    """

    name: str
    key: str
    columns: Mapping[str, str]
    month: str | None = None

    @property
    def view(self) -> str:
        """Its name in SQL."""
        return f"fact_{self.name}"

    @property
    def is_versioned(self) -> bool:
        """Whether its rows are versions of facts that can be asked for as known at an instant."""
        return "known_to" in self.columns


KNOWN = {"known_from": INSTANT, "known_to": INSTANT}

FACT_TABLES = {
    table.name: table
    for table in (
        FactTable(
            name="person",
            key="person",
            columns={
                "person": WHOLE,
                "sex": TEXT,
                "birth_year": WHOLE,
                "field": TEXT,
                "file_district": TEXT,
            },
        ),
        FactTable(
            name="certificate",
            key="certificate",
            columns={
                "certificate": WHOLE,
                "person": WHOLE,
                "fact": TEXT,
                "level": TEXT,
                "approved_on": DAY,
                "revoked_on": DAY,
                **KNOWN,
            },
        ),
        FactTable(
            name="post",
            key="post",
            columns={
                "post": WHOLE,
                "person": WHOLE,
                "fact": TEXT,
                "district": TEXT,
                "district_code": TEXT,
                "street": TEXT,
                "employer": WHOLE,
                "employer_kind": TEXT,
                "established": YES_NO,
                "starts_on": DAY,
                "ends_on": DAY,
                **KNOWN,
            },
        ),
        FactTable(
            name="leave",
            key="leave",
            columns={
                "leave": WHOLE,
                "person": WHOLE,
                "fact": TEXT,
                "kind": TEXT,
                "starts_on": DAY,
                "ends_on": DAY,
                **KNOWN,
            },
        ),
        FactTable(
            name="death",
            key="death",
            columns={
                "death": WHOLE,
                "person": WHOLE,
                "fact": TEXT,
                "died_on": DAY,
                **KNOWN,
            },
        ),
        FactTable(
            name="policy_document",
            key="document",
            columns={
                "document": WHOLE,
                "government": TEXT,
                "aspect": TEXT,
                "district": TEXT,
                "issued_on": DAY,
                "year": WHOLE,
                **KNOWN,
            },
        ),
        FactTable(
            name="parameter",
            key="value_ref",
            columns={
                "value_ref": WHOLE,
                "code": TEXT,
                "place_id": WHOLE,
                "starts_on": DAY,
                "ends_on": DAY,
                "value": WHOLE,
                **KNOWN,
            },
        ),
        FactTable(
            name="allowance_line",
            key="line",
            columns={
                "line": WHOLE,
                "run": WHOLE,
                "person": WHOLE,
                "month": DAY,
                "district": TEXT,
                "place": WHOLE,
                "level": TEXT,
                "amount_fen": WHOLE,
                **KNOWN,
            },
            month="month",
        ),
        FactTable(
            name="budget_posting",
            key="posting",
            columns={
                "posting": WHOLE,
                "entry": WHOLE,
                "line": WHOLE,
                "year": WHOLE,
                "payer": TEXT,
                "subject": TEXT,
                "district": TEXT,
                "account": TEXT,
                "kind": TEXT,
                "posted_on": DAY,
                "amount_fen": WHOLE,
                **KNOWN,
            },
        ),
    )
}


def every_version(name: str) -> Table:
    """A fact table with all its versions, those no longer believed too."""
    import ibis  # noqa: PLC0415 -- slow import

    table = FACT_TABLES[name]
    return ibis.table(dict(table.columns), name=table.view)


class Facts(Mapping[str, "Table"]):
    """The fact tables by name, narrowed to what was believed at an instant; None is now."""

    def __init__(self, *, known_at: datetime | None) -> None:
        self.known_at = known_at and known_at.astimezone(UTC)

    def __getitem__(self, name: str) -> Table:
        table = every_version(name)
        if not FACT_TABLES[name].is_versioned:
            return table
        believed = table.known_to.isnull()
        if self.known_at is None:
            return table.filter(believed)
        return table.filter(
            table.known_from <= self.known_at, believed | (table.known_to > self.known_at)
        )

    def __iter__(self) -> Iterator[str]:
        return iter(FACT_TABLES)

    def __len__(self) -> int:
        return len(FACT_TABLES)


def first_of_each(table: Table, *, of: str, order_by: list[Value]) -> Table:
    """One row for each value of the column `of`: the first in an order that ends in a unique column."""
    import ibis  # noqa: PLC0415 -- slow import

    place = ibis.row_number().over(group_by=of, order_by=order_by)
    ranked = table.mutate(place_in_group=place)
    return ranked.filter(ranked.place_in_group == 0).drop("place_in_group")
