"""Targets that policies set: a figure, a number, a day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document, Target
from huiju.policies.permissions import may_write


class TargetInvalid(DomainError):
    """A target that contradicts itself."""


@dataclass(frozen=True)
class TargetEntry:
    """A target as a document sets it. `baseline_value` and `baseline_on`: where it started, or None."""

    title: str
    value: int
    unit: str
    due_on: date
    place: Place
    document: Document
    confidence: str
    figure: str = ""
    baseline_value: int | None = None
    baseline_on: date | None = None
    article: str = ""
    quote: str = ""
    source_note: str = ""


@transaction.atomic
def set_target(*, entry: TargetEntry, by: User, at: datetime) -> Target:
    """Add a target, or bring the one of this document, title, place and day to the entry.

    Equal again: no change. Raises NotPermitted or TargetInvalid.
    """
    may_write(by, entry.place, on=clock.day_of(at)).require()
    if (entry.baseline_value is None) != (entry.baseline_on is None):
        raise TargetInvalid(_("A starting value needs its day, and a day its value."))
    if entry.baseline_on and entry.baseline_on >= entry.due_on:
        raise TargetInvalid(_("The target starts after it is due. Correct one of the days."))
    found: Target | None = (
        Target.objects.select_for_update(of=("self",))
        .filter(document=entry.document, title=entry.title, place=entry.place, due_on=entry.due_on)
        .first()
    )
    wanted = vars(entry)
    if found and all(getattr(found, name) == value for name, value in wanted.items()):
        return found
    target = found or Target(recorded_at=at, recorded_by=by)
    for name, value in wanted.items():
        setattr(target, name, value)
    target.save()
    action = "policies.target_changed" if found else "policies.target_set"
    audit.record(actor=by, action=action, subject=target, value=target.value, figure=target.figure)
    return target
