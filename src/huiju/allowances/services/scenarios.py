"""Keeping a simulation under a name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.models import Scenario, Scheme
from huiju.allowances.permissions import may_save_scenario
from huiju.allowances.queries.prepared import priced_answer, settled
from huiju.allowances.queries.scenarios import digest_of_totals, districts_within, words_of
from huiju.allowances.rules.whatif import WhatIfInvalid, what_if
from huiju.audit import services as audit
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError


class ScenarioInvalid(DomainError):
    """A simulation without a name of its own, or a question that cannot be asked."""


@transaction.atomic
def save_scenario(
    *, name: str, asked: Mapping[str, Any], place: Place, by: User, at: datetime
) -> Scenario:
    """Keep a question for a place, with its answer now; it is never changed.

    Raises NotPermitted or ScenarioInvalid.
    """
    day = clock.day_of(at)
    may_save_scenario(by, place, on=day).require()
    name = name.strip()
    if not name or Scenario.objects.filter(place=place, name=name).exists():
        raise ScenarioInvalid(
            _("Give the simulation a name that no other of %(place)s has.") % {"place": place}
        )
    known_at = settled(at)
    try:
        answer = priced_answer(what_if(asked), districts_within(place, on=day), known_at=known_at)
    except WhatIfInvalid as fault:
        raise ScenarioInvalid(
            _("This cannot be simulated: %(fault)s") % {"fault": words_of(fault)}
        ) from fault
    made: Scenario = Scenario.objects.create(
        name=name,
        scheme=Scheme.objects.get(code=asked["scheme"]),
        place=place,
        asked=dict(asked),
        total_fen=answer.total_fen,
        before_fen=answer.before_fen,
        digest=digest_of_totals(answer),
        known_at=known_at,
        made_by=by,
        made_at=at,
    )
    audit.record(actor=by, action="allowances.scenario_saved", subject=made, digest=made.digest)
    return made
