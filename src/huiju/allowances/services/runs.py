"""Computing a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import RunState, Step
from huiju.allowances.models import Run, RunStep, Scheme
from huiju.allowances.permissions import may_compute
from huiju.allowances.services.computing import computed, window_of
from huiju.allowances.terms import (
    facts_missing,
    policy_of,
    require_rules_known,
    schemes_asked,
    terms_of,
)
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month


class MonthNotComputable(DomainError):
    """The scheme does not pay the month, it has not begun, or a later run has corrected it."""


@dataclass(frozen=True)
class RunOrder:
    """A month of a scheme to be computed in some districts, from the facts as known at an instant."""

    scheme: Scheme
    places: Sequence[Place]
    month: Month
    known_at: datetime


@transaction.atomic
def compute_runs(*, order: RunOrder, by: User, at: datetime) -> list[Run]:
    """Compute a month and post its lines, one run for each district; drafts of the month are replaced.

    Months looked back upon are those a current run has computed before for the district: their lines are
    the differences that facts recorded since then make. Raises NotPermitted, MonthNotComputable, RuleUnknown
    or RateMissing; nothing is kept then.
    """
    scheme = Scheme.objects.select_for_update(of=("self",)).get(pk=order.scheme.pk)
    may_compute(by, order.places, on=clock.day_of(at)).require()
    with acting_as_system():
        _check_month(scheme, order, at)
        runs = [_next_run(scheme, place, order, by, at) for place in order.places]
        windows = {run: window_of(run) for run in runs}
        _post_lines(scheme, order, windows)
        for run in runs:
            RunStep.objects.create(
                run=run,
                round=run.round,
                step=Step.COMPUTED,
                by=by,
                at=at,
                digest=queries.digest_of_lines(run),
            )
            audit.record(
                actor=by,
                action="allowances.run_computed",
                subject=run,
                month=run.month,
                place=run.place.code,
                revision=run.revision,
                known_at=run.known_at,
            )
    return runs


def _check_month(scheme: Scheme, order: RunOrder, at: datetime) -> None:
    month = order.month.first_day
    _check_rules(scheme)
    if Month.of(month) < policy_of(scheme).scheme_start or (
        scheme.last_month and month > scheme.last_month
    ):
        raise MonthNotComputable(
            _("%(scheme)s does not pay %(month)s. Choose a month in which it is in force.")
            % {"scheme": scheme, "month": order.month}
        )
    _check_other_schemes(scheme, order)
    if month > clock.day_of(at):
        raise MonthNotComputable(
            _("%(month)s has not begun. Compute it when the month is there.")
            % {"month": order.month}
        )
    current = Run.objects.current().filter(scheme=scheme, place__in=order.places)
    signed = current.filter(month=month).exclude(state=RunState.DRAFT).select_related("place")
    if run := signed.order_by("pk").first():
        raise MonthNotComputable(
            _(
                "The list of %(place)s for %(month)s is “%(state)s” and is not computed again. Have it"
                " returned first; once approved, what has changed is a difference line of a later month."
            )
            % {"place": run.place, "month": order.month, "state": run.get_state_display()}
        )
    computed = current.filter(month=month).values("place")
    later = current.filter(place__in=computed, month__gt=month).select_related("place")
    if run := later.order_by("month", "pk").first():
        raise MonthNotComputable(
            _(
                "%(place)s has computed %(later)s since. What has changed for %(month)s is a"
                " difference line of that month or the next one: compute that instead."
            )
            % {"place": run.place, "later": Month.of(run.month), "month": order.month}
        )


def _check_rules(scheme: Scheme) -> None:
    """Everything a month is computed by is known, and Huiju holds the facts it asks for."""
    require_rules_known(scheme)
    if missing := facts_missing(scheme):
        raise MonthNotComputable(
            _(
                "%(scheme)s cannot be computed: Huiju does not hold %(facts)s yet. Nothing is assumed."
            )
            % {"scheme": scheme, "facts": "、".join(missing)}
        )


def _check_other_schemes(scheme: Scheme, order: RunOrder) -> None:
    """What another scheme pays decides only where its month is computed."""
    for code in schemes_asked(terms_of(scheme)):
        runs = Run.objects.current().filter(scheme__code=code, month=order.month.first_day)
        computed = set(runs.filter(computed_at__lte=order.known_at).values_list("place", flat=True))
        if left := [place for place in order.places if place.pk not in computed]:
            raise MonthNotComputable(
                _(
                    "%(scheme)s depends on what “%(other)s” pays, and that is not computed for %(month)s"
                    " in %(places)s. Compute it first."
                )
                % {
                    "scheme": scheme,
                    "other": Scheme.objects.get(code=code),
                    "month": order.month,
                    "places": "、".join(map(str, left)),
                }
            )


def _next_run(scheme: Scheme, place: Place, order: RunOrder, by: User, at: datetime) -> Run:
    """The next revision of the month; the one before is replaced."""
    month = order.month.first_day
    earlier = Run.objects.filter(scheme=scheme, place=place, month=month)
    earlier.current().update(state=RunState.REPLACED, replaced_at=at)
    revision = (earlier.aggregate(last=Max("revision"))["last"] or 0) + 1
    run: Run = Run.objects.create(
        scheme=scheme,
        place=place,
        month=month,
        revision=revision,
        known_at=order.known_at,
        computed_by=by,
        computed_at=at,
    )
    return run


def _post_lines(scheme: Scheme, order: RunOrder, windows: dict[Run, list[date]]) -> None:
    first = min(month for window in windows.values() for month in window)
    # a run posts to no month later than its own
    posting = Run.objects.current().filter(scheme=scheme, place__in=order.places, month__gte=first)
    with computed(windows, list(posting.order_by("pk")), known_at=order.known_at) as computation:
        computation.write_lines()
