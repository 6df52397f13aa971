"""The days on which figures first had the values that were aimed at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huiju.policies.rules.targets import first_day_with
from huiju.statistics.queries.asked import Question
from huiju.statistics.queries.kept import Rollup, kept_cells, rolled_up

KEPT_AS = "targets.reached"


@dataclass(frozen=True)
class Aim:
    """A value that a figure is to have, looked for from a day on, up to the day of the question."""

    question: Question
    value: int
    since: date

    @property
    def name(self) -> str:
        """What tells this aim from others of the same day."""
        parts = "&".join(f"{name}={part}" for name, part in self.question.filters)
        return f"{self.question.figure.code}?{parts}>={self.value}@{self.since}"


def first_days(aims: Sequence[Aim]) -> dict[str, date | None]:
    """By name of the aim, the first day with the value; None: not reached. Dozens of days are computed."""
    as_known_now = all(aim.question.known_at is None for aim in aims)
    with rolled_up(as_known_now=as_known_now) as rollup:
        return {aim.name: _first_day(aim, rollup) for aim in aims}


def _first_day(aim: Aim, rollup: Callable[[Question], Rollup]) -> date | None:
    def values_on(days: list[date]) -> list[int]:
        return [rollup(replace(aim.question, on=day)).at().value for day in days]

    last = aim.question.on
    return first_day_with(aim.value, (min(aim.since, last), last), values_on)


def kept_first_days(aims: Sequence[Aim], on: date) -> dict[str, date | None] | None:
    """The first days as they are kept for a day; None unless all are, as the facts now are."""
    cells = kept_cells(KEPT_AS, on)
    found = {name: date.fromisoformat(day) if day else None for name, day in cells or ()}
    return found if cells is not None and {aim.name for aim in aims} <= found.keys() else None
