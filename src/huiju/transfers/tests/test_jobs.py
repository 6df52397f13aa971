"""Jobs that die, jobs that run twice, and work that is watched from outside its transaction."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from django.db import connection, connections

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
