"""What a line has: its initial budget, supplements, cuts and transfers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.budgets.enums import STEPS, Account, Kind, YearState
from huiju.budgets.models import Entry, FiscalYear, Line, Payer, Subject
from huiju.budgets.permissions import may_change, may_plan
from huiju.budgets.services.posting import AmountInvalid, Claim, Draft, Share, moved, post
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document


class AlreadyPlanned(DomainError):
    """The line has another initial budget."""


class TransferRefused(DomainError):
    """A transfer between years, onto itself, or between payers without a reason."""


@dataclass(frozen=True)
class LineStatement:
    """A budget line as a finance office states it. `government` is the place whose money it is."""

    year: int
    payer_kind: str
    government: Place
    subject_code: str
    subject_name: str
    place: Place
    name: str
    amount_fen: int
    document: Document | None = None


@transaction.atomic
def plan_line(*, stated: LineStatement, by: User, at: datetime, purpose: str = "") -> Line:
    """Enter a line with its initial budget; in an open year the amount is a supplement.

    The same statement again changes nothing. A line whose plan was undone is planned anew.
    Raises NotPermitted, AlreadyPlanned, AmountInvalid, YearNotOpen.
    """
    line, drafts = planned(stated=stated, by=by, at=at, purpose=purpose)
    if drafts:
        post(drafts, by=by, at=at)
    return line


def planned(
    *, stated: LineStatement, by: User, at: datetime, purpose: str
) -> tuple[Line, list[Draft]]:
    """The line of a statement, and the entry that gives it its budget, not yet posted; none if it has."""
    may_plan(by, stated.government, on=clock.day_of(at)).require()
    if stated.amount_fen < 0:
        raise AmountInvalid(_("A budget is not negative. Enter a cut instead."))
    year = year_of(stated.government, stated.year, by=by, at=at)
    line = _line(stated, year, at)
    plans = list(
        Entry.objects.filter(key__startswith=f"plan:{line.pk}:").select_related("reversed_by")
    )
    in_force = next((plan for plan in plans if not hasattr(plan, "reversed_by")), None)
    if in_force is not None:
        if _amount(in_force) != stated.amount_fen:
            raise AlreadyPlanned(
                _("“%(line)s” has been planned with another amount. Supplement or cut it.")
                % {"line": line}
            )
        return line, []
    if not stated.amount_fen:
        return line, []
    kind = Kind.PLAN if year.state == YearState.PLANNING else Kind.SUPPLEMENT
    on = year.first_day if kind == Kind.PLAN else year.nearest(clock.day_of(at))
    claim = Claim(f"plan:{line.pk}:{len(plans) + 1}", on, purpose, document=stated.document)
    shares = [Share(line, stated.amount_fen)]
    return line, [Draft(kind, claim, moved(shares, *STEPS[Kind.SUPPLEMENT]))]


def year_of(government: Place, number: int, *, by: User, at: datetime) -> FiscalYear:
    """The government's year of this number, which begins by being planned."""
    year, made = FiscalYear.objects.select_related("place").get_or_create(
        year=number, place=government, defaults={"changed_at": at, "changed_by": by}
    )
    if made:
        audit.record(actor=by, action="budgets.year_begun", subject=year, year=number)
    return year


def _line(stated: LineStatement, year: FiscalYear, at: datetime) -> Line:
    payer, _made = Payer.objects.get_or_create(kind=stated.payer_kind, place=stated.government)
    subject, _made = Subject.objects.get_or_create(
        code=stated.subject_code, name=stated.subject_name
    )
    line: Line
    line, made = Line.objects.select_related("fiscal_year").get_or_create(
        fiscal_year=year,
        payer=payer,
        subject=subject,
        place=stated.place,
        name=stated.name,
        defaults={"document": stated.document, "recorded_at": at},
    )
    if not made and line.withdrawn_at:
        line.withdrawn_at, line.document = None, stated.document
        line.save(update_fields=["withdrawn_at", "document"])
    return line


def _amount(plan: Entry) -> int:
    return int(plan.postings.get(account=Account.AVAILABLE).amount_fen)


def supplement(*, share: Share, claim: Claim, by: User, at: datetime) -> Entry:
    """Give a line more (追加). Raises NotPermitted, YearNotOpen, AmountInvalid, KeyTaken."""
    return _change(Kind.SUPPLEMENT, share, claim, by, at)


def cut(*, share: Share, claim: Claim, by: User, at: datetime) -> Entry:
    """Take from a line what it has available (核减). Raises OverBudget, and as `supplement`."""
    return _change(Kind.CUT, share, claim, by, at)


@transaction.atomic
def _change(kind: str, share: Share, claim: Claim, by: User, at: datetime) -> Entry:
    may_change(by, _current(share.line), on=clock.day_of(at)).require()
    if share.amount_fen <= 0:
        raise AmountInvalid(_("The amount must be more than nought."))
    return post([Draft(kind, claim, moved([share], *STEPS[kind]))], by=by, at=at)[0]


@transaction.atomic
def transfer(
    *, source: Share, target: Line, claim: Claim, by: User, at: datetime, across: bool = False
) -> Entry:
    """Give to another line what one has available (调剂), within a year.

    Between payers only with `across`, and then with a reason in the claim's memo.
    Raises NotPermitted, TransferRefused, OverBudget, YearNotOpen, AmountInvalid, KeyTaken.
    """
    giving, taking = _current(source.line), _current(target)
    for line in (giving, taking):
        may_change(by, line, on=clock.day_of(at)).require()
    if source.amount_fen <= 0:
        raise AmountInvalid(_("The amount must be more than nought."))
    if giving.pk == taking.pk or giving.fiscal_year.year != taking.fiscal_year.year:
        raise TransferRefused(_("Money is transferred to another line of the same year."))
    if giving.payer_id != taking.payer_id and not (across and claim.memo.strip()):
        raise TransferRefused(
            _("The lines have different payers. Say that this is meant, and why it is permitted.")
        )
    moves = dict(moved([source], *STEPS[Kind.CUT]))
    moves |= moved([Share(taking, source.amount_fen)], *STEPS[Kind.SUPPLEMENT])
    return post([Draft(Kind.TRANSFER, claim, moves)], by=by, at=at)[0]


def _current(line: Line) -> Line:
    found: Line = Line.objects.select_related("fiscal_year", "payer__place").get(pk=line.pk)
    return found


@transaction.atomic
def withdraw_unused(*, lines: list[int], at: datetime) -> int:
    """Take lines without money out of the lists; how many. What happened to them stays readable."""
    idle = Line.objects.standing().filter(Q(continued_by=None), pk__in=lines)
    return idle.update(withdrawn_at=at)
