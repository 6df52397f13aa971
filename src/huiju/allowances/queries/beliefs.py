"""What the office believed of each person at any instant, read once from the tables of facts.

Not from the fact tables the runs read: deaths, merges and instants are worked out here once more.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from huiju.allowances.enums import LEVEL_RANKS, PaymentState
from huiju.allowances.models import Hold, Payment, Scheme
from huiju.allowances.queries.recounting import (
    FOREVER,
    Away,
    Held,
    Life,
    Rate,
    Served,
    counts_from,
)
from huiju.allowances.rules import Policy
from huiju.directory.models import Place
from huiju.kernel import clock
from huiju.policies.enums import AfterEnd
from huiju.policies.models import ParameterValue
from huiju.registry.models import Certificate, Death, Leave, Merge, Post

KNOWN = ("recorded_at", "superseded_at")
Row = tuple[Any, ...]
"""Whom it is of, since when and until when it was believed, and what."""


@dataclass
class Circle:
    """Records that were ever taken for one human, mostly one, with all versions of their facts."""

    members: set[int] = field(default_factory=set)
    facts: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    instants: list[datetime] = field(default_factory=list)

    def version(self, at: datetime) -> int:
        """Which of its states of belief held at an instant."""
        return bisect_right(self.instants, at)

    def survivors(self, at: datetime) -> dict[int, int]:
        """Into whose file each member was believed to belong."""
        into: dict[int, int] = dict(row[3:5] for row in _believed(self.facts["merge"], at))
        found = {}
        for member in self.members:
            end = member
            while end in into:
                end = into[end]
            found[member] = end
        return found

    def lives(self, policy: Policy, at: datetime) -> dict[int, Life]:
        """What was believed at an instant, by the person whose file it is in."""
        whose = self.survivors(at)
        found = {}
        for person in set(whose.values()):
            own = {
                name: [row for row in _believed(rows, at) if whose[row[0]] == person]
                for name, rows in self.facts.items()
                if name != "merge"
            }
            found[person] = _life(policy, own)
        return found


def circles(scheme: Scheme) -> list[Circle]:
    """Everybody with a fact a scheme counts. Needs the whole reach."""
    by_member: dict[int, Circle] = {}
    for row in _rows(Merge, "from_person_id", "from_person_id", "into_person_id"):
        one, other = (by_member.get(key) or _alone(by_member, key) for key in row[3:5])
        one.facts["merge"].append(row)
        if one is not other:
            _join(by_member, one, other)
    for name, rows in _facts(scheme):
        for row in rows:
            circle = by_member.get(row[0]) or _alone(by_member, row[0])
            circle.facts[name].append(row)
    distinct = {id(circle): circle for circle in by_member.values()}
    for circle in distinct.values():
        known = {at for rows in circle.facts.values() for row in rows for at in row[1:3] if at}
        circle.instants = sorted(known)
    return list(distinct.values())


def rates_believed(scheme: Scheme, at: datetime) -> list[Rate]:
    """The rates of a scheme in all its districts as known at an instant."""
    codes = {scheme.rate_parameter(level): rank for level, rank in LEVEL_RANKS.items()}
    values = ParameterValue.objects.known_at(at).filter(
        parameter__code__in=codes, place__path__startswith=scheme.place.path
    )
    found = []
    for value in values.select_related("parameter").order_by("pk"):
        rank = codes[value.parameter.code]
        district = None if value.place_id == scheme.place_id else value.place_id
        ends_on = value.ends_on or FOREVER
        found.append(Rate(rank, district, value.starts_on, ends_on, value.value, value.pk))
        if value.after == AfterEnd.UNKNOWN:
            found.append(Rate(rank, district, ends_on, FOREVER, None, -value.pk))
    return found


@dataclass(frozen=True)
class Stop:
    """Nothing is computed for a person while a run's day lies in [starts_on, ends_on), as believed for a while."""

    person: int
    starts_on: date
    ends_on: date
    believed_from: datetime
    believed_to: datetime | None


def stops_of(scheme: Scheme) -> list[Stop]:
    """Every version of the holds of a scheme."""
    rows = Hold.objects.filter(scheme=scheme).values_list(
        "person", "starts_on", "ends_on", "placed_at", "replaced_at"
    )
    return [Stop(row[0], row[1], row[2] or FOREVER, row[3], row[4]) for row in rows]


def stopped_at(stops: Iterable[Stop], at: datetime) -> set[int]:
    """The records of the people who are held on the day of an instant, as believed then."""
    day = clock.day_of(at)
    return {
        stop.person
        for stop in stops
        if stop.believed_from <= at
        and (stop.believed_to is None or at < stop.believed_to)
        and stop.starts_on <= day < stop.ends_on
    }


@dataclass(frozen=True)
class Cancelled:
    """A payment given up: from then on its run has posted nothing to the person."""

    at: datetime
    run: int
    place: int
    person: int


def cancelled_of(scheme: Scheme) -> list[Cancelled]:
    """The payments of a scheme that were given up."""
    rows = Payment.objects.filter(scheme=scheme, state=PaymentState.CANCELLED)
    return [Cancelled(*row) for row in rows.values_list("changed_at", "run", "place", "person")]


def _facts(scheme: Scheme) -> Iterable[tuple[str, list[Row]]]:
    yield "certificate", _rows(Certificate, "person_id", "level", "approved_on", "revoked_on")
    inside = Place.objects.filter(path__startswith=scheme.place.path, kind="district")
    wanted = set(inside.values_list("pk", flat=True))
    posts = _rows(
        Post, "person_id", "kind", "district_id", "starts_on", "pk", "starts_on", "ends_on"
    )
    yield "post", [row for row in posts if row[3] in scheme.employer_kinds and row[4] in wanted]
    yield "leave", _rows(Leave, "person_id", "starts_on", "ends_on")
    yield "death", _rows(Death, "person_id", "died_on")


def _rows(model: Any, person: str, *columns: str) -> list[Row]:
    return list(model.objects.filter(voided=False).values_list(person, *KNOWN, *columns))


def _alone(by_member: dict[int, Circle], key: int) -> Circle:
    circle = by_member[key] = Circle({key})
    return circle


def _join(by_member: dict[int, Circle], one: Circle, other: Circle) -> None:
    one.members |= other.members
    one.facts["merge"] += other.facts["merge"]
    by_member.update(dict.fromkeys(other.members, one))


def _believed(rows: Iterable[Row], at: datetime) -> list[Row]:
    return [row for row in rows if row[1] <= at and (row[2] is None or row[2] > at)]


def _life(policy: Policy, own: dict[str, list[Row]]) -> Life:
    """Facts as days that count: effects applied, posts ended by a death."""
    died_on = min((row[3] for row in own.get("death", ())), default=FOREVER)
    held = [
        Held(LEVEL_RANKS[row[3]], counts_from(row[4], policy.cert_effect), row[5] or FOREVER)
        for row in own.get("certificate", ())
    ]
    served = [
        Served(
            district=row[4],
            begun_on=row[5],
            key=row[6],
            starts_on=counts_from(row[7], policy.post_effect),
            ends_on=min(row[8] or FOREVER, died_on),
        )
        for row in own.get("post", ())
        if row[5] < died_on
    ]
    away = [Away(row[3], row[4] or FOREVER) for row in own.get("leave", ())]
    return Life(held, served, away)
