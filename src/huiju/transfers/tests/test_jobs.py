"""Jobs that die, jobs that run twice, and work that is watched from outside its transaction."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from procrastinate.contrib.django import app

from huiju.audit.models import Event
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place
from huiju.directory.tests.factories import make_user
from huiju.transfers import services, tasks
from huiju.transfers.enums import ExportState, ImportState, Mode
from huiju.transfers.models import Export, Import, Progress
from huiju.transfers.sheets.places import PLACES
from huiju.transfers.tests import sheetmaking as make
from huiju.transfers.tests.factories import AT, make_import
from huiju.transfers.tests.test_imports import HEADER

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 1500
WORKER = (
    "import django; django.setup();"
    "from huiju.transfers import tasks;"
    "tasks.apply_chosen(import_id={import_id}, at='{at}')"
)


def many_places(tmp_path, count=MANY):
    rows = [
        [
            f"350203{number // 1000 + 700}{number % 1000:03}",
            f"第{number}社区",
            "350203001",
            "社区",
            "2003-10-01",
        ]
        for number in range(count)
    ]
    return make.grid(tmp_path / "地区.xlsx", [HEADER[:5], *rows])


def chosen(tmp_path, count=MANY):
    with acting_as_system():
        upload = make_import(many_places(tmp_path, count), PLACES)
        return services.begin_applying(upload=upload, mode=Mode.GOOD_ROWS, by=None)


def seen(question):
    """The answer of a connection that takes no part in the work."""
    beside = connections.create_connection("default")
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        beside.close()


def new_places():
    return Place.objects.filter(name__startswith="第").count()


def start_worker(upload):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "huiju.config.settings_test",
        "HUIJU_TEST_DATABASE": connection.settings_dict["NAME"],
    }
    program = WORKER.format(import_id=upload.pk, at=AT.isoformat())
    return subprocess.Popen([sys.executable, "-c", program], env=environment)


def test_killed_worker_leaves_nothing_half_done_and_the_job_runs_again(tmp_path):
    upload = chosen(tmp_path)
    worker = start_worker(upload)
    while worker.poll() is None and not seen("SELECT max(done) FROM transfers_progress"):
        time.sleep(0.02)

    worker.send_signal(signal.SIGKILL)

    assert worker.wait() == -signal.SIGKILL
    progressed = Progress.objects.get(source=upload).done
    assert 0 < progressed < MANY
    assert (new_places(), Import.objects.get().state) == (0, ImportState.APPLYING)
    tasks.apply_chosen(import_id=upload.pk, at=AT.isoformat())
    assert (new_places(), Import.objects.get().state) == (MANY, ImportState.APPLIED)


def test_two_workers_apply_one_import_once(tmp_path):
    upload = chosen(tmp_path, 100)

    def work():
        try:
            tasks.apply_chosen(import_id=upload.pk, at=AT.isoformat())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert new_places() == 100
    assert Event.objects.filter(action="transfers.import_applied").count() == 1


def test_progress_is_seen_from_outside_while_the_work_is_not(tmp_path):
    upload = chosen(tmp_path, 1100)
    watched = []

    def apply_and_look(rows, **how):
        watched.append(
            (
                seen("SELECT done FROM transfers_progress"),
                seen("SELECT count(*) FROM directory_place WHERE name LIKE '第%'"),
            )
        )
        return PLACES.apply(rows, **how)

    sheet = replace(PLACES, apply=apply_and_look)

    with tasks.progress_of(upload.pk) as report, acting_as_system():
        services.apply_import(upload=upload, sheet=sheet, at=AT, report=report)

    assert watched == [(0, 0), (1000, 0)]
    assert Progress.objects.get(source=upload).done == 1100


def test_job_reads_an_upload(tmp_path):
    with acting_as_system():
        upload = make_import(many_places(tmp_path, 3), PLACES, read=False)

    tasks.read_uploaded(import_id=upload.pk)

    upload.refresh_from_db()
    assert (upload.state, upload.counts["accepted"]) == (ImportState.READ, 3)


def test_job_writes_an_export_in_its_owner_s_reach():
    owner = make_user("district")
    with acting_as_system():
        export = Export.objects.create(
            listing="workers", owner=owner, place=Place.objects.get(code="350203"), asked_at=AT
        )

    tasks.write_asked(export_id=export.pk)

    export.refresh_from_db()
    assert (export.state, export.row_count) == (ExportState.DONE, 0)


class Unforeseen(Exception):
    """What nobody thought of."""


def broken(monkeypatch, name):
    def fail(**_):
        raise Unforeseen

    monkeypatch.setattr(services, name, fail)


def test_reading_that_fails_unforeseen_ends_and_is_tried_again(tmp_path, monkeypatch, caplog):
    clerk = make_user("district")
    with acting_as_system():
        upload = make_import(many_places(tmp_path, 3), PLACES, by=clerk, read=False)
    with monkeypatch.context() as now:
        broken(now, "read_import")
        with pytest.raises(Unforeseen):
            tasks.read_uploaded(import_id=upload.pk)

    upload.refresh_from_db()
    stopped = (upload.state, f"{upload.pk}" in upload.failure, upload.rows.count())
    with acting_as_system():
        services.retry_import(upload=upload, by=clerk)
    tasks.read_uploaded(import_id=upload.pk)

    upload.refresh_from_db()
    assert stopped == (ImportState.STOPPED, True, 0)
    assert f"import {upload.pk} failed" in caplog.text
    assert "Unforeseen" in caplog.text
    assert (upload.state, upload.failure) == (ImportState.READ, "")


def test_applying_that_fails_unforeseen_keeps_nothing_and_is_tried_again(tmp_path, monkeypatch):
    clerk = make_user("district")
    with acting_as_system():
        upload = make_import(many_places(tmp_path, 1100), PLACES, by=clerk)
        services.begin_applying(upload=upload, mode=Mode.GOOD_ROWS, by=clerk)
    chunks = []

    def apply(rows, **how):
        chunks.append(len(rows))
        if len(chunks) == 2:
            raise Unforeseen
        return PLACES.apply(rows, **how)

    monkeypatch.setattr(tasks, "sheet_named", lambda _code: replace(PLACES, apply=apply))
    with pytest.raises(Unforeseen):
        tasks.apply_chosen(import_id=upload.pk, at=AT.isoformat())
    upload.refresh_from_db()
    stopped = (upload.state, new_places(), upload.rows.exclude(result="").count())
    with acting_as_system():
        services.retry_import(upload=upload, by=clerk)
    tasks.apply_chosen(import_id=upload.pk, at=AT.isoformat())

    upload.refresh_from_db()
    assert stopped == (ImportState.STOPPED, 0, 0)
    assert (upload.state, new_places()) == (ImportState.APPLIED, 1100)


def test_export_that_fails_unforeseen_says_so(monkeypatch):
    with acting_as_system():
        export = make_export(owner=make_user("district"))
    broken(monkeypatch, "write_export")

    with pytest.raises(Unforeseen):
        tasks.write_asked(export_id=export.pk)

    export.refresh_from_db()
    assert (export.state, f"{export.pk}" in export.failure) == (ExportState.FAILED, True)


def make_export(**fields):
    place = Place.objects.get(code="350203")
    return Export.objects.create(listing="workers", place=place, asked_at=AT, **fields)


def test_work_without_a_job_is_told_and_work_with_one_is_left_alone(tmp_path):
    with acting_as_system():
        lost = make_import(many_places(tmp_path, 2), PLACES, read=False)
        waiting = make_import(many_places(tmp_path, 3), PLACES, read=False)
        exports = [make_export(owner=make_user("district")) for _ in range(2)]
    tasks.read_uploaded.defer(import_id=waiting.pk)
    tasks.write_asked.defer(export_id=exports[1].pk)

    tasks.tell_lost(timestamp=0)

    states = dict(Import.objects.values_list("pk", "state"))
    assert states == {lost.pk: ImportState.STOPPED, waiting.pk: ImportState.WAITING}
    told = list(Export.objects.order_by("pk").values_list("state", flat=True))
    assert told == [ExportState.FAILED, ExportState.WAITING]


def start_queue_worker():
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "huiju.config.settings_test",
        "HUIJU_TEST_DATABASE": connection.settings_dict["NAME"],
    }
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "1"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def kill_in_the_middle(upload):
    """A real worker takes the job and dies of it."""
    Progress.objects.filter(source=upload).update(done=0)
    worker = start_queue_worker()
    while worker.poll() is None and not seen("SELECT max(done) FROM transfers_progress"):
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    return worker.wait()


def revived(monkeypatch):
    monkeypatch.setattr(tasks, "SILENT_FOR", 0)

    async def revive():
        beside = app.with_connector(app.connector.get_worker_connector())
        async with beside.open_async():
            await tasks.revive.func(SimpleNamespace(app=beside), 0)

    asyncio.run(revive())


def test_a_job_that_kills_its_workers_is_given_up_and_told(tmp_path, monkeypatch):
    upload = chosen(tmp_path)
    tasks.apply_chosen.defer(import_id=upload.pk, at=AT.isoformat())
    ends, told = [], []

    for _ in range(tasks.DEATHS):
        ends.append(kill_in_the_middle(upload))
        revived(monkeypatch)
        tasks.tell_lost(timestamp=0)
        told.append(Import.objects.get().state)

    assert ends == [-signal.SIGKILL] * tasks.DEATHS
    assert told == [ImportState.APPLYING, ImportState.APPLYING, ImportState.STOPPED]
    status = "SELECT status::text FROM procrastinate_jobs WHERE args ? 'import_id'"
    assert (new_places(), seen(status)) == (0, "failed")
