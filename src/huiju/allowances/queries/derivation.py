"""Why somebody gets an amount: facts, rate, arithmetic, and the nearest change that would alter it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from huiju.allowances.enums import LEVEL_RANKS, LEVELS_BY_RANK
from huiju.allowances.models import Run, RunLine
from huiju.allowances.rules import calendar
from huiju.allowances.rules.computing import Computer, Row, Rows
from huiju.allowances.terms import policy_of, rates_known
from huiju.kernel.periods import Month
from huiju.registry.enums import Level
from huiju.registry.models import Certificate, Post


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
class Derivation:
    """A line with what was posted for the same month before, and what would alter what is due."""

    line: RunLine
    posted: list[RunLine]
    higher_level: HigherLevel | None
    earlier_leaving: EarlierLeaving | None


def derivation_of(line: RunLine) -> Derivation:
    """The derivation of a line, by the rules themselves on the line's own certificate and post."""
    what_if = None
    if line.certificate and line.post:
        what_if = _WhatIf(line, line.certificate, line.post)
    return Derivation(
        line=line,
        posted=list(_posted(line).order_by("run__computed_at", "pk")),
        higher_level=what_if.higher_level() if what_if else None,
        earlier_leaving=what_if.earlier_leaving() if what_if else None,
    )


def _posted(line: RunLine) -> QuerySet[RunLine]:
    """Lines of earlier runs, still current, for the same person, month and district."""
    runs = Run.objects.current().filter(
        scheme=line.run.scheme, place=line.place, computed_at__lt=line.run.computed_at
    )
    lines = RunLine.objects.filter(run__in=runs, person=line.person, month=line.month)
    return lines.select_related("run")


class _WhatIf:
    """The rules on variations of one line's facts; each variation is a scheme of its own."""

    def __init__(self, line: RunLine, certificate: Certificate, post: Post) -> None:
        self.line, self.scheme = line, line.run.scheme
        self.certificate, self.post = certificate, post
        self.month = Month.of(line.month)
        self.rates = rates_known(self.scheme, [line.place], known_at=line.run.known_at)

    def higher_level(self) -> HigherLevel | None:
        rank = LEVEL_RANKS[self.line.level] + 1
        if rank not in LEVELS_BY_RANK:
            return None
        due = self._due([(rank, self.post.ends_on)])[0]
        if due == self.line.step_due_fen:
            return None
        return HigherLevel(LEVELS_BY_RANK[rank], due)

    def earlier_leaving(self) -> EarlierLeaving | None:
        """Every day of the month is tried as the last in post, and the day before the month."""
        first, ends_on = self.month.first_day, self.post.ends_on
        last_days = [self.month.last_day - timedelta(days=n) for n in range(1, self.month.days + 1)]
        tried = [day for day in last_days if day >= self.post.starts_on or day < first]
        tried = [day for day in tried if ends_on is None or day + timedelta(days=1) < ends_on]
        rank = LEVEL_RANKS[self.line.level]
        dues = self._due([(rank, day + timedelta(days=1)) for day in tried])
        for day, due in zip(tried, dues, strict=True):
            if due is not None and due != self.line.step_due_fen:
                return EarlierLeaving(day, due)
        return None

    def _due(self, variations: list[tuple[int, date | None]]) -> list[int | None]:
        """What is due for the month with a level's rank and an end of the post; None without a rate."""
        facts: Rows = {name: [] for name in ("certificates", "posts", "leaves", "rates", "months")}
        for number, (rank, ends_on) in enumerate(variations):
            self._add(facts, number, rank, ends_on)
        found: dict[int, int | None] = {}
        for row in Computer().due(policy_of(self.scheme), facts):
            found[row["scheme"]] = row["amount_fen"]
        return [found.get(number, 0) for number in range(len(variations))]

    def _add(self, facts: Rows, number: int, rank: int, ends_on: date | None) -> None:
        certificate, post = self.certificate, self.post
        span: Row = {"starts_on": certificate.approved_on, "ends_on": certificate.revoked_on}
        facts["certificates"].append({"person": number, "level": rank, "cert_ref": 0, **span})
        spell: Row = {"starts_on": post.starts_on, "ends_on": ends_on, "district": post.district_id}
        facts["posts"].append({"scheme": number, "person": number, "post_ref": 0, **spell})
        facts["rates"] += [{**rate, "scheme": number} for rate in self.rates]
        months: list[Any] = calendar(policy_of(self.scheme), [self.month])
        facts["months"] += [{"scheme": number, **vars(month)} for month in months]
