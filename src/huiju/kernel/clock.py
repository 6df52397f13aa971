"""The one clock. Code below the edges takes instants and dates as arguments; edges ask here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")

_fixed: ContextVar[datetime | None] = ContextVar("huiju_clock", default=None)


def now() -> datetime:
    """The present instant (aware), or the one set by `fixed`."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The present day in the city."""
    return day_of(now())


def day_of(at: datetime) -> date:
    """The city's calendar day of an instant."""
    return at.astimezone(CITY_ZONE).date()


def end_of(day: date) -> datetime:
    """The first instant after a day: what was recorded before it was known on that day."""
    return datetime.combine(day + timedelta(days=1), time.min, CITY_ZONE)


def noon_of(day: date) -> datetime:
    """An instant that stands for a day when only the day is known (imports made `--as-of`)."""
    return datetime.combine(day, time(12), CITY_ZONE)


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Let the clock stand at one instant: rehearsals, imports as of a day, tests."""
    token = _fixed.set(at)
    try:
        yield
    finally:
        _fixed.reset(token)
