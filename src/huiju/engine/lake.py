"""The lake: fact tables as Parquet, for machines that compute for a province or the nation.

    <folder>/fact_<name>/city=350200/[month=2015-10/]part-0.parquet
    <folder>/manifest-350200.json

One city writes only its own partitions and its own manifest, so many cities share one lake. People
are the numbers of the fact tables: they join a city's rows to each other and lead to nobody.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huiju.engine.run import read_facts
from huiju.engine.schemas import FACT_TABLES, FactTable

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION = 1


def export(folder: Path, *, city: str, at: datetime) -> dict[str, Any]:
    """Write every fact table as this transaction sees it, and return the manifest.

    Earlier partitions of the same city are replaced. The manifest is written last: a lake whose
    manifest does not match its files was interrupted.
    """
    manifest_path = folder / f"manifest-{city}.json"
    manifest_path.unlink(missing_ok=True)
    manifest = {
        "format": FORMAT_VERSION,
        "city": city,
        "at": at.isoformat(),
        "tables": [_export_table(folder, table, city) for table in FACT_TABLES.values()],
    }
    manifest_path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def changed_files(folder: Path, *, city: str) -> list[str]:
    """Files that are missing or not as the manifest says, by path; empty when the lake is whole."""
    manifest = json.loads((folder / f"manifest-{city}.json").read_text(encoding="utf-8"))
    files = [file for table in manifest["tables"] for file in table["files"]]
    return [file["path"] for file in files if _digest(folder / file["path"]) != file["sha256"]]


def _export_table(folder: Path, table: FactTable, city: str) -> dict[str, Any]:
    order = [table.key, *(["known_from"] if table.is_versioned else [])]
    rows = read_facts(table).sort_by([(column, "ascending") for column in order])
    partition = folder / table.view / f"city={city}"
    shutil.rmtree(partition, ignore_errors=True)
    files = [
        _write(folder, part, partition / name / "part-0.parquet")
        for name, part in _by_month(rows, table)
    ]
    return {
        "name": table.name,
        "rows": rows.num_rows,
        "columns": dict(table.columns),
        "key": table.key,
        "files": files,
    }


def _by_month(rows: pa.Table, table: FactTable) -> list[tuple[str, pa.Table]]:
    """The parts of a table with the name of their folder; a table without months is one part.

    So is one without rows: a lake has files of every table, which tells no rows from rows not written.
    """
    from pyarrow import compute  # noqa: PLC0415 -- slow import

    if table.month is None or rows.num_rows == 0:
        return [("", rows)]
    months = compute.unique(rows[table.month]).to_pylist()
    return [
        (f"month={month:%Y-%m}", rows.filter(compute.equal(rows[table.month], month)))
        for month in sorted(months)
    ]


def _write(folder: Path, rows: pa.Table, path: Path) -> dict[str, Any]:
    from pyarrow import parquet  # noqa: PLC0415 -- slow import

    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(rows, path, compression="zstd")
    name = path.relative_to(folder).as_posix()
    return {"path": name, "rows": rows.num_rows, "sha256": _digest(path)}


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
