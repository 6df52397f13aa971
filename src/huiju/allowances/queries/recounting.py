"""What is due to one person for one month, once more: in plain Python, stretch by stretch of days.

Written from the contract of the worksheets, not from `rules`, with which it shares only a policy's
fields: `checks` holds what was posted against it. A stretch is days in which no fact begins or ends.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule
from huiju.allowances.rules import Policy
from huiju.kernel.periods import Month

FOREVER = date.max
Due = dict[int, int]
"""Fen by district."""


class NoRate(Exception):
    """A rate is needed on a day on which none is in force."""


@dataclass(frozen=True)
class Held:
    """A certificate of a rank, counting in [starts_on, ends_on)."""

    rank: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Served:
    """A post in a district, begun on a day, counting in [starts_on, ends_on); `key` settles ties."""

    district: int
    begun_on: date
    key: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Away:
    """A leave in [starts_on, ends_on)."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Rate:
    """A rate of a rank, of one district or of all (None); fen None: unknown what follows."""

    rank: int
    district: int | None
    starts_on: date
    ends_on: date
    fen: int | None
    key: int


@dataclass(frozen=True)
class Life:
    """What is believed of one person."""

    held: Sequence[Held]
    served: Sequence[Served]
    away: Sequence[Away]


@dataclass(frozen=True)
class Stretch:
    """Days [starts_on, ends_on) of a month that count with one rank in one district."""

    starts_on: date
    ends_on: date
    rank: int
    district: int

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days


def counts_from(day: date, effect: Effect) -> date:
    """The day itself, or the first of the month after it."""
    if effect == Effect.SAME_DAY:
        return day
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def due_for(life: Life, month: Month, policy: Policy, rates: Sequence[Rate]) -> Due:
    """What is due for a month, by district. Raises NoRate."""
    stretches = _stretches(life, month)
    if not stretches:
        return {}
    if policy.granularity == Granularity.DAY:
        return _by_days(stretches, month, rates)
    found = _deciding(stretches, month, policy)
    if found is None:
        return {}
    day, stretch = found
    return {stretch.district: _rate_on(rates, stretch, day)}


def _stretches(life: Life, month: Month) -> list[Stretch]:
    first, last = month.first_day, month.next.first_day
    facts: list[Held | Served | Away] = [*life.held, *life.served, *life.away]
    edges = {first, last}
    for fact in facts:
        if first < fact.starts_on < last:
            edges.add(fact.starts_on)
        if first < fact.ends_on < last:
            edges.add(fact.ends_on)
    days, found = sorted(edges), []
    for starts_on, ends_on in pairwise(days):
        standing = _standing(life, starts_on)
        if standing:
            found.append(Stretch(starts_on, ends_on, *standing))
    return found


def _standing(life: Life, day: date) -> tuple[int, int] | None:
    """Rank and district that count on a day: the highest certificate, the post begun first."""
    if any(away.starts_on <= day < away.ends_on for away in life.away):
        return None
    ranks = [held.rank for held in life.held if held.starts_on <= day < held.ends_on]
    posts = [post for post in life.served if post.starts_on <= day < post.ends_on]
    if not ranks or not posts:
        return None
    return max(ranks), min(posts, key=lambda post: (post.begun_on, post.key)).district


def _by_days(stretches: Sequence[Stretch], month: Month, rates: Sequence[Rate]) -> Due:
    """The rates of single days, summed exactly and rounded half up once for each district."""
    fen_days: dict[int, int] = defaultdict(int)
    for stretch in stretches:
        for ahead in range(stretch.days):
            day = stretch.starts_on + timedelta(days=ahead)
            fen_days[stretch.district] += _rate_on(rates, stretch, day)
    length = month.days
    return {district: (2 * fen + length) // (2 * length) for district, fen in fen_days.items()}


def _deciding(
    stretches: Sequence[Stretch], month: Month, policy: Policy
) -> tuple[date, Stretch] | None:
    """The day that gives level, rate and district of a whole month, if the month counts."""
    if policy.month_rule == MonthRule.ON_DAY:
        day = month.first_day.replace(day=min(policy.rule_day, month.days))
        return next(((day, s) for s in stretches if s.starts_on <= day < s.ends_on), None)
    least = {
        MonthRule.ANY_DAY: 1,
        MonthRule.FULL_MONTH: month.days,
        MonthRule.MIN_DAYS: policy.rule_days,
    }[policy.month_rule]
    if sum(stretch.days for stretch in stretches) < least:
        return None
    if policy.level_pick == LevelPick.LAST_DAY:
        return stretches[-1].ends_on - timedelta(days=1), stretches[-1]
    if policy.level_pick == LevelPick.FIRST_DAY:
        return stretches[0].starts_on, stretches[0]
    top = max(stretch.rank for stretch in stretches)
    chosen = next(stretch for stretch in stretches if stretch.rank == top)
    return chosen.starts_on, chosen


def _rate_on(rates: Sequence[Rate], stretch: Stretch, day: date) -> int:
    """A district's own rate before the city's, the newest first. Raises NoRate."""
    in_force = [
        rate
        for rate in rates
        if rate.rank == stretch.rank
        and rate.district in (None, stretch.district)
        and rate.starts_on <= day < rate.ends_on
    ]
    in_force.sort(key=lambda rate: (rate.district is not None, rate.starts_on, rate.key))
    if not in_force or in_force[-1].fen is None:
        raise NoRate(stretch.rank, stretch.district, day)
    return in_force[-1].fen
