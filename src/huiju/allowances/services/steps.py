"""The signatures on a run's way: check, public notice, review, and sending back.

Whoever signs names the digest of the list they were shown. The run is held meanwhile, so that of two
who press at once one is told that the list has moved on.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import RunState, Step
from huiju.allowances.models import Notice, Run, RunStep
from huiju.allowances.permissions import may_check, may_publish, may_return, may_review
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import terms

NOTICE_DAYS = "allowance.notice_days"


class ListChanged(DomainError):
    """What was signed is not what stands there now; nothing was kept."""


class ReasonNeeded(DomainError):
    """A list is sent back only with a reason."""


class NoticeDaysUnknown(DomainError):
    """Nobody has entered for how many days the list is shown."""


@transaction.atomic
def check(*, run: Run, seen: str, by: User, at: datetime, note: str = "") -> Run:
    """Sign that the list was checked. Raises NotPermitted or ListChanged."""
    held = locked(run)
    may_check(by, held, on=clock.day_of(at)).require()
    return sign(held, Step.CHECKED, same_list(held, seen), by=by, at=at, note=note)


@transaction.atomic
def publish_notice(*, run: Run, seen: str, by: User, at: datetime) -> Notice:
    """Show the checked list to everybody, masked, for the days the policy sets.

    The day of publication does not count (Civil Code, article 201). Raises NotPermitted, ListChanged or
    NoticeDaysUnknown.
    """
    held, day = locked(run), clock.day_of(at)
    may_publish(by, held, on=day).require()
    digest = same_list(held, seen)
    days = notice_days(held.place, at)
    notice: Notice = Notice.objects.create(
        run=held,
        round=held.round,
        opens_on=day,
        closes_on=day + timedelta(days=days),
        token=secrets.token_urlsafe(32),
        published_by=by,
        published_at=at,
    )
    sign(held, Step.NOTICED, digest, by=by, at=at)
    return notice


def notice_days(place: Place, at: datetime) -> int:
    """How many days people of a place have to object. Raises NoticeDaysUnknown."""
    try:
        return terms.value_at(NOTICE_DAYS, on=clock.day_of(at), place=place)
    except terms.UnknownParameter as unknown:
        raise NoticeDaysUnknown(
            _(
                "For how many days the list is shown is not known. Have the parameter %(code)s defined."
            )
            % {"code": NOTICE_DAYS}
        ) from unknown
    except terms.NoValueInForce as missing:
        raise NoticeDaysUnknown(
            _("%(why)s Ask %(owner)s for how many days the list is shown.")
            % {"why": missing, "owner": terms.parameter_of(NOTICE_DAYS).owner}
        ) from missing


@transaction.atomic
def review(*, run: Run, seen: str, by: User, at: datetime, note: str = "") -> Run:
    """Sign that the list passed review. Raises NotPermitted or ListChanged."""
    held = locked(run)
    may_review(by, held, on=clock.day_of(at)).require()
    return sign(held, Step.REVIEWED, same_list(held, seen), by=by, at=at, note=note)


@transaction.atomic
def return_run(*, run: Run, reason: str, by: User, at: datetime) -> Run:
    """Send a list back: a draft of the next round, to be computed anew. Raises NotPermitted, ReasonNeeded."""
    held = locked(run)
    may_return(by, held, on=clock.day_of(at)).require()
    if not reason.strip():
        raise ReasonNeeded(_("Say why the list is returned."))
    digest = queries.digest_of_lines(held)
    return sign(held, Step.RETURNED, digest, by=by, at=at, note=reason.strip())


def locked(run: Run) -> Run:
    """The run as it stands now, held until this transaction ends."""
    runs = Run.objects.select_for_update(of=("self",)).select_related("scheme", "place")
    found: Run = runs.get(pk=run.pk)
    return found


def same_list(run: Run, seen: str) -> str:
    """The digest of the run's lines. Raises ListChanged if it is not the one that was seen."""
    with acting_as_system():
        digest = queries.digest_of_lines(run)
    if digest != seen:
        raise ListChanged(_("The list has changed. Open it again and check it."))
    return digest


def sign(run: Run, step: Step, digest: str, *, by: User, at: datetime, note: str = "") -> Run:
    """Put a step into the trail and move the run, which the caller has locked and judged."""
    RunStep.objects.create(
        run=run, round=run.round, step=step, by=by, at=at, digest=digest, note=note
    )
    audit.record(
        actor=by, action=f"allowances.run_{step}", subject=run, round=run.round, digest=digest
    )
    run.state = RunState.DRAFT if step == Step.RETURNED else RunState(step)
    run.round += step == Step.RETURNED
    run.save(update_fields=["state", "round"])
    return run
