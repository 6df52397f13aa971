"""Segments and head counts prepared once for many questions: what the page's sliders are answered from.

Segments (people's spans, of those alike once) answer for every rule of whole months, head counts for every
rate. They are kept in this process by what they are of and the instant at which facts were known. That instant moves
in steps of ten minutes, so every process gives the same answer and nobody reads the registry anew for each
touch of a slider.
"""

import json
from datetime import datetime
from functools import lru_cache

from huiju.allowances.enums import Granularity
from huiju.allowances.models import Scheme
from huiju.allowances.queries.known import known_facts
from huiju.allowances.queries.tunnel import (
    Simulation,
    answered,
    months_of,
    paid_months,
    rates_of,
    schemes_of,
)
from huiju.allowances.rules import tunnel
from huiju.allowances.rules.computing import Computer, Row
from huiju.allowances.rules.cube import ahead, counted_again, priced, segmented
from huiju.allowances.rules.projection import Assumptions
from huiju.allowances.rules.whatif import WhatIf
from huiju.allowances.terms import policy_of
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place
from huiju.kernel.periods import Month

CHANGES_SPANS = ("cert_effect", "post_effect", "employer_kinds")
STEP_MINUTES = 10
KEPT = 64


def settled(at: datetime) -> datetime:
    """The beginning of the ten minutes an instant lies in."""
    return at.replace(minute=at.minute - at.minute % STEP_MINUTES, second=0, microsecond=0)


def priced_answer(asked: WhatIf, shown: list[Place], *, known_at: datetime) -> Simulation:
    """What `simulation` answers from live facts, but for who gains and loses. Raises WhatIfInvalid."""
    with acting_as_system():
        scheme, changed = schemes_of(asked, known_at=known_at)
        totals = _totals(changed, asked, changed=True, known_at=known_at)
        before = _totals(scheme, asked, changed=False, known_at=known_at)
        return answered(scheme, asked, shown, totals=totals, before=before)


def _totals(scheme: Scheme, asked: WhatIf, *, changed: bool, known_at: datetime) -> list[Row]:
    rates = rates_of(scheme, asked, changed=changed, known_at=known_at)
    policy = policy_of(scheme)
    if policy.granularity == Granularity.DAY:  # rounded person by person: no head counts
        facts = _facts(scheme, asked.past, known_at) | {"rates": rates}
        past, future = Computer().totals(policy, facts), months_of(scheme, asked.future)
        return tunnel.cost(past, policy, rates, future, asked.assumed)
    what = repr((scheme.pk, scheme.employer_kinds, policy))
    changes = json.dumps(asked.policy if changed else {}, sort_keys=True)
    span = asked.first, asked.recorded, asked.last
    cube = _cube(what, scheme.code, changes, span, asked.assumed, known_at)
    return priced(Computer(), cube, rates)


@lru_cache(maxsize=KEPT)
def _cube(
    _what: str,
    code: str,
    changes: str,
    span: tuple[Month, Month, Month],
    assumed: Assumptions,
    known_at: datetime,
) -> tuple[Row, ...]:
    asked = WhatIf(code, *span, policy=json.loads(changes), assumed=assumed)
    _scheme, changed = schemes_of(asked, known_at=known_at)
    policy, computer = policy_of(changed), Computer()
    of_spans = {name: asked.policy[name] for name in CHANGES_SPANS if name in asked.policy}
    what = repr((changed.pk, changed.employer_kinds, changed.cert_effect, changed.post_effect))
    segments = _segments(what, code, json.dumps(of_spans, sort_keys=True), span, known_at)
    past = counted_again(computer, policy, segments, months_of(changed, asked.past))
    future = months_of(changed, asked.future)
    return (*past, *ahead(computer, policy, future, assumed, past))


@lru_cache(maxsize=KEPT)
def _segments(
    _what: str, code: str, changes: str, span: tuple[Month, Month, Month], known_at: datetime
) -> tuple[Row, ...]:
    asked = WhatIf(code, *span, policy=json.loads(changes))
    _scheme, changed = schemes_of(asked, known_at=known_at)
    facts = _facts(changed, asked.past, known_at)
    return tuple(segmented(Computer(), policy_of(changed), facts))


def forget() -> None:
    """Drop what is kept in this process."""
    _cube.cache_clear()
    _segments.cache_clear()


def _facts(scheme: Scheme, months: list[Month], known_at: datetime) -> dict[str, list[Row]]:
    tables = known_facts(scheme, [], paid_months(scheme, months), known_at=known_at)
    return {name: table.to_pylist() for name, table in tables.items()}
