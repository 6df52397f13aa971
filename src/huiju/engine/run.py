"""Run an Ibis expression over the fact tables: in PostgreSQL, in DuckDB inside this process, or by Spark."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from huiju.engine import spark
from huiju.engine.schemas import FACT_TABLES, FactTable

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from ibis.expr.types import Expr

POSTGRES, DUCKDB, SPARK = "postgres", "duckdb", "spark"
DIALECTS = {POSTGRES: "postgres", DUCKDB: "duckdb", SPARK: spark.DIALECT}
MEMORY_LIMIT, THREADS = "512MB", 2
READ_AT_ONCE = 2**20


class EngineUnavailable(Exception):
    """An engine that does not exist or is not installed was asked for; the text is its name.

    `lacks` is what must be installed for it (`spark.PYSPARK`, `spark.JAVA`), "" for an unknown engine.
    """

    def __init__(self, engine: str, lacks: str = "") -> None:
        super().__init__(engine)
        self.lacks = lacks


class LakeIncomplete(Exception):
    """A folder given as a lake has no files of a fact table; the text is the table's folder."""


class LakeOfSeveralCities(Exception):
    """A folder given as a lake holds cities whose record numbers mean different records; the text lists them."""


@dataclass(frozen=True)
class Statement:
    """An expression made ready for one engine: its SQL, the columns it gives and what it reads."""

    engine: str
    sql: str
    columns: pa.Schema
    reads: tuple[FactTable, ...]


def prepared(expr: Expr, *, engine: str = POSTGRES) -> Statement:
    """The statement of an expression, which takes some 20 ms to make and may be kept.

    Literals are in it, escaped; it has no parameters. Raises EngineUnavailable.
    """
    import ibis  # noqa: PLC0415 -- slow import

    if engine not in DIALECTS:
        raise EngineUnavailable(engine)
    if engine == SPARK and (lacks := spark.lacking()):
        raise EngineUnavailable(engine, lacks)
    table = expr.as_table()
    sql = str(ibis.to_sql(table, dialect=DIALECTS[engine], pretty=False))
    return Statement(engine, sql, table.schema().to_pyarrow(), tuple(tables_in(table)))


def run(statement: Statement, *, lake: Path | None = None) -> pa.Table:
    """The rows of a statement, as an Arrow table.

    `postgres` runs on Django's connection: in its transaction, under the reader's row security.
    `duckdb` reads the fact tables through that same connection, or from the Parquet files of a
    lake (`lake`, its folder), and computes in this process with bounded memory and threads.
    `spark` reads a lake; where none is named, the tables the statement reads are first written out
    through that same connection, to a folder of the instance that is removed afterwards.
    Raises LakeIncomplete, LakeOfSeveralCities.
    """
    if statement.engine == POSTGRES:
        return _in_postgres(statement)
    if lake is not None:
        require_one_whole_city(lake, statement.reads)
    return _in_duckdb(statement, lake) if statement.engine == DUCKDB else _in_spark(statement, lake)


def execute(expr: Expr, *, engine: str = POSTGRES, lake: Path | None = None) -> pa.Table:
    """The rows of an expression over fact tables; `prepared` and `run` in one."""
    return run(prepared(expr, engine=engine), lake=lake)


def _in_postgres(statement: Statement) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    with connection.cursor() as cursor:
        cursor.execute(statement.sql)
        rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else [()] * len(statement.columns)
    typed = zip(columns, statement.columns, strict=True)
    arrays = [pa.array(column, field.type) for column, field in typed]
    return pa.Table.from_arrays(arrays, schema=statement.columns)


@contextmanager
def together(*, where: Mapping[str, str]) -> Iterator[Callable[[Statement], pa.Table]]:
    """Runs one statement after another in one DuckDB, for which each fact table is read once.

    It is read through Django's connection; `where` narrows what is read of a table, by its name. What
    stays in PostgreSQL is run there.
    """
    known: set[str] = set()
    with closing(bounded_duckdb()) as database:

        def rows(statement: Statement) -> pa.Table:
            if statement.engine != DUCKDB:
                return run(statement)
            for table in statement.reads:
                if table.name not in known:
                    facts = read_facts(table, where=where.get(table.name, "TRUE"))
                    database.register(table.view, facts)
                    known.add(table.name)
            return database.sql(statement.sql).to_arrow_table().cast(statement.columns)

        yield rows


def _in_duckdb(statement: Statement, lake: Path | None) -> pa.Table:
    with closing(bounded_duckdb()) as database:
        for table in statement.reads:
            if lake is None:
                database.register(table.view, read_facts(table))
            else:
                files = str(lake / table.view / "**" / "*.parquet")
                columns = ", ".join(table.columns)
                database.execute(
                    f"CREATE VIEW {table.view} AS SELECT {columns} FROM"  # noqa: S608 -- our names
                    f" read_parquet($${files}$$, hive_partitioning => false)"
                )
        return database.sql(statement.sql).to_arrow_table().cast(statement.columns)


def _in_spark(statement: Statement, lake: Path | None) -> pa.Table:
    from pyarrow import parquet  # noqa: PLC0415 -- slow import

    if lake is not None:
        rows = spark.run(statement.sql, lake=lake, tables=statement.reads)
        return rows.cast(statement.columns)
    with TemporaryDirectory(prefix="lake-", dir=settings.HUIJU_HOME) as folder:
        for table in statement.reads:
            part = Path(folder) / table.view / "part-0.parquet"
            part.parent.mkdir()
            parquet.write_table(read_facts(table), part)
        return _in_spark(statement, Path(folder))


def require_one_whole_city(lake: Path, tables: tuple[FactTable, ...]) -> None:
    """A table without rows has a file without rows: where there is no file, something is missing.

    Person 7 of one city is not person 7 of another, so cities are not computed as one.
    """
    for table in tables:
        if not any((lake / table.view).rglob("*.parquet")):
            raise LakeIncomplete(table.view)
        cities = sorted(folder.name for folder in (lake / table.view).glob("city=*"))
        if len(cities) > 1:
            raise LakeOfSeveralCities(", ".join(cities))


def bounded_duckdb() -> duckdb.DuckDBPyConnection:
    """An empty database in memory that fetches nothing and takes neither all cores nor all memory."""
    import duckdb  # noqa: PLC0415 -- slow import

    return duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": THREADS,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def tables_in(expr: Expr) -> list[FactTable]:
    """The fact tables an expression reads, each once."""
    from ibis.expr import operations  # noqa: PLC0415 -- slow import

    views = {table.name for table in expr.op().find(operations.UnboundTable)}
    return [table for table in FACT_TABLES.values() if table.view in views]


def read_facts(
    table: FactTable, *, where: str = "TRUE", only: tuple[str, ...] | None = None
) -> pa.Table:
    """A fact table out of PostgreSQL, as this transaction and its reader see it, or `only` some columns of it.

    It travels as CSV by COPY on Django's own connection: a second connection would neither have
    the reader's reach nor see what this transaction has written.
    """
    columns = ", ".join(only or table.columns)
    query = f"SELECT {columns} FROM {table.view} WHERE {where}"  # noqa: S608 -- described names
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER true)"
    with connection.cursor() as cursor, cursor.copy(statement) as blocks:
        return _arrow_of_csv(io.BufferedReader(_BlockReader(blocks), READ_AT_ONCE), table)


def _arrow_of_csv(stream: io.BufferedReader, table: FactTable) -> pa.Table:
    import ibis  # noqa: PLC0415 -- slow import
    from pyarrow import csv  # noqa: PLC0415 -- slow import

    types = {field.name: field.type for field in ibis.schema(dict(table.columns)).to_pyarrow()}
    return csv.read_csv(
        stream,
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


class _BlockReader(io.RawIOBase):
    """The blocks of a COPY, a row each, as one stream. Read it through a buffer: Arrow makes a chunk of
    whatever one read gives it.
    """

    def __init__(self, blocks: Any) -> None:
        self._blocks, self._left = iter(blocks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken


def refresh_statistics() -> None:
    """Tell the planner what the tables hold now; call it after writing some thousand rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_statistics()")
