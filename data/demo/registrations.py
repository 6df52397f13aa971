"""Registrations and hours of continuing education of one street's people, as its office would list them.

Nobody has published such lists: dates follow the two national documents (first within a year, three years valid,
renewed in the last three months; 72 and 90 hours), and who is late, short of hours or lapsed is drawn.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from careers import Career, City
from people import Person

STREET = "350203010"
AS_OF = date(2026, 10, 28)
AUTHORITY = "厦门市社会工作部"
PROVIDERS = ("厦门市社会工作协会", "厦门城市职业学院", "思明区社会工作协会")
TITLES = (
    "个案工作实务",
    "小组工作方法",
    "社区治理与居民自治",
    "社会工作伦理",
    "项目设计与评估",
    "督导技巧",
)
LEVEL_WORDS = {
    "assistant": "助理社会工作师",
    "intermediate": "社会工作师",
    "senior": "高级社会工作师",
}
NEEDED = {"assistant": 72, "intermediate": 90, "senior": 90}
LATE, LAPSED, SHORT = 0.06, 0.05, 0.3
REGISTRATION_HEADINGS = [
    "姓名", "证件号码", "登记类别", "登记级别", "登记日期", "有效期至", "登记机构", "登记证号",
]  # fmt: skip
CREDIT_HEADINGS = [
    "姓名", "证件号码", "学时类别", "学习内容", "举办单位", "完成日期", "学时", "证明编号", "认定依据",
]  # fmt: skip

Row = list[object]
Spell = tuple[date, date, str]
"""First and last valid day, and the level registered."""


def listed(city: City, seed: int) -> tuple[list[Row], list[Row]]:
    """The rows of registrations and those of hours."""
    registrations: list[Row] = []
    hours: list[Row] = []
    for number, career in enumerate(_people(city)):
        rng = Random(f"{seed} registration {career.person.identity}")
        spells = list(_spells(career, rng))
        for spell in spells:
            kind = "首次登记" if spell is spells[0] else "再登记"
            registrations.append(_registration(career.person, kind, spell))
        if spells:
            hours += _hours(career.person, spells[-1], rng, number)
    return registrations, hours


def _people(city: City) -> list[Career]:
    return [career for career in city.careers if career.settled and career.post.street == STREET]


def _spells(career: Career, rng: Random) -> Iterator[Spell]:
    """One registration after the other, up to the day of the list; the last few years' alone are listed."""
    if rng.random() < LATE:
        return
    certificate = min(career.certificates, key=lambda each: each.approved_on)
    starts_on = certificate.approved_on + timedelta(days=rng.randrange(60, 330))
    is_lapsed = rng.random() < LAPSED
    while starts_on <= AS_OF:
        last_day = _years_later(starts_on, 3) - timedelta(days=1)
        if is_lapsed and last_day >= AS_OF:
            return
        yield starts_on, last_day, career.level_on(starts_on) or certificate.level
        starts_on = last_day + timedelta(days=1)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def _registration(person: Person, kind: str, spell: Spell) -> Row:
    starts_on, last_day, level = spell
    number = f"XM{starts_on:%Y%m%d}{person.identity[14:17]}"
    days = starts_on.isoformat(), last_day.isoformat()
    return [person.name, person.identity, kind, LEVEL_WORDS[level], *days, AUTHORITY, number]


def _hours(person: Person, spell: Spell, rng: Random, number: int) -> Iterator[Row]:
    """Trainings within the present registration: most people have what they need, some do not yet."""
    starts_on, last_day, level = spell
    left = NEEDED[level] if rng.random() > SHORT else NEEDED[level] // 3
    passed = (min(AS_OF, last_day) - starts_on).days
    order = 0
    while left > 0 and passed > 0:
        order += 1
        earned = min(rng.choice((12, 18, 24)), left)
        day = starts_on + timedelta(days=rng.randrange(passed))
        evidence = f"JX{day:%Y}{number:04d}{order:02d}"
        said = rng.choice(TITLES), rng.choice(PROVIDERS), day.isoformat(), str(earned), evidence
        yield [person.name, person.identity, "培训", *said, ""]
        left -= earned
