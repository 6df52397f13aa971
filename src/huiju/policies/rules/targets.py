"""How far a target is reached: pure sums over the value on a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

REACHED, ON_THE_WAY, MISSED = "reached", "on_the_way", "missed"


@dataclass(frozen=True)
class Progress:
    """Where a target stands on a day.

    `share_bp` is value of target in basis points, rounded down, so that 100 % is never shown early;
    `gained_bp` is the way from the starting value. `pace` is what a month must still bring, rounded
    up, None when nothing is missing or no month is left; `pace_so_far` what it brought since the start.
    """

    state: str
    value: int
    missing: int
    share_bp: int
    gained_bp: int | None
    pace: int | None
    pace_so_far: int | None


@dataclass(frozen=True)
class Goal:
    """A target's numbers: the value wanted by a day, and where it started, if known."""

    value: int
    due_on: date
    baseline_value: int | None = None
    baseline_on: date | None = None


def progress(goal: Goal, value: int, *, on: date) -> Progress:
    """Where a goal stands when its figure has a value on a day."""
    missing = max(0, goal.value - value)
    left = months_between(on, goal.due_on)
    state = ON_THE_WAY if missing and on <= goal.due_on else MISSED if missing else REACHED
    gained = so_far = None
    if goal.baseline_value is not None and goal.baseline_on is not None:
        way = goal.value - goal.baseline_value
        gained = (value - goal.baseline_value) * 10_000 // way if way > 0 else None
        months = months_between(goal.baseline_on, on)
        so_far = (value - goal.baseline_value) // months if months else None
    return Progress(
        state=state,
        value=value,
        missing=missing,
        share_bp=value * 10_000 // goal.value if goal.value else 10_000,
        gained_bp=gained,
        pace=-(-missing // left) if missing and left else None,
        pace_so_far=so_far,
    )


def months_between(first: date, last: date) -> int:
    """Months begun between two days; 0 when the second is not later."""
    if last <= first:
        return 0
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(1, months + (last.day > first.day))


def first_day_with(
    goal: int, days: tuple[date, date], values_on: Callable[[list[date]], list[int]]
) -> date | None:
    """The first day in `days` (both in) whose value reaches a goal, or None.

    `values_on` answers for several days at once. Ends of years are looked at first, then the year of
    the first that reaches it is halved: within one year the figure is taken to rise.
    """
    first, last = days
    ends = [date(year, 12, 31) for year in range(first.year, last.year)]
    marks = [first, *(end for end in ends if first < end < last), last]
    reached = [value >= goal for value in values_on(marks)]
    if True not in reached:
        return None
    position = reached.index(True)
    if position == 0:
        return first
    below, at = marks[position - 1], marks[position]
    while (at - below).days > 1:
        middle = below + timedelta(days=(at - below).days // 2)
        below, at = (below, middle) if values_on([middle])[0] >= goal else (middle, at)
    return at
