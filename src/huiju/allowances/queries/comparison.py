"""A month beside the month before: who is new, who is gone, who gets another amount, and why."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from huiju.allowances.enums import Difference, Why
from huiju.allowances.models import Run, RunLine
from huiju.kernel.periods import Month
from huiju.registry.models import Certificate, Person, Post


@dataclass(frozen=True)
class MonthDifference:
    """One person's two months; a side without an amount due is None."""

    person: Person
    kind: Difference
    why: Why
    before: RunLine | None
    after: RunLine | None

    @property
    def growth_fen(self) -> int:
        due_before = self.before.step_due_fen if self.before else 0
        return (self.after.step_due_fen if self.after else 0) - due_before


@dataclass(frozen=True)
class Comparison:
    """A run's own month and that of the run before; `before` None where that month was not computed."""

    run: Run
    before: Run | None
    differences: list[MonthDifference]

    @property
    def growth_fen(self) -> int:
        return sum(difference.growth_fen for difference in self.differences)


def compared_with_month_before(run: Run) -> Comparison:
    """What is due for the run's month against what was due for the month before, in its district."""
    month = Month.of(run.month).plus(-1).first_day
    runs = Run.objects.current().filter(scheme=run.scheme, place=run.place, month=month)
    before = runs.first()
    if before is None:
        return Comparison(run, None, [])
    then = {line.person_id: line for line in _of_the_month(before)}
    now = {line.person_id: line for line in _of_the_month(run)}
    gone = _Leavers([line for person, line in then.items() if person not in now], run)
    differences = [
        *(_new(line, month) for person, line in now.items() if person not in then),
        *(gone.difference(line) for line in gone.lines),
        *(
            _changed(then[person], line)
            for person, line in now.items()
            if person in then and _differ(then[person], line)
        ),
    ]
    return Comparison(run, before, differences)


def _of_the_month(run: Run) -> QuerySet[RunLine]:
    lines = RunLine.objects.filter(run=run, month=F("run__month"), step_due_fen__gt=0)
    return lines.select_related("person", "certificate", "post").order_by("person__pinyin", "pk")


def _differ(before: RunLine, after: RunLine) -> bool:
    return (before.step_due_fen, before.level) != (after.step_due_fen, after.level)


def _new(line: RunLine, since: date) -> MonthDifference:
    """A reason younger than the month before, else the facts came late."""
    begun = line.post.starts_on if line.post else since
    approved = line.certificate.approved_on if line.certificate else since
    why = Why.POST_BEGUN if begun >= approved else Why.CERTIFICATE_APPROVED
    if max(begun, approved) < since:
        why = Why.FACTS
    return MonthDifference(line.person, Difference.NEW, why, None, line)


def _changed(before: RunLine, after: RunLine) -> MonthDifference:
    why = Why.DAYS
    if before.step_rate_fen != after.step_rate_fen:
        why = Why.RATE
    if before.level != after.level:
        why = Why.LEVEL
    return MonthDifference(after.person, Difference.CHANGED, why, before, after)


class _Leavers:
    """People no longer paid, and what is known now of the post and certificate that were paid."""

    def __init__(self, lines: list[RunLine], run: Run) -> None:
        self.lines, self.month = lines, Month.of(run.month)
        posts = Post.objects.known_at(run.known_at)
        people = [line.person_id for line in lines]
        facts = Q(fact__in=[line.post.fact for line in lines if line.post])
        self.posts = {post.fact: post for post in posts.filter(facts)}
        elsewhere = posts.filter(person__in=people).exclude(district=run.place)
        self.elsewhere = {post.person_id for post in elsewhere if self._lasts(post)}
        held = [line.certificate.fact for line in lines if line.certificate]
        certificates = Certificate.objects.known_at(run.known_at).filter(fact__in=held)
        self.certificates = {one.fact: one for one in certificates}

    def _lasts(self, post: Post) -> bool:
        return post.starts_on <= self.month.last_day and (
            post.ends_on is None or post.ends_on > self.month.first_day
        )

    def difference(self, line: RunLine) -> MonthDifference:
        return MonthDifference(line.person, Difference.GONE, self._why(line), line, None)

    def _why(self, line: RunLine) -> Why:
        post = self.posts.get(line.post.fact) if line.post else None
        certificate = self.certificates.get(line.certificate.fact) if line.certificate else None
        if certificate and certificate.revoked_on and certificate.revoked_on <= self.month.last_day:
            return Why.CERTIFICATE_REVOKED
        if post and certificate and post.ends_on and post.ends_on <= self.month.last_day:
            return Why.MOVED if line.person_id in self.elsewhere else Why.POST_ENDED
        return Why.FACTS
