"""Runs and their lines."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from huiju.allowances.enums import SIGNING, ObjectionState, RunState, Step
from huiju.allowances.models import Notice, Objection, Run, RunLine, RunStep
from huiju.allowances.permissions import (
    APPROVE,
    CHECK,
    COMPUTE,
    PAID_IN,
    PAY,
    REVIEW,
    VIEW,
    may_approve,
)
from huiju.directory import queries as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.registry.models import Person
from huiju.registry.queries import WorkerFilter, workers_asked_for


@dataclass(frozen=True)
class LineFilter:
    """What a reader asks a run's lines for; an empty value asks for nothing.

    `kind` is "month" for the run's own month, "corrections" for earlier ones; `name` is looked
    for as in the registry, on the day `on`; `year` is that of the run.
    """

    on: date
    year: int | None = None
    level: str = ""
    kind: str = ""
    name: str = ""


@dataclass(frozen=True)
class RunTotals:
    """Sums over lines: people, lines and fen."""

    people: int
    lines: int
    amount_fen: int


def runs_visible_to(user: User, *, on: date) -> QuerySet[Run]:
    """Runs of the districts a user may see, with `people` and `total_fen` of each. Unordered."""
    runs: QuerySet[Run] = Run.objects.filter(
        directory.held_within(user, VIEW, on=on)
    ).select_related("scheme", "place", "computed_by")
    return runs.annotate(
        people=Count("lines__person", distinct=True), total_fen=Sum("lines__amount_fen", default=0)
    )


def runs_to_move(user: User, *, on: date) -> list[Run]:
    """The runs that wait for a user: their signature, an answer to an objection, or a payment, oldest first.

    What `permissions` judges of one run, asked of all at once; where a list is to be approved, each is judged.
    """
    steps = RunStep.objects.filter(run=OuterRef("pk"), round=OuterRef("round"))
    open_objections = Objection.objects.filter(
        notice__run=OuterRef("pk"), notice__round=OuterRef("round"), state=ObjectionState.OPEN
    )
    over = Notice.objects.filter(run=OuterRef("pk"), round=OuterRef("round"), closes_on__lt=on)
    may_sign = ~Exists(steps.filter(by=user, step__in=SIGNING))
    is_objected = Exists(open_objections)
    waiting = (
        Q(Exists(steps.filter(step=Step.COMPUTED)), may_sign, state=RunState.DRAFT)
        & directory.held_within(user, CHECK, on=on)
        | Q(state=RunState.CHECKED) & directory.held_within(user, CHECK, on=on)
        | Q(is_objected, state=RunState.NOTICED) & directory.held_within(user, CHECK, on=on)
        | Q(Exists(over), ~is_objected, may_sign, state=RunState.NOTICED)
        & directory.held_within(user, REVIEW, on=on)
        | Q(state=RunState.REVIEWED) & may_sign & directory.held_within(user, APPROVE, on=on)
        | Q(state__in=[*PAID_IN, RunState.RECONCILED]) & directory.held_within(user, PAY, on=on)
    )
    found = Run.objects.filter(waiting).select_related("scheme", "place")
    return [
        run
        for run in found.order_by("computed_at", "pk")
        if run.state != RunState.REVIEWED or may_approve(user, run, on=on)
    ]


def computable_districts(user: User, *, on: date) -> QuerySet[Place]:
    """The districts valid on a day for which a user computes allowances, by code."""
    inside = directory.held_within(user, COMPUTE, on=on, path="path")
    found: QuerySet[Place] = Place.objects.in_force(on).filter(inside, kind=PlaceKind.DISTRICT)
    return found.order_by("code")


def lines_of(run: Run) -> QuerySet[RunLine]:
    """The lines of a run with their person and facts, unordered."""
    return RunLine.objects.filter(run=run).select_related(
        "person", "certificate", "post__employer", "post__place", "rate__document"
    )


def lines_asked_for(lines: QuerySet[RunLine], asked: LineFilter) -> QuerySet[RunLine]:
    """The lines a filter asks for."""
    if asked.year:
        lines = lines.filter(run__month__year=asked.year)
    if asked.level:
        lines = lines.filter(level=asked.level)
    if asked.kind == "month":
        lines = lines.filter(month=F("run__month"))
    if asked.kind == "corrections":
        lines = lines.exclude(month=F("run__month"))
    if asked.name:
        asked_for = WorkerFilter(on=asked.on, text=asked.name)
        people = workers_asked_for(Person.objects.all(), asked_for)
        lines = lines.filter(person__in=people.values("pk"))
    return lines


def run_totals(lines: QuerySet[RunLine]) -> RunTotals:
    """Sums over lines."""
    sums = lines.order_by().aggregate(
        people=Count("person", distinct=True), lines=Count("pk"), amount_fen=Sum("amount_fen")
    )
    return RunTotals(sums["people"], sums["lines"], sums["amount_fen"] or 0)
