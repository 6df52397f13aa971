"""Stopping somebody's allowance for a while, and letting it go on."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.models import Hold, Objection, Scheme
from huiju.allowances.permissions import may_hold
from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry.models import Person


class HoldInvalid(DomainError):
    """A hold without a reason, a second one of the same person, or days that are none."""


@dataclass(frozen=True)
class HoldOrder:
    """Nothing of a scheme is computed for a person from a day on."""

    person: Person
    scheme: Scheme
    starts_on: date
    reason: str
    objection: Objection | None = None


@transaction.atomic
def place_hold(*, order: HoldOrder, by: User, at: datetime) -> Hold:
    """Stop somebody's allowance from a day on. Raises NotPermitted or HoldInvalid."""
    may_hold(by, order.person.place, on=clock.day_of(at)).require()
    if not order.reason.strip():
        raise HoldInvalid(_("Say why the allowance is stopped."))
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=order.person.pk)
    own = Hold.objects.filter(person=person, scheme=order.scheme, ends_on=None, replaced_at=None)
    if own.exists():
        raise HoldInvalid(_("This person's allowance is stopped already."))
    made: Hold = Hold.objects.create(**vars(order), placed_by=by, placed_at=at)
    audit.record(actor=by, action="allowances.hold_placed", subject=made, scheme=order.scheme.code)
    return made


@transaction.atomic
def lift_hold(*, hold: Hold, ends_on: date, by: User, at: datetime) -> Hold:
    """Let somebody's allowance go on from a day on; what was known before stays known.

    A hold that ends on or before the day it began never held: only its version ends, and it is given
    back. Raises NotPermitted or HoldInvalid.
    """
    held: Hold = (
        Hold.objects.select_for_update(of=("self",)).select_related("person__place").get(pk=hold.pk)
    )
    may_hold(by, held.person.place, on=clock.day_of(at)).require()
    if held.replaced_at or held.ends_on:
        raise HoldInvalid(_("This hold has been lifted already."))
    held.replaced_at = at
    held.save(update_fields=["replaced_at"])
    audit.record(actor=by, action="allowances.hold_lifted", subject=held, ends_on=ends_on)
    if ends_on <= held.starts_on:
        return held
    kept = {
        name: getattr(held, name)
        for name in ("person", "scheme", "starts_on", "reason", "objection")
    }
    lifted: Hold = Hold.objects.create(**kept, ends_on=ends_on, placed_by=by, placed_at=at)
    return lifted
