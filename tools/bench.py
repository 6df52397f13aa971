"""Measure the design's targets as ratios, in one run on this machine: `make bench`.

    bench.py                    sizes 10,000 and 100,000 everywhere, 1,000,000 for the rules alone
    bench.py --quick            10,000 and 100,000 only
    bench.py --rows 1,3         only these rows of the table

Every measurement is a process of its own (tools/benchmarks/), so peaks are its own. Everything is
made and kept in var/bench; the instance in ./var is left alone. The table goes to docs/benchmarks.md.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"
SCRIPTS = ROOT / "tools" / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks.md"
OPENFISCA = HOME / "openfisca" / "bin" / "python"
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000


@dataclass(frozen=True)
class Finding:
    """One line of the table. `met` is None where the target does not speak of this size."""

    row: int
    work: str
    size: int
    measured: str
    against: str
    ratio: str
    target: str
    met: bool | None


class Missing(Exception):
    """A measurement that this machine or this release cannot make; the text says why."""


def run(script: str, *words: object, instance: int = 0, owner: bool = False) -> dict[str, Any]:
    """What a measurement printed. With `instance` it runs in the instance of that many people."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "huiju.config.settings"}
    environment |= {"HUIJU_HOME": str(HOME / f"instance-{instance}"), "HUIJU_DATABASE_URL": ""}
    environment |= {"HUIJU_DATABASE_ROLE": "owner"} if owner else {}
    python = OPENFISCA if script == "openfisca_opinion" else sys.executable
    command = [str(python), str(SCRIPTS / f"{script}.py"), *map(str, words)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
    printed = done.stdout.decode().strip()
    return json.loads(printed.splitlines()[-1]) if printed else {}


def facts(people: int) -> Path:
    """The folder with the invented facts of so many people."""
    folder = HOME / f"facts-{people}"
    run("facts", folder, people)
    return folder


def instance(people: int) -> None:
    """An instance of its own, with its own database, filled once."""
    environment = os.environ | {
        "HUIJU_HOME": str(HOME / f"instance-{people}"),
        "HUIJU_DATABASE_URL": "",
    }
    huiju = [sys.executable, "-m", "huiju.config", "init"]
    subprocess.run(huiju, env=environment, cwd=ROOT, check=True, capture_output=True)
    run("city", people, instance=people, owner=True)


def stop(people: int) -> None:
    environment = os.environ | {
        "HUIJU_HOME": str(HOME / f"instance-{people}"),
        "HUIJU_DATABASE_URL": "",
    }
    huiju = [sys.executable, "-m", "huiju.config", "stop"]
    subprocess.run(huiju, env=environment, cwd=ROOT, check=False, capture_output=True)


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def months_of_lines(sizes: list[int]) -> list[Finding]:
    """Row 1: a month and twelve months as lines with all references."""
    found = []
    for people in sizes:
        for months in (1, 12):
            got = run("months", facts(people), people, months)
            ratio = got["seconds"] / got["baseline"]
            found.append(
                Finding(
                    1,
                    f"{months} month(s), {got['lines']:,} lines as Parquet, peak {got['peak_mb']:.0f} MB",
                    people,
                    seconds(got["seconds"]),
                    f"reading and writing alone {seconds(got['baseline'])}",
                    f"{ratio:.1f} ×",
                    "≤ 3 ×, ≤ 600 MB at 1,000,000",
                    None if people < LARGE else ratio <= 3 and got["peak_mb"] <= 600,
                )
            )
    return found


def kept_in_postgres(sizes: list[int]) -> list[Finding]:
    """Row 2: a month computed and committed."""
    found = []
    for people in sizes:
        got = run("persisted", instance=people)
        ratio = got["seconds"] / got["baseline"]
        found.append(
            Finding(
                2,
                f"a month of all districts kept in PostgreSQL, {got['lines']:,} lines",
                people,
                seconds(got["seconds"]),
                f"COPY of the rows and building keys and indexes {seconds(got['baseline'])}",
                f"{ratio:.1f} ×",
                "≤ 1.5 ×",
                ratio <= 1.5,
            )
        )
    return found


def second_opinion(sizes: list[int]) -> list[Finding]:
    """Row 3: twelve months of totals beside OpenFisca-core, whose sums must be equal."""
    ensure_openfisca()
    found = []
    for people in sizes:
        folder = facts(people)
        run("arrays", folder)
        ours = run("months", folder, people, "totals")
        theirs = run("openfisca_opinion", folder, people)
        if ours["by_month"] != theirs["by_month"]:
            raise SystemExit(f"the sums differ: {ours['by_month']} and {theirs['by_month']}")
        ratio = ours["seconds"] / theirs["seconds"]
        found.append(
            Finding(
                3,
                "simulation of twelve months, totals; sums of every month equal",
                people,
                seconds(ours["seconds"]),
                f"OpenFisca-core with its pivot {seconds(theirs['seconds'])}",
                f"{ratio:.2f} ×",
                "≤ 0.5 × at 1,000,000",
                None if people < LARGE else ratio <= 0.5,
            )
        )
    return found


def ensure_openfisca() -> None:
    """OpenFisca-core in an environment of its own; Missing where it cannot be had."""
    if OPENFISCA.exists():
        return
    folder = OPENFISCA.parent.parent
    venv.create(folder, with_pip=True)
    wanted = ["--require-hashes", "-r", str(ROOT / "requirements" / "openfisca.txt")]
    try:
        pip = [str(OPENFISCA), "-m", "pip", "install", "-q", *wanted]
        subprocess.run(pip, check=True, capture_output=True)
    except subprocess.CalledProcessError as failed:
        OPENFISCA.unlink(missing_ok=True)
        raise Missing("OpenFisca-core could not be installed on this machine") from failed


def wind_tunnel(sizes: list[int]) -> list[Finding]:
    """Row 4: rate scenarios and another month rule over 36 months, from prepared segments."""
    found = []
    for people in sizes:
        got = run("windtunnel", facts(people))
        prepared = f"{got['segments']:,} segments prepared in {seconds(got['preparing'])}"
        for work, key, most in (
            ("1,000 rate scenarios × 36 months; the first is what the rules compute", "rates", 1.0),
            ("another month rule × 36 months; equal to the rules in full", "rule", 0.3),
        ):
            met = None if people < LARGE else got[key] <= most
            took, target = seconds(got[key]), f"≤ {seconds(most)} at 1,000,000"
            found.append(Finding(4, work, people, took, prepared, "—", target, met))
    return found


def on_spark(sizes: list[int]) -> list[Finding]:
    """Row 5: a month's lines by DuckDB and by Spark on two cores, whose digests must be equal."""
    ensure_spark()
    found = []
    for people in sizes:
        folder = facts(people)
        here, there = (run("on_spark", folder, 1, engine) for engine in ("duckdb", "spark"))
        ours = run("on_spark", folder, 1, "digest", folder / "due-by-duckdb-1")
        theirs = run("on_spark", folder, 1, "digest", folder / "due-by-spark-1" / "*.parquet")
        found.append(
            Finding(
                5,
                f"a month on Spark local[2], started in {seconds(there['start'])}: {theirs['lines']:,}"
                f" lines, digest {theirs['digest'][:12]}",
                people,
                seconds(there["seconds"]),
                f"DuckDB {seconds(here['seconds'])}, {ours['lines']:,} lines, digest"
                f" {ours['digest'][:12]}",
                f"{there['seconds'] / here['seconds']:.1f} ×",
                "identical digests",
                ours == theirs,
            )
        )
    return found


def ensure_spark() -> None:
    """Spark beside this environment's packages; Missing where it or Java cannot be had."""
    if not shutil.which("java"):
        raise Missing("Spark needs Java 17, which this machine has not")
    setup = [sys.executable, str(ROOT / "tools" / "setup.py"), "spark"]
    try:
        subprocess.run(setup, check=True, capture_output=True)
    except subprocess.CalledProcessError as failed:
        raise Missing("Spark could not be installed on this machine") from failed


def dashboards(sizes: list[int]) -> list[Finding]:
    """Row 6: the dashboard of the city with all figures, over the largest tables there are."""
    found, before = [], 0.0
    for people in sizes:
        took = pages(people)["dashboard_p95"]
        growth = f"; growth {took / before:.1f} × for 10 × the people" if before else ""
        found.append(
            Finding(
                6,
                f"city dashboard, all figures, warm, 95th percentile{growth}",
                people,
                seconds(took),
                "—",
                "—",
                "≤ 300 ms; growth < 10 ×",
                took <= 0.3,
            )
        )
        before = took
    return found


def lists(sizes: list[int]) -> list[Finding]:
    """Row 7: the list of workers, filtered, beside the same list of bare Django."""
    found = []
    for people in sizes:
        got = pages(people)
        ratio = got["list_median"] / got["bare_median"]
        small = got["list_queries"] <= 12 and got["list_kb"] <= 150
        found.append(
            Finding(
                7,
                f"list of workers, filtered: {got['list_queries']} queries, {got['list_kb']:.0f} kB",
                people,
                seconds(got["list_median"]),
                f"bare Django {seconds(got['bare_median'])}",
                f"{ratio:.1f} ×",
                "≤ 2.5 ×, ≤ 12 queries, ≤ 150 kB",
                ratio <= 2.5 and small,
            )
        )
    return found


def rosters(sizes: list[int]) -> list[Finding]:
    """Row 8: rosters of 10,000 and 100,000 rows."""
    found = []
    for rows in (SMALL, MIDDLE):
        got = run("roster", rows, HOME / f"roster-{rows}.xlsx", instance=sizes[0])
        ratio = got["seconds"] / got["baseline"]
        found.append(
            Finding(
                8,
                f"roster read, judged, staged; {got['rows_accepted']:,} accepted, peak {got['peak_mb']:.0f} MB",
                rows,
                seconds(got["seconds"]),
                f"calamine alone {seconds(got['baseline'])}",
                f"{ratio:.1f} ×",
                "≤ 3 ×, ≤ 300 MB at 100,000",
                None if rows < MIDDLE else ratio <= 3 and got["peak_mb"] <= 300,
            )
        )
    return found


measured_pages: dict[int, dict[str, Any]] = {}


def pages(people: int) -> dict[str, Any]:
    """Both pages of an instance, measured once."""
    if people not in measured_pages:
        measured_pages[people] = run("pages", instance=people)
    return measured_pages[people]


ROWS: dict[int, Callable[[list[int]], list[Finding]]] = {
    1: months_of_lines,
    2: kept_in_postgres,
    3: second_opinion,
    4: wind_tunnel,
    5: on_spark,
    6: dashboards,
    7: lists,
    8: rosters,
}
IN_MEMORY = {1, 3, 4, 5}


def machine() -> str:
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, load before the run {load:.1f}"
    )


def commit() -> str:
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(git, check=False, capture_output=True).stdout.decode().strip()


def page(findings: list[Finding], absent: dict[int, str], header: str, command: str) -> str:
    """The results as Markdown."""
    words = {True: "yes", False: "**no**", None: "—"}
    table = [
        f"| {f.row} | {f.work} | {f.size:,} | {f.measured} | {f.against} | {f.ratio} | {f.target} | {words[f.met]} |"
        for f in findings
    ]
    missing = [f"- Row {row}: {why}." for row, why in absent.items()]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Made by `make bench`. Ratios are taken in one run, on one machine, with everything invented by",
            "arithmetic (no random numbers), so that another machine gives other seconds and the same ratios.",
            "Sizes are people, for rosters rows. The row numbers are those of the design's table of targets.",
            "",
            f"{header} Load at the end {os.getloadavg()[0]:.1f}; above the number of cores, others were at work too.",
            "",
            f"Command: `{command}`",
            "",
            "| row | work | size | measured | against | ratio | target | met |",
            "|---|---|---|---|---|---|---|---|",
            *table,
            "",
            "Not measured:",
            "",
            *missing,
            "- Row 9 (mock examination): its package does not exist yet.",
            "",
            "Service records (row 6) do not exist yet; the dashboard is measured over people, certificates and posts.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rows", default="1,2,3,4,5,6,7,8")
    options = parser.parse_args()
    wanted = [int(row) for row in options.rows.split(",")]
    header = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {machine()}."
    print(header)
    large = [] if options.quick else [LARGE]
    instances = [SMALL, MIDDLE] if set(wanted) - IN_MEMORY else []
    findings: list[Finding] = []
    absent: dict[int, str] = {}
    started = time.perf_counter()
    try:
        for people in instances:
            instance(people)
        for row in wanted:
            try:
                found = ROWS[row]([SMALL, MIDDLE, *(large if row in IN_MEMORY else [])])
            except Missing as why:
                absent[row] = str(why)
                print(f"row {row}: {why}")
                continue
            for each in found:
                print(
                    f"row {each.row} {each.size:>9,}  {each.work}: {each.measured}; {each.against}; {each.ratio}"
                )
            findings += found
    finally:
        for people in instances:
            stop(people)
    print(f"took {seconds(time.perf_counter() - started)}")
    if wanted == list(ROWS):
        PAGE.write_text(
            page(findings, absent, header, " ".join(["python tools/bench.py", *sys.argv[1:]]))
        )


if __name__ == "__main__":
    main()
