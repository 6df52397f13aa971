"""Everything posted, worked out once more from the facts as they were known at each run's instant.

It needs neither the rules nor what stands in the lines: a run's lines must be what was due by the facts
then, less what was due by the facts of the runs before. Lines are only held against that at the end, so
that one edited line is named alone and not those after it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from huiju.allowances.enums import Shape
from huiju.allowances.models import Run, RunLine, Scheme
from huiju.allowances.queries.beliefs import (
    Circle,
    cancelled_of,
    circles,
    rates_believed,
    stopped_at,
    stops_of,
)
from huiju.allowances.queries.recounting import Due, Life, NoRate, Rate, due_for
from huiju.allowances.rules import Policy
from huiju.allowances.terms import policy_of
from huiju.kernel.periods import Month

Finding = dict[str, Any]
Key = tuple[int, date]
"""A person and a month."""


def unexplained_lines() -> list[Finding]:
    """Lines of runs that the facts known to their run do not explain, lacking ones too. Needs the whole reach."""
    found: list[Finding] = []
    for scheme in Scheme.objects.select_related("place").order_by("pk"):
        if scheme.shape != Shape.MONTHLY_BY_LEVEL:
            if scheme.runs.exists():
                found.append({"what": "shape_not_recounted", "scheme": scheme.code})
            continue
        found.extend(_Recount(scheme).findings())
    return found


@dataclass
class _Books:
    """What a district's runs have posted by the facts, and of whom which belief was last counted."""

    posted: dict[date, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[int, dict[Key, tuple[int, int]]] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)
    rates: list[Rate] = field(default_factory=list)
    months: dict[date, int] = field(default_factory=dict)

    def post(self, key: Key, fen: int) -> None:
        person, month = key
        of_month = self.posted[month]
        of_month[person] = of_month.get(person, 0) + fen

    def take_back(self, run: int, circle_of: dict[int, int], *, person: int | None = None) -> None:
        """A run was computed again, or somebody's payment cancelled: what it posted is posted no longer."""
        for key, (due, before) in self.lines[run].items():
            if person in (None, key[0]):
                self.post(key, before - due)
                self.counted.pop(circle_of[key[0]], None)


class _Recount:
    """One scheme, run by run in the order in which they were computed."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.policy = scheme, policy_of(scheme)
        self.circles: list[Circle] = circles(scheme)
        self.circle_of = {
            member: number
            for number, circle in enumerate(self.circles)
            for member in circle.members
        }
        self.books: dict[int, _Books] = defaultdict(_Books)
        self.stops = stops_of(scheme)
        self.cancelled = cancelled_of(scheme)
        self.kept: dict[tuple[int, int, date], dict[int, Due]] = {}
        self.lives: dict[tuple[int, int], dict[int, Life]] = {}
        self.rates: list[Rate] = []

    def findings(self) -> Iterator[Finding]:
        runs = self.scheme.runs.order_by("computed_at", "pk")
        for run in runs:
            try:
                wanted = self._lines_of(run)
            except NoRate as missing:
                yield {"what": "no_rate", "run": run.pk, "missing": [*map(str, missing.args)]}
                wanted = {}
            yield from _compared(run, wanted)

    def _lines_of(self, run: Run) -> dict[Key, tuple[int, int]]:
        """What the run must have posted: due and posted before, by person and month."""
        books = self.books[run.place_id]
        if earlier := books.months.get(run.month):
            books.take_back(earlier, self.circle_of)
        self._take_back_cancelled(run, books)
        books.months[run.month], books.lines[run.pk] = run.pk, {}
        rates = rates_believed(self.scheme, run.known_at)
        if rates != self.rates:
            self.rates, self.kept = rates, {}
        if rates != books.rates:
            books.rates, books.counted = rates, {}
        window, stopped = self._window(run, books), stopped_at(self.stops, run.known_at)
        for number, circle in enumerate(self.circles):
            version = circle.version(run.known_at)
            same = books.counted.get(number) == version
            books.counted[number] = version
            for month in [run.month] if same else window:
                self._post(run, number, version, month, stopped & circle.members)
            if stopped & circle.members:
                books.counted.pop(number)  # what was not looked at now is looked at afterwards
        return books.lines[run.pk]

    def _take_back_cancelled(self, run: Run, books: _Books) -> None:
        """Payments of the district that were given up before the run was computed."""
        later = []
        for each in self.cancelled:
            if each.place == run.place_id and each.at <= run.computed_at:
                books.take_back(each.run, self.circle_of, person=each.person)
            else:
                later.append(each)
        self.cancelled = later

    def _window(self, run: Run, books: _Books) -> list[date]:
        """The run's month and those before it that the district has computed, as far as it looks back."""
        first = self.scheme.first_month or date.min  # a scheme without one is never computed
        if self.scheme.lookback_months is not None:
            first = max(first, Month.of(run.month).plus(-self.scheme.lookback_months).first_day)
        return sorted(month for month in books.months if first <= month <= run.month)

    def _post(self, run: Run, number: int, version: int, month: date, stopped: set[int]) -> None:
        circle, books = self.circles[number], self.books[run.place_id]
        due = self._due(number, version, month, run)
        before = books.posted[month]
        if len(circle.members) == 1:
            whose = {member: member for member in circle.members}
        else:
            whose = circle.survivors(run.known_at)
        for person in set(whose.values()) - {whose[each] for each in stopped}:
            fen = due.get(person, {}).get(run.place_id, 0)
            had = sum(before.get(each, 0) for each, end in whose.items() if end == person)
            if fen != had:
                books.lines[run.pk][person, month] = (fen, had)
                books.post((person, month), fen - had)

    def _due(self, number: int, version: int, month: date, run: Run) -> dict[int, Due]:
        """What is due to a circle's people for a month; the six districts of a run ask the same."""
        key = (number, version, month)
        if key not in self.kept:
            asked: Policy = self.policy
            lives = self.lives.get((number, version))
            if lives is None:
                lives = self.circles[number].lives(asked, run.known_at)
                self.lives[number, version] = lives
            self.kept[key] = {
                person: due
                for person, life in lives.items()
                if life.served and (due := due_for(life, Month.of(month), asked, self.rates))
            }
        return self.kept[key]


def _compared(run: Run, wanted: dict[Key, tuple[int, int]]) -> Iterator[Finding]:
    """Lines that are not what they must be, that must not be, and that are not there."""
    columns = ("pk", "person_id", "month", "place_id", "step_due_fen", "step_posted_fen")
    rows = RunLine.objects.filter(run=run).values_list(*columns, "amount_fen")
    missing = dict(wanted)
    for key, person, month, place, due, before, amount in rows.order_by("pk").iterator():
        right = missing.pop((person, month), (0, 0))
        if (due, before) == right and amount == due - before and place == run.place_id:
            continue
        yield {
            "what": "line",
            "run": run.pk,
            "allowance_line": key,
            "month": str(month),
            "fen": amount,
            "recomputed_fen": right[0] - right[1],
        }
    for (person, month), (due, before) in missing.items():
        yield {
            "what": "line_missing",
            "run": run.pk,
            "person": person,
            "month": str(month),
            "fen": 0,
            "recomputed_fen": due - before,
        }
