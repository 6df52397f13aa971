"""Saved simulations a user may open, and whether their answers still stand."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huiju.allowances.models import Scenario
from huiju.allowances.permissions import SIMULATE
from huiju.allowances.queries.prepared import priced_answer
from huiju.allowances.queries.tunnel import Simulation
from huiju.allowances.rules import tunnel
from huiju.allowances.rules.whatif import WhatIfInvalid, what_if
from huiju.directory import queries as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User


def scenarios_visible_to(user: User, *, on: date) -> QuerySet[Scenario]:
    """The simulations kept for the places in which a user simulates. Unordered."""
    inside = directory.held_within(user, SIMULATE, on=on)
    return Scenario.objects.filter(inside).select_related("scheme", "place", "made_by")


def districts_within(place: Place, *, on: date) -> list[Place]:
    """The districts valid on a day that lie in a place, itself included, by code."""
    inside = Place.objects.in_force(on).filter(path__startswith=place.path, kind=PlaceKind.DISTRICT)
    return list(inside.order_by("code"))


def answer_of(scenario: Scenario, *, on: date, known_at: datetime) -> Simulation:
    """The scenario asked again, for the districts of its place. Raises WhatIfInvalid."""
    places = districts_within(scenario.place, on=on)
    return priced_answer(what_if(scenario.asked), places, known_at=known_at)


def words_of(fault: WhatIfInvalid) -> str:
    """Which entry of a question is wrong, and why, as a sentence."""
    return _("“%(entry)s”: %(why)s.") % {"entry": fault.entry, "why": fault.fault.label}


def digest_of_totals(answer: Simulation) -> str:
    """The digest kept with a scenario: of its totals, changed and unchanged."""
    rows: Sequence[dict[str, object]] = [*answer.totals, *answer.before]
    return tunnel.digest(rows)
