"""What is put together by columns is what the row judge says, row by row."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.registry.rules.roster import RosterTerms, judge
from huiju.registry.sheets import ROSTER, TITLES
from huiju.registry.tests.test_roster_sheet import ON, PLACES, number
from huiju.transfers.reading.grid import SheetHead
from huiju.transfers.rules.columns import HEADER_WITHIN, STOREYS
from huiju.transfers.rules.packing import packed, unpacked
from huiju.transfers.rules.rows import Judging

BY_ROWS = replace(ROSTER, plain=None)
FIELDS = tuple(TITLES)
FIRST = 2 + HEADER_WITHIN + STOREYS
"""The first row far enough down to be judged by columns."""

ORDINARY: dict[str, Any] = {
    "name": "张三丰",
    "sex": None,
    "id_type": "居民身份证",
    "id_no": number(1),
    "education": "本科",
    "employer": "官任社区居委会",
    "employer_kind": "社区",
    "district": "思明区",
    "street": "筼筜街道",
    "community": None,
    "title": "主任",
    "established": "否",
    "field": None,
    "level": "助理社会工作师",
    "certificate_no": "20140001",
    "management_no": None,
    "cert_date": "2014-06-22",
    "revoked_on": None,
    "post_start": "2012-03-01",
    "post_end": None,
    "phone": "13800000000",
}
DAYS = [
    None, "2014-06-22", "2014年6月22日", "2030-01-01", "2007-12-31", "2018.7", "03/04/2015", "无", " 2015/3/1 ",
    "20150301", 20150301, 42064, 42064.0, True, ["d", "2015-03-01"], ["m", "2015-03-01"], ["t", "08:00:00"],
    ["e", "#N/A"], ["f", ["d", "2015-03-01"], False], ["f", "2015-03-01", True], "至今", "—", "2001-02-28", "2000-02-29",
]  # fmt: skip
TEXTS = [
    None,
    "本科",
    " 本 科 ",
    "-",
    "a\u202eb",
    7,
    7.5,
    True,
    "１２",
    ["d", "2015-03-01"],
    ["f", "某", False],
    "x\x07",
]
ODD_CELLS: dict[str, list[Any]] = {
    "name": ["李四", "李 四", "某某", "Li Si", "王", "阿依古丽·买买提", "测试", None, "张三1", "张三\u200b丰", 5],
    "sex": ["男", "女", "不明", None, " 男 "],
    "id_type": [None, "身份证", "护照", "台胞证", "居民 身份证", "港澳台居民居住证", 3],
    "id_no": [
        number(2), number(3).lower(), f"'{number(4)}", f" {number(5)}", number(6)[:-1], number(7)[:17] + "Z", None,
        number(8, born="20001301"), number(9, born="20150101"), number(10, born="19400101"), number(11, "999999"),
        number(12, "830000"), number(13, "911100"), number(14, "350203", "20000229"), "350201850101001", 350201198501010017,
        3.5e17, "H12345678", number(15, "350201", "18991231"), number(16)[:14] + "000" + number(16)[17], "１" + number(1)[1:],
    ],
    "district": ["湖里区", "思明", "厦门市思明区", "350203", "火星区", None, "思明区莲前街道", 350203],
    "street": ["筼筜街道", "筼筜", "金山街道", "火星街道", None, "思明区筼筜街道"],
    "level": ["社会工作师", "高级社会工作师", "社工", "无", "初级", None, " 中级 ", 2],
    "employer_kind": ["机关", "社 区", "不明", None],
    "established": ["是", "在编", "不明", None],
    "certificate_no": [None, "'20140001", "2014 0002", 20140003, 1234567890123456789, 2.0e16, "'"],
    "management_no": [None, "M1", "20140001"],
    **dict.fromkeys(("cert_date", "post_start", "post_end", "revoked_on"), DAYS),
}  # fmt: skip
TERMS = [
    RosterTerms(ON, PLACES),
    RosterTerms(ON, PLACES, frozenset({"350206"}), "350206"),
    RosterTerms(ON, PLACES, frozenset({"350203", "350206"})),
]


@st.composite
def rows(draw):
    """Ordinary rows in which some cells are others: a row without one is drawn too."""
    found = []
    for at in range(draw(st.integers(1, 4))):
        row = ORDINARY | {"id_no": number(100 + at)}
        for field in draw(st.lists(st.sampled_from(FIELDS), max_size=4)):
            row[field] = draw(st.sampled_from(ODD_CELLS.get(field, TEXTS)))
        found.append((FIRST + at, draw(st.integers(0, 9)) == 0, list(row.values())))
    return found


def judging(sheet, terms, found, name="名册"):
    blank = [(at, False, []) for at in range(2, FIRST)]
    copied = [(at, hidden, list(cells)) for at, hidden, cells in found]
    source = [SheetHead(name), [(1, False, list(TITLES.values())), *blank, *copied]]
    judged = Judging(sheet, terms, source)
    return list(judged)[FIRST - 1 :], judged


@given(rows(), st.sampled_from(TERMS), st.sampled_from(["名册", "思明区名册"]))
def test_rows_judged_by_columns_are_judged_as_the_row_judge_judges(found, terms, name):
    quick, by_columns = judging(ROSTER, terms, found, name)
    slow, by_rows = judging(BY_ROWS, terms, found, name)

    assert quick == slow
    assert by_columns.counts == by_rows.counts
    assert by_columns.corrections == by_rows.corrections


@pytest.mark.parametrize(
    "together",
    [
        {"post_start": "2015-03-02", "post_end": "2015-03-01"},
        {"post_start": "2015-03-01", "post_end": "2015-03-01"},
        {"post_end": "2014-06-21"},
        {"post_start": None, "post_end": "2014-06-21"},
        {"id_no": number(1, born="19980622"), "post_start": "2014-06-22"},
        {"id_no": number(1, born="19980623"), "post_start": None},
        {"id_no": number(1, born="19960301"), "post_start": "2012-02-29"},
        {"id_no": number(1, born="19960229"), "post_start": "2012-02-29"},
        {"id_no": number(1, born="19551031"), "post_start": None},
        {"id_no": number(1, born="19551101"), "post_start": None},
        {"id_no": number(1, born="19561102"), "post_start": None},
        {"district": "湖里区", "street": "筼筜街道"},
        {"district": None, "street": None},
        {"id_type": "台胞证", "name": "Li Si"},
        {"certificate_no": "'", "management_no": 1234567890123456789},
    ],
)
def test_cells_that_are_ordinary_alone_are_judged_together(together):
    found = [(FIRST, False, list((ORDINARY | together).values()))]

    quick, slow = (judging(sheet, TERMS[0], found)[0] for sheet in (ROSTER, BY_ROWS))

    assert quick == slow


def untouched(_record, _terms):
    raise AssertionError("an ordinary row went to the row judge")


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"cert_date": ["d", "2014-06-22"], "phone": 13800000000, "post_end": "至今"},
        {"street": None, "post_start": None, "employer": None, "id_type": None, "sex": "男"},
        {
            "post_start": "20120301",
            "post_end": 42064,
            "level": "中级",
            "employer": "（某）社区 居委会",
        },
        {"id_no": number(3, "350203", "20000229"), "cert_date": "2016-02-29", "post_start": None},
    ],
)
def test_ordinary_rows_do_not_go_to_the_row_judge(other):
    sheet = replace(ROSTER, judge=untouched)

    found, _ = judging(sheet, TERMS[0], [(FIRST, False, list((ORDINARY | other).values()))])

    assert found[0][2].outcome == "accepted"


def test_a_header_further_down_moves_the_columns_of_the_rows_below_it():
    turned = list(TITLES.values())[::-1]
    found = [
        (FIRST, False, list(ORDINARY.values())),
        (FIRST + 1, False, turned),
        (FIRST + 2, False, list((ORDINARY | {"id_no": number(2)}).values())[::-1]),
    ]

    judged, _ = judging(ROSTER, TERMS[0], found)

    assert [(verdict.outcome, verdict.values["id_no"]) for _, _, verdict in judged] == [
        ("accepted", number(1)),
        ("skipped", None),
        ("accepted", number(2)),
    ]


@given(rows())
def test_packed_rows_come_out_as_they_went_in(found):
    judged, _ = judging(ROSTER, TERMS[0], found)
    said = [(v.values, v.details, v.written) if v.values else None for _, _, v in judged]

    assert unpacked(packed([None, *said])) == [None, *said]


def test_rows_packed_by_earlier_releases_are_still_read():
    assert unpacked('[null,[{"a":1},{},{"b":"c"}]]') == [None, [{"a": 1}, {}, {"b": "c"}]]


def test_every_field_of_the_template_is_known_to_both_judges():
    assert set(ROSTER.plain(TERMS[0]).fields) == set(FIELDS)
    assert ROSTER.judge is judge
