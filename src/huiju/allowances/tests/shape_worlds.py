"""Random worksheets of each shape: small worlds in which facts and terms meet each other often."""

from datetime import date, timedelta
from random import Random

from huiju.allowances.shape_terms.fields import DESCRIPTIONS

OFTEN = ("cert", "post", "residence", "registration", "appointment", "title")
MORE = {
    "once_by_level": ("claim", "claim"),
    "new_hire": ("claim", "claim"),
    "organisation_grant": ("claim", "claim"),
    "residence_supplement": ("event", "event", "event"),
    "top_up": ("paid",),
    "cost_refund": ("receipt", "receipt"),
}
MET = [
    {"type": "condition", "condition": name, "from": "2023-01-01", "to": None}
    for name in ("inspected", "projects")
]
HIRED = [
    {"type": "cert", "level": "intermediate", "date": "2024-06-22", "revoked_on": None},
    {"type": "post", "district": "思明区", "employer_kind": "agency", "establishment": "outside"}
    | {"from": "2024-02-10", "to": None},
]
CLAIMED = [
    {"type": "claim", "batch": "1", "district": "思明区", "date": day}
    for day in ("2024-08-31", "2025-02-10", "2025-03-01")
]
LIKELY = {
    "once_by_level": [*HIRED, *MET],
    "local_levels": HIRED,
    "mixture": HIRED,
    "new_hire": [*HIRED, *MET, *CLAIMED],
    "organisation_grant": MET,
    "residence_supplement": [
        {"type": "residence", "residence": "taiwan", "from": "2024-01-31", "to": "2025-03-09"}
    ],
}
LEVELS = ["assistant", "intermediate", "senior"]
DISTRICTS = ["思明区", "湖里区"]
FIRST, LAST = date(2023, 6, 1), date(2025, 7, 31)
EDGES = ["2024-01-31", "2024-02-29", "2024-03-01", "2025-01-01", "2025-01-31", "2025-02-28"]


def random_policy(random: Random) -> dict:
    rule = random.choice(
        [
            {"kind": "any_day"},
            {"kind": "full_month"},
            {"kind": "on_day", "day": 31},
            {"kind": "min_days", "days": 15},
        ]
    )
    return {
        "scheme_start": random.choice(["2024-01", "2024-06"]),
        "granularity": "month",
        "month_rule": rule,
        "level_pick": random.choice(["highest", "first_day", "last_day"]),
        "cert_effect": random.choice(["same_day", "next_month"]),
        "post_effect": random.choice(["same_day", "next_month"]),
        "lookback_months": None,
        "recovery": {"kind": "allow_negative"},
    }


def random_terms(random: Random, shape: str) -> dict:
    """Everything a shape needs, and each other term of it now and then."""
    described = DESCRIPTIONS[shape]
    names = [*described.needs]
    names += [n for n in (*described.takes, *described.modifiers) if random.random() < 0.3]
    terms = {name: TERMS[name](random) for name in names}
    if shape == "grade_steps":
        terms["start"] = random.choice(["appointment", "registration"])
    if "ceiling_per" in terms and "ceiling_fen" not in terms:
        del terms["ceiling_per"]
    return terms


def random_world(random: Random, shape: str, terms: dict, policy: dict) -> dict:
    """A worksheet of one run. A certificate and a post held all the time, each in most cases."""
    levels = [*LEVELS, *terms.get("local_levels", [])]
    facts = [
        {"type": "rate", "level": level, "district": "*", "from": "2020-01-01", "amount": amount}
        for level, amount in zip(levels, [20000, 30001, 50005, 7777], strict=False)
        if random.random() < 0.95
    ]
    facts += [
        {"type": "index", "index": "wage", "year": y, "amount": 812345 + y}
        for y in (2022, 2023, 2024)
    ]
    facts += [
        {"type": "band", "district": d, "pct": random.choice([-10, 0, 10])} for d in DISTRICTS[:1]
    ]
    for kind in (*OFTEN, *MORE.get(shape, ())):
        if random.random() < 0.7:
            facts.append({"type": kind} | SAID[kind](random, levels))
    facts += [fact for fact in LIKELY.get(shape, ()) if random.random() < 0.8]
    kinds = random.choices([*SAID], k=random.randint(6, 20))
    facts += [{"type": kind} | SAID[kind](random, levels) for kind in kinds]
    facts = [{**fact, "id": f"f{n:03d}", "recorded": "2023-01-01"} for n, fact in enumerate(facts)]
    for fact in facts:
        if fact["type"] not in ("rate", "index", "band"):
            fact["person"] = "p"
    runs = [{"run": "R1", "month": random.choice(["2025-04", "2025-07"]), "on": "2025-07-31"}]
    return {
        "shape": shape,
        "terms": terms,
        "policy": policy,
        "people": ["p"],
        "facts": facts,
        "runs": runs,
    }


def a_day(random: Random) -> str:
    if random.random() < 0.3:
        return random.choice(EDGES)
    return str(FIRST + timedelta(days=random.randrange((LAST - FIRST).days)))


def spell(random: Random) -> dict:
    first = a_day(random)
    if random.random() < 0.5:
        return {"from": first, "to": None}
    return {"from": first, "to": str(date.fromisoformat(first) + timedelta(random.randint(0, 300)))}


def amounts(random: Random) -> dict:
    return {level: random.choice([0, 10000, 99999]) for level in LEVELS[: random.randint(1, 3)]}


def some(*names: str):
    return lambda random: random.sample(names, random.randint(1, len(names)))


def one(*values):
    return lambda random: random.choice(values)


TERMS = {
    "start": one("approval", "month_after", "registration", "appointment"),
    "stops": some("retirement", "failed_appraisal", "moved_district"),
    "exclusive_with": some("other", "base"),
    "conditions": some("inspected", "projects"),
    "ceiling_fen": one(15000, 100000, 333333),
    "ceiling_per": one("month", "year", "ever"),
    "batch": one("1"),
    "establishment": one("within", "outside"),
    "employer_kinds": some("community", "agency"),
    "last_month": one("2025-02", "2025-12"),
    "payers": lambda random: {"*": {"city": 33, "district": 67}},
    "after_months": one(0, 6, 12),
    "most_months": one(1, 6, 12),
    "claim_months": one(3, 12),
    "base": one("base"),
    "steps": lambda random: {level: n for n, level in enumerate(LEVELS, start=1)},
    "index": one("wage"),
    "percents": lambda random: dict(zip(LEVELS, [70, 83, 140], strict=True)),
    "grades": lambda random: {level: [[0, 100], [3, 133], [12, 140]] for level in LEVELS[: random.randint(1, 3)]},
    "grades_by": one("months", "appraisals"),
    "hired_from": one("2023-07-10", "2024-02-01"),
    "service_months": one(1, 6),
    "cert_within_months": one(6, 12),
    "commitment_months": one(1, 12),
    "title": one("leader"),
    "every": one("month", "year", "once"),
    "amount_fen": one(120000),
    "amounts": amounts,
    "in_kind": some("health check"),
    "items": some("exam", "course"),
    "refund_pct": one(33, 50, 100),
    "residence": one("taiwan"),
    "events": lambda random: {"sat": 50000, "passed": 100000},
    "local_levels": lambda random: ["社工员"],
}  # fmt: skip
SAID = {
    "cert": lambda random, levels: {
        "level": random.choice(levels),
        "date": random.choice([a_day(random), "2023-06-22"]),
        "revoked_on": random.choice([None, None, None, a_day(random)]),
    },
    "post": lambda random, levels: {
        "district": random.choice(DISTRICTS),
        "employer_kind": random.choice(["community", "agency"]),
        "establishment": random.choice(["within", "outside", "outside"]),
    }
    | random.choice([spell(random), {"from": "2023-05-01", "to": None}]),
    "leave": lambda random, levels: spell(random),
    "registration": lambda random, levels: spell(random),
    "appointment": lambda random, levels: {"level": random.choice(LEVELS)} | spell(random),
    "title": lambda random, levels: {
        "title": random.choice(["leader", "leader", "guest"]),
        "district": random.choice(DISTRICTS),
    }
    | spell(random),
    "appraisal": lambda random, levels: {"date": a_day(random)},
    "receipt": lambda random, levels: {
        "item": random.choice(["exam", "course", "travel"]),
        "district": random.choice(DISTRICTS),
        "date": a_day(random),
        "amount": random.choice([1, 6101, 15050]),
    },
    "claim": lambda random, levels: {
        "batch": random.choice(["1", "2"]),
        "district": random.choice(DISTRICTS),
        "date": a_day(random),
    },
    "condition": lambda random, levels: {"condition": random.choice(["inspected", "projects"])} | spell(random),
    "residence": lambda random, levels: {"residence": random.choice(["taiwan", "else"])} | spell(random),
    "event": lambda random, levels: {
        "event": random.choice(["sat", "passed", "other"]),
        "district": random.choice(DISTRICTS),
        "date": a_day(random),
    },
    "paid": lambda random, levels: {"scheme": random.choice(["base", "other"])} | spell(random),
    "ended": lambda random, levels: {"reason": random.choice(["retirement", "failed_appraisal", "bad_record"])}
    | spell(random),
}  # fmt: skip
