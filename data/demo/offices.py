"""How each office keeps its roster: its headings, its way with dates, levels and districts.

A `Style` turns one `Entry` into the cells of one row. No office is perfect; each has habits that the
import must read without a fault.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from careers import ASSISTANT, INTERMEDIATE, SENIOR, Entry
from employers import KINDS
from terrain import DISTRICTS, Terrain

Cell = str | int | float | date | None
Values = dict[str, Cell]

COLUMNS = {
    "no": "序号", "name": "姓名", "sex": "性别", "id_type": "身份证件类型", "id_no": "证件号码",
    "born_on": "出生日期", "education": "学历", "major": "专业", "employer": "单位",
    "employer_kind": "单位类型", "district": "所在区", "street": "街道", "community": "社区",
    "title": "岗位", "established": "在编情况", "field": "服务领域", "post_start": "到岗日期",
    "post_end": "离岗日期", "level": "证书级别", "management_no": "管理号", "cert_date": "批准日期",
    "revoked_on": "证书撤销日期", "registration": "登记状态", "registered_until": "登记有效期至",
    "phone": "联系电话", "note": "备注",
}  # fmt: skip

GROUPS = (
    ("基本信息", ("name", "sex", "id_type", "id_no", "born_on", "education", "major")),
    ("所在单位及岗位", ("employer", "employer_kind", "district", "street", "community", "title",
                "established", "field", "post_start", "post_end")),
    ("职业水平证书", ("level", "management_no", "cert_date", "revoked_on", "registration",
               "registered_until")),
)  # fmt: skip

ALIASES = {
    ASSISTANT: ("助理社会工作师", "初级", "助理社工师", "社工师（初级）", "助理"),
    INTERMEDIATE: ("社会工作师", "中级", "社工师（中级）", "中级社会工作师"),
    SENIOR: ("高级社会工作师", "高级"),
}

DATES: dict[str, Callable[[date], Cell]] = {
    "cell": lambda day: day,
    "iso": lambda day: day.isoformat(),
    "dot": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slash": lambda day: f"{day.year}/{day.month:02d}/{day.day:02d}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "compact": lambda day: f"{day:%Y%m%d}",
}


def full_width(text: str) -> str:
    """Digits as some input methods leave them: １２３."""
    return "".join(chr(ord(mark) + 0xFEE0) if mark.isdigit() else mark for mark in text)


@dataclass(frozen=True)
class Style:
    """One office's habits. Shares are chances per row, between 0 and 1."""

    title: str
    sender: str
    form: str = "xlsx"
    dates: str = "iso"
    two_storeys: bool = False
    headings: dict[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    short_districts: bool = False
    aliases: bool = False
    lower_x: float = 0
    wide_digits: float = 0
    trailing_spaces: float = 0
    subtotals: bool = False
    empty_rows: int = 0

    @property
    def columns(self) -> list[str]:
        return [key for key in COLUMNS if key not in self.left_out]

    def heading(self, key: str) -> str:
        return self.headings.get(key, COLUMNS[key])


CITY = Style(
    title="厦门市持证社会工作者汇总表",
    sender="厦门市社会工作主管部门",
    dates="iso",
    aliases=True,
    lower_x=0.05,
    empty_rows=15,
)

DISTRICT_STYLES = {
    "350203": Style(
        title="思明区持证社工花名册", sender="思明区民政局", dates="cell", two_storeys=True,
        aliases=True, subtotals=True, empty_rows=20,
    ),
    "350205": Style(
        title="海沧区社会工作专业人才登记表", sender="海沧区民政局", dates="dot", lower_x=0.6,
        headings={"id_no": "身份证号码", "cert_date": "取得证书时间", "employer": "工作单位"},
        left_out=frozenset({"id_type", "major", "revoked_on"}), empty_rows=30,
    ),
    "350206": Style(
        title="湖里区持证社工花名册", sender="湖里区民政局", dates="slash", short_districts=True,
        aliases=True, trailing_spaces=0.2, headings={"level": "级别", "district": "区"},
        left_out=frozenset({"revoked_on"}),
    ),
    "350211": Style(
        title="集美区持证社会工作者情况表", sender="集美区民政局", dates="chinese",
        two_storeys=True, wide_digits=0.15, left_out=frozenset({"education", "revoked_on"}),
        empty_rows=10,
    ),
    "350212": Style(
        title="同安区持证社工", sender="同安区民政局", form="csv", dates="iso", short_districts=True,
        left_out=frozenset({"note", "revoked_on"}),
    ),
    "350213": Style(
        title="翔安区持证社工花名册", sender="翔安区民政局", dates="compact", aliases=True,
        lower_x=0.3, subtotals=True, headings={"name": "社工姓名", "phone": "手机号码"},
        left_out=frozenset({"registration", "registered_until", "revoked_on"}), empty_rows=8,
    ),
}  # fmt: skip


class Clerk:
    """Writes entries in one office's style."""

    def __init__(self, style: Style, terrain: Terrain, rng: Random) -> None:
        self.style, self.rng = style, rng
        self.names = {place.code: place.name for place in (*terrain.streets, *terrain.communities)}
        self.day = DATES[style.dates]

    def values(self, entry: Entry) -> Values:
        """The cells of one row by column key; the running number is set when the sheet is laid out."""
        values = self._person(entry) | self._post(entry) | self._certificate(entry)
        return {key: self._habit(key, cell) for key, cell in values.items()}

    def _person(self, entry: Entry) -> Values:
        person = entry.person
        return {
            "name": person.name, "sex": person.sex, "id_type": "居民身份证", "id_no": person.identity,
            "born_on": self.day(person.born_on), "education": person.education,
            "major": person.major, "phone": person.phone, "note": NOTES.get(entry.why, ""),
        }  # fmt: skip

    def _post(self, entry: Entry) -> Values:
        post, name = entry.post, DISTRICTS[entry.post.district]
        return {
            "employer": post.employer.name, "employer_kind": KINDS[post.employer.kind],
            "district": name.removesuffix("区") if self.style.short_districts else name,
            "street": self.names[post.street], "community": self.names[post.community],
            "title": post.title, "established": "在编" if post.established else "非在编",
            "field": post.field, "post_start": self.day(post.starts_on),
            "post_end": self.day(post.last_day) if post.last_day else "",
        }  # fmt: skip

    def _certificate(self, entry: Entry) -> Values:
        certificate = entry.certificate
        names = ALIASES[certificate.level]
        until = registered_until(entry)
        return {
            "level": self.rng.choice(names) if self.style.aliases else names[0],
            "management_no": certificate.management_no,
            "cert_date": self.day(certificate.approved_on),
            "revoked_on": self.day(certificate.revoked_on) if certificate.revoked_on else "",
            "registration": "已登记" if until else "未登记",
            "registered_until": self.day(until) if until else "",
        }

    def _habit(self, key: str, cell: Cell) -> Cell:
        style, rng = self.style, self.rng
        if not isinstance(cell, str) or not cell:
            return cell
        if key == "id_no" and rng.random() < style.lower_x:
            return cell.lower()
        if key in ("id_no", "cert_date", "post_start") and rng.random() < style.wide_digits:
            return full_width(cell)
        if key in ("name", "id_no", "street", "level") and rng.random() < style.trailing_spaces:
            return cell + rng.choice((" ", "　", "  "))
        return cell


NOTES = {
    "leave": "已离岗", "arrival": "新调入", "late promotion": "补报", "promotion": "晋级",
    "revocation": "证书已撤销",
}  # fmt: skip


def registered_until(entry: Entry) -> date | None:
    """Two in three are registered, for three years from the January after approval."""
    if int(entry.person.identity[14:17]) % 3 == 0:
        return None
    return date(entry.certificate.approved_on.year + 3, 12, 31)


def plain(text: str) -> str:
    """A text without the habits, for comparison."""
    return unicodedata.normalize("NFKC", text).strip().upper()
