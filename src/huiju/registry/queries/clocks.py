"""Where people stand with certificate, registration and continuing education, as believed at an instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.models import User
from huiju.kernel.periods import Period
from huiju.policies import terms
from huiju.registry.enums import (
    ClockState,
    Level,
    NotCounted,
    RegistrationState,
)
from huiju.registry.models import Credit, Person, Registration
from huiju.registry.queries.standing import Facts, ending_by
from huiju.registry.queries.workers import workers_visible_to
from huiju.registry.rules.clocks import (
    LADDER,
    Clocks,
    ClockTerms,
    EarnedHours,
    HeldCertificate,
    RegisteredDays,
    clocks,
    hours_in_words,
    rung,
)

FIRST, PERIOD, RENEWAL = (
    f"registration.{name}"
    for name in ("first_window_months", "period_months", "renewal_window_months")
)
HOURS = "cpd.hours.{level}"


@dataclass(frozen=True)
class ClocksPage:
    """The clocks with the words of the page: what is missing, what is not settled, and what each record counts for."""

    clocks: Clocks
    missing: list[str]
    unsettled: list[tuple[str, str]]
    credits: list[tuple[Credit, NotCounted | None]]


@dataclass(frozen=True)
class Deadline:
    """Somebody whose registration ends soon, on its last day, and the step of the ladder reached."""

    person: Person
    due_on: date
    rung: int


def clock_terms(
    *, on: date, known_at: datetime | None = None
) -> tuple[ClockTerms, list[tuple[str, str]]]:
    """What policies say on a day of the city; and a sentence, with the parameter's code, for each figure not entered."""
    unsettled: list[tuple[str, str]] = []

    def value(code: str) -> int | None:
        try:
            return terms.value_at(code, on=on, place=directory.city(), known_at=known_at)
        except terms.UnknownParameter:
            unsettled.append((_("This parameter is not defined yet."), code))
        except terms.NoValueInForce as missing:
            unsettled.append((str(missing), code))
        return None

    found = ClockTerms(
        first_months=value(FIRST),
        period_months=value(PERIOD),
        renewal_months=value(RENEWAL),
        hours={level.value: value(HOURS.format(level=level.value)) for level in Level},
    )
    return found, unsettled


def clocks_page(facts: Facts, *, on: date, known_at: datetime | None = None) -> ClocksPage:
    """Where somebody stands on a day, from the facts at hand."""
    settled, unsettled = clock_terms(on=on, known_at=known_at)
    found = clocks_of(facts, on=on, settled=settled)
    reasons = {each.key: each.reason for each in found.hours.counted}
    return ClocksPage(
        clocks=found,
        missing=_missing(found),
        unsettled=unsettled,
        credits=[(credit, reasons.get(credit.pk)) for credit in facts.credits],
    )


def clocks_of(facts: Facts, *, on: date, settled: ClockTerms) -> Clocks:
    """The rules on a person's facts."""
    return clocks(
        [HeldCertificate(c.level, c.approved_on, c.revoked_on) for c in facts.certificates],
        [RegisteredDays(r.level, Period(r.starts_on, r.ends_on)) for r in facts.registrations],
        [EarnedHours(c.pk, c.item, c.earned_on, c.tenths) for c in facts.credits],
        on=on,
        terms=settled,
    )


def _missing(found: Clocks) -> list[str]:
    """What is to be done, a sentence for each clock that is not in order."""
    said = []
    if found.certificate != ClockState.DONE:
        said.append(_("No certificate is in force."))
    match found.registration.state:
        case RegistrationState.FIRST_OPEN:
            said.append(_("The certificate is to be registered for the first time."))
        case RegistrationState.FIRST_LATE:
            said.append(_("The time for the first registration has passed. Ask the city's office."))
        case RegistrationState.RENEWABLE:
            said.append(_("The registration is to be renewed now."))
        case RegistrationState.LAPSED:
            said.append(
                _("The registration has lapsed. Ask the city's office how to register again.")
            )
    if found.hours.period and found.hours.missing_tenths:
        said.append(
            _("%(hours)s hours of continuing education are missing in this period.")
            % {"hours": hours_in_words(found.hours.missing_tenths)}
        )
    return said


def registrations_ending(user: User, *, on: date) -> list[Deadline]:
    """The people a user sees whose registration ends within the ladder's longest step, the nearest first."""
    visible = workers_visible_to(user, on=on)
    found = ending_by(on).filter(person__in=visible.order_by().values("pk"))
    deadlines = []
    for each in found.select_related("person").order_by("ends_on", "person__pinyin", "pk"):
        due_on = each.ends_on - timedelta(days=1)
        deadlines.append(Deadline(each.person, due_on, rung(due_on, on) or LADDER[0]))
    return deadlines


def own_deadline(people: Iterable[int], *, on: date) -> Deadline | None:
    """The last day of somebody's registration, once the ladder's first step is reached."""
    rows = Registration.objects.current().filter(person__in=list(people))
    last = rows.select_related("person").order_by("-ends_on").first()
    if last is None:
        return None
    due_on = last.ends_on - timedelta(days=1)
    step = rung(due_on, on)
    return Deadline(last.person, due_on, step) if step and due_on >= on else None
