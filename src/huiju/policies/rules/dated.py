"""What a dated parameter says on a day. Three things are kept apart: in force, repealed, unknown.

A nearer place goes before the one around it. Where the nearer place's value was repealed or it never
had one, the place around it decides; where what follows is unknown, nobody may guess, so it stays
unknown.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from huiju.kernel import money

REPEALED, UNKNOWN, IN_FORCE, NEVER = "repealed", "unknown", "in_force", "never"


@dataclass(frozen=True)
class Dated:
    """A value with its days [starts_on, ends_on), what follows them, and how near its place is.

    `distance` is 0 for the place asked about, 1 for the one around it, and so on; `ref` is opaque.
    """

    starts_on: date
    ends_on: date | None
    after: str
    distance: int
    ref: int

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class Standing:
    """What holds on a day: `kind`, and the value it comes from (None: there never was one)."""

    kind: str
    value: Dated | None = None


@dataclass(frozen=True)
class Span:
    """Days [starts_on, ends_on) of equal standing; `ends_on` is None for the last one."""

    starts_on: date
    ends_on: date | None
    standing: Standing


def standing(values: Iterable[Dated], *, on: date) -> Standing:
    """What holds on a day, the nearest place first."""
    by_distance: dict[int, list[Dated]] = {}
    for value in values:
        by_distance.setdefault(value.distance, []).append(value)
    last = Standing(NEVER)
    for distance in sorted(by_distance):
        found = _at_one_place(by_distance[distance], on)
        if found.kind in (IN_FORCE, UNKNOWN):
            return found
        last = last if last.value else found
    return last


def _at_one_place(values: Sequence[Dated], on: date) -> Standing:
    for value in values:
        if value.covers(on):
            return Standing(IN_FORCE, value)
    ended = [value for value in values if value.ends_on is not None and value.ends_on <= on]
    if not ended:
        return Standing(NEVER)
    latest = max(ended, key=lambda value: (value.ends_on, value.starts_on))
    return Standing(latest.after, latest)


def spans(values: Sequence[Dated], *, first: date, last: date) -> list[Span]:
    """The standings from `first` to `last` (both in), equal neighbours joined."""
    edges = {first, last + timedelta(days=1)}
    for value in values:
        edges.update(
            day
            for day in (value.starts_on, value.ends_on)
            if day is not None and first < day <= last
        )
    days = sorted(edges)
    found: list[Span] = []
    for starts_on, ends_on in itertools.pairwise(days):
        holds = standing(values, on=starts_on)
        if found and found[-1].standing == holds:
            found[-1] = Span(found[-1].starts_on, ends_on, holds)
        else:
            found.append(Span(starts_on, ends_on, holds))
    return found


def number_from(text: str, unit: str) -> int:
    """Read a value as offices write it: yuan and percent with up to two decimals, else whole.

    Raises money.NotAnAmount for an amount, ValueError for any other text that is not such a number.
    """
    if unit == "fen":
        return money.fen_from_yuan(text)
    plain = text.strip().replace(",", "")
    try:
        share = unit == "basis_point"
        number = Decimal(plain.removesuffix("%")) * 100 if share else Decimal(plain)
    except InvalidOperation as problem:
        raise ValueError(text) from problem
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def number_shown(value: int, unit: str) -> str:
    """Write a value as offices do, without its unit: 20000 fen is "200.00", 7000 basis points "70"."""
    if unit == "fen":
        return money.yuan(value)
    if unit == "basis_point":
        return format((Decimal(value) / 100).normalize(), "f")
    return f"{value:,}"
