"""Budget sheets of the city and of the two districts that budget for social work, 2011–2026.

Public facts: that the city, 思明区 and 湖里区 have had such lines since 2011; the three first purchases of
2013 (1,635,500 yuan); 450,000 yuan of project awards in about three years. Everything else is drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

FIRST_YEAR, LAST_YEAR = 2011, 2026
TALENT = ("2080299", "其他民政管理事务支出")
LOTTERY = ("2296002", "用于社会福利的彩票公益金支出")
HEADINGS = (
    *("序号", "年度", "资金来源", "区划", "科目编码", "科目名称", "项目名称"),
    *("年初预算数{}", "追加数{}", "支出数{}", "文号", "备注"),
)


@dataclass(frozen=True)
class Line:
    """A project: whose money, its years, its first year's amount in yuan and its growth in percent."""

    name: str
    payer: str
    subject: tuple[str, str]
    first: int
    last: int
    yuan: int
    growth: int = 6


@dataclass(frozen=True)
class Office:
    """One government's sheet: its file, unit, account, and projects."""

    code: str
    name: str
    desk: str
    unit: str
    lines: tuple[Line, ...]


OFFICES = (
    Office(
        "350200",
        "厦门市",
        "city",
        "万元",
        (
            Line("社会工作专业人才队伍建设", "市级", TALENT, 2011, LAST_YEAR, 600_000, 8),
            Line("政府购买社会工作服务", "市级", TALENT, 2014, LAST_YEAR, 2_400_000, 12),
            Line("社会工作培训与考前辅导", "市级", TALENT, 2014, LAST_YEAR, 380_000, 4),
            Line("优秀社会工作项目奖励", "市级", TALENT, 2013, 2015, 150_000, 0),
            Line("首批政府购买社会工作服务项目", "福彩公益金", LOTTERY, 2013, 2013, 1_635_500, 0),
            Line("社区持证社工津贴（市级承担）", "市级", TALENT, 2014, LAST_YEAR, 1_200_000, 9),
        ),
    ),
    Office(
        "350203",
        "思明区",
        "siming",
        "元",
        (
            Line("社会工作专业人才队伍建设", "区级", TALENT, 2011, LAST_YEAR, 300_000, 7),
            Line("街道家庭综合服务中心", "区级", TALENT, 2012, LAST_YEAR, 1_500_000, 9),
            Line("社区持证社工津贴（区级承担）", "区级", TALENT, 2014, LAST_YEAR, 500_000, 9),
        ),
    ),
    Office(
        "350206",
        "湖里区",
        "huli",
        "元",
        (
            Line("社会工作专业人才队伍建设", "区级", TALENT, 2011, LAST_YEAR, 260_000, 7),
            Line("社会组织孵化与社会工作服务", "区级", TALENT, 2012, LAST_YEAR, 800_000, 9),
            Line("社区持证社工津贴（区级承担）", "区级", TALENT, 2014, LAST_YEAR, 380_000, 9),
        ),
    ),
)

Row = list[object]
EXACT = {"首批政府购买社会工作服务项目", "优秀社会工作项目奖励"}


def rows_of(office: Office, seed: int) -> Iterator[tuple[Row, bool]]:
    """The rows of an office's sheet and whether each is a record; every year ends in a subtotal."""
    number = 0
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        sums = [0, 0, 0]
        for line in office.lines:
            if not line.first <= year <= line.last:
                continue
            number += 1
            amounts = amounts_of(line, year, Random(f"{seed} {office.code} {line.name} {year}"))
            sums = [total + each for total, each in zip(sums, amounts, strict=True)]
            yield [number, f"{year}年", line.payer, office.name, *line.subject, line.name,
                   *(shown(each, office.unit) for each in amounts), "", ""], True  # fmt: skip
        yield ["", f"{year}年小计", "", "", "", "", "",
               *(shown(each, office.unit) for each in sums), "", ""], False  # fmt: skip


def amounts_of(line: Line, year: int, rng: Random) -> list[int]:
    """Initial budget, supplement and spending of a year in yuan; the present year is only planned."""
    budget = line.yuan
    for _ in range(year - line.first):
        budget = budget * (100 + line.growth) // 100
    budget = budget if line.name in EXACT else budget // 1000 * 1000
    if year == LAST_YEAR:
        return [budget, 0, 0]
    if line.name in EXACT:
        return [budget, 0, budget]
    supplement = budget * rng.choice((0, 0, 0, 5, 8)) // 100 // 1000 * 1000
    spent = (budget + supplement) * rng.randrange(930, 1001) // 1000
    return [budget, supplement, spent]


def shown(yuan: int, unit: str) -> object:
    """An amount as the office writes it: ten thousand yuan as a text of exact decimals, yuan as a number."""
    if unit == "元":
        return yuan
    return f"{Decimal(yuan) / 10_000:f}"
