"""Whether a document holds on a day: derived from its own days and from what others did to it.

Nobody types it. Where the day from which a document holds is not known, the answer is that it is
unknown, never that it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

SUPERSEDES, AMENDS, REPEALS, IMPLEMENTS = "supersedes", "amends", "repeals", "implements"
IN_FORCE, AMENDED, REPEALED, SUPERSEDED = "in_force", "amended", "repealed", "superseded"
EXPIRED, NOT_YET, UNKNOWN, NO_POLICY = "expired", "not_yet", "unknown", "no_policy"
ENDS = {REPEALS: REPEALED, SUPERSEDES: SUPERSEDED}
HOLDS = frozenset([IN_FORCE, AMENDED])
OVER = frozenset([REPEALED, SUPERSEDED, EXPIRED])


@dataclass(frozen=True)
class Days:
    """A document's own days: first day in force, last one, and the year it was issued in."""

    starts_on: date | None
    last_day: date | None
    year: int
    is_policy: bool = True


@dataclass(frozen=True)
class Act:
    """What another document does to this one from a day; `ref` is opaque. A day unknown is None."""

    kind: str
    since: date | None
    ref: int


@dataclass(frozen=True)
class Validity:
    """The standing of a document, the day since which it has it if known, and the act behind it."""

    kind: str
    since: date | None = None
    act: Act | None = None

    @property
    def holds(self) -> bool:
        return self.kind in HOLDS

    @property
    def is_over(self) -> bool:
        return self.kind in OVER


def validity(days: Days, acts: Sequence[Act], *, on: date) -> Validity:
    """The standing on a day. An act whose day is unknown makes the standing unknown, not over."""
    if not days.is_policy:
        return Validity(NO_POLICY)
    known = sorted((act for act in acts if act.since and act.since <= on), key=_when)
    over = _over(days, known, on)
    if over:
        return over
    if days.starts_on is None:
        return Validity(NOT_YET if on.year < days.year else UNKNOWN)
    if on < days.starts_on:
        return Validity(NOT_YET, days.starts_on)
    undated = [act for act in acts if act.since is None and act.kind in ENDS]
    if undated:
        return Validity(UNKNOWN, act=undated[0])
    amendments = [act for act in known if act.kind == AMENDS]
    if amendments:
        return Validity(AMENDED, amendments[-1].since, amendments[-1])
    return Validity(IN_FORCE, days.starts_on)


def _over(days: Days, known: Iterable[Act], on: date) -> Validity | None:
    """How a document ended by a day: by the first act that ended it, else by its own last day."""
    for act in known:
        if act.kind in ENDS and (days.last_day is None or (act.since or on) <= days.last_day):
            return Validity(ENDS[act.kind], act.since, act)
    if days.last_day and days.last_day < on:
        return Validity(EXPIRED, days.last_day)
    return None


def _when(act: Act) -> tuple[date, int]:
    return act.since or date.max, act.ref


def reaches(edges: Mapping[int, Sequence[int]], start: int, goal: int) -> bool:
    """Whether a path of documents that act on documents leads from one to another."""
    seen, waiting = set(), [start]
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            waiting += edges.get(at, ())
    return False
