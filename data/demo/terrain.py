"""Places: the real districts and streets, and invented communities in them.

Communities carry codes that end in 901 and up, a range no real community uses, so that an invented
one is recognised by its code. `前埔南社区` is a real name; its code is invented as well.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

FOUNDED = date(2003, 10, 1)
COMMUNITIES_PER_STREET = 6

DISTRICTS = {
    "350203": "思明区",
    "350205": "海沧区",
    "350206": "湖里区",
    "350211": "集美区",
    "350212": "同安区",
    "350213": "翔安区",
}

STREETS = {
    "350203": "001厦港街道 003中华街道 005滨海街道 006鹭江街道 007开元街道 008梧村街道 009筼筜街道"
    " 010莲前街道 011嘉莲街道 012鼓浪屿街道",
    "350205": "001海沧街道 002新阳街道 003嵩屿街道 004东孚街道",
    "350206": "001湖里街道 002殿前街道 003禾山街道 004江头街道 005金山街道",
    "350211": "001集美街道 002侨英街道 003杏林街道 004杏滨街道 102灌口镇 103后溪镇",
    "350212": "001大同街道 002祥平街道 003新民街道 004西柯街道 005祥和街道 006新美街道 007美林街道"
    " 105莲花镇 107洪塘镇 109汀溪镇 110五显镇",
    "350213": "001大嶝街道 002马巷街道 003新店街道 004凤翔街道 005民安街道 006香山街道 007金海街道"
    " 103新圩镇 111内厝镇",
}

# formed late; the rehearsal puts nobody there before 2022
YOUNG_STREETS = {
    "350212005", "350212006", "350212007", "350213004", "350213005", "350213006", "350213007",
}  # fmt: skip

# the share of people a district gets, in hundredths
WEIGHTS = {
    "350203": 27, "350206": 24, "350205": 14, "350211": 15, "350212": 11, "350213": 9,
}  # fmt: skip

FIRST = "和瑞永嘉金同春康望怡晨明海云榕泰福乐彩丰安宁翠秀"
SECOND = "乐祥福兴景晖阳园苑里湾风荷亭溪岭泉坊桥庭"


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    parent: str
    kind: str


@dataclass(frozen=True)
class Terrain:
    streets: list[Place]
    communities: list[Place]

    def street(self, code: str) -> Place:
        return next(place for place in self.streets if place.code == code)

    def communities_of(self, district: str, *, old_only: bool) -> list[Place]:
        return [
            place
            for place in self.communities
            if place.parent.startswith(district)
            and not (old_only and place.parent in YOUNG_STREETS)
        ]


def make_terrain(rng: Random) -> Terrain:
    """The streets of each district and six communities in each of them."""
    streets = [
        Place(f"{district}{text[:3]}", text[3:], district, "street")
        for district, listed in STREETS.items()
        for text in listed.split()
    ]
    names = [f"{first}{second}社区" for first in FIRST for second in SECOND if first != second]
    rng.shuffle(names)
    communities = []
    for street in streets:
        for number in range(COMMUNITIES_PER_STREET):
            known = street.code == "350203010" and number == 0
            name = "前埔南社区" if known else names.pop()
            code = f"{street.code}{901 + number}"
            communities.append(Place(code, name, street.code, "community"))
    return Terrain(streets, communities)
