"""What may be stated about one person, and how a statement becomes versions of facts.

Nothing here writes: `PersonFile` is a person's current facts in memory, and each function answers
with the revisions a statement makes, or refuses it by name.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from huiju.directory.models import Organisation, Place, User
from huiju.kernel.clock import day_of
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Period
from huiju.registry.enums import EmployerKind, Level
from huiju.registry.models import Certificate, Fact, Person, Post

FactT = TypeVar("FactT", bound=Fact)
PAGE = "page"

STAMPED = {"recorded_at", "recorded_by", "source", "reason", "superseded_at"}

# Certificate and management numbers in use, each with the fact on which it stands.
Holders = dict[str, UUID]


class Refused(DomainError):
    """A statement the registry does not take. `code` is its word in import results."""

    code: ClassVar[str] = ""


class SecondCertificate(Refused):
    """The person already holds another certificate of this level."""

    code = "TWO_CERTIFICATES"


class CertificateRevoked(Refused):
    """The certificate stated was revoked."""

    code = "CERT_REVOKED"


class RevokedBeforeApproval(Refused):
    """The day of revocation lies before the approval date."""

    code = "CERT_REVOKED_BEFORE_APPROVAL"


class CertificateNumberTaken(Refused):
    """The number stands on another certificate."""

    code = "CERT_NO_CONFLICT"


class CertificateBeforeBirth(Refused):
    """The approval date is not after the day of birth."""

    code = "CERT_BEFORE_BIRTH"


class PostBeforeBirth(Refused):
    """The post begins before the person was born."""

    code = "POST_BEFORE_BIRTH"


class PostEndsBeforeStart(Refused):
    """The last day lies before the first."""

    code = "POST_ENDS_BEFORE_START"


class PostsOverlap(Refused):
    """The days overlap another post of the person, and no reason was given."""

    code = "POST_OVERLAP"


class KnownLater(Refused):
    """A newer statement stands already; one recorded for an earlier day cannot replace it."""

    code = "KNOWN_LATER"


@dataclass(frozen=True)
class Entry:
    """Who records, at which instant, from what source and for what reason."""

    at: datetime
    by: User | None
    source: str = PAGE
    reason: str = ""


@dataclass(frozen=True)
class CertificateStatement:
    """What is said of a certificate; an empty number says nothing."""

    level: str
    approved_on: date
    certificate_no: str = ""
    management_no: str = ""
    revoked_on: date | None = None


@dataclass(frozen=True)
class PostStatement:
    """A spell of work. `ends_on` is the first day no longer in post; None states no end.

    An empty `kind` is that of the employer.
    """

    place: Place
    district: Place
    starts_on: date
    ends_on: date | None
    employer: Organisation | None
    kind: str = ""
    title: str = ""
    established: bool | None = None
    overlap_reason: str = ""

    @property
    def days(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def employers_kind(self) -> str:
        return self.kind or (self.employer.kind if self.employer else EmployerKind.OTHER)


@dataclass(frozen=True)
class Revision:
    """A version that joins a fact, and the one it supersedes (None: the fact is new)."""

    old: Fact | None
    new: Fact


@dataclass
class PersonFile:
    """A person with the facts believed now."""

    person: Person
    certificates: list[Certificate] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def take(self, revision: Revision) -> None:
        """Let a revision's new version stand in place of its old one."""
        facts: list[Any] = (
            self.certificates if isinstance(revision.new, Certificate) else self.posts
        )
        if revision.old is not None:
            facts.remove(revision.old)
            revision.old.superseded_at = revision.new.recorded_at
        facts.append(revision.new)

    @property
    def keeping_place(self) -> Place:
        """The office that keeps the file: the place of the latest post begun."""
        latest = max(self.posts, key=lambda post: post.starts_on, default=None)
        return latest.place if latest else self.person.place


def next_version(old: FactT, entry: Entry, *, like: FactT | None = None, **changes: Any) -> FactT:
    """The version that follows `old`: equal to it, or to an earlier one, but for `changes`.

    Raises KnownLater when `old` was recorded after the entry's instant.
    """
    if old.recorded_at > entry.at:
        raise KnownLater(
            _(
                "A statement recorded on %(day)s stands already; one of an earlier day cannot change it."
            )
            % {"day": day_of(old.recorded_at)}
        )
    kept = _values_of(like or old)
    return type(old)(**{**kept, **stamp(entry), "superseded_at": None, **changes})


def _values_of(version: Fact) -> dict[str, Any]:
    """The columns of a version; related objects where they are at hand, else their keys."""
    values = {}
    columns: Any = version._meta.concrete_fields
    for column in columns:
        if column.primary_key or column.generated or column.name in STAMPED:
            continue
        at_hand = not column.is_relation or column.is_cached(version)
        name = column.name if at_hand else column.attname
        values[name] = getattr(version, name)
    return values


def stamp(entry: Entry) -> dict[str, Any]:
    """The columns of a new version that say who recorded it, when, whence and why."""
    return {
        "recorded_at": entry.at,
        "recorded_by": entry.by,
        "source": entry.source,
        "reason": entry.reason,
    }


def certificate_revisions(
    file: PersonFile, stated: CertificateStatement, entry: Entry, *, holders: Holders
) -> list[Revision]:
    """What stating a certificate changes: nothing, a correction, a revocation, or a new one.

    An empty number states nothing. Raises SecondCertificate, CertificateRevoked,
    RevokedBeforeApproval, CertificateNumberTaken, CertificateBeforeBirth or KnownLater.
    """
    same_level = [held for held in file.certificates if held.level == stated.level]
    known = _same_certificate(same_level, stated)
    check_certificate(file.person, stated, holders, known=known)
    if known is None:
        fresh = Certificate(person=file.person, **vars(stated), **stamp(entry))
        return [Revision(None, fresh)]
    _refuse_second(known, stated)
    changes = {
        name: value
        for name, value in vars(stated).items()
        if value and value != getattr(known, name)
    }
    return [Revision(known, next_version(known, entry, **changes))] if changes else []


def check_certificate(
    person: Person, stated: CertificateStatement, holders: Holders, *, known: Certificate | None
) -> None:
    """Raise what forbids a statement: its dates, or a number on a certificate other than `known`."""
    if person.born_on and stated.approved_on <= person.born_on:
        raise CertificateBeforeBirth(
            _("The approval date %(day)s is not after the day of birth. Check both dates.")
            % {"day": stated.approved_on}
        )
    if stated.revoked_on and stated.revoked_on < stated.approved_on:
        raise RevokedBeforeApproval(
            _("The certificate was approved on %(day)s; it cannot be revoked before that.")
            % {"day": stated.approved_on}
        )
    for number in (stated.certificate_no, stated.management_no):
        if number in holders and holders[number] != (known and known.fact):
            raise CertificateNumberTaken(
                _("The number %(number)s stands on another certificate. Check the number.")
                % {"number": number}
            )


def stated_by(certificate: Certificate) -> CertificateStatement:
    """A version of a certificate as the statement it makes."""
    names = CertificateStatement.__dataclass_fields__
    return CertificateStatement(**{name: getattr(certificate, name) for name in names})


def _same_certificate(
    same_level: list[Certificate], stated: CertificateStatement
) -> Certificate | None:
    """The certificate of this level a statement speaks of; None: one approved after a revocation."""
    for held in same_level:
        if held.revoked_on is None:
            return held
    for held in same_level:
        if held.approved_on == stated.approved_on and stated.revoked_on:
            return held
        if held.revoked_on is not None and stated.approved_on < held.revoked_on:
            raise CertificateRevoked(
                _(
                    "The certificate of this level was revoked on %(day)s. Take it out of the roster."
                )
                % {"day": held.revoked_on}
            )
    return None


def _refuse_second(held: Certificate, stated: CertificateStatement) -> None:
    for name in ("certificate_no", "management_no"):
        known, said = getattr(held, name), getattr(stated, name)
        if known and said and known != said:
            raise SecondCertificate(
                _(
                    "The person already holds a certificate of the level “%(level)s” of %(day)s with"
                    " another number. If that number is wrong, correct it on the person's page."
                )
                % {"level": Level(held.level).label, "day": held.approved_on}
            )


def post_revisions(file: PersonFile, stated: PostStatement, entry: Entry) -> list[Revision]:
    """What stating a post changes: nothing, a correction, or a new spell.

    A spell with the same first day in the same district is the same fact; what the statement
    leaves empty stays. Raises PostBeforeBirth, PostEndsBeforeStart, PostsOverlap or KnownLater.
    """
    known = _same_spell(file, stated)
    if known is None:
        check_post(file, stated, known=None)
        said = {**vars(stated), "kind": stated.employers_kind}
        fresh = Post(person=file.person, **said, **stamp(entry))
        return [Revision(None, fresh)]
    changes = _stated_changes(known, stated)
    if not changes:
        return []
    new = next_version(known, entry, **changes)
    check_post(file, spell_of(new), known=known)
    return [Revision(known, new)]


def check_post(file: PersonFile, stated: PostStatement, *, known: Post | None) -> None:
    """Raise what forbids a spell. `known` is the version it would supersede."""
    born_on = file.person.born_on
    if born_on and stated.starts_on <= born_on:
        raise PostBeforeBirth(
            _("The post begins on %(day)s, not after the day of birth. Check both dates.")
            % {"day": stated.starts_on}
        )
    if stated.ends_on is not None and stated.ends_on <= stated.starts_on:
        raise PostEndsBeforeStart(
            _("The post ends before it begins on %(day)s. Check both dates.")
            % {"day": stated.starts_on}
        )
    if stated.overlap_reason:
        return
    for other in file.posts:
        if (
            other is not known
            and not other.overlap_reason
            and spell_of(other).days.overlaps(stated.days)
        ):
            raise PostsOverlap(
                _(
                    "The days overlap the post in %(place)s that began on %(day)s. Let that one end"
                    " first, or give the reason for a second post."
                )
                % {"place": other.district, "day": other.starts_on}
            )


def spell_of(post: Post) -> PostStatement:
    """A version of a post as the statement it makes."""
    return PostStatement(
        **{name: getattr(post, name) for name in PostStatement.__dataclass_fields__}
    )


def _same_spell(file: PersonFile, stated: PostStatement) -> Post | None:
    spells = [
        post
        for post in file.posts
        if post.starts_on == stated.starts_on and post.district == stated.district
    ]
    for post in spells:
        if stated.employer is not None and post.employer == stated.employer:
            return post
    if stated.overlap_reason:
        return None
    return next((post for post in spells if not post.overlap_reason), None)


def _stated_changes(known: Post, stated: PostStatement) -> dict[str, Any]:
    """The values a statement gives that differ. A district alone does not take a street away."""
    said = {name: value for name, value in vars(stated).items() if value not in (None, "")}
    if stated.place == stated.district:
        del said["place"]
    if stated.employer is not None and stated.employer != known.employer:
        said["kind"] = stated.employers_kind
    return {name: value for name, value in said.items() if value != getattr(known, name)}
