"""A small city through a year: its people by the registry's services, what it learns late, and its facts
written out for the oracle, which counts day by day and shares nothing with our rules."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from huiju.allowances.models import Payment, Run, Scheme
from huiju.allowances.tests import oracle
from huiju.directory.models import User
from huiju.directory.tests.factories import place
from huiju.kernel import clock
from huiju.policies.models import ParameterValue
from huiju.registry import queries as registry
from huiju.registry import services
from huiju.registry.models import Certificate, Death, Leave, Merge, Person, Post
from huiju.registry.services import (
    ACCOUNTS,
    DEATHS,
    LEAVES,
    AccountStatement,
    DeathStatement,
    Entry,
    LeaveStatement,
    PostStatement,
    RosterRow,
    merge_people,
    state,
)
from huiju.registry.tests.factories import account_number, identity_number

HOME, AWAY = "350203", "350206"
DAY = timedelta(days=1)
FoundFact = dict[str, Any]


def settle_people(count: int, *, seed: int, by: User, at: datetime) -> list[Person]:
    """People of 思明区 by a roster, each with an account."""
    random = Random(seed)
    rows = [_row(order, random) for order in range(1, count + 1)]
    services.apply_roster(rows, by=by, at=at, import_id=1)
    people = list(Person.objects.order_by("pk"))
    for order, person in enumerate(people, 1):
        open_account(person, order, on=date(2014, 1, 1), entry=Entry(at, by, reason="首次登记"))
    return people


def _row(order: int, random: Random) -> RosterRow:
    return RosterRow(
        name=f"林{'一二三四五六七八九十'[order % 10]}{'甲乙丙丁戊己庚辛'[order // 10]}",
        id_type="resident_id",
        id_no=identity_number(order),
        district="思明区",
        street="厦港街道",
        level=random.choice(["assistant", "assistant", "intermediate"]),
        cert_date=date(2013, 6, 1) + DAY * random.randrange(500),
        post_start=date(2012, 3, 1) + DAY * random.randrange(1200),
        employer=f"厦港街道{'沙坡尾' if order % 2 else '巡司顶'}社区居委会",
    )


def open_account(person: Person, order: int, *, on: date, entry: Entry) -> None:
    stated = AccountStatement("厦门银行", account_number(order), person.name, on)
    state(ACCOUNTS, person=person, stated=stated, entry=entry)


def learn_late(people: list[Person], *, about: date, random: Random, entry: Entry) -> None:
    """One in twenty has a fact the office should have known since a day before."""
    in_post = [person for person in people if _is_in_post(person)]
    for person in random.sample(in_post, max(1, len(people) // 20)):
        _learn(person, random.randrange(4), about + DAY * random.randrange(20), entry)


def _is_in_post(person: Person) -> bool:
    if Death.objects.current().filter(person=person).exists():
        return False
    return bool(Post.objects.current().filter(person=person, ends_on=None).exists())


def _learn(person: Person, kind: int, day: date, entry: Entry) -> None:
    post = Post.objects.current().get(person=person, ends_on=None)
    if day <= post.starts_on:
        return
    if kind == 0 and not Certificate.objects.filter(person=person, level="intermediate").exists():
        _promote(person, day, entry)
    elif kind == 1:
        stated = LeaveStatement("sick", day, day + 20 * DAY)
        if not Leave.objects.current().filter(person=person, ends_on__gt=day).exists():
            state(LEAVES, person=person, stated=stated, entry=entry)
    elif kind == 2:
        move_away(post, day, entry)
    else:
        services.end_post(post=post, last_day=day, entry=entry)


def _promote(person: Person, day: date, entry: Entry) -> None:
    document = person.documents.get()
    row = RosterRow(
        name=person.name,
        id_type="resident_id",
        id_no=document.number,
        district="思明区",
        level="intermediate",
        cert_date=day,
    )
    services.apply_roster([row], by=entry.by, at=entry.at, import_id=2)


def move_away(post: Post, day: date, entry: Entry) -> None:
    """From a day on in a community of 湖里区."""
    services.end_post(post=post, last_day=day - DAY, entry=entry)
    there = place(f"{AWAY}001")
    stated = PostStatement(there, place(AWAY), day, None, None, kind="community")
    services.add_post(person=post.person, stated=stated, entry=entry)


def tell_death(person: Person, died_on: date, entry: Entry) -> None:
    state(DEATHS, person=person, stated=DeathStatement(died_on, "火化证明"), entry=entry)


def merge(away: Person, kept: Person, entry: Entry) -> None:
    conflicts = registry.conflicts_of(registry.sides_of(away, kept))
    choices = {conflict.key: "into" for conflict in conflicts}
    merge_people(from_person=away, into_person=kept, choices=choices, values=(), entry=entry)


POLICY = {
    "granularity": "day",
    "month_rule": {"kind": "any_day"},
    "level_pick": "highest",
    "cert_effect": "next_month",
    "post_effect": "same_day",
    "lookback_months": 12,
    "scheme_start": "2015-01",
    "recovery": {"kind": "offset", "pct": 0},
}


class SecondOpinion:
    """What each run must post, by the oracle, from the facts believed at its instant."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.earlier: list[Any] = []

    def lines_of(self, run: Run) -> dict[tuple[int, str], int]:
        """(person, month) → fen of the run's lines, kept as posted for the runs after it."""
        people = Person.objects.values_list("pk", flat=True)
        case = {"policy": POLICY, "people": [*people], "facts": [*self._facts(run.known_at)]}
        asked = {
            "run": run.pk,
            "on": str(clock.day_of(run.known_at)),
            "month": f"{run.month:%Y-%m}",
        }
        (name, posted, growth), _answer = oracle.replay_run(case, asked, self.earlier)
        here = {
            person: Counter({key: fen for key, fen in lines.items() if key[1] == HOME})
            for person, lines in posted.items()
        }
        self.earlier.append((name, here, growth))
        return {(p, month): fen for p, lines in here.items() for (month, _d), fen in lines.items()}

    def _facts(self, at: datetime) -> Iterator[FoundFact]:
        died = dict(Death.objects.known_at(at).values_list("person", "died_on"))
        yield from self._rates(at)
        for held in Certificate.objects.known_at(at):
            yield _fact("cert", held, level=held.level, date=str(held.approved_on),
                        revoked_on=held.revoked_on and str(held.revoked_on))  # fmt: skip
        for post in Post.objects.known_at(at).select_related("district"):
            ends_on = min(filter(None, [post.ends_on, died.get(post.person_id)]), default=None)
            if ends_on is None or ends_on > post.starts_on:
                yield _fact(
                    "post", post, district=post.district.code, **_days(post.starts_on, ends_on)
                )
        for leave in Leave.objects.known_at(at):
            yield _fact("leave", leave, **_days(leave.starts_on, leave.ends_on))
        for merged in Merge.objects.known_at(at):
            yield {"type": "merge", "id": f"merge{merged.pk}", "recorded": "2015-01-01",
                   "from_person": merged.from_person_id, "into_person": merged.into_person_id}  # fmt: skip
        cancelled = Payment.objects.filter(state="cancelled", changed_at__lte=at)
        for run, person in cancelled.values_list("run", "person"):
            yield {"type": "returned", "id": f"r{run}-{person}", "recorded": "2015-01-01",
                   "run": run, "person": person}  # fmt: skip

    def _rates(self, at: datetime) -> Iterator[FoundFact]:
        values = ParameterValue.objects.known_at(at).filter(
            parameter__code__startswith="test_allowance.rate"
        )
        for value in values.select_related("parameter", "place"):
            district = "*" if value.place_id == self.scheme.place_id else value.place.code
            level = value.parameter.code.rpartition(".")[2]
            yield {"type": "rate", "id": f"rate{value.pk}", "recorded": "2015-01-01", "level": level,
                   "district": district, "amount": value.value, **_days(value.starts_on, value.ends_on)}  # fmt: skip


def _fact(kind: str, row: Any, **stated: Any) -> FoundFact:
    known = {"id": f"{kind}{row.pk}", "recorded": "2015-01-01", "person": row.person_id}
    return {"type": kind, **known, **stated}


def _days(starts_on: date, ends_on: date | None) -> FoundFact:
    """Days as the oracle writes them: the last one is in."""
    return {"from": str(starts_on), "to": ends_on and str(ends_on - DAY)}
