"""Invented facts for N people, the same every time, as Parquet files in a folder: the rules' inputs.

    facts.py FOLDER PEOPLE

Of ten people one holds a second, higher certificate, two have changed post and district, and of a
hundred three were on leave. Nothing is random: every attribute is arithmetic on the person's number.
"""

import sys
from pathlib import Path

import duckdb

CERTIFICATES = """
SELECT person, level, starts_on, CAST(NULL AS DATE) AS ends_on, person * 2 + second AS cert_ref
  FROM (SELECT i AS person, i % 3 % 2 AS level, DATE '2008-01-01' + CAST(i * 37 % 6000 AS INTEGER) AS starts_on, 0 AS second
          FROM range({people}) t(i)
         UNION ALL
        SELECT i, 2, DATE '2020-01-01' + CAST(i * 11 % 2100 AS INTEGER), 1 FROM range({people}) t(i) WHERE i % 10 = 3)
"""
POSTS = """
SELECT 1::BIGINT AS scheme, person, district, starts_on, ends_on, person * 2 + second AS post_ref
  FROM (SELECT i AS person, i % 6 AS district, DATE '2010-01-01' + CAST(i * 13 % 5000 AS INTEGER) AS starts_on,
               CASE WHEN i % 5 = 1 THEN DATE '2024-12-20' + CAST(i * 7 % 300 AS INTEGER) END AS ends_on, 0 AS second
          FROM range({people}) t(i)
         UNION ALL
        SELECT i, (i + 1) % 6, DATE '2024-12-20' + CAST(i * 7 % 300 + 3 AS INTEGER), NULL, 1 FROM range({people}) t(i) WHERE i % 5 = 1)
"""
LEAVES = """
SELECT i AS person, DATE '2025-02-10' + CAST(i % 200 AS INTEGER) AS starts_on,
       DATE '2025-02-10' + CAST(i % 200 + 20 AS INTEGER) AS ends_on
  FROM range({people}) t(i) WHERE i % 100 IN (7, 8, 9)
"""
RATES = """
SELECT 1::BIGINT AS scheme, level::BIGINT AS level, CAST(NULL AS BIGINT) AS district, DATE '2014-01-01' AS starts_on,
       CAST(NULL AS DATE) AS ends_on, (20000 + 10000 * level)::BIGINT AS rate_fen, level::BIGINT AS rate_ref FROM range(3) t(level)
 UNION ALL SELECT 1, level, 4, DATE '2025-07-01', NULL, 25000 + 10000 * level, 10 + level FROM range(3) t(level)
"""
TABLES = {"certificates": CERTIFICATES, "posts": POSTS, "leaves": LEAVES, "rates": RATES}


def write(folder: Path, people: int) -> None:
    """Write the four tables; those already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, query in TABLES.items():
        path = folder / f"{name}.parquet"
        if not path.exists():
            typed = query.format(people=people)
            duckdb.sql(f"COPY ({typed}) TO '{path}' (FORMAT parquet)")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
