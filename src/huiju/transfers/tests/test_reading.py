"""Files of every kind go through the real child process."""

import os
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwt

from huiju.transfers.reading import box
from huiju.transfers.reading.grid import BLANK_RUN, Limits, Refused, SheetHead
from huiju.transfers.tests import sheetmaking as make

FAMILIAR = "姓名 证件号码"


def read(path: Path, name: str = "", limits: Limits | None = None) -> list[Any]:
    found: list[Any] = []
    for message in box.read(path, name or path.name, FAMILIAR, limits or Limits()):
        found += [message] if isinstance(message, SheetHead) else map(list, message)
    return found


def refusal(path: Path, name: str = "", limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as refused:
        read(path, name, limits)
    return refused.value.reason


def test_workbook_gives_its_cells_with_the_program_s_row_numbers(tmp_path):
    path = make.xlsx(tmp_path / "a.xlsx", _typical)

    sheets = read(path)

    assert sheets == [
        SheetHead("名册", merged=[[1, 0, 1, 2], [3, 1, 4, 1]]),
        [1, False, ["花名册"]],
        [3, False, ["张三", "同一单位", 18, 3.5, ["d", "2014-06-22"], True]],
        [4, True, ["李四", None, ["m", "2018-07-01"], ["f", "350", False], ["f", 2, True]]],
        [6, False, []],
    ]


def _typical(book: Any, sheet: Any) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    month = book.add_format({"num_format": 'yyyy"年"m"月"'})
    sheet.merge_range("A1:C1", "花名册")
    sheet.write_row("A3", ["张三", None, 18, 3.5])
    sheet.write_datetime("E3", date(2014, 6, 22), day)
    sheet.write_boolean("F3", True)
    sheet.merge_range("B3:B4", "同一单位")
    sheet.write("A4", "李四")
    sheet.write_datetime("C4", date(2018, 7, 1), month)
    sheet.write_formula("D4", '=TEXT(1,"0")', None, "350")
    sheet.write_formula("E4", "=TODAY()", None, 2)
    sheet.set_row(3, options={"hidden": True})
    sheet.write_blank("B6", None, day)


def test_workbook_of_1904_dates_gives_the_same_days(tmp_path):
    def write(book: Any, sheet: Any) -> None:
        sheet.write_datetime("A1", date(2014, 6, 22), book.add_format({"num_format": 14}))

    path = make.xlsx(tmp_path / "a.xlsx", write, date_1904=True)

    assert read(path) == [SheetHead("名册", epoch_1904=True), [1, False, [["d", "2014-06-22"]]]]


def test_cells_in_unusual_forms_are_read(tmp_path):
    strings = f'<sst xmlns="{make.NAMESPACE}"><si><r><t>张</t></r><rPh><t>zhang</t></rPh><r><t>三</t></r></si><si/><si><t>a&amp;b_x000A_c</t></si></sst>'
    rows = (
        '<row><c t="s"><v>0</v></c><c/><c s="0" r="C1" t="s"><v>2</v></c></row>'
        '<row r="4"/><row r="5"><c r="B5" t="inlineStr"><is><t xml:space="preserve"> 李 </t></is></c>'
        '<c r="D5" t="e"><v>#N/A</v></c><c r="E5" t="d"><v>2014-06-22T00:00:00</v></c></row>'
    )
    path = make.packed(tmp_path / "a.xlsx", make.parts(make.sheet(rows), strings))

    assert read(path)[1:] == [
        [1, False, ["张三", None, "a&b\nc"]],
        [4, False, []],
        [5, False, [None, " 李 ", None, ["e", "#N/A"], ["d", "2014-06-22"]]],
    ]


def test_workbook_with_prefixed_elements_is_read(tmp_path):
    body = f'<x:worksheet xmlns:x="{make.NAMESPACE}"><x:sheetData><x:row r="2"><x:c r="A2"><x:v>7</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A2:B3"/></x:mergeCells></x:worksheet>'
    path = make.packed(tmp_path / "a.xlsx", make.parts(body))

    assert read(path) == [SheetHead("名册", merged=[[2, 0, 3, 1]]), [2, False, [7]]]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ","),
        ("utf-16", "\t"),
        ("utf-16-le", ","),
        ("gb18030", ","),
        ("gb18030", ";"),
    ],
)
def test_text_files_are_read_in_every_encoding(tmp_path, encoding, mark):
    path = tmp_path / "名册.csv"
    lines = [["姓名", "证件号码"], [], ["䶮三", '="350201"'], ["李四", "=A1"], ["", ""]]
    path.write_bytes("\r\n".join(mark.join(line) for line in lines).encode(encoding))

    assert read(path) == [
        SheetHead("名册"),
        [1, False, ["姓名", "证件号码"]],
        [3, False, ["䶮三", "350201"]],
        [4, False, ["李四", ["f", None, False]]],
        [5, False, []],
    ]


@pytest.mark.parametrize(
    "raw",
    [
        "姓名,證件".encode("big5"),
        "姓名,证".encode() + b"\xe8\xaf",
        "姓名".encode("utf-32"),
        b"\xff\xfe\x00\xd8,",
    ],
)
def test_text_in_other_encodings_is_refused(tmp_path, raw):
    path = tmp_path / "a.csv"
    path.write_bytes(raw)

    assert refusal(path) == "ENCODING"


def test_binary_workbook_gives_hidden_rows_formulas_dates_and_merged_cells(tmp_path):
    book = xlwt.Workbook()
    sheet, hidden = book.add_sheet("名册"), book.add_sheet("旧表")
    hidden.visibility = 1
    sheet.write_merge(0, 0, 0, 2, "花名册")
    sheet.write(2, 0, "张三")
    sheet.write(2, 1, date(2014, 6, 22), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(2, 2, date(2018, 7, 1), xlwt.easyxf(num_format_str='yyyy"年"m"月"'))
    sheet.write(3, 0, 18)
    sheet.write(3, 1, xlwt.Formula("1+1"))
    sheet.row(3).hidden = True
    sheet.write(5, 0, None, xlwt.easyxf("font: bold on"))
    path = tmp_path / "a.xls"
    book.save(str(path))

    found = read(path)

    assert found == [
        SheetHead("名册", merged=[[1, 0, 1, 2]]),
        [1, False, ["花名册"]],
        [3, False, ["张三", ["d", "2014-06-22"], ["m", "2018-07-01"]]],
        [4, True, [18, ["f", None, False]]],
        [6, False, []],
        SheetHead("旧表", hidden=True),
    ]


def test_workbook_named_et_is_read_by_what_it_is(tmp_path):
    path = make.grid(tmp_path / "a.et", [["姓名"]])

    assert read(path)[1:] == [[1, False, ["姓名"]]]


def _picture(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return path


def _truncated(path: Path) -> Path:
    make.grid(path, [["姓名", "证件号码"]])
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _flipped(path: Path) -> Path:
    make.packed(path, make.parts(make.sheet(make.inline(1, ["姓名"] * 50))))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"sheet1.xml") + 30] ^= 0xFF
    path.write_bytes(bytes(raw))
    return path


def _broken_xml(path: Path) -> Path:
    return make.packed(path, make.parts(make.sheet("<row><c>")[:-30]))


def _commented_out(path: Path) -> Path:
    return make.packed(path, make.parts(make.sheet("<!-- " + make.inline(1, ["姓名"]) + " -->")))


def _entity(path: Path) -> Path:
    body = '<!DOCTYPE x [<!ENTITY a "b">]>' + make.sheet(make.inline(1, ["&a;"]))
    return make.packed(path, make.parts(body))


def _wide_entity(path: Path) -> Path:
    body = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]>' + make.sheet("")
    return make.packed(path, make.parts("") | {"xl/worksheets/sheet1.xml": body.encode("utf-16")})


def _bomb(path: Path) -> Path:
    return make.packed(path, make.parts(make.sheet("") + " " * 60 * 2**20))


def _lying(path: Path) -> Path:
    make.packed(path, make.parts(make.sheet(make.inline(1, ["姓名"] * 5000))))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    raw = path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(raw)
    return path


def _macro(path: Path) -> Path:
    more = {"xl/vbaProject.bin": "x"}
    return make.packed(path, make.parts(make.sheet(""), **more))


def _linked(path: Path) -> Path:
    more = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    return make.packed(path, make.parts(make.sheet(""), **more))


def _encrypted(path: Path) -> Path:
    return make.ole(path, {"EncryptedPackage": b"x", "EncryptionInfo": b"y"})


def _locked_entry(path: Path) -> Path:
    make.packed(path, make.parts(make.sheet("")))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    return path


def _far_column(path: Path) -> Path:
    return make.packed(path, make.parts(make.sheet('<row r="1"><c r="GZ1"><v>1</v></c></row>')))


def _document(path: Path) -> Path:
    return make.packed(path, {"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"})


def _nothing(path: Path) -> Path:
    path.write_bytes(b"")
    return path


REFUSED = {
    _picture: "TYPE_MISMATCH",
    _document: "TYPE_MISMATCH",
    _truncated: "CORRUPT",
    _flipped: "CORRUPT",
    _broken_xml: "CORRUPT",
    _commented_out: "CORRUPT",
    _entity: "XML_ENTITY",
    _wide_entity: "XML_ENTITY",
    _bomb: "ZIP_BOMB",
    _lying: "ZIP_BOMB",
    _macro: "MACRO",
    _linked: "EXTERNAL_LINK",
    _encrypted: "PASSWORD",
    _locked_entry: "PASSWORD",
    _far_column: "TOO_LARGE",
    _nothing: "EMPTY",
}


@pytest.mark.parametrize("build", REFUSED, ids=lambda build: build.__name__)
def test_hostile_and_broken_workbooks_are_refused(tmp_path, build):
    path = build(tmp_path / "a.xlsx")

    assert refusal(path) == REFUSED[build]


@pytest.mark.parametrize("name", ["a.ods", "a.xlsb", "a.pdf", "a.doc", "a", "a.txt"])
def test_other_types_are_refused_by_name(tmp_path, name):
    path = make.grid(tmp_path / "a.xlsx", [["姓名"]])

    assert refusal(path, name) == "TYPE_UNSUPPORTED"


@pytest.mark.parametrize(
    ("wrote", "named"), [("a.xlsx", "a.xls"), ("a.xlsx", "a.csv"), ("a.xls", "a.xlsx")]
)
def test_workbook_under_another_kind_s_name_is_refused(tmp_path, wrote, named):
    path = tmp_path / wrote
    if wrote.endswith("xls"):
        book = xlwt.Workbook()
        book.add_sheet("名册").write(0, 0, "姓名")
        book.save(str(path))
    else:
        make.grid(path, [["姓名"]])

    assert refusal(path, named) == "TYPE_MISMATCH"


def test_web_page_named_xls_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>姓名</td></tr></table></html>")

    assert refusal(path) == "TYPE_MISMATCH"


def test_binary_workbook_with_macros_or_a_password_is_refused(tmp_path):
    macros = make.ole(tmp_path / "a.xls", {"Workbook": b"x", "VBA": b"y"})
    locked = make.ole(
        tmp_path / "b.xls", {"Workbook": bytes.fromhex("09080400000605002f0002000000")}
    )

    assert (refusal(macros), refusal(locked)) == ("MACRO", "PASSWORD")


def test_large_files_are_refused_by_size_rows_and_memory(tmp_path):
    path = make.grid(tmp_path / "a.xlsx", [["姓名"]] * 1500)
    long = make.parts(make.sheet(make.inline(1, [os.urandom(10 * 2**20).hex()])))
    heavy = make.packed(tmp_path / "b.xlsx", long)

    refusals = [
        refusal(path, limits=Limits(max_bytes=100)),
        refusal(path, limits=Limits(max_rows=10)),
        refusal(heavy, limits=Limits(memory_bytes=50 * 2**20)),
    ]

    assert refusals == ["TOO_LARGE"] * 3


def test_quotation_mark_left_open_is_damage(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('姓名,证件号码\n"张三,1\n')

    assert refusal(path) == "CORRUPT"


def test_formatted_rows_without_end_are_named_as_far_as_they_are_few(tmp_path):
    def write(book, sheet):
        framed = book.add_format({"border": 1})
        sheet.write_row(0, 0, ["姓名", "证件号码"])
        for row in range(1, 3000):
            sheet.write_blank(row, 0, None, framed)

    rows = read(make.xlsx(tmp_path / "a.xlsx", write))[1:]

    assert rows[0] == [1, False, ["姓名", "证件号码"]]
    assert rows[1:] == [[at, False, []] for at in range(2, BLANK_RUN + 2)]


def test_ragged_rows_cross_the_pipe_as_they_are(tmp_path):
    path = make.grid(tmp_path / "a.xlsx", [["a"], ["b", None, "c"], [None, "d"], ["e", "f", "g"]])

    assert [cells for _at, _hidden, cells in read(path)[1:]] == [
        ["a"],
        ["b", None, "c"],
        [None, "d"],
        ["e", "f", "g"],
    ]
