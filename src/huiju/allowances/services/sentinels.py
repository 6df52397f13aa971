"""The watch over what is granted and paid: findings are opened, kept, and closed when their cause is gone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import (
    AFTER_APPROVAL,
    FINDING_MOVES,
    FindingState,
    PaymentState,
    Watched,
)
from huiju.allowances.models import Finding, Payment, Run
from huiju.allowances.permissions import may_explain
from huiju.allowances.queries import Cause
from huiju.allowances.services.computing import RateMissing, computed, window_of
from huiju.allowances.services.steps import ReasonNeeded
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import clock, money
from huiju.kernel.periods import Month
from huiju.kernel.states import check_move
from huiju.policies import terms

EXPLAINS_SUMS = (Watched.DEATH, Watched.POST_ENDED, Watched.TWO_DISTRICTS)
"""What already says why somebody was granted too much; other findings do not hide that."""
RETURN_DAYS = "allowance.return_days"
ANSWER_DAYS = "allowance.finding_days"
ALONE = 3_510_524
"""The advisory lock that keeps two watches from working at once."""


@dataclass
class Watch:
    """What one look found, in numbers. `questions` say what could not be looked at, and whom to ask.

    `unseen` are kinds and places (keys) that could not be looked at: their findings stay as they are.
    """

    opened: int = 0
    standing: int = 0
    resolved: int = 0
    questions: list[str] = field(default_factory=list)
    unseen: set[tuple[str, int]] = field(default_factory=set)

    def ask(self, question: str) -> None:
        if question not in self.questions:
            self.questions.append(question)


@transaction.atomic
def watch(*, at: datetime) -> Watch:
    """Look at everything as known at an instant; open what is new, resolve what is gone. Twice changes nothing."""
    done = Watch()
    with acting_as_system():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
        causes = queries.causes_in_facts(at)
        known = {cause.person for cause in causes if cause.kind in EXPLAINS_SUMS}
        causes += [cause for cause in _overpaid(at, done) if cause.person not in known]
        causes += _returned(at, done)
        _keep(causes, at, done)
        audit.record(
            actor=None,
            action="allowances.watched",
            subject=Finding._meta.label,
            opened=done.opened,
            standing=done.standing,
            resolved=done.resolved,
        )
    return done


@transaction.atomic
def explain(*, finding: Finding, note: str, by: User, at: datetime) -> Finding:
    """Say why a finding is in order, or what is done about it. Raises NotPermitted, WrongState, ReasonNeeded."""
    findings = Finding.objects.select_for_update(of=("self",)).select_related("place")
    held: Finding = findings.get(pk=finding.pk)
    may_explain(by, held, on=clock.day_of(at)).require()
    check_move(FINDING_MOVES, held.state, FindingState.EXPLAINED)
    if not note.strip():
        raise ReasonNeeded(_("Say why this is in order, or what is done about it."))
    held.state, held.note = FindingState.EXPLAINED, note.strip()[:500]
    held.explained_by, held.explained_at = by, at
    held.save(update_fields=["state", "note", "explained_by", "explained_at"])
    audit.record(actor=by, action="allowances.finding_explained", subject=held)
    return held


def _keep(causes: Iterable[Cause], at: datetime, done: Watch) -> None:
    """Match causes with the findings that stand."""
    found = Finding.objects.exclude(state=FindingState.RESOLVED).select_for_update()
    standing = {(each.kind, each.subject): each for each in found}
    for cause in causes:
        known = standing.pop((cause.kind.value, cause.subject), None)
        if known is None:
            _open(cause, at, done)
            done.opened += 1
            continue
        done.standing += 1
        if known.detail != cause.detail:
            known.detail = cause.detail
            known.save(update_fields=["detail"])
    for gone in standing.values():
        if (gone.kind, gone.place_id) in done.unseen:
            done.standing += 1
            continue
        gone.state, gone.resolved_at = FindingState.RESOLVED, at
        gone.save(update_fields=["state", "resolved_at"])
        done.resolved += 1


def _open(cause: Cause, at: datetime, done: Watch) -> None:
    days = _days(ANSWER_DAYS, Place.objects.get(pk=cause.place), at, done)
    Finding.objects.create(
        kind=cause.kind,
        subject=cause.subject,
        person_id=cause.person,
        place_id=cause.place,
        detail=cause.detail,
        first_seen_at=at,
        due_on=None if days is None else clock.day_of(at) + timedelta(days=days),
    )


def _returned(at: datetime, done: Watch) -> list[Cause]:
    """Payments the bank sent back, older than the days their place allows."""
    waiting = Payment.objects.filter(state=PaymentState.RETURNED)
    allowed: dict[int, int] = {}
    for place in Place.objects.filter(pk__in=waiting.values("place")).order_by("pk"):
        days = _days(RETURN_DAYS, place, at, done)
        if days is None:
            done.unseen.add((Watched.RETURNED.value, place.pk))
        else:
            allowed[place.pk] = days
    return queries.returned_too_long(at, allowed)


def _overpaid(at: datetime, done: Watch) -> Iterator[Cause]:
    """Whom approved lists granted more than the rules on the facts known now, in the months looked back upon."""
    runs = Run.objects.filter(state__in=AFTER_APPROVAL).select_related("scheme", "place")
    newest = runs.order_by("scheme", "place", "-month").distinct("scheme", "place")
    for run in newest:
        window = window_of(run)
        approved = runs.filter(scheme=run.scheme, place=run.place, month__gte=window[0])
        try:
            with computed({run: window}, list(approved.order_by("pk")), known_at=at) as computation:
                differences = computation.amounts()
        except RateMissing as missing:
            done.ask(str(missing))
            done.unseen.add((Watched.UNEXPLAINED.value, run.place_id))
            continue
        yield from _less(run, differences)


def _less(run: Run, differences: dict[tuple[int, date], int]) -> Iterator[Cause]:
    less: dict[int, list[str]] = defaultdict(list)
    for (person, month), fen in sorted(differences.items()):
        if fen < 0:
            less[person].append(f"{Month.of(month)} {money.yuan(fen)}")
    for person, months in less.items():
        subject = f"{run.scheme_id}:{run.place_id}:{person}"
        yield Cause(Watched.UNEXPLAINED, subject, person, run.place_id, queries.months_told(months))


def _days(code: str, place: Place, at: datetime, done: Watch) -> int | None:
    """A number of days set for a place; where nobody has said, None, and the question is kept."""
    try:
        return terms.value_at(code, on=clock.day_of(at), place=place)
    except terms.UnknownParameter:
        done.ask(_("The parameter %(code)s is not defined. Have it defined.") % {"code": code})
    except terms.NoValueInForce as missing:
        owner = terms.parameter_of(code).owner
        done.ask(_("%(why)s Ask %(owner)s.") % {"why": missing, "owner": owner})
    return None
