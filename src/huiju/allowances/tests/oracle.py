"""A second opinion: the worksheet contract once more, day by day in plain Python, slow and without our rules.

Written from the contract's text alone. It shares nothing with the rules, not even a table of levels.
"""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from math import floor

RANK = ["assistant", "intermediate", "senior"]
DAY = timedelta(days=1)


class NoRate(Exception):
    """A rate was needed and none was in force."""


def replay(cases):
    return {case["id"]: replay_case(case) for case in cases}


def replay_case(case):
    runs, answers = [], {}
    for run in case["runs"]:
        try:
            posted, answer = replay_run(case, run, runs)
        except NoRate as missing:
            answers[run["run"]] = {"stopped": missing.args}
        else:
            runs.append(posted)
            answers[run["run"]] = answer
    return answers


def replay_run(case, run, earlier):
    """`earlier`: per run (name, {person: {(month, district): fen}}, {person: growth of debt})."""
    facts = known(case["facts"], run["on"])
    who = identities(facts)
    people = {who(p) for p in case["people"]}
    people |= {who(f["person"]) for f in facts if "person" in f}
    people |= {who(p) for _name, lines, _growth in earlier for p in lines}
    months = months_of(case["policy"], run["month"])
    posted, growth, answer = {}, {}, {}
    for person in sorted(people):
        own = [f for f in facts if "person" in f and who(f["person"]) == person]
        before, debt = posted_before(earlier, own, person, who)
        if any(f["type"] == "hold" and covers(f, day_of(run["on"])) for f in own):
            answer[person] = {"lines": [], "pay": 0, "debt": debt}
            continue
        due = person_due(case["policy"], months, own, facts)
        keys = {key for key in [*due, *before] if key[0] in months}
        lines = {key: due[key] - before[key] for key in keys if due[key] != before[key]}
        pay, grew = settle(case["policy"]["recovery"], lines.values(), debt)
        posted[person], growth[person] = Counter(lines), grew
        rows = sorted([month, district, fen] for (month, district), fen in lines.items())
        answer[person] = {"lines": rows, "pay": pay, "debt": debt + grew}
    nothing = {"lines": [], "pay": 0, "debt": 0}
    return (run["run"], posted, growth), {p: answer.get(p, nothing) for p in case["people"]}


def identities(facts):
    merges = [f for f in facts if f["type"] == "merge"]
    merges.sort(key=lambda f: (f["recorded"], f["id"]))
    into = {f["from_person"]: f["into_person"] for f in merges}

    def who(person):
        while person in into:
            person = into[person]
        return person

    return who


def posted_before(earlier, own, person, who):
    """What stands of a person's lines of earlier runs, and the debt they left."""
    returned = {f["run"] for f in own if f["type"] == "returned"}
    before, debt = Counter(), 0
    for name, lines, grew in earlier:
        for other in lines:
            if who(other) == person and name not in returned:
                before.update(lines[other])
                debt += grew[other]
    return before, debt


def person_due(policy, months, own, facts):
    rates = [f for f in facts if f["type"] == "rate"]
    due = Counter()
    for month in months:
        due.update(month_due(policy, month, own, rates))
    return due


def settle(recovery, amounts, debt):
    earned = sum(fen for fen in amounts if fen > 0)
    debits = -sum(fen for fen in amounts if fen < 0)
    if recovery["kind"] == "allow_negative":
        return earned - debits, 0
    taken = min(debt + debits, floor(Fraction(earned * recovery["pct"], 100)))
    return earned - taken, debits - taken


def known(facts, on):
    versions = {}
    for fact in facts:
        if fact["recorded"] <= on:
            current = versions.get(fact["id"])
            if current is None or fact["recorded"] >= current["recorded"]:
                versions[fact["id"]] = fact
    return [fact for fact in versions.values() if not fact.get("void")]


def months_of(policy, last):
    year, month = map(int, last.split("-"))
    found, count = [], 0
    while f"{year:04d}-{month:02d}" >= policy["scheme_start"]:
        if policy["lookback_months"] is not None and count > policy["lookback_months"]:
            break
        found.append(f"{year:04d}-{month:02d}")
        year, month, count = (
            (year, month - 1, count + 1) if month > 1 else (year - 1, 12, count + 1)
        )
    return found


def month_due(policy, month, facts, rates):
    year, number = map(int, month.split("-"))
    length = monthrange(year, number)[1]
    days = {}
    for n in range(1, length + 1):
        standing = day_standing(policy, facts, date(year, number, n))
        if standing:
            days[n] = standing
    if policy["granularity"] == "day":
        sums = Counter()
        for n, (level, district) in days.items():
            fen = rate_on(rates, level, district, date(year, number, n))
            sums[month, district] += Fraction(fen, length)
        return {key: floor(total + Fraction(1, 2)) for key, total in sums.items()}
    n = deciding_day(policy, days, length)
    if n is None:
        return {}
    level, district = days[n]
    return {(month, district): rate_on(rates, level, district, date(year, number, n))}


def deciding_day(policy, days, length):
    rule = policy["month_rule"]
    if rule["kind"] == "on_day":
        n = min(rule["day"], length)
        return n if n in days else None
    least = {"any_day": 1, "full_month": length, "min_days": rule.get("days")}[rule["kind"]]
    if len(days) < least:
        return None
    if policy["level_pick"] == "first_day":
        return min(days)
    if policy["level_pick"] == "last_day":
        return max(days)
    top = max(RANK.index(level) for level, _district in days.values())
    return min(n for n, (level, _district) in days.items() if RANK.index(level) == top)


def day_standing(policy, facts, day):
    """(level, district) that count on a day, or None."""
    if any(f["type"] == "leave" and covers(f, day) for f in facts):
        return None
    certs = [
        RANK.index(f["level"])
        for f in facts
        if f["type"] == "cert"
        and effective(f["date"], policy["cert_effect"]) <= day
        and (f.get("revoked_on") is None or day < day_of(f["revoked_on"]))
    ]
    posts = [
        f
        for f in facts
        if f["type"] == "post"
        and effective(f["from"], policy["post_effect"]) <= day
        and (f.get("to") is None or day <= day_of(f["to"]))
    ]
    if not certs or not posts:
        return None
    post = min(posts, key=lambda f: (f["from"], f["recorded"], f["id"]))
    return RANK[max(certs)], post["district"]


def rate_on(rates, level, district, day):
    in_force = [r for r in rates if r["level"] == level and covers(r, day)]
    for place in (district, "*"):
        of_place = [r for r in in_force if r["district"] == place]
        if of_place:
            return max(of_place, key=lambda r: (r["from"], r["recorded"], r["id"]))["amount"]
    raise NoRate(level, district, str(day))


def covers(fact, day):
    return day_of(fact["from"]) <= day and (fact.get("to") is None or day <= day_of(fact["to"]))


def effective(text, effect):
    day = day_of(text)
    if effect == "same_day":
        return day
    return (day.replace(day=28) + 4 * DAY).replace(day=1)


def day_of(text):
    return date.fromisoformat(text)
