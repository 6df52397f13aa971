"""Lines, and where their money stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from huiju.budgets.enums import STAGES, Account, ConsentKind, ConsentState, Kind
from huiju.budgets.models import Consent, Entry, FiscalYear, Line, Payer, Posting, Split, Subject
from huiju.budgets.permissions import APPROVE, VIEW, may_decide
from huiju.budgets.rules import Stages
from huiju.directory import queries as directory
from huiju.directory.models import Place, User


@dataclass(frozen=True)
class LineFilter:
    """What a reader asks the list of lines for; an empty value asks for nothing."""

    year: int | None = None
    payer: Payer | None = None
    place: Place | None = None
    subject: Subject | None = None
    kind: str = ""
    name: str = ""


def lines_visible_to(user: User, *, on: date) -> QuerySet[Line]:
    """The standing lines that serve places whose budgets a user may see, unordered."""
    inside = directory.held_within(user, VIEW, on=on)
    lines: QuerySet[Line] = Line.objects.standing().filter(inside)
    return lines.select_related(
        "fiscal_year__place", "payer__place", "subject", "place", "document"
    )


def lines_asked_for(lines: QuerySet[Line], asked: LineFilter) -> QuerySet[Line]:
    """The lines a filter asks for; a place with all that lies in it."""
    if asked.year:
        lines = lines.filter(fiscal_year__year=asked.year)
    if asked.payer:
        lines = lines.filter(payer=asked.payer)
    if asked.kind:
        lines = lines.filter(payer__kind=asked.kind)
    if asked.place:
        lines = lines.filter(place__path__startswith=asked.place.path)
    if asked.subject:
        lines = lines.filter(subject=asked.subject)
    for word in asked.name.split():
        lines = lines.filter(name__icontains=word)
    return lines


def with_stages(lines: QuerySet[Line]) -> QuerySet[Line]:
    """The same lines with `budget_fen` and one amount per stage, by one grouped query."""
    sums = {
        f"{account.value}_fen": Coalesce(
            Sum("postings__amount_fen", filter=Q(postings__account=account)), 0
        )
        for account in STAGES
    }
    budget = Coalesce(Sum("postings__amount_fen", filter=Q(postings__account__in=STAGES)), 0)
    return lines.annotate(budget_fen=budget, **sums)


def stages_of(lines: Iterable[int]) -> dict[int, Stages]:
    """Where the money of lines (by key) stands; one query."""
    found = {key: Counter[str]() for key in lines}
    sums = Posting.objects.filter(line__in=list(found), account__in=STAGES)
    for key, account, total in sums.values_list("line_id", "account").annotate(Sum("amount_fen")):
        found[key][account] = total
    return {key: Stages(**amounts) for key, amounts in found.items()}


def override_room(lines: Iterable[int]) -> dict[int, int]:
    """How far approved overrides let each line fall below nought, in fen."""
    room = dict.fromkeys(lines, 0)
    approved = Consent.objects.filter(
        kind=ConsentKind.OVERRIDE, state=ConsentState.APPROVED, line__in=list(room)
    )
    return room | dict(approved.values_list("line_id").annotate(Sum("amount_fen")))


def line_on(line: Line, day: date) -> Line | None:
    """The line that has taken a line's commitments over by a day: itself, or one of a later year."""
    while line.fiscal_year.year < day.year:
        following = Line.objects.select_related("fiscal_year").filter(continues=line).first()
        if following is None:
            return None
        line = following
    return line


def carry_purpose(line: Line) -> str:
    """How carried amounts name the line they came from."""
    return f"budgets.Line:{line.pk}"


def carried_from(year: FiscalYear) -> dict[int, tuple[Stages, int]]:
    """What has been carried forward so far from each line of a year, and in how many entries.

    A reversed carry counts for nothing; it still takes a number.
    """
    purposes = {carry_purpose(line): line.pk for line in year.lines.all()}
    entries = Entry.objects.filter(kind=Kind.CARRY, purpose__in=list(purposes))
    times = dict(entries.values_list("purpose").annotate(Count("pk")))
    counting = Posting.objects.filter(
        entry__in=entries.filter(reversed_by=None), account__in=STAGES
    )
    sums: dict[str, Counter[str]] = {purpose: Counter() for purpose in times}
    for purpose, account, total in counting.values_list("entry__purpose", "account").annotate(
        Sum("amount_fen")
    ):
        sums[purpose][account] = total
    return {purposes[purpose]: (Stages(**sums[purpose]), count) for purpose, count in times.items()}


def years_visible_to(user: User, *, on: date) -> QuerySet[FiscalYear]:
    """The years of the governments whose budgets a user may see, unordered."""
    inside = directory.held_within(user, VIEW, on=on)
    found: QuerySet[FiscalYear] = FiscalYear.objects.filter(inside).select_related(
        "place", "changed_by"
    )
    return found


def consents_visible_to(user: User, *, on: date) -> QuerySet[Consent]:
    """What was asked for in the places whose budgets a user may see, unordered."""
    inside = directory.held_within(user, VIEW, on=on)
    found: QuerySet[Consent] = Consent.objects.filter(inside).select_related(
        *("line__fiscal_year", "line__payer__place", "fiscal_year__place"),
        *("place", "requested_by", "decided_by"),
    )
    return found


def consents_to_decide(user: User, *, on: date) -> list[Consent]:
    """What waits for this user's approval, oldest first."""
    if not user.holds(APPROVE, on=on):
        return []
    waiting = consents_visible_to(user, on=on).filter(state=ConsentState.REQUESTED)
    return [
        each for each in waiting.order_by("requested_at", "pk") if may_decide(user, each, on=on)
    ]


def split_on(code: str, place: Place, *, on: date) -> Split | None:
    """The sharing plan of a code in force in a place on a day."""
    in_force = Q(ends_on=None) | Q(ends_on__gt=on)
    return Split.objects.filter(in_force, code=code, place=place, starts_on__lte=on).first()


def balance_sum(lines: QuerySet[Line]) -> Stages:
    """The stages of all these lines added up."""
    sums = Posting.objects.filter(line__in=lines.values("pk"), account__in=STAGES)
    found = dict(sums.values_list("account").annotate(Sum("amount_fen")))
    return Stages(**{Account(account).value: total for account, total in found.items()})
