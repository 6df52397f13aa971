"""Demo accounts: one desk for each role. Passwords are made when the demo starts, never written here."""

from careers import City
from terrain import DISTRICTS

ACCOUNT_HEADINGS = ["用户名", "岗位", "角色", "地区代码", "单位统一社会信用代码", "本人证件号码"]

DISTRICT_DESKS = {
    "350203": "siming", "350205": "haicang", "350206": "huli",
    "350211": "jimei", "350212": "tongan", "350213": "xiangan",
}  # fmt: skip


def accounts(city: City) -> list[list[object]]:
    """User name, desk, role, and the place, organisation or person it belongs to."""
    agency = next(e for e in city.employers if e.kind == "agency" and e.district == "350203")
    worker = next(
        career
        for career in city.careers
        if career.settled
        and career.post.street == "350203010"
        and career.post.employer.kind == "community"
    )
    xiamen = "350200"
    return [
        ["city", "市社会工作部综合处", "city", xiamen, "", ""],
        ["city2", "市社会工作部人才处", "city", xiamen, "", ""],
        *[
            [DISTRICT_DESKS[code], f"{name}社会工作部", "district", code, "", ""]
            for code, name in DISTRICTS.items()
        ],
        # whoever computes a list does not check it: each district has a second desk
        *[
            [f"{DISTRICT_DESKS[code]}2", f"{name}社会工作部复核岗", "district", code, "", ""]
            for code, name in DISTRICTS.items()
        ],
        ["lianqian", "莲前街道社会事务办", "street", "350203010", "", ""],
        ["agency", agency.name, "agency", "", agency.uscc, ""],
        ["worker", "社会工作者本人", "worker", "350203010", "", worker.person.identity],
        ["reviewer", "评审专家", "reviewer", xiamen, "", ""],
        ["finance", "市财政局社保处", "finance", xiamen, "", ""],
        ["auditor", "市审计局", "auditor", xiamen, "", ""],
        ["admin", "系统管理员", "administrator", xiamen, "", ""],
    ]
