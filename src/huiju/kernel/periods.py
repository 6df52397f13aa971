"""Half-open periods and months. Stored [start, end); shown with the last day included."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

WRITTEN = re.compile(r"\d{4}-\d{2}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2200  # sums of months and days stay within the calendar
MONTHS = 12


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; in the database it is its first day."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2015-10" of a year from 1900 to 2200. Raises ValueError for anything else."""
        if not WRITTEN.fullmatch(text):
            raise ValueError(text)
        month = cls(int(text[:4]), int(text[5:]))
        if not (FIRST_YEAR <= month.year <= LAST_YEAR and 1 <= month.number <= MONTHS):
            raise ValueError(text)
        return month

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Self:
        return self.plus(1)

    @property
    def days(self) -> int:
        return self.last_day.day

    def plus(self, months: int) -> Self:
        index = self.year * MONTHS + self.number - 1 + months
        return type(self)(index // MONTHS, index % MONTHS + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True)
class Period:
    """Days from `starts_on` (in) to `ends_on` (out); None is open."""

    starts_on: date
    ends_on: date | None = None

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def overlaps(self, other: "Period") -> bool:
        return (other.ends_on is None or self.starts_on < other.ends_on) and (
            self.ends_on is None or other.starts_on < self.ends_on
        )
