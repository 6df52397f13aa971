"""A person's working life as believed at an instant, and how that belief came about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from huiju.registry.models import (
    BankAccount,
    Certificate,
    Credit,
    Death,
    Fact,
    Leave,
    Person,
    Post,
    Registration,
)
from huiju.registry.queries.standing import facts_of

STAMPS = {"id", "fact", "recorded_at", "superseded_at", "voided", "source", "recorded_by", "reason"}
UNTOLD = STAMPS | {"person", "days", "number", "number_digest"}


@dataclass(frozen=True)
class Moment:
    """Something that happened in a working life. `kind` as in a timeline: good, bad, gone or empty."""

    on: date
    title: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """One value of a fact before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One version joining a fact: who recorded it, when, and what it says differently."""

    at: datetime
    by: str
    source: str
    subject: str
    what: str
    differences: list[Difference]
    reason: str


def person_timeline(person: Person, *, known_at: datetime) -> list[Moment]:
    """What is believed at an instant to have happened, newest first."""
    facts = facts_of(person, known_at=known_at)
    moments = [
        moment
        for moments in (
            *map(_moments_of_certificate, facts.certificates),
            *map(_moments_of_post, facts.posts),
            *map(_moments_of_leave, facts.leaves),
            *map(_moments_of_death, facts.deaths),
            *map(_moments_of_registration, facts.registrations),
        )
        for moment in moments
    ]
    return sorted(moments, key=lambda moment: moment.on, reverse=True)


def _moments_of_certificate(certificate: Certificate) -> list[Moment]:
    level = certificate.get_level_display()
    approved = Moment(
        certificate.approved_on,
        _("Certificate approved: %(level)s") % {"level": level},
        "done",
        certificate.certificate_no or certificate.management_no,
    )
    if certificate.revoked_on is None:
        return [approved]
    revoked = _("Certificate revoked: %(level)s") % {"level": level}
    return [approved, Moment(certificate.revoked_on, revoked, "bad", certificate.reason)]


def _moments_of_post(post: Post) -> list[Moment]:
    where = str(post.employer or post.place)
    parts = (post.title, str(post.district), str(post.place) if post.place != post.district else "")
    note = " · ".join(part for part in (*parts, post.overlap_reason) if part)
    begun = Moment(post.starts_on, _("Began at %(where)s") % {"where": where}, "done", note)
    if post.ends_on is None:
        return [begun]
    last_day = post.ends_on - timedelta(days=1)
    return [begun, Moment(last_day, _("Last day at %(where)s") % {"where": where}, "gone")]


def _moments_of_leave(leave: Leave) -> list[Moment]:
    kind = leave.get_kind_display()
    begun = Moment(leave.starts_on, _("On leave: %(kind)s") % {"kind": kind}, "empty")
    if leave.ends_on is None:
        return [begun]
    last_day = leave.ends_on - timedelta(days=1)
    return [begun, Moment(last_day, _("Last day of leave: %(kind)s") % {"kind": kind}, "empty")]


def _moments_of_death(death: Death) -> list[Moment]:
    note = " · ".join(part for part in (death.register, death.evidence) if part)
    return [Moment(death.died_on, _("Died"), "bad", note)]


def _moments_of_registration(registration: Registration) -> list[Moment]:
    words = _("%(kind)s with %(authority)s") % {
        "kind": registration.get_kind_display(),
        "authority": registration.authority,
    }
    last_day = registration.ends_on - timedelta(days=1)
    ended = Moment(last_day, _("Last day of the registration"), "empty", registration.number)
    return [Moment(registration.starts_on, words, "done", registration.number), ended]


def history(person: Person, *, with_accounts: bool = False) -> list[Change]:
    """Every statement ever recorded about a person's facts, in words, newest first.

    Accounts are told, masked, to those who may see them.
    """
    accounts = [BankAccount] if with_accounts else []
    models: list[Any] = [Leave, Death, Registration, Credit, *accounts]
    records = Person.objects.in_files_of([person]).values("pk")
    others = [m.objects.filter(person__in=records).select_related("recorded_by") for m in models]
    certificates = Certificate.objects.filter(person__in=records).select_related("recorded_by")
    posts = Post.objects.filter(person__in=records)
    posts = posts.select_related("recorded_by", "employer", "place", "district")
    changes = [
        change
        for rows in (certificates, posts, *others)
        for _fact, versions in groupby(
            rows.order_by("fact", "recorded_at", "pk"), key=lambda version: version.fact
        )
        for change in _changes(list(versions))
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _changes(versions: list[Any]) -> list[Change]:
    """The versions of one fact as changes, oldest first."""
    return [
        Change(
            at=version.recorded_at,
            by=str(version.recorded_by or _("the system")),
            source=source_in_words(version.source),
            subject=_subject(version),
            what=_what(before, version),
            differences=_differences(before, version),
            reason=version.reason,
        )
        for before, version in zip([None, *versions], versions, strict=False)
    ]


def source_in_words(source: str) -> str:
    """Where a version came from: an import by its number, an import taken back, or a page."""
    kind, _colon, number = source.partition(":")
    if kind == "import":
        return _("import %(number)s") % {"number": number}
    if kind == "undo":
        return _("import %(number)s taken back") % {"number": number}
    if kind == "merge":
        return _("decided when two files were merged")
    if kind == "unmerge":
        return _("restored when a merge was taken back")
    return _("entered on the page")


def _subject(version: Any) -> str:
    if isinstance(version, Certificate):
        return _("Certificate %(level)s") % {"level": version.get_level_display()}
    if isinstance(version, Post):
        return _("Post at %(where)s") % {"where": version.employer or version.place}
    if isinstance(version, Leave):
        return _("Leave: %(kind)s") % {"kind": version.get_kind_display()}
    if isinstance(version, Registration):
        return str(version.get_kind_display())
    if isinstance(version, Credit):
        return _("Hours: %(title)s") % {"title": version.title}
    if isinstance(version, BankAccount):
        return _("Account %(number)s") % {"number": version.masked}
    return _("Death")


def _what(before: Fact | None, version: Fact) -> str:
    if version.voided:
        return _("withdrawn")
    return _("recorded") if before is None else _("corrected")


def _differences(before: Fact | None, version: Fact) -> list[Difference]:
    if before is None or version.voided:
        return []
    return [
        Difference(str(column.verbose_name), _in_words(before, column), _in_words(version, column))
        for column in version._meta.concrete_fields
        if column.name not in UNTOLD
        and getattr(before, column.attname) != getattr(version, column.attname)
    ]


def _in_words(version: Any, column: Any) -> str:
    """A value as a page prints it; the stored end of a period as its last day."""
    if column.choices:
        return str(getattr(version, f"get_{column.name}_display")() or "—")
    value = getattr(version, column.name)
    if column.name == "ends_on" and value:
        value -= timedelta(days=1)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)
