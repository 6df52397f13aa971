"""Whole roster files, from bytes to verdicts, judged against the city's places without a database."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import huiju.directory
from huiju.registry.enums import RosterReason
from huiju.registry.rules.identity import check_digit
from huiju.registry.rules.places import Gazetteer, PlaceName
from huiju.registry.rules.roster import RosterTerms
from huiju.registry.sheets import ROSTER
from huiju.transfers.enums import FILE_SUGGESTIONS, FileReason, RowReason
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Limits, Refused
from huiju.transfers.rules.rows import Judging
from huiju.transfers.tests import sheetmaking as make

ON = date(2026, 11, 1)
HEADER = ["序号", "姓名", "证件号码", "证书级别", "批准日期", "到岗日期", "所在区", "街道", "单位"]


def gazetteer() -> Gazetteer:
    table = Path(huiju.directory.__file__).parent / "data" / "350200.csv"
    with table.open(encoding="utf-8") as lines:
        return Gazetteer.of(
            "厦门市",
            [
                PlaceName(row["code"], row["name"], row["code"][:6])
                for row in csv.DictReader(lines)
                if row["kind"] in ("district", "street")
            ],
        )


PLACES = gazetteer()


def number(serial: int, place: str = "350201", born: str = "19850101") -> str:
    first = f"{place}{born}{serial:03}"
    return first + check_digit(first)


def person(serial: int = 1, **other: Any) -> list[Any]:
    row = {
        "no": serial,
        "name": "张三丰",
        "id_no": number(serial),
        "level": "助理社会工作师",
        "cert_date": "2014-06-22",
        "post_start": "2012-03-01",
        "district": "思明区",
        "street": "筼筜街道",
        "employer": "官任社区居委会",
    }
    return list((row | other).values())


def judged(path: Path, **terms: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    """File reasons, and of each row its sheet, number, outcome and reasons."""
    source = box.read(path, path.name, ROSTER.familiar, Limits())
    judging = Judging(ROSTER, RosterTerms(ON, PLACES, **terms), source)
    rows = {(sheet, at): (verdict.outcome, verdict.reasons) for sheet, at, verdict in judging}
    rows |= {key: found[1:] for key, found in judging.corrections.items()}
    return judging.file_reasons, [
        (sheet, at, outcome.value, [str(reason) for reason in reasons])
        for (sheet, at), (outcome, reasons) in rows.items()
    ]


def outcomes(path: Path, **terms: Any) -> list[tuple[str, list[str]]]:
    return [row[2:] for row in judged(path, **terms)[1]]


def values(path: Path) -> Iterator[dict[str, Any]]:
    source = box.read(path, path.name, ROSTER.familiar, Limits())
    for _sheet, _at, verdict in Judging(ROSTER, RosterTerms(ON, PLACES), source):
        if verdict.outcome != "skipped":
            yield verdict.values


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        judged(path)
    return refused.value.reason


def test_the_closed_list_of_reasons_is_the_published_one():
    words = {*RosterReason.values, *RowReason.values} - {RowReason.VALUE_INVALID.value}

    assert words == set(
        [
            "ID_LENGTH",
            "ID_FORMAT",
            "ID_CHECK_DIGIT",
            "ID_DATE",
            "ID_15_DIGIT",
            "ID_PRECISION_LOST",
            "ID_PLACE",
            "ID_TYPE_UNSUPPORTED",
            "ID_TYPE_MISMATCH",
            "ID_DUP_IN_FILE",
            "ID_DUP_CONFLICT",
            "CERT_NO_CONFLICT",
            "TWO_CERTIFICATES",
            "NAME_INVALID",
            "NAME_SUSPICIOUS",
            "REQUIRED_MISSING",
            "AGE",
            "LEVEL_UNKNOWN",
            "LEVEL_AMBIGUOUS",
            "LEVEL_NOT_HELD",
            "DATE_INVALID",
            "DATE_AMBIGUOUS",
            "DATE_PRECISION",
            "DATE_FUTURE",
            "DATE_BEFORE_SCHEME",
            "POST_BEFORE_CERT",
            "DISTRICT_UNKNOWN",
            "DISTRICT_FORBIDDEN",
            "STREET_UNKNOWN",
            "STREET_MISMATCH",
            "FORMULA",
            "HIDDEN_ROW",
            "HIDDEN_SHEET",
            "CONTROL_CHAR",
        ]
    )
    assert set(FileReason.values) == set(
        [
            "CORRUPT",
            "EMPTY",
            "TYPE_MISMATCH",
            "TYPE_UNSUPPORTED",
            "PASSWORD",
            "MACRO",
            "XML_ENTITY",
            "ZIP_BOMB",
            "TOO_LARGE",
            "ENCODING",
            "HEADER_MISSING",
            "HEADER_UNKNOWN",
            "HEADER_AMBIGUOUS",
            "EXTERNAL_LINK",
            "MULTI_SHEET",
        ]
    )
    assert set(FILE_SUGGESTIONS) == set(FileReason)
    assert set(ROSTER.reasons) == {*RosterReason.values, *RowReason.values}


def test_titles_totals_notes_and_signatures_are_skipped_and_every_row_is_named(tmp_path):
    path = make.grid(
        tmp_path / "a.xlsx",
        [
            ["思明区持证社工花名册"],
            ["单位：人", None, "填报日期：2015年10月"],
            HEADER,
            person(1),
            ["小计", None, "1人"],
            [None, "一、鹭江街道"],
            HEADER,
            person(2),
            [3],
            ["合计", None, None, 2],
            ["注：本表一式两份。"],
            ["制表人：王五", None, "审核人：赵六", None, "日期：2015-10-31"],
        ],
    )

    file_reasons, rows = judged(path)

    skipped = [(at, "skipped") for at in (1, 2, 3, 5, 6, 7, 9, 10, 11, 12)]
    taken = [(4, "accepted"), (8, "accepted")]
    assert file_reasons == []
    assert [(at, outcome) for _sheet, at, outcome, _ in rows] == sorted(skipped + taken)


def test_header_in_two_storeys_with_merged_cells_is_found(tmp_path):
    def write(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:F1", "花名册")
        for column, title in enumerate(["姓名", "身份证号"]):
            sheet.merge_range(1, column, 2, column, title)
        sheet.merge_range("C2:D2", "证书")
        sheet.write_row("C3", ["级别", "批准日期"])
        sheet.merge_range("E2:F2", "工作")
        sheet.write_row("E3", ["所在区", "单位"])
        sheet.write_row("A4", ["张三", number(1), "初级", "2014-06-22"])
        sheet.merge_range("E4:E5", "思明区")
        sheet.merge_range("F4:F5", "官任社区")
        sheet.write_row("A5", ["李四", number(2), "中级", "2014-06-22"])
        sheet.write_row("A6", ["王五", number(3), "中级", "2014-06-22"])

    path = make.xlsx(tmp_path / "a.xlsx", write)

    assert outcomes(path)[3:] == [
        ("accepted", []),
        ("accepted", []),
        ("refused", ["REQUIRED_MISSING"]),
    ]


def test_hidden_rows_and_sheets_are_named_but_do_not_come_in(tmp_path):
    def write(book: Any, sheet: Any) -> None:
        hidden, words = book.add_worksheet("旧名册"), book.add_worksheet("字典")
        for page in (sheet, hidden):
            page.write_row(0, 0, HEADER)
            page.write_row(1, 0, person(1))
            page.write_row(2, 0, person(2))
        sheet.set_row(2, options={"hidden": True})
        words.write(0, 0, "助理社会工作师")
        hidden.hide()
        words.hide()

    assert judged(make.xlsx(tmp_path / "a.xlsx", write)) == (
        [],
        [
            ("名册", 1, "skipped", []),
            ("名册", 2, "accepted", []),
            ("名册", 3, "refused", ["HIDDEN_ROW"]),
            ("旧名册", 1, "skipped", []),
            ("旧名册", 2, "refused", ["HIDDEN_SHEET"]),
            ("旧名册", 3, "refused", ["HIDDEN_SHEET"]),
            ("字典", 1, "skipped", []),
        ],
    )


def test_all_sheets_with_a_roster_are_read_and_that_is_said(tmp_path):
    def write(book: Any, sheet: Any) -> None:
        for at, page in enumerate([sheet, book.add_worksheet("湖里")]):
            page.write_row(0, 0, HEADER)
            page.write_row(1, 0, person(at))
        book.add_worksheet("说明").write(0, 0, "请如实填写")

    file_reasons, rows = judged(make.xlsx(tmp_path / "a.xlsx", write))

    assert file_reasons == ["MULTI_SHEET"]
    assert [row[2] for row in rows] == ["skipped", "accepted", "skipped", "accepted", "skipped"]


def test_formula_is_taken_by_its_plain_value_only(tmp_path):
    def write(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEADER)
        for row in range(1, 5):
            sheet.write_row(row, 0, person(row))
        sheet.write_formula("B2", "=A1", None, "李四")
        sheet.write_formula("B3", "=Z9", None, 0)
        sheet.write_formula("B4", "=1/0", None, "#DIV/0!")
        sheet.write_formula("E5", "=TODAY()", None, 41812)

    assert outcomes(make.xlsx(tmp_path / "a.xlsx", write))[1:] == [
        ("accepted", []),
        ("refused", ["FORMULA"]),
        ("refused", ["FORMULA"]),
        ("refused", ["FORMULA"]),
    ]


def test_rows_of_one_file_about_one_person_are_compared(tmp_path):
    same, two, torn = person(1), person(2), person(3)
    path = make.grid(
        tmp_path / "a.xlsx",
        [
            HEADER,
            same,
            same,
            two,
            person(2, level="中级", cert_date="2016-06-20"),
            torn,
            person(3, name="李四"),
        ],
    )

    assert outcomes(path)[1:] == [
        ("accepted", []),
        ("refused", ["ID_DUP_IN_FILE"]),
        ("warned", ["TWO_CERTIFICATES"]),
        ("warned", ["TWO_CERTIFICATES"]),
        ("refused", ["ID_DUP_CONFLICT"]),
        ("refused", ["ID_DUP_CONFLICT"]),
    ]


def test_two_persons_with_one_certificate_number_are_both_refused(tmp_path):
    rows = [[*person(1), "2014001"], [*person(2), "2014001"], [*person(3), "2014002"]]
    path = make.grid(tmp_path / "a.xlsx", [[*HEADER, "管理号"], *rows])

    assert outcomes(path)[1:] == [
        ("refused", ["CERT_NO_CONFLICT"]),
        ("refused", ["CERT_NO_CONFLICT"]),
        ("accepted", []),
    ]


def test_rows_of_other_districts_are_refused_to_a_district(tmp_path):
    path = make.grid(
        tmp_path / "a.xlsx",
        [
            HEADER,
            person(1),
            person(2, district="湖里", street=None),
            person(3, district=None, street=None),
        ],
    )

    found = outcomes(path, allowed=frozenset({"350203"}), home="350203")

    assert found[1:] == [("accepted", []), ("refused", ["DISTRICT_FORBIDDEN"]), ("accepted", [])]


CASES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "scientific": ({"id_no": "3.50201E+17"}, "refused", ["ID_PRECISION_LOST"]),
    "typed as an amount": ({"id_no": 350201198501010000}, "refused", ["ID_PRECISION_LOST"]),
    "rounded tail": ({"id_no": "350201198501011000"}, "refused", ["ID_PRECISION_LOST"]),
    "15 digits": ({"id_no": "350201850101123"}, "refused", ["ID_15_DIGIT"]),
    "17 digits": ({"id_no": number(1)[:17]}, "refused", ["ID_LENGTH"]),
    "letter inside": ({"id_no": "35O201198501010019"}, "refused", ["ID_FORMAT"]),
    "wrong check digit": ({"id_no": number(1)[:17] + "X"}, "refused", ["ID_CHECK_DIGIT"]),
    "no such day": ({"id_no": number(1, born="19850230")}, "refused", ["ID_DATE"]),
    "unborn": ({"id_no": number(1, born="20991231")}, "refused", ["ID_DATE"]),
    "unknown place": ({"id_no": number(1, place="990101")}, "warned", ["ID_PLACE"]),
    "abolished place": ({"id_no": number(1, place="350204")}, "accepted", []),
    "full width": ({"id_no": "　３５０２０１" + number(1)[6:]}, "accepted", []),
    "apostrophe": ({"id_no": "'" + number(2)}, "accepted", []),
    "child": ({"id_no": number(1, born="20100101")}, "refused", ["AGE"]),
    "very old": ({"id_no": number(1, born="19400101")}, "warned", ["AGE"]),
    "name of one sign": ({"name": "张"}, "refused", ["NAME_INVALID"]),
    "name with digits": ({"name": "张三2"}, "refused", ["NAME_INVALID"]),
    "name with a lost sign": ({"name": "张？丰"}, "refused", ["NAME_INVALID"]),
    "name with a dot": ({"name": "买买提·艾力"}, "accepted", []),
    "rare name": ({"name": "𠅤䶮"}, "accepted", []),
    "name in a private place": ({"name": "张\ue863"}, "warned", ["NAME_SUSPICIOUS"]),
    "no name": ({"name": " "}, "refused", ["REQUIRED_MISSING"]),
    "assistant, not intermediate": ({"level": "社会工作师（初级）"}, "accepted", []),
    "two levels in a cell": (
        {"level": "助理社会工作师、社会工作师"},
        "refused",
        ["LEVEL_AMBIGUOUS"],
    ),
    "contradicting level": ({"level": "中级助理社会工作师"}, "refused", ["LEVEL_AMBIGUOUS"]),
    "profession only": ({"level": "社会工作者"}, "refused", ["LEVEL_AMBIGUOUS"]),
    "another profession": ({"level": "心理咨询师"}, "refused", ["LEVEL_UNKNOWN"]),
    "no certificate": ({"level": "未持证"}, "refused", ["LEVEL_NOT_HELD"]),
    "month only": ({"cert_date": "2018.7"}, "refused", ["DATE_PRECISION"]),
    "year only": ({"cert_date": 2018}, "refused", ["DATE_PRECISION"]),
    "short year": ({"cert_date": "14.6.22"}, "refused", ["DATE_AMBIGUOUS"]),
    "day or month first": ({"cert_date": "03/04/2015"}, "refused", ["DATE_AMBIGUOUS"]),
    "no such date": ({"cert_date": "2015-02-29"}, "refused", ["DATE_INVALID"]),
    "future": ({"cert_date": "2027-01-01"}, "refused", ["DATE_FUTURE"]),
    "before the scheme": ({"cert_date": "2007-06-22"}, "refused", ["DATE_BEFORE_SCHEME"]),
    "serial": ({"cert_date": 41812}, "accepted", []),
    "unknown district": ({"district": "鼓楼区"}, "refused", ["DISTRICT_UNKNOWN"]),
    "street elsewhere": ({"street": "江头街道"}, "refused", ["STREET_MISMATCH"]),
    "unknown street": ({"street": "云顶街道"}, "warned", ["STREET_UNKNOWN"]),
    "control sign": ({"name": "张\u202e三"}, "refused", ["CONTROL_CHAR"]),
}


def test_single_faults_have_their_own_words(tmp_path):
    rows = [
        person(at, **({"id_no": number(at)} | cell))
        for at, (cell, *_) in enumerate(CASES.values(), 100)
    ]
    path = make.grid(tmp_path / "a.xlsx", [HEADER, *rows])

    found = dict(zip(CASES, outcomes(path)[1:], strict=True))

    assert found == {name: (outcome, reasons) for name, (_, outcome, reasons) in CASES.items()}


@pytest.mark.parametrize(
    ("kind", "id_no", "outcome", "reasons"),
    [
        ("居民身份证", number(1), "accepted", []),
        ("港澳台居民居住证", number(1, place="830000"), "accepted", []),
        ("台湾居民居住证", number(1, place="810000"), "refused", ["ID_TYPE_MISMATCH"]),
        ("居民身份证", number(1, place="820000"), "refused", ["ID_TYPE_MISMATCH"]),
        ("港澳居民来往内地通行证", "H12345678", "accepted", []),
        ("港澳居民来往内地通行证", "X12345678", "refused", ["ID_FORMAT"]),
        ("港澳居民来往内地通行证", number(1), "refused", ["ID_TYPE_MISMATCH"]),
        ("台湾居民来往大陆通行证", "12345678", "accepted", []),
        ("台湾居民来往大陆通行证", "123", "refused", ["ID_LENGTH"]),
        ("外国人永久居留身份证", number(1, place="911840"), "accepted", []),
        ("护照", "E12345678", "refused", ["ID_TYPE_UNSUPPORTED"]),
    ],
)
def test_documents_of_people_from_elsewhere(tmp_path, kind, id_no, outcome, reasons):
    path = make.grid(tmp_path / "a.xlsx", [["证件类型", *HEADER], [kind, *person(1, id_no=id_no)]])

    assert outcomes(path)[1] == (outcome, reasons)


def test_values_are_the_ten_published_ones(tmp_path):
    path = make.grid(
        tmp_path / "a.xlsx",
        [HEADER, person(1, level="社工师(初级)", district="厦门市思明", street="筼筜")],
    )

    assert list(values(path)) == [
        {
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
        }
    ]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (["序号", "姓名", "证书级别", "批准日期", "所在区"], "HEADER_MISSING"),
        (["姓名", "公民代码", "证书级别", "批准日期", "所在区"], "HEADER_UNKNOWN"),
        (["name", "number", "level", "date", "district"], "HEADER_UNKNOWN"),
        (["姓名", "证件号码", "身份证号", "证书级别", "批准日期"], "HEADER_AMBIGUOUS"),
    ],
)
def test_faulty_headers_refuse_the_file(tmp_path, header, reason):
    path = make.grid(
        tmp_path / "a.xlsx", [header, ["张三", number(1), "初级", "2014-06-22", "思明区"]]
    )

    assert refusal(path) == reason


def test_records_without_any_header_refuse_the_file(tmp_path):
    path = make.grid(tmp_path / "a.xlsx", [person(1), person(2)])

    assert refusal(path) == "HEADER_MISSING"


def test_people_on_a_sheet_without_header_beside_a_good_one_refuse_the_file(tmp_path):
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, person(1))
        book.add_worksheet("续表").write_row(0, 0, person(2))

    assert refusal(make.xlsx(tmp_path / "a.xlsx", write)) == "HEADER_MISSING"


@pytest.mark.parametrize("rows", [[], [HEADER], [["花名册"], HEADER, ["合计", 0]]])
def test_file_without_records_is_empty(tmp_path, rows):
    assert refusal(make.grid(tmp_path / "a.xlsx", rows)) == "EMPTY"


@pytest.mark.parametrize(
    ("district", "street", "found"),
    [
        ("思明", "筼筜", ("思明区", "筼筜街道")),
        ("厦门市思明区", "篔簹街道", ("思明区", "筼筜街道")),
        ("350203", "350203009", ("思明区", "筼筜街道")),
        ("思明區", None, ("思明区", None)),
        (None, "江头街道", ("湖里区", "江头街道")),
        ("湖里区江头街道园山社区", None, ("湖里区", "江头街道")),
        ("思明区/筼筜街道/官任社区", None, ("思明区", "筼筜街道")),
    ],
)
def test_places_are_known_in_every_way_to_write_them(tmp_path, district, street, found):
    path = make.grid(tmp_path / "a.xlsx", [HEADER, person(1, district=district, street=street)])

    (read,) = values(path)

    assert (read["district"], read["street"]) == found


def test_one_district_s_roster_without_the_column_takes_it_from_the_title(tmp_path):
    header = [word for word in HEADER if word not in ("所在区", "街道")]
    row = [cell for cell in person(1) if cell not in ("思明区", "筼筜街道")]
    path = make.grid(tmp_path / "a.xlsx", [["厦门市思明区持证社工花名册"], header, row])

    (read,) = values(path)

    assert read["district"] == "思明区"
