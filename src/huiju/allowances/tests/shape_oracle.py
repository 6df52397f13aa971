"""A second opinion on every shape: one person, day by day and month by month in plain Python, slow, without our rules.

It answers what is due by (month, district) for a worksheet of one run whose facts were all known before it, for the
person "p". Facts of equal days are told apart by their order in the worksheet.
"""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

LEVELS = ["assistant", "intermediate", "senior"]
DAY = timedelta(days=1)
NEVER = date(9999, 12, 31)


class NoRate(Exception):
    """An amount was needed and none was in force."""


def due(case):
    """{(month, district): fen}, without noughts."""
    found = World(case).bounded()
    return {key: fen for key, fen in found.items() if fen}


def day_of(text):
    return date.fromisoformat(text)


def first_after(day):
    return (day.replace(day=28) + 4 * DAY).replace(day=1)


def later(day, months):
    """The same day some months later, in a shorter month its last."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def since(first, last):
    """Whole months from one day to another."""
    count = 0
    while (last.year, last.month) > (
        (first.year, first.month) if count == 0 else _moved(first, count)
    ):
        count += 1
    return count - (1 if last.day < first.day else 0)


def _moved(day, months):
    number = day.year * 12 + day.month - 1 + months
    return (number // 12, number % 12 + 1)


def _first_of_highest(held):
    cert, post, _starts = held
    return -cert["rank"], post["begun"], post["order"], cert["order"]


def key(day):
    return f"{day:%Y-%m}"


class World:
    """What is known of "p", as the terms let it count."""

    def __init__(self, case):
        self.shape, self.terms, self.policy = case["shape"], case["terms"], case["policy"]
        self.facts = case["facts"]
        self.ranks = {name: n + 1 for n, name in enumerate(LEVELS)}
        for n, name in enumerate(reversed(self.terms.get("local_levels", []))):
            self.ranks[name] = -n
        first, last = day_of(f"{self.policy['scheme_start']}-01"), case["runs"][0]["month"]
        self.months = []
        while key(first) <= last:
            if key(first) <= (self.terms.get("last_month") or "9999-12"):
                self.months.append(first)
            first = first_after(first)
        # only what is paid needs a rate
        for code in self.terms.get("exclusive_with", []):
            self.months = [month for month in self.months if not self.paid_in(key(month), code)]
        self.leaves = self.spells("leave") + [
            spell
            for fact, *spell in self.told("ended")
            if fact["reason"] in self.terms.get("stops", []) and fact["reason"] != "moved_district"
        ]
        self.posts, self.certs = self.counting_posts(), self.counting_certs()

    def told(self, kind):
        """(fact, first day, first day no longer in) of a kind."""
        found = []
        for fact in self.facts:
            if fact["type"] == kind:
                first = day_of(fact.get("from") or fact.get("date"))
                last = day_of(fact["to"]) + DAY if fact.get("to") else NEVER
                found.append((fact, first, last))
        return [each for each in found if each[1] < each[2]]

    def spells(self, kind):
        return [list(spell) for _fact, *spell in self.told(kind)]

    def counting_posts(self):
        found = []
        for order, (fact, first, last) in enumerate(self.told("post")):
            asked = self.terms.get("establishment")
            if asked and fact.get("establishment") != asked:
                continue
            kinds = self.terms.get("employer_kinds")
            if kinds and fact.get("employer_kind") not in kinds:
                continue
            found.append({"fact": fact, "begun": first, "ends": last, "order": order})
        if "moved_district" in self.terms.get("stops", []) and found:
            home = min(found, key=lambda p: (p["begun"], p["order"]))["fact"]["district"]
            found = [p for p in found if p["fact"]["district"] == home]
        for post in found:
            post["counts"] = self.effect(post["begun"], "post_effect")
        return found

    def counting_certs(self):
        found = []
        for order, (fact, first, _last) in enumerate(self.told("cert")):
            ends = day_of(fact["revoked_on"]) if fact.get("revoked_on") else NEVER
            rank = self.ranks[fact["level"]]
            for opens, closes in self.started(fact, first, ends):
                if opens < closes or self.terms.get("start", "approval") in (
                    "approval",
                    "month_after",
                ):
                    counts = self.effect(opens, "cert_effect")
                    found.append(
                        {
                            "rank": rank,
                            "held": opens,
                            "counts": counts,
                            "ends": closes,
                            "order": order,
                        }
                    )
        return found

    def started(self, fact, first, ends):
        start = self.terms.get("start", "approval")
        if start == "approval":
            return [(first, ends)]
        if start == "month_after":
            return [(first_after(first), ends)]
        return [
            (max(first, opens.replace(day=1)), min(ends, closes))
            for told, opens, closes in self.told(start)
            if start != "appointment" or told["level"] == fact["level"]
        ]

    def effect(self, day, name):
        return day if self.policy[name] == "same_day" else first_after(day)

    def standing(self, day, posts=None):
        """(certificate, post) that count on a day, or None: highest, then the post begun first."""
        if any(first <= day < last for first, last in self.leaves):
            return None
        certs = [c for c in self.certs if c["counts"] <= day < c["ends"]]
        held = [p for p in (posts or self.posts) if p["counts"] <= day < p["ends"]]
        if not certs or not held:
            return None
        cert = min(certs, key=lambda c: (-c["rank"], c["order"]))
        return cert, min(held, key=lambda p: (p["begun"], p["order"]))

    def rate(self, rank, district, day):
        rates = [
            (fact, first)
            for fact, first, last in self.told("rate")
            if self.ranks[fact["level"]] == rank and first <= day < last
        ]
        for place in (district, "*"):
            of_place = [
                (first, n, fact)
                for n, (fact, first) in enumerate(rates)
                if fact["district"] == place
            ]
            if of_place:
                return max(of_place, key=lambda each: each[:2])[2]["amount"]
        raise NoRate(rank, district, day)

    # by months

    def counted(self, month):
        """(day, certificate, post) that decide a month, or None."""
        length = monthrange(month.year, month.month)[1]
        days = {}
        for n in range(length):
            if found := self.standing(month + n * DAY):
                days[month + n * DAY] = found
        rule = self.policy["month_rule"]
        if rule["kind"] == "on_day":
            day = month.replace(day=min(rule["day"], length))
            return (day, *days[day]) if day in days else None
        least = {"any_day": 1, "full_month": length, "min_days": rule.get("days")}[rule["kind"]]
        if len(days) < least:
            return None
        pick = self.policy["level_pick"]
        if pick == "highest":
            top = max(cert["rank"] for cert, _post in days.values())
            day = min(day for day, (cert, _post) in days.items() if cert["rank"] == top)
        else:
            day = min(days) if pick == "first_day" else max(days)
        return (day, *days[day])

    def monthly(self, month, amount):
        """Of a month: amount(day, certificate, district) of the deciding day."""
        found = self.counted(month)
        if found is None:
            return {}
        day, cert, post = found
        district = post["fact"]["district"]
        return {(key(month), district): amount(day, cert, district)}

    def every_month(self, amount=None, months=None):
        plain = amount or (lambda day, cert, district: self.rate(cert["rank"], district, day))
        asked = self.months if months is None else months
        return {k: fen for month in asked for k, fen in self.monthly(month, plain).items()}

    def bounded(self):
        amounts = getattr(self, self.shape)()
        ceiling, per = self.terms.get("ceiling_fen"), self.terms.get("ceiling_per", "month")
        if ceiling is None:
            return amounts
        used, found = Counter(), {}
        for month, district in sorted(amounts):
            drawer = {"month": month, "year": month[:4], "ever": ""}[per]
            fen = min(amounts[month, district], max(ceiling - used[drawer], 0))
            used[drawer] += fen
            found[month, district] = fen
        return found

    def paid_in(self, month, code):
        first = day_of(f"{month}-01")
        return any(
            fact["scheme"] == code and begins < first_after(first) and ends > first
            for fact, begins, ends in self.told("paid")
        )

    # the shapes

    def monthly_by_level(self):
        return self.every_month()

    co_funded = monthly_by_level

    def monthly_term(self):
        opens = day_of(f"{self.policy['scheme_start']}-01")
        begun = [
            max(cert["counts"], post["counts"], opens)
            for cert in self.certs
            for post in self.posts
            if max(cert["counts"], post["counts"], opens) < min(cert["ends"], post["ends"])
        ]
        if not begun:
            return {}
        ends = later(min(begun).replace(day=1), self.terms["most_months"])
        return self.every_month(months=[month for month in self.months if month < ends])

    def top_up(self):
        paid = [month for month in self.months if self.paid_in(key(month), self.terms["base"])]
        return self.every_month(months=paid)

    def of_level(self, rank, values):
        return next((value for name, value in values.items() if self.ranks[name] == rank), 0)

    def grade_steps(self):
        return self.every_month(
            lambda day, cert, district: (
                self.rate(cert["rank"], district, day)
                * self.of_level(cert["rank"], self.terms["steps"])
            )
        )

    def index_share(self):
        index = {f["year"]: f["amount"] for f in self.facts if f["type"] == "index"}
        bands = {f["district"]: f["pct"] for f in self.facts if f["type"] == "band"}

        def share(day, cert, district):
            pct = self.of_level(cert["rank"], self.terms["percents"])
            if not pct or day.year - 1 not in index:
                raise NoRate(cert["rank"], district, day)
            exact = index[day.year - 1] * pct * (100 + bands.get(district, 0))
            return exact // 10000 + (exact % 10000 >= 5000)

        return self.every_month(share)

    def sub_grades(self):
        passed = [first for _fact, first, _last in self.told("appraisal")]

        def graded(day, cert, district):
            held = min(c["held"] for c in self.certs if c["order"] == cert["order"])
            reached = since(held, day)
            if self.terms.get("grades_by") == "appraisals":
                reached = len([d for d in passed if held <= d <= day.replace(day=1)])
            pct = 0
            for least, of_rate in sorted(self.of_level(cert["rank"], self.terms["grades"]) or []):
                pct = of_rate if reached >= least else pct
            exact = self.rate(cert["rank"], district, day) * pct
            return exact // 100 + (exact % 100 >= 50)

        return self.every_month(graded)

    def met(self, day):
        return all(
            any(
                f["condition"] == code and first <= day < last
                for f, first, last in self.told("condition")
            )
            for code in self.terms.get("conditions", [])
        )

    def claims(self):
        batch = self.terms.get("batch")
        told = self.told("claim")
        return [(f, day) for f, day, _last in told if not batch or f.get("batch") == batch]

    def once(self):
        """(day, certificate, post) of what is paid once, or None."""
        window = self.terms.get("claim_months")
        if window is not None:
            days = sorted(day for _fact, day in self.claims())
        else:
            begun = [c["counts"] for c in self.certs] + [p["counts"] for p in self.posts]
            first, last = (
                min(begun, default=NEVER),
                first_after(self.months[-1]) if self.months else NEVER,
            )
            days = [first + n * DAY for n in range(max((last - first).days, 0))] if begun else []
        for day in days:
            found = self.standing(day)
            if found is None or not self.met(day):
                continue
            cert, post = found
            if window is None or day < later(max(cert["counts"], post["counts"]), window):
                return day, cert, post
        return None

    def in_months(self, day, district, fen):
        return {(key(day), district): fen()} if day.replace(day=1) in self.months else {}

    def once_by_level(self):
        found = self.once()
        if found is None:
            return {}
        day, cert, post = found
        district, amounts = post["fact"]["district"], self.terms.get("amounts")

        def fen():
            if amounts:
                return self.of_level(cert["rank"], amounts)
            return self.rate(cert["rank"], district, day)

        return self.in_months(day, district, fen)

    def yearly_by_level(self):
        amounts = {}
        for month in self.months:
            day = first_after(month) - DAY
            found = self.standing(day)
            if found is None:
                continue
            cert, post = found
            begun = min(
                max(c["counts"], post["counts"])
                for c in self.certs
                if max(c["counts"], post["counts"]) < min(c["ends"], post["ends"])
            )
            count = (month.year - begun.year) * 12 + month.month - begun.month
            passed = count - self.terms["after_months"]
            if passed >= 0 and passed % 12 == 0:
                district = post["fact"]["district"]
                amounts[key(month), district] = self.rate(cert["rank"], district, day)
        return amounts

    def mixture(self):
        both = Counter(self.monthly_term())
        both.update(self.once_by_level())
        return dict(both)

    def local_levels(self):
        return self.every_month() if self.terms["every"] == "month" else self.once_by_level()

    def new_hire(self):
        terms = self.terms
        for _fact, day in sorted(self.claims(), key=lambda claim: claim[1]):
            if any(first <= day < last for first, last in self.leaves) or not self.met(day):
                continue
            kept = [
                (c, p, max(c["counts"], p["counts"], later(p["begun"], terms["service_months"])))
                for c in self.certs
                for p in self.posts
                if c["held"] < later(p["begun"], terms["cert_within_months"])
                and str(p["begun"]) >= terms.get("hired_from", "")
            ]
            held = [e for e in kept if e[2] <= day < min(e[0]["ends"], e[1]["ends"])]
            if not held:
                continue
            cert, post, starts = min(held, key=_first_of_highest)
            in_time = day < later(starts, terms["claim_months"])
            if in_time and post["ends"] >= later(day, terms["commitment_months"]):
                if day.replace(day=1) not in self.months:
                    return {}
                district = post["fact"]["district"]
                return {(key(day), district): self.rate(cert["rank"], district, day)}
        return {}

    def title_stipend(self):
        amounts = {}
        for fact, first, last in self.told("title"):
            if fact["title"] != self.terms["title"]:
                continue
            for month in self.months:
                count = (month.year - first.year) * 12 + month.month - first.month
                held = first < first_after(month) and last > month
                due_now = {"month": True, "year": count % 12 == 0, "once": count == 0}
                if (
                    held
                    and count < self.terms.get("most_months", 10**6)
                    and due_now[self.terms["every"]]
                ):
                    amounts[key(month), fact["district"]] = self.terms["amount_fen"]
        return amounts

    def cost_refund(self):
        sums = Counter()
        for fact, day, _last in self.told("receipt"):
            if fact["item"] in self.terms["items"] and day.replace(day=1) in self.months:
                sums[key(day), fact["district"]] += fact["amount"]
        pct = self.terms.get("refund_pct", 100)
        return {k: fen * pct // 100 + (fen * pct % 100 >= 50) for k, fen in sums.items()}

    def organisation_grant(self):
        for fact, day in sorted(self.claims(), key=lambda claim: claim[1]):
            if self.met(day):
                return self.in_months(day, fact["district"], lambda: self.terms["amount_fen"])
        return {}

    def residence_supplement(self):
        origin = [
            spell
            for f, *spell in self.told("residence")
            if f["residence"] == self.terms["residence"]
        ]
        sums, seen = Counter(), set()
        for fact, day, _last in sorted(self.told("event"), key=lambda event: event[1]):
            of_origin = any(first <= day < last for first, last in origin)
            if of_origin and fact["event"] in self.terms["events"] and fact["event"] not in seen:
                seen.add(fact["event"])
                if day.replace(day=1) in self.months:
                    sums[key(day), fact["district"]] += self.terms["events"][fact["event"]]
        return dict(sums)
