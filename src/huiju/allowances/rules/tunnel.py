"""What a changed scheme costs by month, district, level and payer: months on record, then projected ones.

Months on record are the run's own rules under the changed policy and rates. A projected month takes the head counts of
the last month on record, moved by the assumptions, and pays each person what somebody in post all month is due.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis import _

from huiju.allowances.rules.computing import Computer, Row, Rows
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.projection import Assumptions, project
from huiju.allowances.rules.stages import Staged, whole

LONG_AGO = date(1900, 1, 1)
NEWEST = 10**15
KEY = ("month", "district", "level")


@dataclass(frozen=True)
class RateChange:
    """A level's rate in the whole city from a day on; rates of its districts end there too."""

    level: int
    starts_on: date
    rate_fen: int


def with_rates(rates: Sequence[Row], changes: Sequence[RateChange], *, scheme: int) -> list[Row]:
    """A scheme's rates after the changes."""
    changed = list(rates)
    for number, change in enumerate(sorted(changes, key=lambda each: each.starts_on)):
        kept = [_until(row, change) for row in changed]
        new: Row = {"scheme": scheme, "level": change.level, "district": None, "ends_on": None}
        new |= {"starts_on": change.starts_on, "rate_fen": change.rate_fen}
        changed = [*filter(None, kept), new | {"rate_ref": NEWEST + number}]
    return changed


def _until(row: Row, change: RateChange) -> Row | None:
    if row["level"] != change.level:
        return row
    if row["starts_on"] >= change.starts_on:
        return None
    ends = [day for day in (row["ends_on"], change.starts_on) if day]
    return row | {"ends_on": min(ends)}


def projected(
    computer: Computer,
    policy: Policy,
    facts: Rows,
    future: list[Row],
    assumed: Assumptions,
    last: Sequence[Row],
) -> list[Row]:
    """Totals of future months of one scheme; `last` are those of the last month on record."""
    if not last or not future:
        return []
    scheme = last[0]["scheme"]
    cells = {(row["district"], row["level"]): row["people"] for row in last}
    cells = dict(sorted(cells.items()))
    whole: Rows = dict(facts) | one_of_each(scheme, list(cells)) | {"months": future}
    due = {
        (row["month"], row["district"], row["level"]): row["amount_fen"]
        for row in computer.due(policy, whole)
    }
    found = []
    moved = project(cells, len(future), assumed)
    for month, flows in zip(sorted(row["month"] for row in future), moved, strict=True):
        for (district, level), flow in flows.items():
            if (month, district, level) not in due:
                continue  # a month that nobody can earn
            one = due[month, district, level]
            row = {"scheme": scheme, "month": month, "district": district, "level": level}
            row |= {"people": flow.people, "amount_fen": flow.people * (one or 0)}
            found.append(row | {"unrated": flow.people if one is None else 0})
    return found


def one_of_each(scheme: int, cells: Sequence[tuple[int, int]]) -> Rows:
    """Somebody of each district and level, certified and in post from long ago and without an end."""
    tables: Rows = {"certificates": [], "posts": [], "leaves": []}
    for person, (district, level) in enumerate(cells):
        always = {"person": person, "starts_on": LONG_AGO, "ends_on": None}
        tables["certificates"].append(always | {"level": level, "cert_ref": person})
        tables["posts"].append(
            always | {"scheme": scheme, "district": district, "post_ref": person}
        )
    return tables


def canonical(rows: Sequence[Row]) -> list[Row]:
    """The totals in the order of their keys."""
    return sorted(rows, key=lambda row: tuple(row[key] for key in KEY))


def digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over rows as they stand: equal where all numbers are equal, whichever engine made them."""
    plain = [{key: str(value) for key, value in row.items()} for row in rows]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def cost(
    past: Sequence[Row],
    policy: Policy,
    rates: Sequence[Row],
    future: list[Row],
    assumed: Assumptions,
) -> list[Row]:
    """All totals of one scheme in order: those of months on record, then of `future` ones."""
    newest = max((row["month"] for row in past), default=None)
    last = canonical([row for row in past if row["month"] == newest])
    ahead = projected(Computer(), policy, {"rates": list(rates)}, future, assumed, last)
    return canonical([*past, *ahead])


SUMS = ibis.schema({"district": "int64", "person": "int64", "amount_fen": "int64"})


def by_person(lines: Staged) -> Staged:
    """Lines summed by district and person; columns of `SUMS`. What has no rate counts as nothing."""
    due = lines.table
    summed = due.group_by(["district", "person"]).agg(
        amount_fen=whole(due.amount_fen.coalesce(0).sum())
    )
    return Staged(lines.stages, summed)


def gains() -> Staged:
    """How many people a change gives more and less, by district, from tables `before` and `after` of `SUMS`.

    Columns: district, gaining, losing, unchanged (people), gained_fen, lost_fen. Somebody in post in two
    districts stands in both.
    """
    before, after = ibis.table(SUMS, name="before"), ibis.table(SUMS, name="after")
    nothing = ibis.literal(0, "int64")
    each = ibis.union(
        before.select("district", "person", was=before.amount_fen, now=nothing),
        after.select("district", "person", was=nothing, now=after.amount_fen),
    )
    people = each.group_by(["district", "person"]).agg(
        was=whole(each.was.sum()), now=whole(each.now.sum())
    )
    more, less = people.now > people.was, people.now < people.was
    found = people.group_by("district").agg(
        gaining=whole(more.ifelse(1, 0).sum()),
        losing=whole(less.ifelse(1, 0).sum()),
        unchanged=whole((people.now == people.was).ifelse(1, 0).sum()),
        gained_fen=whole(more.ifelse(people.now - people.was, 0).sum()),
        lost_fen=whole(less.ifelse(people.was - people.now, 0).sum()),
    )
    return Staged((), found.order_by(_.district))
