"""What people say against a list on notice, and what is answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import ObjectionState
from huiju.allowances.models import Notice, Objection, Payment, Recovery, Run
from huiju.allowances.permissions import may_answer, may_object, may_object_to_recovery
from huiju.allowances.services.holds import HoldOrder, place_hold
from huiju.allowances.services.recoveries import withdraw_recovery
from huiju.allowances.services.steps import return_run
from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry.models import Person

HOURLY = 20
"""Objections one notice takes in an hour from the public; more is a machine."""


class NoticeOver(DomainError):
    """The list is not on notice today, or was returned meanwhile."""


class TooMany(DomainError):
    """So many objections at once that more are not taken now."""


class AnswerIncomplete(DomainError):
    """An objection is decided with words, and one that is upheld with what follows from it."""


@dataclass(frozen=True)
class ObjectionWords:
    """What is objected, and where an answer goes (may be empty)."""

    text: str
    contact: str = ""


@dataclass(frozen=True)
class Decision:
    """The answer to an objection. Upheld: the list is returned, or the allowance of `hold` is stopped."""

    upheld: bool
    words: str
    hold: Person | None = None


@transaction.atomic
def object_to_notice(*, notice: Notice, said: ObjectionWords, at: datetime) -> Objection:
    """Take what somebody says against a list on notice. Raises NoticeOver, AnswerIncomplete, TooMany."""
    Run.objects.select_for_update(of=("self",)).get(pk=notice.run_id)
    fresh = Notice.objects.select_related("run__place").get(pk=notice.pk)
    if not queries.notice_is_open(fresh, on=clock.day_of(at)):
        raise NoticeOver(
            _("The list is no longer on notice. Turn to the office that published it.")
        )
    if not said.text.strip():
        raise AnswerIncomplete(_("Write what is wrong with the list."))
    hour_ago = at - timedelta(hours=1)
    if fresh.objections.filter(made_at__gte=hour_ago).count() >= HOURLY:
        raise TooMany(_("Too many objections have come in at once. Try again in an hour."))
    made: Objection = Objection.objects.create(
        notice=fresh,
        place=fresh.run.place,
        text=said.text.strip(),
        contact=said.contact.strip(),
        made_at=at,
    )
    audit.record(actor=None, action="allowances.objection_made", subject=made)
    return made


@transaction.atomic
def object_to_payment(
    *, payment: Payment, said: ObjectionWords, by: User, at: datetime
) -> Objection:
    """Take what a payee says against a payment of theirs. Raises NotPermitted, AnswerIncomplete."""
    payments = Payment.objects.select_for_update(of=("self",)).select_related("place")
    held: Payment = payments.get(pk=payment.pk)
    may_object(by, held, on=clock.day_of(at)).require()
    if not said.text.strip():
        raise AnswerIncomplete(_("Write what is wrong with the payment."))
    made: Objection = Objection.objects.create(
        payment=held,
        place=held.place,
        person_id=held.person_id,
        text=said.text.strip(),
        contact=said.contact.strip(),
        made_at=at,
    )
    audit.record(actor=by, action="allowances.objection_made", subject=made)
    return made


@transaction.atomic
def object_to_recovery(
    *, recovery: Recovery, said: ObjectionWords, by: User, at: datetime
) -> Objection:
    """Take what a payee says against money being asked back. Raises NotPermitted, AnswerIncomplete."""
    recoveries = Recovery.objects.select_for_update(of=("self",)).select_related("place")
    held: Recovery = recoveries.get(pk=recovery.pk)
    may_object_to_recovery(by, held, on=clock.day_of(at)).require()
    if not said.text.strip():
        raise AnswerIncomplete(_("Write what is wrong with the recovery."))
    made: Objection = Objection.objects.create(
        recovery=held,
        place=held.place,
        person_id=held.person_id,
        text=said.text.strip(),
        contact=said.contact.strip(),
        made_at=at,
    )
    audit.record(actor=by, action="allowances.objection_made", subject=made)
    return made


@transaction.atomic
def answer_objection(
    *, objection: Objection, decision: Decision, by: User, at: datetime
) -> Objection:
    """Decide an objection. Upheld against a notice it stops somebody's allowance or returns the list.

    Upheld against a payment it changes no money: facts are corrected, and a later month posts the difference.
    Upheld against a recovery it withdraws that.

    Raises NotPermitted, AnswerIncomplete, and what returning or stopping may raise.
    """
    objections = Objection.objects.select_for_update(of=("self",))
    held: Objection = objections.select_related("notice__run__scheme", "recovery").get(
        pk=objection.pk
    )
    may_answer(by, held, on=clock.day_of(at)).require()
    if not decision.words.strip():
        raise AnswerIncomplete(_("Write the answer: it is what the objector is told."))
    held.state = ObjectionState.UPHELD if decision.upheld else ObjectionState.REJECTED
    held.answer, held.answered_by, held.answered_at = decision.words.strip(), by, at
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(actor=by, action=f"allowances.objection_{held.state}", subject=held)
    if decision.upheld:
        _remedy(held, decision, by, at)
    return held


def _remedy(objection: Objection, decision: Decision, by: User, at: datetime) -> None:
    if objection.recovery:
        withdraw_recovery(recovery=objection.recovery, words=decision.words, by=by, at=at)
    if objection.notice is None:
        return
    run = objection.notice.run
    if decision.hold is None:
        return_run(run=run, reason=decision.words, by=by, at=at)
        return
    order = HoldOrder(
        person=decision.hold,
        scheme=run.scheme,
        starts_on=clock.day_of(at),
        reason=decision.words.strip()[:200],
        objection=objection,
    )
    place_hold(order=order, by=by, at=at)
