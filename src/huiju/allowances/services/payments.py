"""Moving payments from state to state; what was waiting for an account or a word is due after all."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huiju.allowances.enums import PAYMENT_MOVES, PaymentState
from huiju.allowances.models import Payment, Run
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.registry.models import BankAccount, Person


class NoAccount(DomainError):
    """Nobody has recorded an account of the payee that counts today."""


def move_payments(
    payments: QuerySet[Payment], state: PaymentState, *, by: User, at: datetime, **fields: Any
) -> int:
    """Move payments, each of which may move so, of a run the caller holds; how many were moved."""
    return payments.update(state=state, changed_by=by, changed_at=at, **fields)


def move_payment(
    payment: Payment, state: PaymentState, *, by: User, at: datetime, **fields: Any
) -> None:
    """Move one payment of a run the caller holds. Raises WrongState."""
    check_move(PAYMENT_MOVES, payment.state, state)
    stated = {"state": state, "changed_by": by, "changed_at": at, **fields}
    for name, value in stated.items():
        setattr(payment, name, value)
    payment.save(update_fields=list(stated))


def account_of(payment: Payment, at: datetime) -> BankAccount:
    """The account that counts on the day, of any record of the human. Raises NoAccount."""
    day = clock.day_of(at)
    records = Person.objects.in_files_of([payment.person])
    rows = BankAccount.objects.current().filter(person__in=records.values("pk"), days__contains=day)
    found: BankAccount | None = rows.order_by("-starts_on", "-pk").first()
    if found is None:
        raise NoAccount(
            _("%(person)s has no account that counts today. Record one in the registry first.")
            % {"person": payment.person}
        )
    return found


def find_accounts(run: Run, *, by: User, at: datetime) -> int:
    """Make due what waited for an account and has one by now; how many payments that were."""
    waiting = Payment.objects.filter(run=run, state=PaymentState.NO_ACCOUNT)
    found = 0
    for payment in waiting.select_related("person"):
        try:
            account = account_of(payment, at)
        except NoAccount:
            continue
        move_payment(payment, PaymentState.DUE, by=by, at=at, account=account)
        found += 1
    return found
