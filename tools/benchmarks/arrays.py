"""The facts of a folder as plain number files, for the second opinion, which reads no Parquet.

arrays.py FOLDER
"""

import sys
from pathlib import Path

import duckdb

QUERIES = {
    "certificates": "SELECT person, level, starts_on - DATE '2000-01-01' AS starts_on FROM '{path}'",
    "posts": "SELECT person, district, starts_on - DATE '2000-01-01' AS starts_on,"
    " coalesce(ends_on - DATE '2000-01-01', 99999) AS ends_on FROM '{path}'",
    "leaves": "SELECT person, starts_on - DATE '2000-01-01' AS starts_on, ends_on - DATE '2000-01-01' AS ends_on"
    " FROM '{path}'",
}


def write(folder: Path) -> None:
    """Each column as little-endian 64-bit integers in a file of its own."""
    for name, query in QUERIES.items():
        table = duckdb.sql(query.format(path=folder / f"{name}.parquet")).to_arrow_table()
        for column in table.column_names:
            values = table[column].combine_chunks().cast("int64")
            (folder / f"{name}.{column}.i64").write_bytes(values.buffers()[1].to_pybytes())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
