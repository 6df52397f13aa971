"""An import's life, on places: a kind of import that stands in this package."""

import io

import pytest
from django.db import connection
from django.utils import translation
from python_calamine import CalamineWorkbook

from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.models import Organisation, Place
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted, WrongState
from huiju.transfers import queries, services
from huiju.transfers.enums import ImportState, Mode
from huiju.transfers.models import Import, StagedRow
from huiju.transfers.services import store
from huiju.transfers.sheets.organisations import ORGANISATIONS
from huiju.transfers.sheets.places import PLACES
from huiju.transfers.tests import sheetmaking as make
from huiju.transfers.tests.factories import AT, ON, make_import

pytestmark = pytest.mark.django_db

HEADER = ["code", "name", "parent_code", "kind", "valid_from", "valid_to"]
GOOD = ["350203001901", "安坊社区", "350203001", "community", "2003-10-01", ""]
ORPHAN = ["350203777001", "无父社区", "350203777", "community", "2003-10-01", ""]
WRONG = ["35", "短码", "350203001", "社区", "2003年", ""]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path / "files"


def file(tmp_path, *rows):
    return make.grid(tmp_path / "地区.xlsx", [["地区表"], HEADER, *rows])


def test_read_import_stages_every_row_with_its_reasons(tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG), PLACES)

    rows = upload.rows.order_by("place_in_file").values_list("row", "outcome", "reasons")
    assert list(rows) == [
        (1, "skipped", []),
        (2, "skipped", []),
        (3, "accepted", []),
        (4, "refused", ["VALUE_INVALID", "DATE_PRECISION"]),
    ]
    assert (upload.state, upload.counts) == (
        ImportState.READ,
        {"accepted": 1, "warned": 0, "refused": 1, "skipped": 2},
    )


def test_staged_rows_are_sealed_in_the_database(tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES)

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM transfers_sealedrows")
        stored = cursor.fetchone()[0]
    opened = queries.Contents(upload).of(upload.rows.get(row=3))
    assert "安坊社区" not in stored
    assert opened[2]["name"] == "安坊社区"


def test_unreadable_file_is_rejected_with_its_reason(tmp_path):
    picture = tmp_path / "a.xlsx"
    picture.write_bytes(b"\x89PNG")

    upload = make_import(picture, PLACES)

    assert (upload.state, upload.reasons, upload.rows.count()) == (
        ImportState.REJECTED,
        ["TYPE_MISMATCH"],
        0,
    )


def test_reading_twice_changes_nothing(tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES)

    services.read_import(upload=upload, sheet=PLACES)

    assert upload.rows.count() == 3


def applied(upload, mode=Mode.GOOD_ROWS, by=None, sheet=PLACES):
    services.begin_applying(upload=upload, mode=mode, by=by)
    return services.apply_import(upload=upload, sheet=sheet, at=AT)


def test_apply_takes_the_good_rows_and_names_those_the_records_refuse(tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG, ORPHAN), PLACES)

    done = applied(upload)

    results = done.rows.order_by("place_in_file").values_list("row", "result", "result_reason")
    assert list(results)[2:] == [(3, "created", ""), (4, "", ""), (5, "refused", "PlaceUnknown")]
    assert Place.objects.filter(code=GOOD[0]).exists()
    assert (done.state, done.results["refused"]) == (ImportState.APPLIED, 1)


def test_all_or_nothing_keeps_nothing_where_the_records_refuse_a_row(tmp_path):
    upload = make_import(file(tmp_path, GOOD, ORPHAN), PLACES)

    done = applied(upload, Mode.ALL)

    assert not Place.objects.filter(code=GOOD[0]).exists()
    assert (done.state, done.rows.get(row=4).result) == (ImportState.READ, "refused")
    assert done.failure


def test_all_or_nothing_is_refused_where_a_row_is_wrong(tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG), PLACES)

    with pytest.raises(NotPermitted):
        services.begin_applying(upload=upload, mode=Mode.ALL, by=None)

    assert Import.objects.get().state == ImportState.READ


def test_applying_twice_is_refused(tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES)
    applied(upload)

    with pytest.raises(NotPermitted):
        services.begin_applying(upload=upload, mode=Mode.GOOD_ROWS, by=None)


def test_the_same_file_twice_changes_nothing(tmp_path):
    applied(make_import(file(tmp_path, GOOD), PLACES))
    before = list(Place.objects.order_by("pk").values())
    events = Event.objects.filter(action__startswith="directory.").count()

    again = applied(make_import(file(tmp_path, GOOD), PLACES))

    assert again.results == {"created": 0, "changed": 0, "unchanged": 1, "refused": 0}
    assert list(Place.objects.order_by("pk").values()) == before
    assert Event.objects.filter(action__startswith="directory.").count() == events


def test_a_row_that_says_something_else_changes_its_record(tmp_path):
    applied(make_import(file(tmp_path, GOOD), PLACES))
    renamed = [GOOD[0], "新名社区", *GOOD[2:]]

    done = applied(make_import(file(tmp_path, GOOD, renamed), PLACES))

    assert list(done.rows.order_by("row").values_list("result", flat=True))[2:] == [
        "unchanged",
        "changed",
    ]


def test_organisations_taken_again_are_left_alone(tmp_path):
    rows = [
        ["单位名称", "单位类型", "所在地代码", "其他名称", "成立日期"],
        ["安坊社区居委会", "社区居委会", "350203001", "安坊居委会", "2003-10-01"],
    ]
    path = make.grid(tmp_path / "单位.xlsx", rows)
    first = applied(make_import(path, ORGANISATIONS), sheet=ORGANISATIONS)
    before = list(Organisation.objects.order_by("pk").values())
    events = Event.objects.filter(action__startswith="directory.").count()

    again = applied(make_import(path, ORGANISATIONS), sheet=ORGANISATIONS)

    assert (first.results["created"], again.results["unchanged"]) == (1, 1)
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert Event.objects.filter(action__startswith="directory.").count() == events


def test_import_for_another_place_is_not_permitted(tmp_path):
    stranger = make_user("district", "350206")

    with pytest.raises(NotPermitted):
        make_import(file(tmp_path, GOOD), PLACES, by=stranger)

    assert Import.objects.count() == 0


def test_other_districts_do_not_see_the_rows_even_without_a_filter(tmp_path):
    upload = make_import(file(tmp_path, GOOD), PLACES)
    stranger, own = make_user("district", "350206"), make_user("district", "350203")

    with reading_as(stranger):
        seen = (Import.objects.count(), StagedRow.objects.count())
        listed = queries.imports_visible_to(stranger, on=ON).count()
    with reading_as(own):
        mine = (Import.objects.count(), StagedRow.objects.count())

    assert (seen, listed, mine) == ((0, 0), 0, (1, 3))
    assert upload.rows.count() == 3


def test_discard_forgets_rows_and_bytes(tmp_path, django_capture_on_commit_callbacks):
    user = make_user("district")
    upload = make_import(file(tmp_path, GOOD), PLACES, by=user)

    with django_capture_on_commit_callbacks(execute=True):
        services.discard_import(upload=upload, by=user, at=AT)

    assert (upload.rows.count(), store.path_of(upload.digest).exists()) == (0, False)
    with pytest.raises(services.FileLost):
        services.open_kept(upload.digest)


def test_undo_is_refused_for_kinds_that_are_corrected_one_by_one(tmp_path):
    user = make_user("district")
    upload = applied(make_import(file(tmp_path, GOOD), PLACES, by=user), by=user)

    with pytest.raises(NotPermitted):
        services.undo_import(upload=upload, sheet=PLACES, by=user, at=AT)

    assert Import.objects.get().state == ImportState.APPLIED


def test_result_file_goes_back_in_after_correction(tmp_path):
    upload = make_import(file(tmp_path, GOOD, WRONG), PLACES)

    content = services.result_file(PLACES, queries.records_of(PLACES, upload, outcome="refused"))

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["行号", "结果", "原因", "建议"]
    assert (len(rows), rows[1][0], rows[1][5]) == (2, 4, "短码")
    mended = tmp_path / "改好.xlsx"
    fixed = [["" for _ in row[:4]] + GOOD if at else row for at, row in enumerate(rows)]
    again = make_import(make.grid(mended, fixed), PLACES)
    assert again.counts == {"accepted": 1, "warned": 0, "refused": 0, "skipped": 1}


def test_result_file_names_the_empty_cells_and_gives_each_fault_its_line(tmp_path):
    lacking = ["350203001902", "", "350203001", "社区", "2003年", ""]
    upload = make_import(file(tmp_path, lacking), PLACES)

    with translation.override("zh-hans"):
        content = services.result_file(PLACES, queries.records_of(PLACES, upload))

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1][2].split("\n") == ["必填项为空：地区名称。", "日期没有写到“日”。"]


def test_formulas_in_a_result_file_are_made_harmless(tmp_path):
    evil = [*WRONG]
    evil[1] = "=cmd|' /C calc'!A0"
    upload = make_import(file(tmp_path, evil), PLACES)

    content = services.result_file(PLACES, queries.records_of(PLACES, upload))

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1][5] == "'=cmd|' /C calc'!A0"


def test_template_is_read_back_as_empty(tmp_path):
    path = tmp_path / "模板.xlsx"
    path.write_bytes(services.template(PLACES))

    upload = make_import(path, PLACES)

    assert (upload.state, upload.reasons) == (ImportState.REJECTED, ["EMPTY"])


def test_wrong_state_is_told(tmp_path):
    user = make_user("district")
    upload = make_import(file(tmp_path, GOOD), PLACES, by=user, read=False)

    with pytest.raises((NotPermitted, WrongState)):
        services.discard_import(upload=upload, by=user, at=AT)
