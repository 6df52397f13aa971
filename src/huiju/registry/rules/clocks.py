"""The three clocks of a certificate: the certificate itself, its registration, and continuing education.

民发〔2009〕44号 settles registration, 民发〔2009〕123号 the hours. Their figures are parameters and come in as `ClockTerms`; what
nobody has entered is None, and what hangs on it is then not settled, never assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from huiju.kernel.periods import MONTHS, Period
from huiju.registry.enums import (
    ClockState,
    CreditItem,
    Level,
    NotCounted,
    RegistrationState,
)

LADDER = (90, 60, 30, 7)
"""Days before a deadline on which somebody is reminded."""
TENTHS = 10
RANKS = {level.value: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True)
class ClockTerms:
    """What the policies in force on a day say: months, and hours by level; None is not settled."""

    first_months: int | None
    period_months: int | None
    renewal_months: int | None
    hours: Mapping[str, int | None]


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate of a level, held from its approval to its revocation, if any."""

    level: str
    approved_on: date
    revoked_on: date | None


@dataclass(frozen=True)
class RegisteredDays:
    """A registration on the days of `period`, whose end is never open."""

    level: str
    period: Period


@dataclass(frozen=True)
class EarnedHours:
    """Hours in tenths; `key` names the record."""

    key: int
    item: str
    earned_on: date
    tenths: int


@dataclass(frozen=True)
class Counted:
    """What hours count for: `reason` None, they count in the period; else why they do not."""

    key: int
    tenths: int
    reason: NotCounted | None


@dataclass(frozen=True)
class RegistrationClock:
    """`due_on`: the last day on which what is to be done is in time; None where nothing is."""

    state: RegistrationState
    due_on: date | None
    opens_on: date | None = None

    @property
    def clock(self) -> ClockState:
        match self.state:
            case RegistrationState.VALID:
                return ClockState.DONE
            case RegistrationState.FIRST_OPEN | RegistrationState.RENEWABLE:
                return ClockState.SOON
        return ClockState.MISSING


@dataclass(frozen=True)
class HoursClock:
    """Hours in tenths of a registration period; `needed` None is not settled."""

    period: Period | None
    needed_tenths: int | None
    counted: Sequence[Counted]

    @property
    def earned_tenths(self) -> int:
        return sum(each.tenths for each in self.counted if each.reason is None)

    @property
    def missing_tenths(self) -> int:
        return max((self.needed_tenths or 0) - self.earned_tenths, 0)

    @property
    def clock(self) -> ClockState:
        if self.period is None:
            return ClockState.MISSING
        if self.needed_tenths is None:
            return ClockState.UNKNOWN
        return ClockState.SOON if self.missing_tenths else ClockState.DONE


@dataclass(frozen=True)
class Clocks:
    """Where somebody stands on a day. `level` is that of the highest certificate held, "" without one."""

    level: str
    certificate: ClockState
    registration: RegistrationClock
    hours: HoursClock

    @property
    def done(self) -> int:
        """How many of the three are in order."""
        states = (self.certificate, self.registration.clock, self.hours.clock)
        return sum(state == ClockState.DONE for state in states)


def clocks(
    held: Sequence[HeldCertificate],
    registered: Sequence[RegisteredDays],
    earned: Sequence[EarnedHours],
    *,
    on: date,
    terms: ClockTerms,
) -> Clocks:
    """The three clocks on a day."""
    in_force = [
        each
        for each in held
        if each.approved_on <= on and (each.revoked_on is None or on < each.revoked_on)
    ]
    highest = max(in_force, key=lambda each: RANKS[each.level], default=None)
    return Clocks(
        level=highest.level if highest else "",
        certificate=ClockState.DONE if highest else ClockState.MISSING,
        registration=registration_clock(in_force, registered, on=on, terms=terms),
        hours=hours_clock(registered, earned, on=on, terms=terms),
    )


def registration_clock(
    in_force: Sequence[HeldCertificate],
    registered: Sequence[RegisteredDays],
    *,
    on: date,
    terms: ClockTerms,
) -> RegistrationClock:
    """What is to be done about the registration, and by when.

    A first registration is in time within `first_months` of the first certificate; one in force is renewed in its
    last `renewal_months`. A day of which a term is not settled has no deadline.
    """
    if not in_force:
        return RegistrationClock(RegistrationState.NONE, None)
    last = max((each.period for each in registered), key=lambda each: each.starts_on, default=None)
    if last is None or last.ends_on is None:
        return _first(min(each.approved_on for each in in_force), on, terms)
    if last.ends_on <= on:
        return RegistrationClock(RegistrationState.LAPSED, last.last_day)
    opens_on = plus_months(last.ends_on, -terms.renewal_months) if terms.renewal_months else None
    if opens_on and opens_on <= on:
        return RegistrationClock(RegistrationState.RENEWABLE, last.last_day, opens_on)
    return RegistrationClock(RegistrationState.VALID, last.last_day, opens_on)


def _first(approved_on: date, on: date, terms: ClockTerms) -> RegistrationClock:
    if terms.first_months is None:
        return RegistrationClock(RegistrationState.FIRST_OPEN, None)
    due_on = plus_months(approved_on, terms.first_months)
    state = RegistrationState.FIRST_OPEN if on <= due_on else RegistrationState.FIRST_LATE
    return RegistrationClock(state, due_on)


def hours_clock(
    registered: Sequence[RegisteredDays],
    earned: Sequence[EarnedHours],
    *,
    on: date,
    terms: ClockTerms,
) -> HoursClock:
    """The hours of the registration in force on a day; the level registered says how many are needed."""
    current = next((each for each in registered if on in each.period), None)
    if current is None:
        nowhere = [Counted(each.key, each.tenths, NotCounted.NO_PERIOD) for each in earned]
        return HoursClock(None, None, nowhere)
    hours = terms.hours.get(current.level)
    needed = None if hours is None else hours * TENTHS
    return HoursClock(current.period, needed, counted_in(current.period, earned))


def counted_in(period: Period, earned: Sequence[EarnedHours]) -> list[Counted]:
    """Every record with whether it counts in a period: by its day, and a degree only the first time ever."""
    found, has_degree = [], False
    for each in sorted(earned, key=lambda each: (each.earned_on, each.key)):
        is_degree = each.item == CreditItem.DEGREE
        reason = None if each.earned_on in period else NotCounted.OUTSIDE
        if is_degree and has_degree:
            reason = NotCounted.DEGREE_TWICE
        has_degree = has_degree or is_degree
        found.append(Counted(each.key, each.tenths, reason))
    return found


def plus_months(day: date, months: int) -> date:
    """The day of the same number so many months on; the month's last where it has no such day."""
    index = day.year * MONTHS + day.month - 1 + months
    year, month = index // MONTHS, index % MONTHS + 1
    following = date(year + month // MONTHS, month % MONTHS + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def hours_in_words(tenths: int) -> str:
    """24 or 1.5."""
    whole, tenth = divmod(tenths, TENTHS)
    return f"{whole}.{tenth}" if tenth else str(whole)


def rung(due_on: date, on: date) -> int | None:
    """The last step of the ladder reached: 90, 60, 30 or 7 days before a deadline; None before the first."""
    left = (due_on - on).days
    reached = [days for days in LADDER if left <= days]
    return min(reached) if reached else None
