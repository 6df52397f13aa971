"""The pages of imports and exports, as an official uses them, with the jobs run in between."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from huiju.audit.models import Event
from huiju.directory.models import Place
from huiju.directory.tests.factories import make_user
from huiju.transfers import services
from huiju.transfers.enums import ExportState, ImportState
from huiju.transfers.models import Export, Import
from huiju.transfers.rules.listings import Listing
from huiju.transfers.sheets.places import PLACES
from huiju.transfers.tests import sheetmaking as make
from huiju.transfers.tests.factories import AT, make_export, make_import
from huiju.transfers.tests.test_imports import GOOD, HEADER, WRONG, file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path / "files"


@pytest.fixture
def official(client):
    user = make_user("district")
    client.force_login(user)
    return user


def waiting_jobs():
    names = ProcrastinateJob.objects.filter(status="todo").values_list("task_name", "args")
    return [(name.rsplit(".", 1)[1], args) for name, args in names.order_by("pk")]


def send(client, path, name="地区.xlsx"):
    upload = SimpleUploadedFile(name, path.read_bytes())
    given = {"sheet": "places", "place": Place.objects.get(code="350203").pk, "file": upload}
    return client.post("/imports/upload/", given, follow=True)


def test_upload_keeps_the_file_and_leaves_the_reading_to_a_job(client, official, tmp_path):
    answer = send(client, file(tmp_path, GOOD))

    kept = Import.objects.get()
    assert (answer.status_code, kept.state, kept.by) == (200, ImportState.WAITING, official)
    assert waiting_jobs() == [("read_uploaded", {"import_id": kept.pk})]
    assert "读取中" in answer.content.decode()


def test_upload_without_a_file_says_so(client, official):
    place = Place.objects.get(code="350203").pk

    answer = client.post("/imports/upload/", {"sheet": "places", "place": place})

    assert (answer.status_code, Import.objects.count()) == (422, 0)


def test_upload_for_another_district_is_refused(client, official, tmp_path):
    upload = SimpleUploadedFile("a.xlsx", file(tmp_path, GOOD).read_bytes())
    elsewhere = Place.objects.get(code="350206").pk

    answer = client.post(
        "/imports/upload/", {"sheet": "places", "place": elsewhere, "file": upload}
    )

    assert (answer.status_code, Import.objects.count()) == (422, 0)


def test_preview_counts_rows_and_filters_them_by_fault(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG), PLACES, by=official)

    whole = client.get(f"/imports/{upload.pk}/").content.decode()
    faulty = client.get(f"/imports/{upload.pk}/?reason=DATE_PRECISION").content.decode()

    assert "安坊社区" in whole
    assert "日期没有写到“日”。" in whole
    assert "安坊社区" not in faulty
    assert "短码" in faulty


def test_reading_an_import_is_recorded(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES, by=official)

    client.get(f"/imports/{upload.pk}/")

    assert Event.objects.filter(action="transfers.import_read").count() == 1


def test_import_of_another_district_is_not_found(client, tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES)
    client.force_login(make_user("district", "350206"))

    answer = client.get(f"/imports/{upload.pk}/")

    assert answer.status_code == 404


def test_apply_leaves_the_work_to_a_job_and_a_second_press_is_told(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG), PLACES, by=official)

    client.post(f"/imports/{upload.pk}/apply/", {"mode": "good_rows"})
    again = client.post(f"/imports/{upload.pk}/apply/", {"mode": "good_rows"}, follow=True)

    upload.refresh_from_db()
    assert upload.state == ImportState.APPLYING
    assert [name for name, _ in waiting_jobs()] == ["apply_chosen"]
    assert "本次导入当前不能执行。" in again.content.decode()


def test_finished_work_refreshes_the_page_that_asked(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES, by=official)
    asking = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TRIGGER": "progress"}

    answer = client.get(f"/imports/{upload.pk}/", **asking)

    assert answer["HX-Refresh"] == "true"


def test_discarded_import_leaves_the_list_to_say_so(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES, by=official)

    answer = client.post(f"/imports/{upload.pk}/discard/", follow=True)

    upload.refresh_from_db()
    assert upload.state == ImportState.DISCARDED
    assert "已作废" in answer.content.decode()


def test_result_file_and_template_are_workbooks(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG), PLACES, by=official)

    result = client.get(f"/imports/{upload.pk}/result/?outcome=refused")
    template = client.get("/imports/template/roster/")

    rows = CalamineWorkbook.from_filelike(io.BytesIO(result.content)).get_sheet_by_index(0)
    titles = CalamineWorkbook.from_filelike(io.BytesIO(template.content)).get_sheet_by_index(0)
    assert rows.to_python()[1][:2] == [4, "错误"]
    assert titles.to_python()[0][:4] == ["姓名", "性别", "身份证件类型", "证件号码"]
    assert client.get("/imports/template/nothing/").status_code == 404


def test_list_of_imports_counts_its_queries(
    client, official, tmp_path, django_assert_max_num_queries
):
    for number in range(5):
        rows = [[*GOOD[:1], f"社区{number}", *GOOD[2:]]]
        path = make.grid(tmp_path / f"{number}.xlsx", [HEADER, *rows])
        make_import(path, PLACES, by=official)

    with django_assert_max_num_queries(30):
        answer = client.get("/imports/")

    assert len(re.findall(r"\d\.xlsx", answer.content.decode())) == 5


PLACE_LIST = Listing(
    code="places",
    title="地区",
    headings=("代码", "名称", "备注"),
    rows=lambda _owner, filters: (
        (place.code, place.name, "=1+1")
        for place in Place.objects.filter(kind=filters["kind"]).order_by("code")
    ),
    action="directory.view_places",
)


def test_export_is_written_with_its_filter_and_harmless_texts(official):
    export = services.ask_export(
        listing=PLACE_LIST,
        filters={"kind": "district"},
        place=Place.objects.get(code="350203"),
        by=official,
        at=AT,
    )

    done = services.write_export(export=export, listing=PLACE_LIST, at=AT)

    content = services.open_kept(done.digest)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert (done.state, done.row_count, len(rows)) == (ExportState.DONE, 6, 7)
    assert rows[1] == ["350203", "思明区", "'=1+1"]


def test_list_of_workers_is_asked_for_and_arrives_in_the_list(client, official):
    answer = client.post("/imports/exports/ask/workers/", {"name": "张"}, follow=True)

    export = Export.objects.get()
    assert (export.owner, export.filters) == (official, {"name": "张"})
    assert waiting_jobs() == [("write_asked", {"export_id": export.pk})]
    assert "生成中" in answer.content.decode()


def test_export_of_somebody_else_is_not_found(client, official):
    theirs = make_export(make_user("district"), state="done", row_count=0, digest="0" * 64)

    answer = client.get(f"/imports/exports/{theirs.pk}/")

    assert answer.status_code == 404


def test_unknown_list_is_told(client, official):
    answer = client.post("/imports/exports/ask/nothing/", follow=True)

    assert "没有名为“nothing”的列表。" in answer.content.decode()


def test_stopped_import_is_explained_and_its_button_begins_it_again(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES, by=official, read=False)
    services.stop_import(upload=upload, at=AT)

    shown = client.get(f"/imports/{upload.pk}/").content.decode()
    client.post(f"/imports/{upload.pk}/retry/")

    upload.refresh_from_db()
    assert "因程序出错中止" in shown
    assert f"导入 {upload.pk}" in shown
    assert "重试" in shown
    assert (upload.state, [name for name, _ in waiting_jobs()]) == ("waiting", ["read_uploaded"])


def test_import_that_was_not_stopped_is_not_begun_again(client, official, tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES, by=official)

    answer = client.post(f"/imports/{upload.pk}/retry/", follow=True)

    upload.refresh_from_db()
    assert (upload.state, waiting_jobs()) == (ImportState.READ, [])
    assert "只有因程序出错中止的导入可以重试。" in answer.content.decode()
