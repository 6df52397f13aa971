"""Parts of figures as a reader may see them: small numbers of foreign areas are not told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huiju.directory import queries as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.policies import terms
from huiju.statistics.enums import Disclosure, Unit
from huiju.statistics.permissions import ACTION_VIEW
from huiju.statistics.queries.asked import Question
from huiju.statistics.queries.kept import Part, Rollup
from huiju.statistics.rules import disclosed

THRESHOLD = "statistics.small_number"
TELLS_OF_PEOPLE = {Unit.PERSON, Unit.LINE, Unit.FEN}


@dataclass(frozen=True)
class ShownPart:
    """A part as it is shown: its value, or None and how it is hidden. `opens`: its page is open too."""

    question: Question
    value: int | None
    disclosure: Disclosure
    opens: bool = True


def threshold(*, on: date) -> int | None:
    """The number of records from which on a part is told everywhere; None: nobody has set one."""
    try:
        return terms.value_at(THRESHOLD, on=on, place=directory.city())
    except (terms.NoValueInForce, terms.UnknownParameter):
        return None


def place_of(filters: Mapping[str, str]) -> Place:
    """The place that a question is about: the street or district it names, else the city."""
    city = directory.city()
    inside = Place.objects.filter(path__startswith=city.path)
    if "district" not in filters:
        return city
    district = inside.filter(kind=PlaceKind.DISTRICT, name=filters["district"]).first()
    if district is None or "street" not in filters:
        return district or city
    street: Place | None = district.children.filter(name=filters["street"]).first()
    return street or district


def filters_of(place: Place) -> dict[str, str]:
    """The filters that narrow a figure to a place: none for the city."""
    if place.kind == PlaceKind.STREET and place.parent:
        return {"district": place.parent.name, "street": place.name}
    return {"district": place.name} if place.kind == PlaceKind.DISTRICT else {}


@dataclass(frozen=True)
class Sight:
    """How far a reader sees into the parts of what filters leave.

    `holds`: all of it. `own`: filters of the areas whose numbers the reader knows anyway. `least`: the
    threshold, None where it is not needed or nobody has set one.
    """

    filters: Mapping[str, str]
    holds: bool
    own: Sequence[Mapping[str, str]] = ()
    least: int | None = None


def sight_of(reader: User, filters: Mapping[str, str], *, on: date) -> Sight:
    """The sight of a reader by the grants and the threshold of a day, which is the present one."""
    where = {name: filters[name] for name in ("district", "street") if name in filters}
    if reader.holds(ACTION_VIEW, place_of(where)):
        return Sight(filters, holds=True)
    held = directory.places_held(reader, ACTION_VIEW, on=on)
    own = [filters_of(each) for each in held if each.kind != PlaceKind.COMMUNITY]
    return Sight(filters, holds=False, own=own, least=None if filters else threshold(on=on))


def shown_parts(rollup: Rollup, dimension: str, sight: Sight) -> list[ShownPart]:
    """The parts by one dimension as a reader may see them; largest first.

    Who holds the place sees all. Others see districts everywhere, and the city by anything else
    as far as no small number of records outside their area is told; empty where it would be, or
    where no threshold is set.
    """
    if dimension == "district" or sight.holds:
        return [_told(part) for part in rollup.by(dimension, **sight.filters)]
    if sight.filters:
        return []
    shown = public_parts(rollup, dimension, sight.least, own=sight.own)
    return [replace(part, opens=False) for part in shown]


def public_parts(
    rollup: Rollup, dimension: str, least: int | None, *, own: Sequence[Mapping[str, str]] = ()
) -> list[ShownPart]:
    """The parts by one dimension as everybody may see them, who knows what lies inside `own`.

    Amounts are told all or none: rates are public, and an amount and a rate give a number.
    """
    parts = rollup.by(dimension)
    if dimension == "district" or rollup.question.figure.unit not in TELLS_OF_PEOPLE:
        return [_told(part) for part in parts]
    marks = _marks(rollup, dimension, own, least) if least else {}
    shown = []
    for part in parts:
        mark = marks.get(dict(part.question.filters)[dimension])
        if mark:
            value = part.value if mark == Disclosure.EXACT else None
            shown.append(ShownPart(part.question, value, mark))
    if rollup.question.figure.unit == Unit.FEN and any(part.value is None for part in shown):
        return []
    return shown


def _told(part: Part) -> ShownPart:
    return ShownPart(part.question, part.value, Disclosure.EXACT)


def _marks(
    rollup: Rollup, dimension: str, own: Sequence[Mapping[str, str]], least: int
) -> dict[str, Disclosure]:
    """How the parts are shown; those left out are not in it.

    Each split whose total is known is judged by itself, so streets district by district, and by the
    records outside `own`. A part of several splits, and one in which the reader knows some records,
    is never told as fewer: that would narrow what is left.
    """
    by = rollup.question.figure.by
    foreign: defaultdict[str, Counter[str]] = defaultdict(Counter)
    known = set()
    for cell in rollup.cells:
        named = dict(zip(by, cell, strict=False))
        inside = any(each.items() <= named.items() for each in own)
        split = named.get("district", "") if dimension == "street" else ""
        foreign[split][named[dimension]] += 0 if inside else cell[-1]
        known |= {named[dimension]} if inside else set()
    found: defaultdict[str, list[Disclosure | None]] = defaultdict(list)
    for counts in foreign.values():
        told = disclosed(counts, threshold=least)
        for part in counts:
            found[part].append(told.get(part))
    return {
        part: _together(marks, alone=part not in known)
        for part, marks in found.items()
        if None not in marks
    }


def _together(marks: Sequence[Disclosure | None], *, alone: bool) -> Disclosure:
    if set(marks) == {Disclosure.EXACT}:
        return Disclosure.EXACT
    return Disclosure.FEWER if marks == [Disclosure.FEWER] and alone else Disclosure.COVERED
