"""Files for the bank: made from what is due, told to be sent, opened again byte for byte."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances import queries
from huiju.allowances.enums import (
    BANK_FILE_MOVES,
    BankFileState,
    PaymentState,
    RunState,
    Step,
)
from huiju.allowances.models import BankBytes, BankFile, BankItem, Payment, Run
from huiju.allowances.permissions import may_pay
from huiju.allowances.rules.bank import Order, Payee, Template, WillNotFit, file_name
from huiju.allowances.services.bankbooks import content_of
from huiju.allowances.services.payments import find_accounts, move_payments
from huiju.allowances.services.steps import sign
from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.registry.models import BankAccount

WITH_PEOPLE = ("person", "account")


FIELDS = {
    "account": gettext_lazy("account number"),
    "holder": gettext_lazy("account holder"),
    "amount": gettext_lazy("amount"),
    "bank": gettext_lazy("bank"),
    "branch": gettext_lazy("branch"),
    "seq": gettext_lazy("number"),
    "purpose": gettext_lazy("purpose"),
}


class NothingToPay(DomainError):
    """No payment of the run is due and not yet in a file."""


class NotPayable(DomainError):
    """A payment cannot be written into the bank's file; it is named without its account."""


class FileChanged(DomainError):
    """The kept bytes of a file are not those that were made."""


@transaction.atomic
def make_file(*, run: Run, template: Template, by: User, at: datetime) -> BankFile:
    """Write every payment of a run that is due and in no file yet into one file, with its totals.

    Payments that waited for an account and have one by now are due too.
    Pressed again before it is sent, the same file is given. Raises NotPermitted, NothingToPay, NotPayable.
    """
    run = locked_run(run)
    may_pay(by, run, on=clock.day_of(at)).require()
    find_accounts(run, by=by, at=at)
    due = list(
        Payment.objects.filter(run=run, state=PaymentState.DUE, item=None)
        .select_related(*WITH_PEOPLE)
        .order_by("person__pinyin", "pk")
    )
    if not due:
        return _made_before(run, template)
    sequence = run.bank_files.count() + 1
    number = f"{run.month:%Y%m}-{run.place.code[:6]}-{run.pk}-{sequence}"
    order = Order(number, f"{run.month:%Y%m}", _purpose(run), _payees(due))
    content = _content(template, order, due)
    file: BankFile = BankFile.objects.create(
        run=run,
        sequence=sequence,
        number=number,
        template=template.code,
        name=file_name(template, order),
        digest=hashlib.sha256(content).hexdigest(),
        count=len(due),
        total_fen=order.total_fen,
        made_by=by,
        made_at=at,
    )
    _keep(file, content, due)
    audit.record(
        actor=by,
        action="allowances.bank_file_made",
        subject=file,
        count=file.count,
        total_fen=file.total_fen,
        digest=file.digest,
    )
    return file


@transaction.atomic
def send_file(*, file: BankFile, by: User, at: datetime) -> BankFile:
    """Say that a file was handed to the bank: its payments are on their way. Said twice, it is said once.

    Raises NotPermitted, WrongState.
    """
    run, file = locked_run(file.run), locked_file(file)
    may_pay(by, run, on=clock.day_of(at)).require()
    if file.state == BankFileState.SENT:
        return file
    check_move(BANK_FILE_MOVES, file.state, BankFileState.SENT)
    file.state, file.sent_by, file.sent_at = BankFileState.SENT, by, at
    file.save(update_fields=["state", "sent_by", "sent_at"])
    due = Payment.objects.filter(item__file=file, state=PaymentState.DUE)
    move_payments(due, PaymentState.SENT, by=by, at=at)
    if run.state == RunState.APPROVED:
        sign(run, Step.PAYING, queries.digest_of_lines(run), by=by, at=at)
    audit.record(actor=by, action="allowances.bank_file_sent", subject=file)
    return file


@transaction.atomic
def open_bank_file(*, file: BankFile, by: User, at: datetime) -> bytes:
    """The bytes of a file as they were made; who took them stays on record.

    Raises NotPermitted, FileChanged.
    """
    may_pay(by, file.run, on=clock.day_of(at)).require()
    content = base64.b64decode(file.kept.content)
    if hashlib.sha256(content).hexdigest() != file.digest:
        raise FileChanged(
            _("The bytes kept for %(file)s are not those that were made. Tell the administrator.")
            % {"file": file}
        )
    audit.record(actor=by, action="allowances.bank_file_fetched", subject=file, digest=file.digest)
    return content


def locked_run(run: Run) -> Run:
    """The run, held against everybody else who pays it until this transaction ends."""
    rows = Run.objects.select_for_update(of=("self",), no_key=True)
    found: Run = rows.select_related("scheme", "place").get(pk=run.pk)
    return found


def locked_file(file: BankFile) -> BankFile:
    """The file, held likewise; take the run's lock first."""
    rows = BankFile.objects.select_for_update(of=("self",), no_key=True)
    found: BankFile = rows.get(pk=file.pk)
    return found


def _made_before(run: Run, template: Template) -> BankFile:
    made: BankFile | None = run.bank_files.filter(
        state=BankFileState.MADE, template=template.code
    ).first()
    if made is None:
        raise NothingToPay(
            _("Every payment of this run that is due is in a file already, or has no account yet.")
        )
    return made


def _purpose(run: Run) -> str:
    """What stands in the payee's book; banks keep few signs."""
    return f"社工津贴{run.month.year}年{run.month.month}月"


def _payees(due: Sequence[Payment]) -> tuple[Payee, ...]:
    paid_to = [(_account(payment), payment.amount_fen) for payment in due]
    return tuple(
        Payee(seq, account.number, account.holder, fen, account.bank, account.branch)
        for seq, (account, fen) in enumerate(paid_to, 1)
    )


def _account(payment: Payment) -> BankAccount:
    """A payment that is due says where to; one without an account is in another state."""
    if payment.account is None:
        raise NotPayable(_("%(person)s has no account.") % {"person": payment.person})
    found: BankAccount = payment.account
    return found


def _content(template: Template, order: Order, due: Sequence[Payment]) -> bytes:
    try:
        return content_of(template, order)
    except WillNotFit as refusal:
        seq, field, _value = refusal.args
        if not seq:
            raise NotPayable(_("The run is too large for this template. Choose another.")) from None
        raise NotPayable(
            _(
                "No file was made: the template cannot carry the %(field)s of %(person)s. Correct the"
                " account, or choose another template."
            )
            % {"field": FIELDS[field], "person": due[seq - 1].person}
        ) from None


def _keep(file: BankFile, content: bytes, due: Sequence[Payment]) -> None:
    BankBytes.objects.create(file=file, content=base64.b64encode(content).decode())
    BankItem.objects.bulk_create(
        BankItem(
            file=file,
            payment=payment,
            seq=seq,
            amount_fen=payment.amount_fen,
            account=_account(payment),
            account_digest=_account(payment).number_digest,
        )
        for seq, payment in enumerate(due, 1)
    )
