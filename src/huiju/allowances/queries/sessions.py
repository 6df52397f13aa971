"""The two machines of a simulation: the same staged expressions in DuckDB here, or by Spark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import ibis
import pyarrow as pa

from huiju.allowances.rules.computing import Row
from huiju.allowances.rules.stages import Staged
from huiju.engine import spark
from huiju.engine.run import SPARK, EngineUnavailable, bounded_duckdb, require_one_whole_city
from huiju.engine.schemas import FACT_TABLES, FactTable

if TYPE_CHECKING:
    from ibis.expr.types import Table

PEOPLE = ("certificate", "post", "leave")
"""The fact tables of a lake that say who is due what."""


class Session(Protocol):
    """Named tables, and expressions over them."""

    def give(self, name: str, rows: pa.Table) -> None:
        """Name a table; an earlier one of the name is forgotten."""

    def define(self, name: str, table: Table) -> None:
        """Name an expression over the fact tables of the session's lake."""

    def keep(self, name: str, staged: Staged) -> None:
        """Compute an expression now and name its rows: what it read may change afterwards."""

    def rows(self, staged: Staged) -> list[Row]:
        """The rows of an expression."""

    def close(self) -> None:
        """Forget everything."""


class InDuckdb:
    """A session in this process, with bounded memory."""

    def __init__(self, lake: Path | None) -> None:
        self.engine = bounded_duckdb()
        for table in _of_lake(lake):
            files = str(lake / table.view / "**" / "*.parquet") if lake else ""
            self.engine.execute(
                f"CREATE VIEW {table.view} AS SELECT {', '.join(table.columns)} FROM"  # noqa: S608 -- our names
                f" read_parquet($${files}$$, hive_partitioning => false)"
            )

    def give(self, name: str, rows: pa.Table) -> None:
        self.engine.register(name, rows)

    def define(self, name: str, table: Table) -> None:
        statement = ibis.to_sql(table, dialect="duckdb")
        self.engine.execute(f"CREATE OR REPLACE VIEW {name} AS {statement}")

    def keep(self, name: str, staged: Staged) -> None:
        self.engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {staged.sql('duckdb')}")

    def rows(self, staged: Staged) -> list[Row]:
        found: list[Row] = self.engine.sql(staged.sql("duckdb")).to_arrow_table().to_pylist()
        return found

    def close(self) -> None:
        self.engine.close()


class OnSpark:
    """A session of the Java process all Spark sessions share. Raises EngineUnavailable."""

    def __init__(self, lake: Path | None) -> None:
        if lacks := spark.lacking():
            raise EngineUnavailable(SPARK, lacks)
        self.session = spark.new_session()
        for table in _of_lake(lake):
            if lake:
                spark.show(self.session, table.view, dict(table.columns), lake / table.view)

    def give(self, name: str, rows: pa.Table) -> None:
        self.session.createDataFrame(rows).createOrReplaceTempView(name)

    def define(self, name: str, table: Table) -> None:
        statement = str(ibis.to_sql(table, dialect=spark.DIALECT, pretty=False))
        self.session.sql(statement).createOrReplaceTempView(name)

    def keep(self, name: str, staged: Staged) -> None:
        rows = spark.in_stages(self.session, staged.stages, staged.table).localCheckpoint()
        rows.createOrReplaceTempView(name)

    def rows(self, staged: Staged) -> list[Row]:
        frame = spark.in_stages(self.session, staged.stages, staged.table)
        found: list[Row] = frame.toArrow().to_pylist()
        return found

    def close(self) -> None:
        for view in self.session.catalog.listTables():
            self.session.catalog.dropTempView(view.name)


def session_on(engine: str, lake: Path | None) -> Session:
    """A session on an engine by name, over a lake of one city or none.

    Raises EngineUnavailable, LakeIncomplete, LakeOfSeveralCities.
    """
    return OnSpark(lake) if engine == SPARK else InDuckdb(lake)


def _of_lake(lake: Path | None) -> tuple[FactTable, ...]:
    if lake is None:
        return ()
    tables = tuple(FACT_TABLES[name] for name in PEOPLE)
    require_one_whole_city(lake, tables)
    return tables
