"""Budget sheets as offices keep them, through the whole import."""

import contextlib
import json

import pytest
from django.core.management import call_command

from huiju.budgets import queries, services
from huiju.budgets.models import Entry, Line
from huiju.budgets.rules import Stages
from huiju.budgets.sheets import BUDGETS
from huiju.budgets.tests.factories import SIMING, make_entry
from huiju.directory.tests.factories import make_user
from huiju.policies.tests.factories import make_document
from huiju.transfers.tests.sheetmaking import grid

pytestmark = pytest.mark.django_db

HEAD = [
    "序号",
    "年度",
    "资金来源",
    "区划",
    "科目编码",
    "科目名称",
    "项目名称",
    "年初预算数（元）",
    "文号",
]
WAN = [*HEAD[:7], "年初预算数", "追加数", "支出数", "文号"]
TALENT = ("2080299", "其他民政管理事务支出")


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path / "files"


def row(number, name="社工督导", yuan=12000, *, year="2015", payer="市级", place="", document=""):
    return [number, year, payer, place, *TALENT, name, yuan, document]


def imported(capsys, tmp_path, *rows, by="city", head=HEAD, top=(["预算表"],), extra=()):
    """The outcome and reasons of each row, and what of them came in."""
    path = grid(tmp_path / "预算.xlsx", [*top, head, *rows])
    if not by:
        actor = []
    else:
        user = make_user(
            by if by != "siming" else "district", SIMING if by == "siming" else "350200"
        )
        actor = ["--as", user.username]
    with contextlib.suppress(SystemExit):
        call_command(
            "import_file", "budgets", str(path), *actor, "--as-of", "2015-06-01", "--json", *extra
        )
    answer = json.loads(capsys.readouterr().out)
    skipped = len(top) + 1
    return [(each["outcome"], each["reasons"]) for each in answer["rows"][skipped:]]


def standing(name="社工督导"):
    line = Line.objects.get(name=name)
    return queries.stages_of([line.pk])[line.pk]


def test_a_sheet_plans_lines_and_skips_subtotals(tmp_path, capsys):
    document = make_document(number="厦财社〔2015〕1号")
    found = imported(
        capsys,
        tmp_path,
        row(1, yuan="12,000.50", document="厦财社〔2015〕1号"),
        ["2015年小计", "", "", "", "", "", "", 12000.5, ""],
        row(2, "福彩项目", 300, payer="福彩公益金", year="2015年"),
        ["合计", "", "", "", "", "", "", 12300.5, ""],
    )

    assert [outcome for outcome, _ in found] == ["accepted", "skipped", "accepted", "skipped"]
    assert standing() == Stages(available=1_200_050)
    line = Line.objects.get(name="社工督导")
    assert (line.document, line.fiscal_year.year, line.payer.kind) == (document, 2015, "city")
    assert Line.objects.get(name="福彩项目").payer.kind == "lottery"


def test_ten_thousands_above_the_table_are_read_exactly_with_what_was_spent(tmp_path, capsys):
    rows = [[1, "2014", "市级", "思明区", *TALENT, "购买服务", "163.55", "12.3", "170.000001", ""]]

    found = imported(capsys, tmp_path, *rows, head=WAN, top=(["预算表"], ["", "", "单位：万元"]))

    assert found == [("accepted", [])]
    assert standing("购买服务") == Stages(available=5_849_999, paid=170_000_001)
    assert Line.objects.get().fiscal_year.state == "open"
    assert Line.objects.get().place.name == "思明区"


def test_the_same_file_twice_changes_nothing(tmp_path, capsys):
    rows = [[1, "2014", "市级", "", *TALENT, "购买服务", "10", "1", "5", ""]]
    told = {"head": WAN, "top": (["预算表"], ["单位：万元"])}
    imported(capsys, tmp_path, *rows, **told)
    entries = Entry.objects.count()

    imported(capsys, tmp_path, *rows, **told)

    assert (Entry.objects.count(), entries) == (5, 5)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"year": "15"}, "YEAR_INVALID"),
        ({"payer": "单位自筹"}, "PAYER_UNKNOWN"),
        ({"place": "鼓楼区"}, "PLACE_UNKNOWN"),
        ({"payer": "区级"}, "PLACE_UNKNOWN"),
        ({"yuan": "约三万"}, "AMOUNT_INVALID"),
        ({"yuan": "-5"}, "AMOUNT_INVALID"),
        ({"yuan": "0.001"}, "AMOUNT_INVALID"),
        ({"yuan": ""}, "REQUIRED_MISSING"),
    ],
)
def test_a_bad_row_is_named_and_a_good_one_comes_in(tmp_path, capsys, changed, reason):
    found = imported(capsys, tmp_path, row(1, "坏行", **changed), row(2, "好行"))

    assert found == [("refused", [reason]), ("accepted", [])]
    assert list(Line.objects.values_list("name", flat=True)) == ["好行"]


def test_amounts_without_a_unit_a_line_twice_and_spending_over_the_line_are_refused(
    tmp_path, capsys
):
    plain = [1, "2014", "市级", "", *TALENT, "无单位", "10", "", "", ""]
    over = [1, "2014", "市级", "", *TALENT, "超支", "10", "1", "11.01", ""]

    no_unit = imported(capsys, tmp_path, plain, head=WAN)
    twice = imported(capsys, tmp_path, row(1), row(2))
    too_much = imported(capsys, tmp_path, over, head=WAN, top=(["单位：元"],))

    assert no_unit == [("refused", ["UNIT_UNKNOWN"])]
    assert twice == [("refused", ["LINE_TWICE"])] * 2
    assert too_much == [("refused", ["EXECUTION"])]
    assert Line.objects.count() == 0


def test_the_records_refuse_foreign_money_an_unknown_document_and_nobody(tmp_path, capsys):
    imported(capsys, tmp_path, row(1), row(2, "区里", payer="区级", place="思明区"), by="siming")
    assert list(Line.objects.values_list("name", flat=True)) == ["区里"]
    imported(capsys, tmp_path, row(1, "无文", document="厦财社〔1999〕9号"))
    imported(capsys, tmp_path, row(1, "无人"), by="")

    assert Line.objects.count() == 1


def test_an_import_is_taken_back_while_nothing_is_committed_on_it(tmp_path, capsys):
    rows = [[1, "2015", "市级", "", *TALENT, "购买服务", "10", "1", "5", ""]]
    told = {"head": WAN, "top": (["预算表"], ["单位：万元"])}
    imported(capsys, tmp_path, *rows, **told)
    number = int(Entry.objects.first().purpose.removeprefix("import:"))
    by = make_user("city", "350200")
    entry = make_entry(Line.objects.get(), 100)
    with pytest.raises(services.UndoRefused):
        BUDGETS.undo(import_id=number, by=by, at=entry.recorded_at)
    services.reverse(entry=entry, claim=services.Claim("u", entry.on), by=by, at=entry.recorded_at)

    assert BUDGETS.undo(import_id=number, by=by, at=entry.recorded_at) == 5
    imported(capsys, tmp_path, *rows, **told)

    assert standing("购买服务") == Stages(available=6_000_000, paid=5_000_000)
    assert queries.ledger_check()["differences"] == []
