"""The roster through the whole import: uploaded, judged, staged, applied, taken back."""

import json

import pytest
from django.core.management import CommandError, call_command

from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_user
from huiju.registry.models import Certificate, Person, Post
from huiju.registry.sheets import ROSTER
from huiju.registry.tests.test_roster_sheet import HEADER, number, person
from huiju.transfers import services
from huiju.transfers.enums import ImportState, Mode
from huiju.transfers.models import Import, StagedRow
from huiju.transfers.tests import sheetmaking as make
from huiju.transfers.tests.factories import AT, make_import

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path / "files"


def roster(tmp_path, *rows):
    return make.grid(tmp_path / "思明区2015.xlsx", [["花名册"], HEADER, *rows])


def command(capsys, *words):
    """Exit status and JSON answer of `huiju import roster …`."""
    status = 0
    try:
        call_command("import_file", "roster", *map(str, words), "--json")
    except SystemExit as end:
        status = end.code
    return status, json.loads(capsys.readouterr().out)


def test_dry_run_judges_and_keeps_nothing(tmp_path, capsys):
    path = roster(tmp_path, person(1), person(2, level="一级"))

    status, answer = command(capsys, path, "--dry-run")

    assert (status, Import.objects.count(), Person.objects.count()) == (1, 0, 0)
    assert {key: answer[key] for key in ("file", "outcome", "reasons", "import_id")} == {
        "file": "思明区2015.xlsx",
        "outcome": "import",
        "reasons": [],
        "import_id": None,
    }
    assert [(row["row"], row["outcome"], row["reasons"]) for row in answer["rows"]] == [
        (1, "skipped", []),
        (2, "skipped", []),
        (3, "accepted", []),
        (4, "refused", ["LEVEL_UNKNOWN"]),
    ]
    assert answer["rows"][2] == {
        "sheet": "名册",
        "row": 3,
        "outcome": "accepted",
        "reasons": [],
        "values": {
            "name": "张三丰",
            "id_type": "resident_id",
            "id_no": number(1),
            "level": "assistant",
            "cert_date": "2014-06-22",
            "post_start": "2012-03-01",
            "post_end": None,
            "district": "思明区",
            "street": "筼筜街道",
            "employer": "官任社区居委会",
        },
        "details": {"sex": "m"},
    }


def test_dry_run_tells_what_other_rows_change(tmp_path, capsys):
    path = roster(tmp_path, person(1), person(1))

    status, answer = command(capsys, path, "--dry-run")

    assert (status, answer["rows"][3]["reasons"]) == (1, ["ID_DUP_IN_FILE"])


def test_rejected_file_gives_its_reason_and_no_rows(tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\x89PNG")

    for words in ([path], [path, "--dry-run"]):
        status, answer = command(capsys, *words)
        assert (status, answer["outcome"]) == (1, "reject_file")
        assert (answer["reasons"], answer["rows"]) == (["TYPE_MISMATCH"], [])


def test_command_that_cannot_judge_ends_with_2(tmp_path, capsys):
    path = roster(tmp_path, person(1))

    with pytest.raises(CommandError, match=r"nothing\.xlsx"):
        call_command("import_file", "roster", str(tmp_path / "nothing.xlsx"), "--json")
    for words in (["roster", path, "--as", "nobody"], ["hats", path]):
        with pytest.raises(SystemExit) as end:
            call_command("import_file", *map(str, words), "--json")
        assert (end.value.code, capsys.readouterr().out) == (2, "")


def test_command_applies_as_of_a_day(tmp_path, capsys):
    user = make_user("district")
    path = roster(tmp_path, person(1, cert_date="2014-06-22"))

    status, answer = command(capsys, path, "--as", user.username, "--as-of", "2015-01-20")

    certificate, post = Certificate.objects.get(), Post.objects.get()
    assert (status, answer["rows"][2]["result"]["outcome"]) == (0, "created")
    assert certificate.recorded_at.isoformat() == "2015-01-20T04:00:00+00:00"
    assert (certificate.level, str(post.place)) == ("assistant", "筼筜街道")
    assert Import.objects.get(pk=answer["import_id"]).by == user


def test_row_of_another_district_is_refused_to_the_user(tmp_path, capsys):
    user = make_user("district", "350206")

    status, answer = command(
        capsys, roster(tmp_path, person(1)), "--as", user.username, "--dry-run"
    )

    assert (status, answer["rows"][2]["reasons"]) == (1, ["DISTRICT_FORBIDDEN"])


def test_same_roster_twice_changes_nothing(tmp_path, capsys):
    path = roster(tmp_path, person(1), person(2))
    command(capsys, path)
    before = list(Certificate.objects.values()), list(Post.objects.values())

    _, again = command(capsys, path)

    assert [row["result"]["outcome"] for row in again["rows"][2:]] == ["unchanged"] * 2
    assert (list(Certificate.objects.values()), list(Post.objects.values())) == before


def test_row_the_registry_refuses_is_refused_in_the_answer(tmp_path, capsys):
    command(capsys, roster(tmp_path, person(1)))

    status, answer = command(capsys, roster(tmp_path, person(1, name="李四"), person(2)))

    refused, taken = answer["rows"][2:]
    assert (status, refused["outcome"], refused["result"]["reason"]) == (
        1,
        "refused",
        "NAME_DIFFERS",
    )
    assert (taken["outcome"], taken["result"]["outcome"]) == ("accepted", "created")


def test_undo_takes_the_people_of_an_import_back(tmp_path):
    user = make_user("district")
    upload = make_import(roster(tmp_path, person(1), person(2)), ROSTER, by=user)
    services.begin_applying(upload=upload, mode=Mode.ALL, by=user)
    services.apply_import(upload=upload, sheet=ROSTER, at=AT)
    taken = Person.objects.filter(withdrawn_at=None).count()

    done = services.undo_import(upload=upload, sheet=ROSTER, by=user, at=AT)

    left = Person.objects.filter(withdrawn_at=None).count()
    assert (taken, left, done.state) == (2, 0, ImportState.UNDONE)


def test_staged_numbers_are_hidden_from_other_districts_by_the_database(tmp_path):
    make_import(roster(tmp_path, person(1)), ROSTER)

    with reading_as(make_user("district", "350206")):
        seen = StagedRow.objects.count()

    assert (seen, StagedRow.objects.count()) == (0, 3)
