"""What would alter an amount: the rules run on variations of one fact, all else as it was known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from huiju.allowances.enums import LEVEL_RANKS, LEVELS_BY_RANK
from huiju.allowances.models import RunLine
from huiju.allowances.rules import calendar
from huiju.allowances.rules.computing import Computer, Row, Rows
from huiju.allowances.terms import policy_of, rates_known
from huiju.kernel.periods import Month
from huiju.registry.enums import Level
from huiju.registry.models import Certificate, Post
from huiju.registry.queries import Absence, members_at

DAY = timedelta(days=1)


@dataclass(frozen=True)
class HigherLevel:
    """What would be due with the next higher certificate; `due_fen` None where its rate is not known."""

    level: Level
    due_fen: int | None


@dataclass(frozen=True)
class EarlierLeaving:
    """The latest last day in post, on or before the month's end, with which another amount is due."""

    last_day: date
    due_fen: int


@dataclass(frozen=True)
class LongerStay:
    """The first later last day in post, within the month, with which another amount is due."""

    last_day: date
    due_fen: int


@dataclass(frozen=True)
class LaterApproval:
    """The first later approval of the certificate with which another amount is due."""

    approved_on: date
    due_fen: int


@dataclass(frozen=True)
class Variation:
    """The line's certificate and post as they might have been: rank of the level, days."""

    rank: int
    approved_on: date
    ends_on: date | None


class WhatIf:
    """The rules on variations of a line's certificate and post, beside the person's other facts.

    Each variation is a scheme and a person of its own. Where the rules on the unchanged facts do not
    give the line's amount again, nothing is said: an answer would be a guess.
    """

    def __init__(
        self, line: RunLine, certificate: Certificate, post: Post, absence: Absence
    ) -> None:
        self.line, self.scheme = line, line.run.scheme
        self.certificate, self.post, self.absence = certificate, post, absence
        self.month = Month.of(line.month)
        known_at = line.run.known_at
        records = members_at(line.person, known_at=known_at)
        self.certificates = list(
            Certificate.objects.known_at(known_at).filter(person__in=records).order_by("pk")
        )
        self.posts = list(
            Post.objects.known_at(known_at)
            .filter(person__in=records, kind__in=self.scheme.employer_kinds)
            .filter(district__path__startswith=self.scheme.place.path)
            .order_by("pk")
        )
        self.rates = rates_known(self.scheme, [line.place], known_at=known_at)
        rank = LEVEL_RANKS[certificate.level]
        self.actual = Variation(rank, certificate.approved_on, self._until(post.ends_on))
        self.explained = self._due([self.actual]) == [line.step_due_fen]

    def higher_level(self) -> HigherLevel | None:
        rank = self.actual.rank + 1
        if not self.explained or rank not in LEVELS_BY_RANK:
            return None
        due = self._due([replace(self.actual, rank=rank)])[0]
        if due == self.line.step_due_fen:
            return None
        return HigherLevel(LEVELS_BY_RANK[rank], due)

    def earlier_leaving(self) -> EarlierLeaving | None:
        """Every day of the month is tried as the last in post, and the day before the month."""
        first, ends_on = self.month.first_day, self.actual.ends_on
        last_days = [self.month.last_day - n * DAY for n in range(1, self.month.days + 1)]
        tried = [day for day in last_days if day >= self.post.starts_on or day < first]
        tried = [day for day in tried if ends_on is None or day + DAY < ends_on]
        found = self._first([replace(self.actual, ends_on=day + DAY) for day in tried], tried)
        return EarlierLeaving(*found) if found else None

    def longer_stay(self) -> LongerStay | None:
        """Every later day of the month is tried as the last in post, unless the person died."""
        last = self.actual.ends_on
        if last is None or last > self.month.last_day or self.absence.death:
            return None
        tried = [last + n * DAY for n in range((self.month.last_day - last).days + 1)]
        found = self._first([replace(self.actual, ends_on=day + DAY) for day in tried], tried)
        return LongerStay(*found) if found else None

    def later_approval(self) -> LaterApproval | None:
        """Every later day is tried until the month after, from the month before on.

        An approval before that month counts from the month's first day on, whatever the rule.
        """
        actual, first = self.actual.approved_on, self.month.plus(-1).first_day
        days = (self.month.next.first_day - first).days
        tried = [day for day in (first + n * DAY for n in range(days + 1)) if day > actual]
        revoked_on = self.certificate.revoked_on
        tried = [day for day in tried if revoked_on is None or day < revoked_on]
        found = self._first([replace(self.actual, approved_on=day) for day in tried], tried)
        return LaterApproval(*found) if found else None

    def _until(self, ends_on: date | None) -> date | None:
        """The end of a post: a death ends it too."""
        died_on = self.absence.death.died_on if self.absence.death else None
        return min(filter(None, (ends_on, died_on)), default=None)

    def _first(
        self, variations: Sequence[Variation], days: Sequence[date]
    ) -> tuple[date, int] | None:
        """The day of the first variation with which another amount is due."""
        if not self.explained or not variations:
            return None
        for day, due in zip(days, self._due(variations), strict=True):
            if due is not None and due != self.line.step_due_fen:
                return day, due
        return None

    def _due(self, variations: Sequence[Variation]) -> list[int | None]:
        """What is due in the line's month and district for each variation; None without a rate."""
        facts: Rows = {name: [] for name in ("certificates", "posts", "leaves", "rates", "months")}
        for number, variation in enumerate(variations):
            self._add(facts, number, variation)
        found: dict[int, int | None] = {}
        for row in Computer().due(policy_of(self.scheme), facts):
            if row["district"] == self.line.place_id:
                found[row["scheme"]] = row["amount_fen"]
        return [found.get(number, 0) for number in range(len(variations))]

    def _add(self, facts: Rows, number: int, variation: Variation) -> None:
        facts["certificates"] += [
            self._certificate(each, number, variation) for each in self.certificates
        ]
        posts = [self._post(each, number, variation) for each in self.posts]
        facts["posts"] += [
            row for row in posts if row["ends_on"] is None or row["ends_on"] > row["starts_on"]
        ]
        facts["leaves"] += [
            {"person": number, "starts_on": leave.starts_on, "ends_on": leave.ends_on}
            for leave in self.absence.leaves
        ]
        facts["rates"] += [{**rate, "scheme": number} for rate in self.rates]
        months: list[Any] = calendar(policy_of(self.scheme), [self.month])
        facts["months"] += [{"scheme": number, **vars(month)} for month in months]

    def _certificate(self, each: Certificate, number: int, variation: Variation) -> Row:
        varied = each.fact == self.certificate.fact
        return {
            "person": number,
            "level": variation.rank if varied else LEVEL_RANKS[each.level],
            "starts_on": variation.approved_on if varied else each.approved_on,
            "ends_on": each.revoked_on,
            "cert_ref": each.pk,
        }

    def _post(self, each: Post, number: int, variation: Variation) -> Row:
        varied = each.fact == self.post.fact
        return {
            "scheme": number,
            "person": number,
            "district": each.district_id,
            "starts_on": each.starts_on,
            "ends_on": variation.ends_on if varied else self._until(each.ends_on),
            "post_ref": each.pk,
        }
