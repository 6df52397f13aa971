"""Worksheets of every shape, worked out by hand: (id, case, answers by run and person).

An answer is the list of lines; what a person is paid is their sum, and what payers bear is asked where the
terms name any. Amounts are fen.
"""

POLICY = {
    "scheme_start": "2025-01",
    "granularity": "month",
    "month_rule": {"kind": "any_day"},
    "level_pick": "highest",
    "cert_effect": "same_day",
    "post_effect": "same_day",
    "lookback_months": None,
    "recovery": {"kind": "allow_negative"},
}
SIMING = "思明区"


def fact(kind, recorded="2024-12-01", **says):
    says = {name.removesuffix("_"): value for name, value in says.items()}
    return {"type": kind, "recorded": recorded, **says}


def cert(level="assistant", date="2020-06-01", **more):
    return fact("cert", person="p", level=level, date=date, **more)


def post(from_="2024-01-01", to=None, district=SIMING, **more):
    return fact("post", person="p", from_=from_, to=to, district=district, **more)


def rate(amount, level="assistant", district="*", from_="2020-01-01"):
    return fact("rate", amount=amount, level=level, district=district, from_=from_)


def person(kind, **says):
    return fact(kind, person="p", **says)


def case(shape, terms, *facts, months=("2025-01",), **policy):
    """Runs on the 28th of each month, for the month."""
    return {
        "shape": shape,
        "terms": terms,
        "policy": POLICY | policy,
        "people": ["p"],
        "facts": [{"id": f"f{n}", **each} for n, each in enumerate(facts)],
        "runs": [{"run": month, "month": month, "on": f"{month}-28"} for month in months],
    }


def paid(**lines):
    """y2025_01=20000 → a line of that month in the run of that month."""
    return {f"{name[1:5]}-{name[6:]}": fen for name, fen in lines.items()}


HIRED = {
    "service_months": 12,
    "cert_within_months": 12,
    "claim_months": 12,
    "commitment_months": 12,
    "hired_from": "2017-07-10",
}
TERM = {"most_months": 3}
JAN_TO_APR = ("2025-01", "2025-02", "2025-03", "2025-04")

CASES = {
    # X1: 200 yuan a month by level; a half-month's certificate earns the month under any_day
    "R1": (
        case("monthly_by_level", {}, cert(date="2025-01-15"), post(), rate(20000)),
        paid(y2025_01=20000),
    ),
    # Fuqing: 1,500 once; claimed in February within twelve months of holding the certificate in post
    "R2": (
        case(
            "once_by_level",
            {"claim_months": 12},
            cert(date="2024-06-01"),
            post(),
            rate(150000),
            person("claim", date="2025-02-10"),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=150000),
    ),
    "R2 too late": (
        case(
            "once_by_level",
            {"claim_months": 12},
            cert(date="2024-02-10"),
            post(),
            rate(150000),
            person("claim", date="2025-02-10"),
            months=JAN_TO_APR,
        ),
        {},
    ),
    "R2 highest only, once": (
        case(
            "once_by_level",
            {"amounts": {"assistant": 100000, "intermediate": 200000}},
            cert(date="2025-02-03"),
            cert("intermediate", date="2025-02-03"),
            cert("senior", date="2025-04-01"),
            post(),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=200000),
    ),
    # Shouning: 3,000 a year after one full year; February 2024 + 12 months, and every year after
    "R3": (
        case(
            "yearly_by_level",
            {"after_months": 12},
            cert(),
            post(from_="2024-02-10"),
            rate(300000),
            months=(*JAN_TO_APR, "2026-01", "2026-02"),
        ),
        paid(y2025_02=300000, y2026_02=300000),
    ),
    # Pingnan: monthly for a limited term, only months worked (leave in all of February)
    "R4": (
        case(
            "monthly_term",
            TERM,
            cert(),
            post(),
            rate(8000),
            person("leave", from_="2025-02-01", to="2025-02-28"),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=8000, y2025_03=8000),
    ),
    # Jiaocheng: 100 on top of a subsidy paid in January and February
    "R5": (
        case(
            "top_up",
            {"base": "existing", "establishment": "outside"},
            cert(),
            post(establishment="outside"),
            rate(10000),
            person("paid", scheme="existing", from_="2025-01-01", to="2025-02-28"),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=10000, y2025_02=10000),
    ),
    # Wenzhou: two steps of 60 yuan for the intermediate level from the month of appointment
    "R6": (
        case(
            "grade_steps",
            {"start": "appointment", "steps": {"assistant": 1, "intermediate": 2}},
            cert("intermediate"),
            post(),
            rate(6000, "intermediate"),
            person("appointment", level="intermediate", from_="2025-02-20"),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=12000, y2025_03=12000, y2025_04=12000),
    ),
    # X6: 70 % of last year's average wage of 8,123.45, a district of +10 %: 6,255.0565 → 6,255.06
    "R7": (
        case(
            "index_share",
            {"index": "average wage", "percents": {"assistant": 70}},
            cert(),
            post(),
            fact("index", index="average wage", year=2024, amount=812345),
            fact("band", district=SIMING, pct=10),
        ),
        paid(y2025_01=625506),
    ),
    # Beijing: 200 at first, 280 (140 %) from two years of the certificate on
    "R8": (
        case(
            "sub_grades",
            {"grades": {"assistant": [[0, 100], [24, 140]]}},
            cert(date="2023-03-01"),
            post(),
            rate(20000),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=20000, y2025_02=20000, y2025_03=28000, y2025_04=28000),
    ),
    "R8 by appraisals": (
        case(
            "sub_grades",
            {"grades": {"assistant": [[0, 100], [1, 140]]}, "grades_by": "appraisals"},
            cert(date="2023-03-01"),
            post(),
            rate(20000),
            person("appraisal", date="2025-02-15"),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=20000, y2025_02=20000, y2025_03=28000, y2025_04=28000),
    ),
    # X2: hired 2024-02-01, certified in time, twelve months served on 2025-02-01, claimed in March
    "R9": (
        case(
            "new_hire",
            HIRED,
            cert(date="2024-06-22"),
            post(from_="2024-02-01"),
            rate(500000),
            person("claim", date="2025-03-05"),
            months=JAN_TO_APR,
        ),
        paid(y2025_03=500000),
    ),
    "R9 before twelve months": (
        case(
            "new_hire",
            HIRED,
            cert(date="2024-06-22"),
            post(from_="2024-03-06"),
            rate(500000),
            person("claim", date="2025-03-05"),
            months=JAN_TO_APR,
        ),
        {},
    ),
    "R9 certificate too late": (
        case(
            "new_hire",
            HIRED,
            cert(date="2025-02-01"),
            post(from_="2024-02-01"),
            rate(500000),
            person("claim", date="2025-03-05"),
            months=JAN_TO_APR,
        ),
        {},
    ),
    # X4: 1,200 a month for the title, for two months
    "R10": (
        case(
            "title_stipend",
            {"title": "leader", "every": "month", "amount_fen": 120000, "most_months": 2},
            person("title", title="leader", district=SIMING, from_="2025-02-10"),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=120000, y2025_03=120000),
    ),
    # X3: 50,000 once
    "R10 once": (
        case(
            "title_stipend",
            {"title": "city leader", "every": "once", "amount_fen": 5000000},
            person("title", title="city leader", district=SIMING, from_="2025-02-10"),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=5000000),
    ),
    # X5: exam fees back, 100 at most altogether: 61 in January, of 61 in March 39 are left
    "R11": (
        case(
            "cost_refund",
            {"items": ["exam"], "ceiling_fen": 10000, "ceiling_per": "ever"},
            person("receipt", item="exam", date="2025-01-20", amount=6100, district=SIMING),
            person("receipt", item="exam", date="2025-03-20", amount=6100, district=SIMING),
            person("receipt", item="travel", date="2025-03-20", amount=900, district=SIMING),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=6100, y2025_03=3900),
    ),
    # Pingnan: 50,000 to an agency that claims it and passed the inspection
    "R12": (
        case(
            "organisation_grant",
            {"amount_fen": 5000000, "conditions": ["inspected"]},
            person("claim", date="2025-01-10", district=SIMING),
            person("claim", date="2025-03-10", district=SIMING),
            person("condition", condition="inspected", from_="2025-03-01"),
            months=JAN_TO_APR,
        ),
        paid(y2025_03=5000000),
    ),
    # Mawei: social workers from Taiwan, 500 for sitting the examination and 1,000 for passing
    "R13": (
        case(
            "residence_supplement",
            {"residence": "taiwan", "events": {"sat": 50000, "passed": 100000}},
            person("residence", residence="taiwan", from_="2020-01-01"),
            person("event", event="sat", date="2025-01-14", district=SIMING),
            person("event", event="passed", date="2025-03-09", district=SIMING),
            person("event", event="passed", date="2025-04-09", district=SIMING),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=50000, y2025_03=100000),
    ),
    # Pingnan: 1,000 once in the month of the certificate, and 80 a month for the term
    "R14": (
        case(
            "mixture",
            {"amounts": {"assistant": 100000}, "most_months": 2},
            cert(date="2025-02-10"),
            post(),
            rate(8000),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=108000, y2025_03=8000),
    ),
    # Xindu: the city's own 社工员 gets 500 once
    "R15": (
        case(
            "local_levels",
            {"local_levels": ["社工员"], "every": "once"},
            cert("社工员", date="2025-02-10"),
            post(),
            rate(50000, "社工员"),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=50000),
    ),
    "R15 the national one goes before": (
        case(
            "local_levels",
            {"local_levels": ["初级", "社工员"], "every": "month"},
            cert("社工员", date="2020-02-10"),
            cert("初级", date="2019-02-10"),
            cert("assistant", date="2025-02-10"),
            post(),
            rate(5000, "社工员"),
            rate(3000, "初级"),
            rate(20000),
            months=("2025-01", "2025-02"),
        ),
        paid(y2025_01=5000, y2025_02=20000),
    ),
    "R16": (
        case(
            "co_funded",
            {"payers": {"*": {"city": 50, "district": 50}, SIMING: {"city": 33, "district": 67}}},
            cert(),
            post(),
            rate(20001),
        ),
        paid(y2025_01=20001),
    ),
}
MODIFIERS = {
    "from the month of registration": (
        case(
            "monthly_by_level",
            {"start": "registration"},
            cert(),
            post(),
            rate(8000),
            person("registration", from_="2025-02-20", to="2025-03-31"),
            months=JAN_TO_APR,
        ),
        paid(y2025_02=8000, y2025_03=8000),
    ),
    "from the month after approval": (
        case(
            "monthly_by_level",
            {"start": "month_after"},
            cert(date="2025-01-01"),
            post(),
            rate(8000),
            months=("2025-01", "2025-02"),
        ),
        paid(y2025_02=8000),
    ),
    "stops on a failed appraisal, not on other reasons": (
        case(
            "monthly_by_level",
            {"stops": ["failed_appraisal"]},
            cert(),
            post(),
            rate(8000),
            person("ended", reason="retirement", from_="2025-01-01"),
            person("ended", reason="failed_appraisal", from_="2025-02-01", to="2025-03-31"),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=8000, y2025_04=8000),
    ),
    "stops on moving": (
        case(
            "monthly_by_level",
            {"stops": ["moved_district"]},
            cert(),
            post(to="2025-01-31"),
            post(from_="2025-02-01", district="湖里区"),
            rate(8000),
            months=("2025-01", "2025-02"),
        ),
        paid(y2025_01=8000),
    ),
    "not beside another scheme": (
        case(
            "monthly_by_level",
            {"exclusive_with": ["other"]},
            cert(),
            post(),
            rate(8000),
            person("paid", scheme="other", from_="2025-02-15", to="2025-03-01"),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=8000, y2025_04=8000),
    ),
    "ceiling of a year": (
        case(
            "monthly_by_level",
            {"ceiling_fen": 20000, "ceiling_per": "year"},
            cert(),
            post(),
            rate(8000),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=8000, y2025_02=8000, y2025_03=4000),
    ),
    "a batch": (
        case(
            "once_by_level",
            {"claim_months": 24, "batch": "2"},
            cert(date="2024-06-01"),
            post(),
            rate(8000),
            person("claim", date="2025-01-10", batch="1"),
            person("claim", date="2025-03-10", batch="2"),
            months=JAN_TO_APR,
        ),
        paid(y2025_03=8000),
    ),
    "employers and establishment": (
        case(
            "monthly_by_level",
            {"employer_kinds": ["community"], "establishment": "outside"},
            cert(),
            post(to="2025-01-31", employer_kind="community", establishment="outside"),
            post("2025-02-01", "2025-02-28", employer_kind="community", establishment="within"),
            post("2025-03-01", "2025-03-31", employer_kind="agency", establishment="outside"),
            rate(8000),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=8000),
    ),
    "effective until": (
        case(
            "monthly_by_level",
            {"last_month": "2025-02"},
            cert(),
            post(),
            rate(8000),
            months=JAN_TO_APR,
        ),
        paid(y2025_01=8000, y2025_02=8000),
    ),
}
