"""Organisations people work in: communities, agencies, public institutions, government offices.

Names of agencies and institutions are invented. Unified social credit codes have valid check
characters and the place code 350201, which marks them as invented.
"""

from dataclasses import dataclass
from random import Random

from terrain import DISTRICTS, WEIGHTS, Terrain

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MARK = "350201"
AGENCIES = 119

FIELDS = (
    "城乡社区发展", "儿童青少年服务", "老人社会服务", "康复服务", "社会救助", "就业服务",
    "心理健康服务", "家庭服务", "矫治服务",
)  # fmt: skip

AGENCY_FIRST = "润向扬启朗晴暖善予星青禾木知行沐鹭海同心泽恩乐群益民汇爱众邻"
AGENCY_SECOND = "泽阳帆航心荷善爱光语和邻里益行安家苗舟"
INSTITUTIONS = (
    "儿童关爱服务中心", "老年服务指导中心", "救助服务站", "社区矫正服务中心", "康复指导中心",
    "青少年事务服务中心", "家庭服务指导中心",
)  # fmt: skip
OFFICES = ("民政局", "司法局", "残疾人联合会", "妇女联合会", "团委", "总工会")

KINDS = {
    "community": "社区居委会", "agency": "社会工作服务机构",
    "institution": "事业单位", "government": "机关",
}  # fmt: skip


@dataclass(frozen=True)
class Employer:
    uscc: str
    name: str
    kind: str
    district: str
    street: str
    community: str
    field: str


def subject_code(digits: str) -> str:
    """Nine characters of an organisation code (GB 11714) from eight digits."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return digits + {10: "X", 11: "0"}.get(check, str(check))


def credit_code(kind: str, number: int) -> str:
    """Eighteen characters of a unified social credit code (GB 32100-2015)."""
    office = {"community": "54", "agency": "52", "institution": "12", "government": "11"}[kind]
    body = office + MARK + subject_code(f"{number:08d}")
    total = sum(ALPHABET.index(mark) * pow(3, place, 31) for place, mark in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def make_employers(rng: Random, terrain: Terrain) -> list[Employer]:
    """Every community's committee, 119 agencies, seven institutions and seven offices a district."""
    rows = [*_committees(terrain), *_agencies(rng, terrain), *_public(terrain)]
    return [
        Employer(credit_code(kind, 900000 + number), name, kind, *where)
        for number, (name, kind, *where) in enumerate(rows)
    ]


def _committees(terrain: Terrain) -> list[tuple[str, ...]]:
    return [
        (f"{terrain.street(place.parent).name}{place.name}居民委员会", "community",
         place.parent[:6], place.parent, place.code, FIELDS[0])
        for place in terrain.communities
    ]  # fmt: skip


def _agencies(rng: Random, terrain: Terrain) -> list[tuple[str, ...]]:
    names = [a + b for a in AGENCY_FIRST for b in AGENCY_SECOND if a != b]
    rng.shuffle(names)
    districts = rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=AGENCIES)
    rows = []
    for name, district in zip(names, districts, strict=False):
        home = rng.choice(terrain.communities_of(district, old_only=True))
        city_wide = rng.random() < 0.4
        prefix = "厦门市" if city_wide else f"厦门市{DISTRICTS[district]}"
        rows.append((f"{prefix}{name}社会工作服务中心", "agency", district, home.parent,
                     home.code, rng.choice(FIELDS)))  # fmt: skip
    return rows


def _public(terrain: Terrain) -> list[tuple[str, ...]]:
    rows = []
    for district, name in DISTRICTS.items():
        home = terrain.communities_of(district, old_only=True)[0]
        where = (district, home.parent, home.code)
        for number, title in enumerate(INSTITUTIONS):
            rows.append((f"{name}{title}", "institution", *where, FIELDS[number + 1]))
        rows += [(f"{name}{office}", "government", *where, FIELDS[4]) for office in OFFICES]
        rows.append((f"{terrain.street(home.parent).name}办事处", "government", *where, FIELDS[0]))
    return rows
