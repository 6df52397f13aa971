"""Everything one person was allotted: lines over all months, and what they come to in a year."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from huiju.allowances.enums import FROM_NOTICE
from huiju.allowances.models import Payment, Run, RunLine
from huiju.allowances.permissions import records_of
from huiju.allowances.queries.runs import runs_visible_to
from huiju.directory.models import User
from huiju.registry.models import Person


@dataclass(frozen=True)
class YearTotals:
    """A year's lines of one person, by the year of the runs; fen. Corrections are for earlier months."""

    year: int
    lines: int
    regular_fen: int
    corrections_fen: int

    @property
    def total_fen(self) -> int:
        return self.regular_fen + self.corrections_fen


def lines_about(person: Person, *, reader: User, on: date) -> QuerySet[RunLine]:
    """A person's lines in the runs a reader may see; of a month computed again only the newest. Unordered."""
    seen = runs_visible_to(reader, on=on).order_by().values("pk")
    current = Run.objects.current().filter(pk__in=seen)
    lines: QuerySet[RunLine] = RunLine.objects.filter(person=person, run__in=current)
    return lines.select_related("run__scheme", "place")


def own_lines(user: User) -> QuerySet[RunLine]:
    """The lines about a user as a payee, of lists from their public notice on. Unordered.

    Nothing where the account belongs to nobody in the registry.
    """
    shown = Run.objects.filter(state__in=FROM_NOTICE)
    lines: QuerySet[RunLine] = RunLine.objects.filter(person__in=records_of(user), run__in=shown)
    return lines.select_related("run__scheme", "place")


def own_payments(user: User) -> QuerySet[Payment]:
    """The payments to a user, unordered; nothing where the account belongs to nobody in the registry."""
    found: QuerySet[Payment] = Payment.objects.filter(person__in=records_of(user))
    return found.select_related("scheme", "place", "account", "person")


def totals_by_year(lines: QuerySet[RunLine]) -> list[YearTotals]:
    """What lines come to in each year, newest year first."""
    own_month = Q(month=F("run__month"))
    sums = (
        lines.order_by()
        .values(year=ExtractYear("run__month"))
        .annotate(
            lines=Count("pk"),
            regular_fen=Sum("amount_fen", filter=own_month, default=0),
            corrections_fen=Sum("amount_fen", filter=~own_month, default=0),
        )
    )
    return [YearTotals(**each) for each in sums.order_by("-year")]
