"""Asking money back: proposed with a reason, open to objection, approved by a second person, then set off or paid back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import RECOVERY_MOVES, RecoveryState
from huiju.allowances.models import Funding, Recovery, RecoveryPart, Scheme
from huiju.allowances.permissions import (
    may_approve_recovery,
    may_propose_recovery,
    may_record_repayment,
    may_withdraw_recovery,
)
from huiju.allowances.services.planning import NoFunding, shares_of_funding
from huiju.allowances.services.steps import notice_days
from huiju.audit import services as audit
from huiju.audit.queries import reference
from huiju.budgets import services as budgets
from huiju.budgets.services import Claim
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import clock, money
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.registry.models import Person


class RecoveryInvalid(DomainError):
    """More than is owed or still asked for, no reason, or a repayment without day and voucher."""


@dataclass(frozen=True)
class RecoveryOrder:
    """Who is to give back how much of a scheme in a district, and the reason they are told."""

    person: Person
    scheme: Scheme
    place: Place
    amount_fen: int
    reason: str


@dataclass(frozen=True)
class Repayment:
    """Money that came in: how much, on which day, under which voucher."""

    amount_fen: int
    received_on: date
    voucher: str


@transaction.atomic
def propose_recovery(*, order: RecoveryOrder, by: User, at: datetime) -> Recovery:
    """Propose that what posted lines say was overpaid is given back; the payee is told and may object.

    The days for objections are those of a public notice. Raises NotPermitted, RecoveryInvalid or
    NoticeDaysUnknown.
    """
    day = clock.day_of(at)
    may_propose_recovery(by, order.place, on=day).require()
    if not order.reason.strip():
        raise RecoveryInvalid(_("Say why it is asked back: the payee reads it."))
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(
        pk=order.person.file_key
    )
    _check_owed(person, order)
    days = notice_days(order.place, at)
    made: Recovery = Recovery.objects.create(
        person=person,
        scheme=order.scheme,
        place=order.place,
        amount_fen=order.amount_fen,
        reason=order.reason.strip(),
        objections_until=day + timedelta(days=days),
        proposed_by=by,
        proposed_at=at,
    )
    audit.record(
        actor=by, action="allowances.recovery_proposed", subject=made, amount_fen=made.amount_fen
    )
    return made


def _check_owed(person: Person, order: RecoveryOrder) -> None:
    asked = Recovery.objects.filter(
        person=person, scheme=order.scheme, place=order.place, state=RecoveryState.PROPOSED
    )
    if asked.exists():
        raise RecoveryInvalid(
            _("A recovery from %(person)s waits to be decided already.") % {"person": person}
        )
    with acting_as_system():
        owed = queries.owed_by(person, order.scheme, order.place)
    if not 0 < order.amount_fen <= owed.open_fen:
        raise RecoveryInvalid(
            _(
                "%(person)s owes %(owed)s yuan that nobody has asked for yet. No more can be asked back."
            )
            % {"person": person, "owed": money.yuan(owed.open_fen)}
        )


@transaction.atomic
def approve_recovery(*, recovery: Recovery, by: User, at: datetime, words: str = "") -> Recovery:
    """Answer for a proposed recovery: from then on it is set off. Raises NotPermitted, RecoveryInvalid."""
    held = _locked(recovery)
    may_approve_recovery(by, held, on=clock.day_of(at)).require()
    with acting_as_system():
        owed = queries.owed_by(held.person, held.scheme, held.place)
    if owed.owed_fen < owed.asked_fen:
        raise RecoveryInvalid(
            _(
                "%(person)s owes %(owed)s yuan by now, less than is asked back. Withdraw this and propose it"
                " anew."
            )
            % {"person": held.person, "owed": money.yuan(owed.owed_fen)}
        )
    return _decided(held, RecoveryState.APPROVED, words, by, at)


@transaction.atomic
def withdraw_recovery(*, recovery: Recovery, words: str, by: User, at: datetime) -> Recovery:
    """No longer ask for what has not come in; what has stays. Raises NotPermitted, RecoveryInvalid, WrongState."""
    held = _locked(recovery)
    may_withdraw_recovery(by, held, on=clock.day_of(at)).require()
    if not words.strip():
        raise RecoveryInvalid(_("Say why it is withdrawn: the payee reads it."))
    return _decided(held, RecoveryState.WITHDRAWN, words, by, at)


def _decided(held: Recovery, state: RecoveryState, words: str, by: User, at: datetime) -> Recovery:
    check_move(RECOVERY_MOVES, held.state, state)
    held.state, held.words, held.decided_by, held.decided_at = state, words.strip(), by, at
    held.save(update_fields=["state", "words", "decided_by", "decided_at"])
    audit.record(actor=by, action=f"allowances.recovery_{state}", subject=held)
    return held


@transaction.atomic
def record_repayment(
    *, recovery: Recovery, repaid: Repayment, by: User, at: datetime
) -> RecoveryPart:
    """Enter money a payee has paid back; it is available again on the lines that pay the scheme.

    The same voucher again is the same money. Raises NotPermitted, RecoveryInvalid, NoFunding, and what the ledger
    refuses.
    """
    held, day = _locked(recovery), clock.day_of(at)
    may_record_repayment(by, held, on=day).require()
    before = _entered_before(held, repaid, day)
    if before:
        return before
    left = queries.outstanding([held])[held.pk]
    if not 0 < repaid.amount_fen <= left:
        raise RecoveryInvalid(
            _("%(left)s yuan are still asked for. Enter no more than that.")
            % {"left": money.yuan(left)}
        )
    made: RecoveryPart = RecoveryPart.objects.create(
        recovery=held,
        amount_fen=repaid.amount_fen,
        received_on=repaid.received_on,
        voucher=repaid.voucher.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    _book(made, by, at)
    audit.record(
        actor=by,
        action="allowances.repayment_recorded",
        subject=held,
        amount_fen=made.amount_fen,
        voucher=made.voucher,
    )
    return made


def _entered_before(held: Recovery, repaid: Repayment, day: date) -> RecoveryPart | None:
    """The same money under the same voucher. Raises RecoveryInvalid for no voucher, a day to come, or other money."""
    voucher = repaid.voucher.strip()
    if not voucher or repaid.received_on > day:
        raise RecoveryInvalid(_("Enter the number of the voucher, and a day that is not to come."))
    before: RecoveryPart | None = RecoveryPart.objects.filter(
        recovery=held, voucher=voucher
    ).first()
    said = repaid.amount_fen, repaid.received_on
    if before and (before.amount_fen, before.received_on) != said:
        raise RecoveryInvalid(
            _("Voucher %(voucher)s is entered already with another amount or day.")
            % {"voucher": voucher}
        )
    return before


def _book(part: RecoveryPart, by: User, at: datetime) -> None:
    recovery, day = part.recovery, clock.day_of(at)
    with acting_as_system():
        funding = Funding.objects.filter(
            scheme=recovery.scheme, place=recovery.place, year=day.year, replaced_at=None
        ).first()
        if funding is None:
            raise NoFunding(
                _("Nobody has said out of which lines %(scheme)s is paid in %(place)s in %(year)s.")
                % {"scheme": recovery.scheme, "place": recovery.place, "year": day.year}
            )
        shares = shares_of_funding(funding, part.amount_fen)
        claim = Claim(
            f"allowance:repayment:{part.pk}", day, purpose=reference(recovery), memo=part.voucher
        )
        budgets.recover(shares=shares, claim=claim, by=by, at=at)


def hold_recoveries(scheme: Scheme, place: Place) -> None:
    """Keep others from setting off the same recoveries until this transaction ends."""
    found = Recovery.objects.filter(scheme=scheme, place=place, state=RecoveryState.APPROVED)
    list(found.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def record_set_off(
    parts: Mapping[int, Sequence[tuple[int, int]]], *, by: User, at: datetime
) -> None:
    """Keep what payments set off: key of a payment → (key of a recovery, fen)."""
    for payment, shares in sorted(parts.items()):
        for recovery, fen in shares:
            RecoveryPart.objects.create(
                recovery_id=recovery,
                payment_id=payment,
                amount_fen=fen,
                recorded_by=by,
                recorded_at=at,
            )


def _locked(recovery: Recovery) -> Recovery:
    held = Recovery.objects.select_for_update(of=("self",)).select_related(
        "person", "scheme", "place"
    )
    found: Recovery = held.get(pk=recovery.pk)
    return found
