"""Why somebody gets an amount: facts, rate, arithmetic, and the nearest change that would alter it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from huiju.allowances.enums import PaymentState
from huiju.allowances.models import Payment, Run, RunLine
from huiju.allowances.queries.arithmetic import Reckoned, borne_by, reckoning_of
from huiju.allowances.queries.variations import (
    EarlierLeaving,
    HigherLevel,
    LaterApproval,
    LongerStay,
    WhatIf,
)
from huiju.allowances.rules import PLAIN
from huiju.allowances.terms import terms_of
from huiju.kernel.periods import Month
from huiju.registry.queries import Absence, absence_of, members_at


@dataclass(frozen=True)
class Derivation:
    """A line with what was posted for the same month before, and what would alter what is due.

    `absence` is what kept days of the month from counting: leaves and a death. `reckoning` is how the scheme's
    terms make the amount of the rate, `borne` what each payer bears where the terms name any.
    """

    line: RunLine
    posted: list[RunLine]
    absence: Absence
    reckoning: list[Reckoned]
    borne: dict[str, int]
    higher_level: HigherLevel | None
    earlier_leaving: EarlierLeaving | None
    later_approval: LaterApproval | None
    longer_stay: LongerStay | None

    @property
    def alterable(self) -> bool:
        """Whether a change of one fact is known that alters what is due."""
        changes = (self.higher_level, self.earlier_leaving, self.later_approval, self.longer_stay)
        return any(changes)

    @property
    def unaltered_until(self) -> date | None:
        """The last day on which the certificate might have been approved for the same amount."""
        later = self.later_approval
        return later.approved_on - timedelta(days=1) if later else None


def derivation_of(line: RunLine) -> Derivation:
    """The derivation of a line, by the rules themselves on variations of the person's facts."""
    month = Month.of(line.month)
    absence = absence_of(
        line.person,
        starts_on=month.first_day,
        ends_on=month.next.first_day,
        known_at=line.run.known_at,
    )
    what_if = None
    # other shapes look beyond the line's own month, certificate and post
    if line.certificate and line.post and terms_of(line.run.scheme) == PLAIN:
        what_if = WhatIf(line, line.certificate, line.post, absence)
    return Derivation(
        line=line,
        posted=list(_posted(line).order_by("run__computed_at", "pk")),
        absence=absence,
        reckoning=reckoning_of(line),
        borne=borne_by(line),
        higher_level=what_if.higher_level() if what_if else None,
        earlier_leaving=what_if.earlier_leaving() if what_if else None,
        later_approval=what_if.later_approval() if what_if else None,
        longer_stay=what_if.longer_stay() if what_if else None,
    )


def _posted(line: RunLine) -> QuerySet[RunLine]:
    """Lines of earlier runs, still current, for the same human, month and district."""
    runs = Run.objects.current().filter(
        scheme=line.run.scheme, place=line.place, computed_at__lt=line.run.computed_at
    )
    people = members_at(line.person, known_at=line.run.known_at)
    lines = RunLine.objects.filter(run__in=runs, person__in=people, month=line.month)
    cancelled = Payment.objects.filter(
        run=OuterRef("run"), person=OuterRef("person"), state=PaymentState.CANCELLED
    )
    return lines.exclude(Exists(cancelled)).select_related("run")
