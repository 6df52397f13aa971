"""The child process in which files are read: capped in memory and time, unable to open anything.

The parent starts it, hands over one open file and reads JSON lines. It never parses the file itself.
Rows cross the pipe by columns, which JSON reads in half the time it takes for rows.
After its modules are loaded the child gives up the right to open files and sockets (no further
descriptors), to write files, and, where the kernel allows it, its network.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import Any

from huiju.kernel.confinement import confine
from huiju.transfers.reading import delimited, guards, xls, xlsx
from huiju.transfers.reading.grid import Cell, Limits, Refused, Row, SheetHead, SheetRows, trimmed

ROWS_A_LINE = 400
LONGEST_LINE = 64 * 2**20
TRIPPED = 1
COMMAND = [sys.executable, "-I", "-c", "from huiju.transfers.reading.box import child; child()"]


def read(
    path: Path, name: str, familiar: str, limits: Limits, *, as_lines: bool = False
) -> Iterator[SheetHead | list[Row]]:
    """Each sheet's head, then its rows in lists. Raises Refused, possibly after some rows.

    `name` is what the file was called, `familiar` the words its header may hold, by spaces. With
    `as_lines` it is a text whose records have fixed widths: each row has one cell, the line.
    """
    order = {"name": name, "familiar": familiar, "limits": asdict(limits), "as_lines": as_lines}
    guards.size(path, limits)
    with (
        path.open("rb") as file,
        subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [*COMMAND, json.dumps(order)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        ) as process,
    ):
        try:
            yield from _answers(process, limits)
        finally:
            process.kill()


def _answers(process: "subprocess.Popen[bytes]", limits: Limits) -> Iterator[SheetHead | list[Row]]:
    for line in _lines(process, limits):
        message = json.loads(line)
        if "numbers" in message:
            yield _rows_of(**message)
        elif "sheet" in message:
            yield SheetHead(**message["sheet"])
        elif "refused" in message:
            raise Refused(message["refused"])
        else:
            return


def _rows_of(numbers: list[int], hidden: list[bool], columns: list[list[Cell]]) -> list[Row]:
    cells = list(map(list, zip(*columns, strict=True))) if columns else [[] for _ in numbers]
    if columns and None in columns[-1]:
        for row in cells:
            trimmed(row)
    return list(zip(numbers, hidden, cells, strict=True))


def _lines(process: "subprocess.Popen[bytes]", limits: Limits) -> Iterator[bytes]:
    """Whole lines. A child ended by a cap had too much to do, one that tripped had a broken file."""
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    while True:
        line = process.stdout.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise Refused("CORRUPT" if process.wait() == TRIPPED else "TOO_LARGE")
        yield line


def child() -> None:
    """The child's life: cap itself, read standard input, answer on standard output."""
    order = json.loads(sys.argv[1])
    limits = Limits(**order["limits"])
    confine(seconds=limits.seconds, memory_bytes=limits.memory_bytes)
    try:
        found = _lines_of(order, limits) if order["as_lines"] else _sheets(order, limits)
        for head, rows in found:
            _say(sheet=asdict(head))
            for chunk in _chunks(rows):
                numbers, hidden, cells = zip(*chunk, strict=True) if chunk else ((), (), ())
                _say(numbers=numbers, hidden=hidden, columns=list(zip_longest(*cells)))
        _say(done=True)
    except Refused as refusal:
        _say(refused=refusal.reason)
    except (MemoryError, RecursionError):
        _say(refused="TOO_LARGE")


def _lines_of(order: dict[str, Any], limits: Limits) -> Iterator[SheetRows]:
    raw = os.fdopen(0, "rb", buffering=0).read()
    guards.plain_text(raw[:4096])
    return delimited.lines(raw, Path(order["name"]).stem, order["familiar"], limits)


def _sheets(order: dict[str, Any], limits: Limits) -> Iterator[SheetRows]:
    name, familiar = order["name"], order["familiar"]
    file = os.fdopen(0, "rb", buffering=0)
    head = os.pread(0, 4096, 0)
    kind = guards.kind_of(name, head)
    if kind == "csv":
        return delimited.sheets(file.read(), Path(name).stem, familiar, limits)
    if kind == "xlsx":
        return xlsx.sheets(guards.archive(file, limits), limits)
    stream = guards.ole(file, named_xlsx=kind == "xls-named-xlsx")
    file.seek(0)
    return xls.sheets(file.read(), stream, limits)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS_A_LINE:
            yield chunk
            chunk = []
    yield chunk


def _say(**message: Any) -> None:
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
