"""A what-if question answered in full: what it costs, who gains and loses, which lines run dry."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from huiju.allowances.enums import LEVELS_BY_RANK, ScenarioFault, Shape
from huiju.allowances.models import Scheme
from huiju.allowances.permissions import SIMULATE
from huiju.allowances.queries.known import known_facts
from huiju.allowances.queries.lakes import facts_of_lake
from huiju.allowances.queries.merged import held_people
from huiju.allowances.queries.payers import DryLine, dry_lines, parts_of, shared
from huiju.allowances.queries.sessions import Session, session_on
from huiju.allowances.rules import PLAIN, SHAPES, TOTALS, Policy, calendar, named_facts, tunnel
from huiju.allowances.rules.computing import Row
from huiju.allowances.rules.facts import MONTHS, RATES
from huiju.allowances.rules.stages import Staged
from huiju.allowances.rules.statements import statement_policy
from huiju.allowances.rules.whatif import WhatIf, WhatIfInvalid
from huiju.allowances.terms import policy_of, rates_known, rules_unknown
from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.engine.run import DUCKDB
from huiju.kernel import clock
from huiju.kernel.periods import Month


@dataclass(frozen=True)
class Ground:
    """As known when, and computed where; `lake` null: people's facts come from this instance."""

    known_at: datetime
    engine: str = DUCKDB
    lake: Path | None = None


@dataclass(frozen=True)
class Simulation:
    """Totals of the changed and of the unchanged scheme, people gaining and losing by district, and lines.

    `totals` and `before` have the columns month, district, level (codes of the outside), people, amount_fen,
    unrated and payers; only districts that may be shown.
    """

    totals: Sequence[Row]
    before: Sequence[Row]
    gains: Sequence[Row]
    lines: Sequence[DryLine]

    @property
    def total_fen(self) -> int:
        return sum(row["amount_fen"] for row in self.totals)

    @property
    def before_fen(self) -> int:
        return sum(row["amount_fen"] for row in self.before)

    @property
    def digest(self) -> str:
        return tunnel.digest([*self.totals, *self.before, *self.gains])


def simulable_districts(user: User, *, on: date) -> list[Place]:
    """The districts valid on a day whose costs a user may see simulated, by code."""
    inside = directory.held_within(user, SIMULATE, on=on, path="path")
    found = Place.objects.in_force(on).filter(inside, kind=PlaceKind.DISTRICT)
    return list(found.order_by("code"))


def simulable_schemes() -> dict[str, Scheme]:
    """By code, the schemes the tunnel can compute: by the month and the level alone, with every rule known."""
    plain = Scheme.objects.filter(shape__in=list(TOTALS), terms={}).order_by("code")
    return {scheme.code: scheme for scheme in plain if not rules_unknown(scheme)}


def schemes_of(asked: WhatIf, *, known_at: datetime) -> tuple[Scheme, Scheme]:
    """The scheme a question is about, and the same changed, which is never saved. Raises WhatIfInvalid."""
    scheme = simulable_schemes().get(asked.scheme)
    if scheme is None:
        raise WhatIfInvalid("scheme", ScenarioFault.NO_SCHEME)
    if asked.recorded > Month.of(clock.day_of(known_at)):
        raise WhatIfInvalid("recorded_until", ScenarioFault.NOT_YET)
    changed = copy(scheme)
    for name, value in asked.policy.items():
        setattr(changed, name, value)
    return scheme, changed


def districts_of(scheme: Scheme) -> list[Place]:
    """All districts, past ones too, in which a scheme applies, by code."""
    inside = Place.objects.filter(path__startswith=scheme.place.path, kind=PlaceKind.DISTRICT)
    return list(inside.order_by("code", "pk"))


def simulation(asked: WhatIf, shown: Sequence[Place], *, ground: Ground) -> Simulation:
    """The answer for some districts. Raises WhatIfInvalid, and what `session_on` raises."""
    with acting_as_system():
        scheme, changed = schemes_of(asked, known_at=ground.known_at)
        with closing(session_on(ground.engine, ground.lake)) as session:
            before = _computed(session, scheme, asked, ground, name="before")
            after = _computed(session, changed, asked, ground, name="after")
            gains = session.rows(_gains())
        return answered(scheme, asked, shown, totals=after, before=before, gains=gains)


def answered(
    scheme: Scheme,
    asked: WhatIf,
    shown: Sequence[Place],
    *,
    totals: Sequence[Row],
    before: Sequence[Row],
    gains: Sequence[Row] = (),
) -> Simulation:
    """Totals of all districts in the words of the outside, for those shown, with payers and lines."""
    own = {place.pk: place.code for place in shown}
    cells = {(row["district"], row["month"].year) for row in (*totals, *before)}
    changed, standing = parts_of(scheme, cells, asked.split), parts_of(scheme, cells, {})
    ours = [row for row in totals if row["district"] in own]
    seen = {part.line for row in ours for part in changed[row["district"], row["month"].year]}
    return Simulation(
        totals=[_shown(row, own, changed) for row in ours],
        before=[_shown(row, own, standing) for row in before if row["district"] in own],
        gains=[
            row | {"district": own[row["district"]]}
            for row in sorted(gains, key=lambda row: row["district"])
            if row["district"] in own
        ],
        lines=[each for each in dry_lines(scheme, totals, changed) if each.line in seen],
    )


def _shown(row: Row, own: dict[int, str], parts: dict[tuple[int, int], Any]) -> Row:
    of_row = parts[row["district"], row["month"].year]
    return {
        "month": str(Month.of(row["month"])),
        "district": own[row["district"]],
        "level": LEVELS_BY_RANK[row["level"]].value,
        "people": row["people"],
        "amount_fen": row["amount_fen"],
        "unrated": row["unrated"],
        "payers": {part.payer: fen for part, fen in zip(of_row, shared(row, of_row), strict=True)},
    }


def rates_of(scheme: Scheme, asked: WhatIf, *, changed: bool, known_at: datetime) -> list[Row]:
    """The rates of all districts, with the changes or without."""
    rates = rates_known(scheme, districts_of(scheme), known_at=known_at)
    return tunnel.with_rates(rates, asked.rates, scheme=scheme.pk) if changed else rates


def paid_months(scheme: Scheme, months: Iterable[Month]) -> list[Month]:
    """Those of the months in which the scheme pays at all."""
    first, last = scheme.first_month, scheme.last_month
    return [
        month
        for month in months
        if first and first <= month.first_day and (last is None or month.first_day <= last)
    ]


def months_of(scheme: Scheme, months: Iterable[Month]) -> list[Row]:
    """Rows of the rules' table of months, without those in which the scheme does not pay."""
    rows = calendar(policy_of(scheme), paid_months(scheme, months))
    return [{"scheme": scheme.pk, **vars(row)} for row in rows]


def _computed(
    session: Session, scheme: Scheme, asked: WhatIf, ground: Ground, *, name: str
) -> list[Row]:
    """Totals of all districts; the sums by person are kept in the session under the name."""
    rates = rates_of(scheme, asked, changed=name == "after", known_at=ground.known_at)
    give_facts(session, scheme, asked, ground)
    session.give("rates", pa.Table.from_pylist(rates, schema=RATES.to_pyarrow()))
    policy = policy_of(scheme)
    totals, sums = _expressions(Shape(scheme.shape), statement_policy(policy))
    past = session.rows(totals)
    session.keep(name, sums)
    return tunnel.cost(past, policy, rates, months_of(scheme, asked.future), asked.assumed)


@cache
def _expressions(shape: Shape, policy: Policy) -> tuple[Staged, Staged]:
    """Totals, and sums by person; kept, because compiling them takes longer than a city's facts."""
    lines = SHAPES[shape](named_facts(), policy, PLAIN)
    return TOTALS[shape](named_facts(), policy), tunnel.by_person(lines)


@cache
def _gains() -> Staged:
    return tunnel.gains()


def give_facts(session: Session, scheme: Scheme, asked: WhatIf, ground: Ground) -> None:
    """Hand a session the people's facts and the months on record, from the instance or the lake."""
    if ground.lake is None:
        months = paid_months(scheme, asked.past)
        facts = known_facts(scheme, [], months, known_at=ground.known_at)
        for name, table in facts.items():
            session.give(name, table)
        return
    codes = {place.code: place.pk for place in districts_of(scheme)}
    held = held_people(scheme, known_at=ground.known_at)
    for name, expression in facts_of_lake(scheme, codes, held, known_at=ground.known_at).items():
        session.define(name, expression)
    recorded = months_of(scheme, asked.past)
    session.give("months", pa.Table.from_pylist(recorded, schema=MONTHS.to_pyarrow()))
