"""What an official does to single records on a person's page."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.kernel.clock import day_of
from huiju.kernel.errors import DomainError
from huiju.registry import permissions
from huiju.registry.models import Certificate, Fact, IdentityDocument, Person, Post
from huiju.registry.queries import facts_in_files
from huiju.registry.services.books import NUMBERS, numbers_held, write_revisions, write_search_keys
from huiju.registry.services.facts import (
    CertificateStatement,
    Entry,
    FactT,
    PersonFile,
    PostStatement,
    Revision,
    SecondCertificate,
    check_certificate,
    check_post,
    next_version,
    post_revisions,
    spell_of,
    stated_by,
)
from huiju.registry.services.searching import sort_key

LEAST_REASON = 2


class ReasonMissing(DomainError):
    """A change or a look at a number needs a reason in words."""


class DateNotYet(DomainError):
    """A date that lies after the day of recording."""


@transaction.atomic
def correct_certificate(
    *, certificate: Certificate, stated: CertificateStatement, entry: Entry
) -> Certificate:
    """Say what a certificate really is; the version before stays readable. No change: nothing is kept.

    Raises NotPermitted, ReasonMissing, DateNotYet, SecondCertificate, CertificateNumberTaken,
    CertificateBeforeBirth or KnownLater.
    """
    file = _locked_file(certificate.person)
    held = _present(certificate, file.certificates)
    _may(permissions.may_correct_certificate, entry, held)
    _past(stated.approved_on, entry)
    check_certificate(file.person, stated, numbers_held(_numbers(stated)), known=held)
    same_level = [c for c in file.certificates if c.level == stated.level and not c.revoked_on]
    if [other for other in same_level if other != held]:
        raise SecondCertificate(_("The person holds another certificate of this level already."))
    changes = {name: value for name, value in vars(stated).items() if value != getattr(held, name)}
    return _revised(held, entry, "registry.certificate_corrected", changes, file=file)


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, revoked_on: date, entry: Entry) -> Certificate:
    """Record that a certificate stopped counting on a day, and why.

    Raises NotPermitted, ReasonMissing, DateNotYet or RevokedBeforeApproval.
    """
    file = _locked_file(certificate.person)
    held = _present(certificate, file.certificates)
    _may(permissions.may_revoke_certificate, entry, held)
    _past(revoked_on, entry)
    check_certificate(file.person, replace(stated_by(held), revoked_on=revoked_on), {}, known=held)
    changes = {"revoked_on": revoked_on}
    return _revised(held, entry, "registry.certificate_revoked", changes, file=file)


@transaction.atomic
def add_post(*, person: Person, stated: PostStatement, entry: Entry) -> Post:
    """Record a post. A spell that begins the same day in the same district is corrected by it.

    Raises NotPermitted, ReasonMissing, PostBeforeBirth, PostEndsBeforeStart or PostsOverlap.
    """
    file = _locked_file(person)
    need_reason(entry)
    permissions.may_add_post(_actor(entry), file.person, stated.place).require()
    revisions = post_revisions(file, stated, entry)
    for revision in revisions:
        _write(file, revision, entry, "registry.post_added")
    added: Post = next(p for p in file.posts if p.starts_on == stated.starts_on)
    return added


@transaction.atomic
def correct_post(*, post: Post, stated: PostStatement, entry: Entry) -> Post:
    """Say what a post really is or was; the version before stays readable.

    Raises NotPermitted, ReasonMissing, PostBeforeBirth, PostEndsBeforeStart, PostsOverlap or KnownLater.
    """
    file = _locked_file(post.person)
    held = _present(post, file.posts)
    _may(permissions.may_correct_post, entry, held)
    permissions.may_add_post(_actor(entry), file.person, stated.place).require()
    check_post(file, stated, known=held)
    wanted = {**vars(stated), "kind": stated.employers_kind}
    changes = {name: value for name, value in wanted.items() if value != getattr(held, name)}
    return _revised(held, entry, "registry.post_corrected", changes, file=file)


@transaction.atomic
def end_post(*, post: Post, last_day: date, entry: Entry) -> Post:
    """Record the last day of an open post. Raises NotPermitted, ReasonMissing or PostEndsBeforeStart."""
    file = _locked_file(post.person)
    held = _present(post, file.posts)
    _may(permissions.may_end_post, entry, held)
    changes: dict[str, Any] = {"ends_on": last_day + timedelta(days=1)}
    check_post(file, spell_of(next_version(held, entry, **changes)), known=held)
    return _revised(held, entry, "registry.post_ended", changes, file=file)


@transaction.atomic
def rename_person(*, person: Person, name: str, entry: Entry) -> Person:
    """Change a person's name, which rosters must then carry. The former name stays searchable."""
    file = _locked_file(person)
    _may(permissions.may_change, entry, file.person)
    changed = file.person
    if changed.name == name:
        return changed
    changed.name, changed.pinyin = name, sort_key(name)
    changed.save(update_fields=["name", "pinyin"])
    write_search_keys([changed])
    audit.record(actor=entry.by, action="registry.person_renamed", subject=changed)
    return changed


@transaction.atomic
def reveal_number(*, document: IdentityDocument, entry: Entry) -> str:
    """The whole number of an identity document, for a reason that goes on record.

    Raises NotPermitted or ReasonMissing.
    """
    _may(permissions.may_reveal, entry, document.person)
    audit.record(
        actor=entry.by,
        action="registry.number_revealed",
        subject=document.person,
        document=document.pk,
        reason=entry.reason,
    )
    number: str = document.number
    return number


def _may(permit: Any, entry: Entry, thing: Any) -> None:
    permit(_actor(entry), thing).require()
    need_reason(entry)


def _actor(entry: Entry) -> Any:
    return entry.by


def need_reason(entry: Entry) -> None:
    """Raise ReasonMissing where an entry gives no reason in words."""
    if len(entry.reason.strip()) < LEAST_REASON:
        raise ReasonMissing(_("Give the reason in a few words, with the evidence you have seen."))


def _past(day: date, entry: Entry) -> None:
    if day > day_of(entry.at):
        raise DateNotYet(_("%(day)s lies in the future. Check the date.") % {"day": day})


def _locked_file(person: Person) -> PersonFile:
    """The person with the present facts of the whole file, locked against other changes."""
    rows = Person.objects.select_for_update(of=("self",)).select_related("place")
    locked = rows.get(pk=person.file_key)
    posts = facts_in_files(Post.objects.current(), [locked])
    posts = posts.select_related("place", "district", "employer")
    certificates = facts_in_files(Certificate.objects.current(), [locked])
    return PersonFile(
        locked, list(certificates.order_by("approved_on")), list(posts.order_by("starts_on"))
    )


def _present(fact: FactT, facts: list[FactT]) -> FactT:
    """The present version of a fact, or the given one, of which permits then say what is wrong."""
    return next((held for held in facts if held.pk == fact.pk), fact)


def _numbers(stated: CertificateStatement) -> set[str]:
    return {number for name in NUMBERS if (number := getattr(stated, name))}


def _revised(
    held: FactT,
    entry: Entry,
    action: str,
    changes: dict[str, Any],
    *,
    file: PersonFile,
) -> FactT:
    """The version that says the changes, recorded and audited; `held` itself when nothing changes."""
    if not changes:
        return held
    new: FactT = next_version(held, entry, **changes)
    _write(file, Revision(held, new), entry, action, sorted(changes))
    return new


def _write(
    file: PersonFile, revision: Revision, entry: Entry, action: str, fields: list[str] | None = None
) -> None:
    file.take(revision)
    write_revisions(type(revision.new), [revision])
    if file.posts and file.keeping_place != file.person.place:
        file.person.place = file.keeping_place
        file.person.save(update_fields=["place"])
    fact: Fact = revision.new
    audit.record(
        actor=entry.by, action=action, subject=file.person, fact=fact.fact, fields=fields or []
    )
