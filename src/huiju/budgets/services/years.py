"""A government's year: opened, closed, and its balances and commitments carried into the next."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.budgets import queries
from huiju.budgets.enums import YEAR_MOVES, Account, Kind, YearState
from huiju.budgets.models import Entry, FiscalYear, Line
from huiju.budgets.permissions import may_carry, may_close, may_manage, may_open
from huiju.budgets.rules import Stages
from huiju.budgets.services.lines import year_of
from huiju.budgets.services.posting import Claim, Draft, post
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move

CARRIED = (Account.AVAILABLE, Account.COMMITTED, Account.DUE)


class LineOverdrawn(DomainError):
    """A line of the year stands below nought and must be covered before the year is closed."""


@transaction.atomic
def begin_year(*, number: int, government: Place, by: User, at: datetime) -> FiscalYear:
    """Begin to plan a government's year; the same again changes nothing. Raises NotPermitted."""
    may_manage(by, government, on=clock.day_of(at)).require()
    return year_of(government, number, by=by, at=at)


@transaction.atomic
def open_year(*, year: FiscalYear, by: User, at: datetime) -> FiscalYear:
    """End the planning: from now on lines can be committed. Raises NotPermitted, WrongState."""
    year = _locked(year)
    may_open(by, year, on=clock.day_of(at)).require()
    return move_year(year, YearState.OPEN, by=by, at=at)


@transaction.atomic
def close_year(*, year: FiscalYear, by: User, at: datetime) -> FiscalYear:
    """End a year; its lines take no entry any more. Raises NotPermitted, WrongState, LineOverdrawn."""
    year = _locked(year)
    may_close(by, year, on=clock.day_of(at)).require()
    lines = year.lines.standing().in_bulk()
    for key, stages in queries.stages_of(lines).items():
        if stages.available < 0:
            raise LineOverdrawn(
                _(
                    "“%(line)s” is overdrawn. Supplement it or transfer to it before closing the year."
                )
                % {"line": lines[key]}
            )
    return move_year(year, YearState.CLOSED, by=by, at=at)


def move_year(year: FiscalYear, state: str, *, by: User, at: datetime) -> FiscalYear:
    """Bring a year, already locked, into another state. Raises WrongState."""
    check_move(YEAR_MOVES, year.state, state)
    before, year.state, year.changed_by, year.changed_at = year.state, state, by, at
    year.save(update_fields=["state", "changed_by", "changed_at"])
    audit.record(
        actor=by,
        action="budgets.year_moved",
        subject=year,
        before=before,
        after=state,
        year=year.year,
    )
    return year


@transaction.atomic
def carry_forward(*, year: FiscalYear, by: User, at: datetime) -> list[Entry]:
    """Bring what is left of a closed year into the next: balances, and commitments not yet paid.

    Nothing is typed: each line's carry is what stands on it less what was carried before, so a second
    call posts nothing, and after the year was reopened and closed again the difference alone.
    Raises NotPermitted, YearNotOpen (the next year is closed), NotEnough (the next year has
    meanwhile paid what the difference would take back).
    """
    year = _locked(year)
    may_carry(by, year, on=clock.day_of(at)).require()
    lines = list(year.lines.standing().select_related("continued_by").order_by("pk"))
    standing, carried = queries.stages_of(line.pk for line in lines), queries.carried_from(year)
    following: FiscalYear | None = None
    drafts = []
    for line in lines:
        closing, (before, times) = standing[line.pk], carried.get(line.pk, (Stages(), 0))
        moves = {a: closing.of(a) - before.of(a) for a in CARRIED if closing.of(a) != before.of(a)}
        if moves:
            following = following or year_of(year.place, year.year + 1, by=by, at=at)
            successor = _successor(line, following, at)
            key = f"carry:{line.pk}:{times + 1}"
            drafts.append(_carry(successor, moves, key, line, following.first_day))
    return post(drafts, by=by, at=at) if drafts else []


def _carry(successor: Line, moves: dict[Account, int], key: str, line: Line, on: date) -> Draft:
    postings = {(successor.pk, account.value): fen for account, fen in moves.items()}
    if total := sum(moves.values()):
        postings[successor.pk, Account.APPROPRIATED.value] = -total
    return Draft(Kind.CARRY, Claim(key, on, purpose=queries.carry_purpose(line)), postings)


def _successor(line: Line, following: FiscalYear, at: datetime) -> Line:
    """The line of the next year that takes this one over: linked before, of the same name, or new."""
    known: Line | None = Line.objects.filter(continues=line).first()
    if known is not None:
        return known
    successor: Line
    successor, _made = Line.objects.get_or_create(
        fiscal_year=following,
        payer_id=line.payer_id,
        subject_id=line.subject_id,
        place_id=line.place_id,
        name=line.name,
        defaults={"document_id": line.document_id, "recorded_at": at},
    )
    successor.continues, successor.withdrawn_at = line, None
    successor.save(update_fields=["continues", "withdrawn_at"])
    return successor


def _locked(year: FiscalYear) -> FiscalYear:
    rows = FiscalYear.objects.select_for_update(of=("self",), no_key=True).select_related("place")
    found: FiscalYear = rows.get(pk=year.pk)
    return found
