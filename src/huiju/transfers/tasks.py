from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connections
from procrastinate.contrib.django import app

from huiju.directory.access import acting_as_system, reading_as
from huiju.kernel import clock
from huiju.transfers import services
from huiju.transfers.models import Export, Import, Progress
from huiju.transfers.services import Report
from huiju.transfers.sheets import listing_named, sheet_named

SILENT_FOR = 60
"""Seconds without a sign of life after which a worker counts as dead."""


@app.task(lock="transfers.read", retry=2)
def read_uploaded(import_id: int) -> None:
    """Judge an uploaded file."""
    with progress_of(import_id) as report, acting_as_system():
        upload = Import.objects.get(pk=import_id)
        services.read_import(upload=upload, sheet=sheet_named(upload.sheet), report=report)


@app.task(lock="transfers.apply", retry=2)
def apply_chosen(import_id: int, at: str) -> None:
    """Apply an import somebody chose to apply."""
    with progress_of(import_id) as report, acting_as_system():
        upload = Import.objects.get(pk=import_id)
        sheet = sheet_named(upload.sheet)
        services.apply_import(
            upload=upload, sheet=sheet, at=datetime.fromisoformat(at), report=report
        )


@app.task
def write_asked(export_id: int) -> None:
    """Write an export, seeing what its owner sees."""
    with acting_as_system():
        export = Export.objects.select_related("owner").get(pk=export_id)
    with reading_as(export.owner):
        services.write_export(export=export, listing=listing_named(export.listing), at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="transfers.revive", pass_context=True)
async def revive(context: Any, timestamp: int) -> None:
    """Hand the jobs of workers that died to the living; each job may run again without harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR):
        await manager.retry_job(job)


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
