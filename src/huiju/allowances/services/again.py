"""A month computed again as the facts were known on any day: what the list would be, and what was posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huiju.allowances.enums import Why
from huiju.allowances.models import Run
from huiju.allowances.queries.reasons import Reasons
from huiju.allowances.services.computing import computed
from huiju.directory.access import acting_as_system


@dataclass(frozen=True)
class PersonAgain:
    """One person's month in fen: due by the facts asked for, and posted by the runs up to that instant."""

    person: int
    due_fen: int
    posted_fen: int
    why: Why

    @property
    def difference_fen(self) -> int:
        """More than nought is back-pay, less is to be recovered."""
        return self.due_fen - self.posted_fen


@dataclass(frozen=True)
class MonthAgain:
    """A run's own month as known at an instant, against what was posted for it by then.

    `reproduced`: the facts as known to the run still give exactly its lines for the month.
    """

    run: Run
    known_at: datetime
    people: int
    due_fen: int
    posted_fen: int
    differences: Sequence[PersonAgain]
    reproduced: bool

    @property
    def arrears(self) -> list[PersonAgain]:
        return [each for each in self.differences if each.difference_fen > 0]

    @property
    def recoveries(self) -> list[PersonAgain]:
        return [each for each in self.differences if each.difference_fen < 0]

    @property
    def arrears_fen(self) -> int:
        return sum(each.difference_fen for each in self.arrears)

    @property
    def recoveries_fen(self) -> int:
        return -sum(each.difference_fen for each in self.recoveries)


def month_again(*, run: Run, known_at: datetime) -> MonthAgain:
    """The month of a run computed again; nothing is written. Raises RateMissing."""
    with acting_as_system():
        posting = Run.objects.current().filter(
            scheme=run.scheme, place=run.place, computed_at__lte=known_at
        )
        window = {run: [run.month]}
        with computed(window, list(posting.order_by("pk")), known_at=known_at) as computation:
            rows = computation.due_and_posted()
        reasons = Reasons(
            run, {row.person for row in rows if row.due_fen != row.posted_fen}, known_at=known_at
        )
        return MonthAgain(
            run=run,
            known_at=known_at,
            people=sum(row.due_fen > 0 for row in rows),
            due_fen=sum(row.due_fen for row in rows),
            posted_fen=sum(row.posted_fen for row in rows),
            differences=[
                PersonAgain(*row, reasons.why(row.person))
                for row in rows
                if row.due_fen != row.posted_fen
            ],
            reproduced=_reproduces(run),
        )


def _reproduces(run: Run) -> bool:
    """Whether the facts known to the run give the lines it posted for its month."""
    before = Run.objects.current().filter(
        scheme=run.scheme, place=run.place, computed_at__lt=run.computed_at
    )
    with computed({run: [run.month]}, list(before.order_by("pk")), known_at=run.known_at) as then:
        amounts = then.amounts()
    lines = run.lines.filter(month=run.month).values_list("person", "month", "amount_fen")
    return amounts == {(person, month): fen for person, month, fen in lines}
