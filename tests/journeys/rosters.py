"""The rosters that the districts of a small city send in, and how an official mends one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from huiju.registry.tests.factories import identity_number
from huiju.transfers.tests.sheetmaking import grid

HEADER = ["姓名", "证件号码", "证书级别", "批准日期", "到岗日期", "所在区", "街道", "单位"]
XIAGANG = ("思明区", "厦港街道", "厦港街道沙坡尾社区居委会")
HULI = ("湖里区", "湖里街道", "湖里街道塘边社区居委会")
BORN = date(1985, 3, 7)


def number(order: int) -> str:
    return identity_number(order, BORN)


def masked(order: int) -> str:
    """As every page shows the number."""
    return f"3502**********{number(order)[-4:]}"


def row(order: int, name: str, where: tuple[str, str, str], **other: str) -> list[str]:
    """An assistant since 2014, in a community post since 2012, unless told otherwise."""
    plain = [name, number(order), "助理社会工作师", "2014-06-22", "2012-03-01", *where]
    return list((dict(zip(HEADER, plain, strict=True)) | other).values())


def known(folder: Path) -> Path:
    """What came in before: two people of 思明区 and two of 湖里区."""
    rows = [
        row(1, "林晓明", XIAGANG),
        row(2, "陈月英", XIAGANG, 证书级别="社会工作师"),
        row(11, "欧阳建国", HULI),
        row(12, "林秀梅", HULI),
    ]
    return grid(folder / "全市2014.xlsx", [HEADER, *rows])


def faulty(folder: Path) -> Path:
    """Two rows of 思明区 that may come in and three that may not."""
    mistyped = number(23)[:-1] + ("1" if number(23)[-1] != "1" else "2")
    rows = [
        ["思明区持证社工名册（2015年度）"],
        HEADER,
        row(21, "蔡明月", XIAGANG),
        row(22, "洪小燕", XIAGANG, 证书级别="一级社工", 批准日期="2015-06"),
        row(23, "许文强", XIAGANG, 证件号码=mistyped),
        row(24, "叶丽珠", XIAGANG),
        row(25, "郑国强", XIAGANG, 批准日期=""),
    ]
    return grid(folder / "思明区2015.xlsx", rows)


CORRECTIONS = {
    "洪小燕": {"证书级别": "社会工作师", "批准日期": "2015-06-14"},
    "许文强": {"证件号码": number(23)},
    "郑国强": {"批准日期": "2015-06-14"},
}


def sheet_of(path: Path) -> list[list[str]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in rows]


def mended(result: Path, corrections: Mapping[str, Mapping[str, str]]) -> Path:
    """The downloaded result file with some cells typed again, by the name in the row."""
    header, *rows = sheet_of(result)
    named = [dict(zip(header, row, strict=True)) for row in rows]
    typed = [list((row | corrections.get(row["姓名"], {})).values()) for row in named]
    return grid(result.with_name("思明区2015-改正.xlsx"), [header, *typed])
