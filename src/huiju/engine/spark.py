"""Spark: the statements of figures and rules over Parquet files, for a province or the nation.

An optional dependency: package pyspark and a Java runtime, both looked for only when asked. One
Java process is started for each process that computes, which takes longer than most answers, and
ends with it. Nothing of Spark is exposed to the network on a local master, and it never reads PostgreSQL.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from huiju.engine.schemas import FactTable

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table
    from pyspark.sql import DataFrame, SparkSession

DIALECT = "pyspark"
PYSPARK, JAVA = "pyspark", "java"
LEAST_JAVA = 17
MEMORY = "1g"
# Each task sorts and joins in memory or on disk: 16 parts of a year of a million people fit the bound.
SHUFFLE_PARTS = 16


def lacking() -> str:
    """What Spark needs and this machine has not: `pyspark`, `java`, or nothing ("")."""
    if find_spec("pyspark") is None:
        return PYSPARK
    return "" if _java_version() >= LEAST_JAVA else JAVA


def run(statement: str, *, lake: Path, tables: Iterable[FactTable]) -> pa.Table:
    """The rows of a statement over the fact tables of a lake."""
    session = new_session()
    for table in tables:
        show(session, table.view, dict(table.columns), lake / table.view)
    return session.sql(statement).toArrow()


def show(session: SparkSession, name: str, columns: Mapping[str, Any], path: Path) -> None:
    """Make the Parquet files of a folder, or one file, a view with these columns and no other.

    Folders named like `month=2015-10` are walked but make no columns: the rows say their month.
    """
    import ibis  # noqa: PLC0415 -- slow import
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 -- optional dependency

    schema = from_arrow_schema(ibis.schema(dict(columns)).to_pyarrow())
    files = session.read.schema(schema).option("recursiveFileLookup", "true")
    files.option("pathGlobFilter", "*.parquet").parquet(str(path)).createOrReplaceTempView(name)


def in_stages(
    session: SparkSession, stages: Iterable[tuple[str, Table]], result: Table
) -> DataFrame:
    """An expression whose intermediate tables have names, each computed once and kept until it is read.

    As one statement with common table expressions, a rule of seven stages gave no answer for minutes.
    """
    for name, stage in stages:
        rows = session.sql(_compiled(stage)).localCheckpoint()
        rows.createOrReplaceTempView(name)
    return session.sql(_compiled(result))


def _compiled(table: Table) -> str:
    import ibis  # noqa: PLC0415 -- slow import

    return str(ibis.to_sql(table, dialect=DIALECT, pretty=False))


def new_session() -> SparkSession:
    """A session with views of its own, on the Java process that all sessions of this process share."""
    return _session().newSession()


@cache
def _session() -> SparkSession:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 -- optional dependency
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 -- optional dependency
    from pyspark.sql import SparkSession  # noqa: PLC0415 -- optional dependency

    # Nothing goes through pandas here: rows leave as Arrow.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    conf = SparkConf(loadDefaults=False).setAll(list(_configuration(settings.SPARK_MASTER).items()))
    logs = settings.HUIJU_HOME / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / "spark.log").open("ab") as log:
        to_log = {"stdout": log, "stderr": log}
        gateway = launch_gateway(conf, popen_kwargs=to_log)
    context = SparkContext(conf=conf, gateway=gateway)
    context.setLogLevel("ERROR")
    atexit.register(_stop, context, gateway)
    return SparkSession(context)


def _stop(context: Any, gateway: Any) -> None:
    """End the Java process: it leaves when its input is closed."""
    context.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


def _configuration(master: str) -> dict[str, str]:
    """Spark's settings; those of a cluster's own `SPARK_CONF_DIR` hold where nothing is said here."""
    folder = settings.HUIJU_HOME / "spark"
    always = {
        "spark.master": master,
        "spark.app.name": "huiju",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder),
        "spark.sql.session.timeZone": settings.TIME_ZONE,
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        # what overflows or does not parse is an error, never null
        "spark.sql.ansi.enabled": "true",
    }
    if not master.startswith("local"):
        return always
    return always | {
        "spark.driver.memory": MEMORY,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": str(SHUFFLE_PARTS),
    }


def _java_version() -> int:
    """The version of the Java that Spark would start; 0 without one."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True)  # noqa: S603 -- the user's own Java
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found[1]) if found else 0
