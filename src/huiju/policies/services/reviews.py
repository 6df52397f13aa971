"""Looking again at what a parameter rests on, by the day its office set itself."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Parameter, Review
from huiju.policies.permissions import may_review


class ReviewInvalid(DomainError):
    """A review without words, or until a day that is no later day."""


@transaction.atomic
def confirm_unchanged(
    *, parameter: Parameter, until: date, note: str, by: User, at: datetime
) -> Review:
    """Record that the sources were looked at and say the same, and when to look again.

    Raises NotPermitted or ReviewInvalid.
    """
    locked = Parameter.objects.select_for_update().get(pk=parameter.pk)
    may_review(by, locked, on=clock.day_of(at)).require()
    if not note.strip():
        raise ReviewInvalid(_("Say what was looked at, so that others can look there too."))
    if until <= clock.day_of(at):
        raise ReviewInvalid(_("The next review lies in the past. Choose a later day."))
    review: Review = Review.objects.create(
        parameter=locked, unchanged_until=until, note=note.strip(), reviewed_by=by, reviewed_at=at
    )
    locked.review_on = until
    locked.save(update_fields=["review_on"])
    audit.record(
        actor=by, action="policies.parameter_reviewed", subject=locked, until=until.isoformat()
    )
    return review
