"""Rules in stages: an expression whose intermediate tables have names.

An expression that uses one intermediate table several times would be compiled with a copy of it at each
use. A named stage is compiled once, as a common table expression, on every engine.
"""

from dataclasses import dataclass, field

import ibis
from ibis.expr.types import Column, Table


@dataclass
class Stages:
    """The named intermediate tables of one expression, in the order in which they were kept."""

    kept: dict[str, Table] = field(default_factory=dict)

    def keep(self, name: str, table: Table) -> Table:
        """Name an intermediate table; use what is returned in its place."""
        self.kept[name] = table
        return self.named(name)

    def named(self, name: str) -> Table:
        """A stage kept before."""
        return ibis.table(self.kept[name].schema(), name=name)

    def result(self, table: Table) -> "Staged":
        """The finished expression."""
        return Staged(stages=tuple(self.kept.items()), table=table)


@dataclass(frozen=True)
class Staged:
    """An expression with its stages. Its input tables are meant by their names."""

    stages: tuple[tuple[str, Table], ...]
    table: Table
    made: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def sql(self, dialect: str) -> str:
        """One statement for an engine: "duckdb", "postgres" or "pyspark". Made once: it takes a second."""
        if dialect not in self.made:
            self.made[dialect] = self._sql(dialect)
        return self.made[dialect]

    def _sql(self, dialect: str) -> str:
        named = [f'"{name}" AS (\n{_compiled(table, dialect)}\n)' for name, table in self.stages]
        stages = f"WITH {', '.join(named)}\n" if named else ""
        return f"{stages}SELECT * FROM (\n{_compiled(self.table, dialect)}\n) AS result"  # noqa: S608 -- compiled by ibis


def whole(total: Column) -> Column:
    """A sum as int64. Engines sum integers into a wider type than ibis believes, so a plain cast is left out."""
    return total.cast("decimal(38, 0)").cast("int64")


def day(moment: Column) -> Column:
    """A date moved by an interval, as a date. Engines make it a timestamp where ibis believes in a date."""
    return moment.cast("timestamp").cast("date")


def _compiled(table: Table, dialect: str) -> str:
    return str(ibis.to_sql(table, dialect=dialect))
