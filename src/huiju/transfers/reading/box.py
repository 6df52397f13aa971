"""The child process in which files are read: capped in memory and time, unable to open anything.

The parent starts it, hands over one open file and reads JSON lines. It never parses the file itself.
After its modules are loaded the child gives up the right to open files and sockets (no further
descriptors), to write files, and, where the kernel allows it, its network.
"""

import codecs
import ctypes
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from huiju.transfers.reading import delimited, guards, xls, xlsx
from huiju.transfers.reading.grid import Limits, Refused, Row, SheetHead, SheetRows

ROWS_A_LINE = 400
LONGEST_LINE = 64 * 2**20
TRIPPED = 1
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LATE_CODECS = ("cp437", "latin-1", "utf-16-le", "utf-16", "idna")
COMMAND = [sys.executable, "-I", "-c", "from huiju.transfers.reading.box import child; child()"]


def read(path: Path, name: str, familiar: str, limits: Limits) -> Iterator[SheetHead | list[Row]]:
    """Each sheet's head, then its rows in lists. Raises Refused, possibly after some rows.

    `name` is what the file was called, `familiar` the words its header may hold, by spaces.
    """
    order = {"name": name, "familiar": familiar, "limits": asdict(limits)}
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
        if "rows" in message:
            yield message["rows"]
        elif "sheet" in message:
            yield SheetHead(**message["sheet"])
        elif "refused" in message:
            raise Refused(message["refused"])
        else:
            return


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
    _cap(limits)
    try:
        for head, rows in _sheets(order["name"], order["familiar"], limits):
            _say(sheet=asdict(head))
            for chunk in _chunks(rows):
                _say(rows=chunk)
        _say(done=True)
    except Refused as refusal:
        _say(refused=refusal.reason)
    except (MemoryError, RecursionError):
        _say(refused="TOO_LARGE")


def _sheets(name: str, familiar: str, limits: Limits) -> Iterator[SheetRows]:
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


def _cap(limits: Limits) -> None:
    for name in LATE_CODECS:
        codecs.lookup(name)  # later no file can be opened for them
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # refused by some kernels; the next lines suffice
    for name, value in (
        ("RLIMIT_NOFILE", 3),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", limits.seconds),
        ("RLIMIT_AS", limits.memory_bytes),
    ):
        resource.setrlimit(getattr(resource, name), (value, value))
