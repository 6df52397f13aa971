"""Computing a month."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import RunState, Shape
from huiju.allowances.models import Run, Scheme
from huiju.allowances.permissions import may_compute
from huiju.allowances.rules import months_computed
from huiju.allowances.services.computing import Computation, Unrated
from huiju.allowances.terms import policy_of
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.policies.models import Parameter
from huiju.registry.enums import Level


class MonthNotComputable(DomainError):
    """The scheme does not pay the month, it has not begun, or a later run has corrected it."""


class RateMissing(DomainError):
    """A run needs a rate on a day on which none is in force; nothing was kept."""


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
    the differences that facts recorded since then make. Raises NotPermitted, MonthNotComputable or
    RateMissing; nothing is kept then.
    """
    scheme = Scheme.objects.select_for_update(of=("self",)).get(pk=order.scheme.pk)
    may_compute(by, order.places, on=clock.day_of(at)).require()
    with acting_as_system():
        _check_month(scheme, order, at)
        runs = [_next_run(scheme, place, order, by, at) for place in order.places]
        windows = {run: _window(scheme, run) for run in runs}
        _post_lines(scheme, order, windows)
        for run in runs:
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
    if month < scheme.first_month or (scheme.last_month and month > scheme.last_month):
        raise MonthNotComputable(
            _("%(scheme)s does not pay %(month)s. Choose a month in which it is in force.")
            % {"scheme": scheme, "month": order.month}
        )
    if month > clock.day_of(at):
        raise MonthNotComputable(
            _("%(month)s has not begun. Compute it when the month is there.")
            % {"month": order.month}
        )
    current = Run.objects.current().filter(scheme=scheme, place__in=order.places)
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


def _window(scheme: Scheme, run: Run) -> list[date]:
    """The run's month, and the months looked back upon that were computed for the district."""
    months = [month.first_day for month in months_computed(policy_of(scheme), Month.of(run.month))]
    done = Run.objects.current().filter(scheme=scheme, place=run.place, month__in=months)
    return sorted({run.month, *done.values_list("month", flat=True)})


def _post_lines(scheme: Scheme, order: RunOrder, windows: dict[Run, list[date]]) -> None:
    months = sorted({Month.of(month) for window in windows.values() for month in window})
    # a run posts to no month later than its own
    posting = Run.objects.current().filter(
        scheme=scheme, place__in=order.places, month__gte=months[0].first_day
    )
    facts = queries.known_facts(scheme, order.places, months, known_at=order.known_at)
    posted = queries.posted_before(scheme, list(posting.order_by("pk")))
    with closing(Computation(facts, posted, windows)) as computation:
        computation.compute_due(Shape(scheme.shape), policy_of(scheme))
        if unrated := computation.first_unrated():
            raise RateMissing(_which_rate(scheme, order.places, unrated))
        computation.write_lines()


def _which_rate(scheme: Scheme, places: Sequence[Place], unrated: Unrated) -> str:
    code = scheme.rate_parameter(unrated.level)
    parameter = Parameter.objects.filter(code=code).first()
    return _(
        "The run stopped and kept nothing: parameter “%(name)s” (%(code)s) has no value on %(on)s in"
        " %(place)s, and %(people)d people there need it. Have the value entered and confirmed, then"
        " compute again."
    ) % {
        "name": parameter.name if parameter else Level(unrated.level).label,
        "code": code,
        "on": unrated.on,
        "place": next(place for place in places if place.pk == unrated.district),
        "people": unrated.people,
    }
