"""Slips: a paper for the payee about one payment, with a code by which anybody can have it confirmed."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huiju.allowances.enums import PaymentState
from huiju.allowances.models import Payment, RunLine
from huiju.directory.access import acting_as_system
from huiju.kernel import clock, crypto, money
from huiju.kernel.encrypted import ring
from huiju.kernel.periods import Month
from huiju.ui.printing import Column, Part, Sheet
from huiju.ui.templatetags.ui import masked_name

CODE = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{32})")
COLUMN = "allowances.slip"
DIGITS = 32
"""Hexadecimal digits of a code: 128 bits, which nobody guesses."""


@dataclass(frozen=True)
class ConfirmedSlip:
    """What anybody who has the code may know of the payment."""

    month: Month
    name: str
    amount_fen: int


def slip_code(payment: Payment) -> str:
    """The code of a payment's slip: its number and 128 bits that only this instance can make."""
    digest = crypto.digest(ring(), _vouched(payment), column=COLUMN)
    return f"{payment.pk}-{digest[:DIGITS]}"


def confirmed_slip(code: str) -> ConfirmedSlip | None:
    """What the slip of a code is about; None for a wrong code as for a payment that came back. Anybody asks."""
    parts = CODE.fullmatch(re.sub(r"\s", "", code).lower())
    if parts is None:
        return None
    with acting_as_system():
        payments = Payment.objects.filter(state=PaymentState.PAID, amount_fen__gt=0)
        payment = payments.filter(pk=int(parts[1])).select_related("person").first()
        if payment is None or not crypto.vouches(
            ring(), parts[2], _vouched(payment), column=COLUMN
        ):
            return None
        name = masked_name(payment.person.name)
    return ConfirmedSlip(Month.of(payment.month), name, payment.amount_fen)


def slip_sheet(payment: Payment, address: str) -> Sheet:
    """The slip on A4: the lines the payment is made of, where it went, and how to have it confirmed."""
    lines = list(
        RunLine.objects.filter(run=payment.run_id, person=payment.person_id).order_by("month", "pk")
    )
    account = f"{payment.account.bank} {payment.account.masked}" if payment.account else ""
    words = {
        "yuan": money.yuan(payment.amount_fen),
        "capital": money.capital_yuan(payment.amount_fen),
    }
    facts = [
        (_("Name of the person"), payment.person.name),
        (_("Account paid to"), account),
        (_("Paid on"), clock.day_of(payment.changed_at).isoformat()),
        (_("Set off against what is owed"), money.yuan(payment.taken_fen)),
        (_("Verification code"), slip_code(payment)),
        (_("Have it confirmed at"), address),
    ]
    return Sheet(
        title=_("Slip: %(scheme)s of %(month)s")
        % {"scheme": payment.scheme, "month": Month.of(payment.month)},
        subtitle=str(payment.place),
        issuer=str(payment.place),
        day=clock.day_of(payment.changed_at),
        columns=(
            Column(_("For the month"), 3),
            Column(_("Level"), 4),
            Column(_("Yuan"), 3, is_number=True),
        ),
        rows=[_row(line) for line in lines],
        amounts_fen=[line.amount_fen for line in lines],
        sums=(_("Paid out: %(yuan)s yuan, %(capital)s") % words,),
        parts=[Part(_("About this payment"), (_("What"), _("Details")), facts)],
        foot=f"{payment.scheme} {payment.place} {Month.of(payment.month)}",
    )


def _row(line: RunLine) -> tuple[str, str, str]:
    level = str(line.get_level_display()) if line.level else ""
    return str(Month.of(line.month)), level, money.yuan(line.amount_fen)


def _vouched(payment: Payment) -> str:
    """What a code stands for; none of it ever changes."""
    return f"{payment.pk}:{payment.person_id}:{payment.month:%Y-%m}:{payment.amount_fen}"
