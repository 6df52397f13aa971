"""Payments that wait for a decision: sent back by the bank, or withheld; then the month is reconciled."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import PAYMENT_MOVES, PaymentState, Step
from huiju.allowances.models import BankItem, Payment, Run
from huiju.allowances.permissions import may_let_go, may_pay
from huiju.allowances.services.bankfiles import locked_run
from huiju.allowances.services.paying import due_lines, paid_fen, settle
from huiju.allowances.services.payments import NoAccount, account_of, move_payment
from huiju.allowances.services.planning import differences_since, worse_off
from huiju.allowances.services.steps import ReasonNeeded, sign
from huiju.audit import services as audit
from huiju.budgets.enums import Kind
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.kernel import clock, money
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.registry.models import BankAccount


class AccountUnchanged(DomainError):
    """The account is still the one from which the bank sent the money back."""


class InFile(DomainError):
    """A payment that is in a file for the bank is paid or comes back; it is not given up before."""


class StillLess(DomainError):
    """By the facts known now the payee would still get less than the list says."""


class NotReconciled(DomainError):
    """Payments are open, or payments and ledger do not say the same."""


FINAL = (PaymentState.PAID, PaymentState.REISSUED, PaymentState.CANCELLED)


@dataclass(frozen=True)
class Balance:
    """A run's payments against the ledger, in fen, and how many are still open."""

    open: int
    payments_fen: int
    paid_fen: int
    still_due_fen: int

    @property
    def holds(self) -> bool:
        return not self.open and self.payments_fen == self.paid_fen and not self.still_due_fen


@transaction.atomic
def reissue(*, payment: Payment, by: User, at: datetime, note: str = "") -> Payment:
    """Pay a returned payment anew, to the account that counts today; the old one stays as reissued.

    With a note the account may be the same: the bank has lifted a stop. Pressed twice it is one.
    Raises NotPermitted, WrongState, NoAccount, AccountUnchanged.
    """
    run = locked_run(payment.run)
    payment = Payment.objects.select_related("person", "account").get(pk=payment.pk)
    may_pay(by, run, on=clock.day_of(at)).require()
    if payment.state == PaymentState.REISSUED:
        return _next(payment)
    check_move(PAYMENT_MOVES, payment.state, PaymentState.REISSUED)
    account = account_of(payment, at)
    is_same = payment.account and account.number_digest == payment.account.number_digest
    if is_same and not note.strip():
        raise AccountUnchanged(
            _(
                "%(person)s still has the account the bank refused. Have it corrected in the registry, or"
                " say why it works now."
            )
            % {"person": payment.person}
        )
    move_payment(payment, PaymentState.REISSUED, by=by, at=at)
    fresh = _copy(payment, account, by, at)
    audit.record(
        actor=by,
        action="allowances.payment_reissued",
        subject=fresh,
        instead_of=payment.pk,
        account=account.pk,
        note=note.strip(),
    )
    return fresh


@transaction.atomic
def cancel_payment(*, payment: Payment, reason: str, by: User, at: datetime) -> Payment:
    """Give a returned or withheld payment up: its money is available again, its lines no longer posted.

    Raises NotPermitted, WrongState, ReasonNeeded, InFile, and what the ledger raises.
    """
    run = locked_run(payment.run)
    payment = Payment.objects.get(pk=payment.pk)
    may_pay(by, run, on=clock.day_of(at)).require()
    if payment.state == PaymentState.CANCELLED:
        return payment
    if not reason.strip():
        raise ReasonNeeded(_("Say why the payment is given up."))
    if payment.state == PaymentState.DUE and BankItem.objects.filter(payment=payment).exists():
        raise InFile(
            _("The payment stands in a file for the bank. It can be given up once it came back.")
        )
    move_payment(payment, PaymentState.CANCELLED, by=by, at=at, reason=reason.strip()[:200])
    if payment.amount_fen:
        key = f"allowance:payment:{payment.pk}:cancelled"
        settle(Kind.RELEASE, run=run, amount_fen=payment.amount_fen, key=key, by=by, at=at)
    audit.record(
        actor=by, action="allowances.payment_cancelled", subject=payment, reason=reason.strip()
    )
    return payment


@transaction.atomic
def let_go(*, payment: Payment, note: str, by: User, at: datetime) -> Payment:
    """Pay what was withheld: the facts known now no longer say that less is owed.

    Where they still do, it is given up instead, and the next month posts what is right. Raises NotPermitted,
    WrongState, ReasonNeeded, StillLess.
    """
    run = locked_run(payment.run)
    payment = Payment.objects.select_related("person").get(pk=payment.pk)
    may_let_go(by, run, on=clock.day_of(at)).require()
    if not note.strip():
        raise ReasonNeeded(_("Say why the payment is made after all."))
    with acting_as_system():
        less = worse_off(differences_since(run, at))
    if why := less.get(payment.person_id):
        raise StillLess(
            _(
                "By the facts known now %(person)s would still get less (%(why)s). Give the payment up: the"
                " next month posts what is right."
            )
            % {"person": payment.person, "why": why.label}
        )
    try:
        account, state = account_of(payment, at), PaymentState.DUE
    except NoAccount:
        account, state = None, PaymentState.NO_ACCOUNT
    fields = {"account": account} if payment.account_id is None else {}
    move_payment(payment, state, by=by, at=at, reason="", **fields)
    audit.record(actor=by, action="allowances.payment_let_go", subject=payment, reason=note.strip())
    return payment


@transaction.atomic
def reconcile(*, run: Run, by: User, at: datetime, note: str = "") -> Run:
    """Sign that every payment is settled and the ledger says the same. Raises NotPermitted, NotReconciled."""
    held = locked_run(run)
    may_pay(by, held, on=clock.day_of(at)).require()
    with acting_as_system():
        check_balance(held)
        digest = queries.digest_of_lines(held)
    return sign(held, Step.RECONCILED, digest, by=by, at=at, note=note.strip())


def balance_of(run: Run) -> Balance:
    """What payments say and what the ledger says."""
    payments = Payment.objects.filter(run=run)
    paid = payments.filter(state=PaymentState.PAID).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    with acting_as_system():
        _made, left = due_lines(run)
        ledger_fen = paid_fen(run)
    return Balance(
        open=payments.exclude(state__in=FINAL).count(),
        payments_fen=paid,
        paid_fen=ledger_fen,
        still_due_fen=sum(left.values()),
    )


def check_balance(run: Run) -> Balance:
    """The balance of a run that may be reconciled. Raises NotReconciled, saying what is open."""
    found = balance_of(run)
    if found.open:
        raise NotReconciled(
            _("%(count)d payments are not settled: paid, paid anew or given up.")
            % {"count": found.open}
        )
    if not found.holds:
        raise NotReconciled(
            _(
                "Payments say %(payments)s yuan were paid, the ledger %(paid)s, and %(due)s are still due"
                " there. Find the difference before closing the month."
            )
            % {
                "payments": money.yuan(found.payments_fen),
                "paid": money.yuan(found.paid_fen),
                "due": money.yuan(found.still_due_fen),
            }
        )
    return found


def _copy(payment: Payment, account: BankAccount, by: User, at: datetime) -> Payment:
    fresh = Payment.objects.get(pk=payment.pk)
    fresh.pk = None
    fresh._state.adding = True
    fresh.issue, fresh.account, fresh.state = payment.issue + 1, account, PaymentState.DUE
    fresh.made_at, fresh.changed_at, fresh.changed_by = at, at, by
    fresh.save(force_insert=True)
    return fresh


def _next(payment: Payment) -> Payment:
    found: Payment = Payment.objects.get(
        run=payment.run_id,
        person=payment.person_id,
        month=payment.month,
        place=payment.place_id,
        issue=payment.issue + 1,
    )
    return found
