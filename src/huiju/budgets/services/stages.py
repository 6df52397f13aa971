"""Money on its way: committed, due, paid, and back. Packages above say what for, and by whose right."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.budgets.enums import STEPS, Account, Kind
from huiju.budgets.models import Entry, Line
from huiju.budgets.permissions import may_change, may_spend
from huiju.budgets.services.posting import AmountInvalid, Claim, Draft, Share, moved, post
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError


class NotReversible(DomainError):
    """The entry was reversed already, or is a reversal itself."""


def commit(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """Bind available money to a purpose. Raises OverBudget, YearNotOpen, KeyTaken.

    The shares of one claim may lie on several lines, as a sharing plan has it; they go into one entry.
    """
    return _step(Kind.COMMIT, shares, claim, by, at)


def release(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """Free committed money again. Raises NotEnough, YearNotOpen, KeyTaken."""
    return _step(Kind.RELEASE, shares, claim, by, at)


def forgo(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """What was due will never be paid: it is available again. Raises NotEnough, YearNotOpen, KeyTaken."""
    if sum(share.amount_fen for share in shares) <= 0:
        raise AmountInvalid(_("The amount must be more than nought."))
    moves = moved(shares, Account.DUE, Account.AVAILABLE)
    return post([Draft(Kind.RELEASE, claim, moves)], by=by, at=at)[0]


def make_due(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """Committed money falls due. Raises NotEnough, YearNotOpen, KeyTaken."""
    return _step(Kind.MAKE_DUE, shares, claim, by, at)


def pay(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """What was due has left the account. Raises NotEnough, YearNotOpen, KeyTaken."""
    return _step(Kind.PAY, shares, claim, by, at)


def take_back(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """The bank has sent a payment back: it is due again. Raises NotEnough, YearNotOpen, KeyTaken."""
    return _step(Kind.TAKE_BACK, shares, claim, by, at)


def recover(*, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """A payee has paid back what was not owed: it is available again. Raises as `take_back`."""
    return _step(Kind.RECOVER, shares, claim, by, at)


def reverse(*, entry: Entry, claim: Claim, by: User, at: datetime) -> Entry:
    """Undo an entry by its opposite, once. Raises NotReversible, and what its steps back may raise."""
    return post([reversal(entry, claim)], by=by, at=at)[0]


def reversal(entry: Entry, claim: Claim) -> Draft:
    """The draft of an entry's opposite. Raises NotReversible."""
    if entry.kind == Kind.REVERSE:
        raise NotReversible(_("A reversal is not reversed. Enter anew what it undid."))
    before = Entry.objects.filter(reverses=entry).first()
    if before is not None and before.key != claim.key:
        raise NotReversible(_("This entry has been reversed already."))
    moves = {(line, account): -fen for line, account, fen in _postings(entry)}
    return Draft(Kind.REVERSE, claim, moves, reverses=entry)


def _postings(entry: Entry) -> list[tuple[int, str, int]]:
    return list(entry.postings.values_list("line_id", "account", "amount_fen"))


@transaction.atomic
def enter_by_hand(*, kind: str, share: Share, claim: Claim, by: User, at: datetime) -> Entry:
    """A step of a line's money that no other package makes: finance enters it itself.

    Raises NotPermitted, and what the step may raise.
    """
    may_spend(by, share.line, on=clock.day_of(at)).require()
    return _step(kind, [share], claim, by, at)


@transaction.atomic
def reverse_by_hand(*, entry: Entry, claim: Claim, by: User, at: datetime) -> Entry:
    """Reverse an entry that finance finds wrong, with the reason. Raises NotPermitted, NotReversible."""
    if not claim.memo.strip():
        raise AmountInvalid(_("Say why the entry is reversed."))
    lines = Line.objects.filter(pk__in={line for line, _account, _fen in _postings(entry)})
    for line in lines.select_related("fiscal_year", "payer__place"):
        may_change(by, line, on=clock.day_of(at)).require()
    return reverse(entry=entry, claim=claim, by=by, at=at)


def _step(kind: str, shares: Sequence[Share], claim: Claim, by: User, at: datetime) -> Entry:
    """Post a step. Single shares may go the other way where the whole is a correction by a sharing plan."""
    if sum(share.amount_fen for share in shares) <= 0:
        raise AmountInvalid(_("The amount must be more than nought."))
    source, target = STEPS[kind]
    return post([Draft(kind, claim, moved(shares, source, target))], by=by, at=at)[0]
