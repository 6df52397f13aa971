"""The statement-counting driver: kills its own process or the database at the k-th statement.

Every exchange of psycopg with the server goes through `Connection.wait`: statements, BEGIN, COMMIT and
ROLLBACK, the start, each block and the end of a COPY. They are counted there. *Before* kills before
anything is sent. *After* kills when everything is sent and the answer not yet read: the server does
the statement, a COMMIT too, and nobody hears of it.
"""

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.waiting import Wait

BEFORE, AFTER = "before", "after"
PROCESS, DATABASE = "process", "database"
ROWS_READ = "_read_gen"


@dataclass(frozen=True)
class Point:
    """Where to strike: at which statement of a flow (from 1), on which side of it, and whom."""

    statement: int
    side: str
    victim: str


@contextmanager
def watched(note: Callable[[str], None]) -> Iterator[None]:
    """Note what each statement says, in order."""

    def seen(_connection: psycopg.Connection, waiting: Any) -> None:
        note(_said(waiting))

    with _hooked(seen):
        yield


@contextmanager
def struck_at(point: Point, data: Path, mark: Path) -> Iterator[None]:
    """Kill at a point; `data` is the cluster's folder. The file `mark` is there once it was struck."""
    count = 0

    def strike() -> None:
        mark.touch()
        if point.victim == DATABASE:
            kill_database(data)
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    def seen(connection: psycopg.Connection, waiting: Any) -> Any:
        nonlocal count
        count += 1
        if count != point.statement:
            return None
        if point.side == BEFORE:
            strike()
            return None
        return _struck_when_sent(connection, waiting, strike)

    with _hooked(seen):
        yield


@contextmanager
def _hooked(seen: Callable[[psycopg.Connection, Any], Any]) -> Iterator[None]:
    """`seen` is called for every statement; what it returns is waited for instead."""
    original = psycopg.Connection.wait
    last = ""

    def wait(connection: psycopg.Connection, waiting: Any, *args: Any, **options: Any) -> Any:
        nonlocal last
        name, before, last = waiting.__name__, last, waiting.__name__
        # the rows of one COPY to the client are read one by one: one statement
        rows = name == before == ROWS_READ
        instead = None if rows else seen(connection, waiting)
        return original(connection, instead or waiting, *args, **options)

    psycopg.Connection.wait = wait  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        psycopg.Connection.wait = original  # type: ignore[method-assign]


def _struck_when_sent(
    connection: psycopg.Connection, waiting: Any, strike: Callable[[], None]
) -> Iterator[Any]:
    """The same exchange, struck when it first waits for nothing but its own answer."""
    begins = (
        not connection.autocommit
        and connection.pgconn.transaction_status == TransactionStatus.IDLE
        and waiting.__name__ not in {"_commit_gen", "_rollback_gen"}
    )
    answers, done, ready = 2 if begins else 1, False, None
    while True:
        try:
            state = waiting.send(ready)
        except StopIteration as end:
            if not done:
                strike()
            return end.value
        if state == Wait.R and not done:
            answers -= 1
            if answers == 0:
                strike()
                done = True
        ready = yield state


def _said(waiting: Any) -> str:
    """The beginning of a statement, or the name of an exchange that carries none."""
    frame = getattr(waiting, "gi_frame", None)
    told = frame.f_locals if frame else {}
    query = told.get("query") or told.get("statement") or waiting.__name__
    text = query.decode(errors="replace") if isinstance(query, bytes) else str(query)
    return " ".join(text.split())[:90]


def kill_database(data: Path) -> None:
    """SIGKILL to the postmaster and all its children, at once."""
    postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGSTOP)  # it must not see its children die
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in [*map(int, children), postmaster]:
        os.kill(pid, signal.SIGKILL)
    _wait_for_end(postmaster)


def _wait_for_end(pid: int) -> None:
    try:
        watched_pid = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([watched_pid], [], [], 10)
    os.close(watched_pid)
