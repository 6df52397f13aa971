"""The rehearsal city as it is written, before any import."""

import json
from collections import Counter
from pathlib import Path

import pytest
from data.demo.tests.conftest import built
from python_calamine import CalamineWorkbook
from stdnum.cn import uscc


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_city_is_the_same_bytes_every_time(city, tmp_path):
    again = built(tmp_path)

    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in city.iterdir()
    }


def test_manifest_lists_every_file_once(city):
    listed = [line["file"] for part in ("files", "trial") for line in manifest(city)[part]]

    assert Counter(listed) == Counter(p.name for p in city.iterdir() if p.name != "manifest.json")


def test_manifest_counts_every_row(city):
    found = {}
    for part in ("files", "trial"):
        for line in manifest(city)[part]:
            if line["file"].endswith(".xlsx"):
                sheet = CalamineWorkbook.from_path(city / line["file"]).get_sheet_by_index(0)
                found[line["file"]] = (len(sheet.to_python()), sum(line["expects"].values()))

    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}


def test_one_district_sends_gb18030(city):
    text = (city / "2014-03-10同安区名册.csv").read_bytes()

    assert text.decode("gb18030").startswith("序号,姓名,性别,身份证件类型,证件号码")
    with pytest.raises(UnicodeDecodeError):
        text.decode("utf-8")


def test_credit_codes_of_organisations_are_valid_and_marked(city):
    sheet = CalamineWorkbook.from_path(city / "单位名录.xlsx").get_sheet_by_index(0)
    codes = [row[0] for row in sheet.to_python()[2:]]

    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not uscc.is_valid(code) or code[2:8] != "350201"] == []


def rows_of(city: Path, kind: str) -> list[dict[str, str]]:
    """The rows of all files of a kind, in the order of import, by heading."""
    found = []
    for line in manifest(city)["files"]:
        if line["kind"] == kind:
            sheet = CalamineWorkbook.from_path(city / line["file"]).get_sheet_by_index(0)
            headings, *rows = sheet.to_python()[1:]
            found += [dict(zip(headings, row, strict=True)) for row in rows]
    return found


def test_every_parameter_cites_a_document_of_the_lists(city):
    numbers = {row["发文字号"] or row["标题"] for row in rows_of(city, "policies")}
    cited = {row["依据文件"] for row in rows_of(city, "parameters") if row["数值"] != "不明"}

    assert cited - numbers == set()
