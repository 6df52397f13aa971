import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from huiju.directory.access import acting_as_system, reading_as
from huiju.kernel import clock
from huiju.transfers import services
from huiju.transfers.models import Export, Import, Progress
from huiju.transfers.services import Report
from huiju.transfers.sheets import listing_named, sheet_named

SILENT_FOR = 60
"""Seconds without a sign of life after which a worker counts as dead."""

DEATHS = 3
"""Workers that may die of one job before it is given up: it would kill the next one too."""

PASSING = (OperationalError, InterfaceError)
AGAIN = RetryStrategy(max_attempts=2, wait=5, retry_exceptions=PASSING)
"""A database that is away or busy comes back; any other error would only come again."""

log = logging.getLogger(__name__)


@app.task(lock="transfers.read", retry=AGAIN)
def read_uploaded(import_id: int) -> None:
    """Judge an uploaded file."""
    with _told("import", import_id), progress_of(import_id) as report, acting_as_system():
        upload = Import.objects.get(pk=import_id)
        services.read_import(upload=upload, sheet=sheet_named(upload.sheet), report=report)


@app.task(lock="transfers.apply", retry=AGAIN)
def apply_chosen(import_id: int, at: str) -> None:
    """Apply an import somebody chose to apply."""
    with _told("import", import_id), progress_of(import_id) as report, acting_as_system():
        upload = Import.objects.get(pk=import_id)
        sheet = sheet_named(upload.sheet)
        services.apply_import(
            upload=upload, sheet=sheet, at=datetime.fromisoformat(at), report=report
        )


@app.task(retry=AGAIN)
def write_asked(export_id: int) -> None:
    """Write an export, seeing what its owner sees."""
    with acting_as_system():
        export = Export.objects.select_related("owner").get(pk=export_id)
    with _told("export", export_id), reading_as(export.owner):
        services.write_export(export=export, listing=listing_named(export.listing), at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="transfers.revive", pass_context=True)
async def revive(context: Any, timestamp: int) -> None:
    """Hand the jobs of workers that died to the living; each job may run again without harm.

    A job of which several died is given up, and `tell_lost` tells.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR):
        if job.attempts + 1 >= DEATHS:
            log.error("job %s (%s) is given up: its workers died", job.id, job.task_name)
            await manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="transfers.tell_lost")
def tell_lost(timestamp: int) -> None:
    """End what is shown as under way though its job failed or was given up."""
    with acting_as_system():
        services.stop_lost(has_job=_has_job, at=clock.now())


def _has_job(name: str, key: int) -> bool:
    jobs = ProcrastinateJob.objects.filter(status__in=["todo", "doing"])
    return bool(jobs.filter(args__contains={name: key}).exists())


@contextmanager
def _told(what: str, key: int) -> Iterator[None]:
    """Where the work fails for a reason nobody foresaw, its record says so; the error goes to the log.

    Passing troubles are tried again first; of work that is then given up `tell_lost` tells.
    """
    try:
        yield
    except PASSING:
        raise
    except Exception:
        log.exception("%s %s failed", what, key)
        with acting_as_system():
            if what == "import":
                services.stop_import(upload=Import.objects.get(pk=key), at=clock.now())
            else:
                services.stop_export(export=Export.objects.get(pk=key), at=clock.now())
        raise


@contextmanager
def progress_of(import_id: int) -> Iterator[Report]:
    """A report that is seen at once, because it is written on a connection of its own."""
    beside = connections.create_connection("default")
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT set_config('huiju.reach', 'all', false)")

        def report(done: int, total: int) -> None:
            with beside.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {Progress._meta.db_table} SET done = %s, total = %s"  # noqa: S608
                    " WHERE source_id = %s",
                    [done, total, import_id],
                )

        yield report
    finally:
        beside.close()
