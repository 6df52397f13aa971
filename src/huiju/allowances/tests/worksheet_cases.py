"""Random worksheet cases: small worlds in which the fields meet each other often."""

from datetime import date, timedelta
from random import Random

MONTHS = ["2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
FIRST, LAST = date(2024, 10, 15), date(2025, 6, 15)
PEOPLE = ["p", "q", "r"]
DISTRICTS = ["思明区", "湖里区", "集美区"]
LEVELS = ["assistant", "intermediate", "senior"]
EDGES = [f"{month}-{day}" for month in MONTHS for day in ("01", "02", "15", "16", "28")]
EDGES += ["2024-11-30", "2024-12-31", "2025-01-31", "2025-03-31", "2025-04-30", "2025-05-31"]
TYPES = {
    "cert": 5, "post": 6, "leave": 2, "rate": 3, "hold": 2, "returned": 2, "merge": 1,
}  # fmt: skip


def random_case(random: Random) -> dict:
    """One case. Everybody has a certificate and a post as a rule, so that most runs have lines."""
    months = random.sample(MONTHS[2:], 3)
    if random.random() < 0.7:
        months.sort()
    runs = [
        {"run": f"R{n}", "month": month, "on": f"{month}-{random.choice(['03', '20', '28'])}"}
        for n, month in enumerate(months, start=1)
    ]
    facts = base_rates(random)
    for person in PEOPLE:
        facts += base_facts(random, person)
    for n in range(random.randint(4, 14)):
        facts += versions(random, f"f{n}", len(runs))
    random.shuffle(facts)
    return {"policy": random_policy(random), "people": PEOPLE, "facts": facts, "runs": runs}


def random_policy(random: Random) -> dict:
    rule = random.choice(
        [
            {"kind": "any_day"},
            {"kind": "full_month"},
            {"kind": "on_day", "day": random.choice([1, 2, 15, 28, 29, 30, 31])},
            {"kind": "min_days", "days": random.choice([1, 2, 14, 15, 28, 29, 30, 31])},
        ]
    )
    recovery = {"kind": "allow_negative"}
    if random.random() < 0.6:
        recovery = {"kind": "offset", "pct": random.choice([0, 1, 33, 50, 99, 100])}
    return {
        "scheme_start": random.choice(MONTHS[:4]),
        "granularity": random.choice(["month", "month", "day"]),
        "month_rule": rule,
        "level_pick": random.choice(["highest", "first_day", "last_day"]),
        "cert_effect": random.choice(["same_day", "next_month"]),
        "post_effect": random.choice(["same_day", "next_month"]),
        "lookback_months": random.choice([None, None, 0, 1, 2, 12]),
        "recovery": recovery,
    }


def base_rates(random: Random) -> list[dict]:
    levels = LEVELS if random.random() < 0.95 else LEVELS[1:]
    return [
        version("rate", f"base-{level}", "2024-11-01")
        | {"level": level, "district": "*", "from": "2020-01-01", "to": None, "amount": amount}
        for level, amount in zip(levels, [20000, 30000, 50001], strict=False)
    ]


def base_facts(random: Random, person: str) -> list[dict]:
    """A certificate and a post held all the time, each in most cases."""
    cert = version("cert", f"cert-{person}", "2024-11-01") | SAID["cert"](random)
    post = version("post", f"post-{person}", "2024-11-01") | SAID["post"](random)
    found = []
    if random.random() < 0.7:
        found.append(cert | {"person": person, "date": "2019-06-22", "revoked_on": None})
    if random.random() < 0.7:
        found.append(post | {"person": person, "from": "2023-05-01", "to": None})
    return found


def versions(random: Random, name: str, runs: int) -> list[dict]:
    """A fact as it was first recorded, and sometimes corrected, taken back, or taken back again."""
    kind = random.choices(list(TYPES), TYPES.values())[0]
    count = random.choice([1, 1, 1, 2, 3])
    found = []
    for n in range(count):
        early = n == 0 and random.random() < 0.6
        said = version(kind, name, "2024-11-01" if early else a_day(random))
        said["void"] = count > 1 and random.random() < 0.3
        found.append(said | SAID[kind](random))
    return found


def version(kind: str, name: str, recorded: str) -> dict:
    return {"id": name, "type": kind, "recorded": recorded, "void": False}


def a_day(random: Random) -> str:
    if random.random() < 0.5:
        return random.choice(EDGES)
    return str(FIRST + timedelta(days=random.randrange((LAST - FIRST).days)))


def period(random: Random, longest: int) -> dict:
    """From a day, open or for some days; now and then the end lies before the beginning."""
    first = a_day(random) if random.random() < 0.6 else "2023-05-01"
    if random.random() < 0.4:
        return {"from": first, "to": None}
    if random.random() < 0.5:
        return {"from": first, "to": a_day(random)}
    return {
        "from": first,
        "to": str(date.fromisoformat(first) + timedelta(random.randint(-1, longest))),
    }


def who(random: Random) -> dict:
    return {"person": random.choice(PEOPLE)}


SAID = {
    "cert": lambda random: (
        who(random)
        | {
            "level": random.choice(LEVELS),
            "date": random.choice([a_day(random), "2019-06-22", "2019-06-22"]),
            "revoked_on": random.choice([None, None, a_day(random)]),
        }
    ),
    "post": lambda random: (
        who(random) | {"district": random.choice(DISTRICTS)} | period(random, 400)
    ),
    "leave": lambda random: who(random) | period(random, 40),
    "rate": lambda random: (
        {
            "level": random.choice(LEVELS),
            "district": random.choice(["*", *DISTRICTS]),
            "amount": random.choice([0, 1, 10000, 20001, 33333, 99999]),
        }
        | period(random, 120)
    ),
    "hold": lambda random: who(random) | period(random, 40),
    "returned": lambda random: who(random) | {"run": random.choice(["R1", "R2", "R3"])},
    # into a person earlier in the alphabet only: never in a circle
    "merge": lambda random: random.choice(
        [
            {"from_person": "q", "into_person": "p"},
            {"from_person": "r", "into_person": "p"},
            {"from_person": "r", "into_person": "q"},
        ]
    ),
}
