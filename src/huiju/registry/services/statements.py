"""How a registration, hours, a leave, an account or a death is stated, corrected, withdrawn and taken in from a sheet.

Each is a kind of fact that stands beside certificates and posts. What a kind forbids and what it
counts as the same fact are its own (`Kind`); how versions are made, kept and told is here, once.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel.clock import day_of
from huiju.kernel.encrypted import search_digest
from huiju.registry import permissions
from huiju.registry.models import Fact, IdentityDocument, Person, Post
from huiju.registry.queries import facts_in_files
from huiju.registry.services.books import hold_rosters, write_revisions
from huiju.registry.services.changes import need_reason
from huiju.registry.services.facts import (
    Entry,
    Refused,
    Revision,
    next_version,
    stamp,
)
from huiju.registry.services.roster import NameDiffers, Outcome, RowResult


class PersonUnknown(Refused):
    """No file in the importer's reach carries this document number."""

    code = "PERSON_UNKNOWN"


@dataclass
class Holding:
    """A person with the present facts of one kind, the posts they are judged by, and the day it is."""

    person: Person
    on: date
    facts: list[Any] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def take(self, revision: Revision) -> None:
        """Let a revision's new version stand in place of its old one."""
        if revision.old is not None:
            self.facts.remove(revision.old)
            revision.old.superseded_at = revision.new.recorded_at
        if not revision.new.voided:
            self.facts.append(revision.new)

    def others(self, known: Fact | None) -> list[Any]:
        """The present facts but for the one a statement would supersede."""
        return [fact for fact in self.facts if known is None or fact.fact != known.fact]


@dataclass(frozen=True)
class Kind:
    """One kind of fact. `word` names its events ("registry.leave_recorded").

    `check(holding, stated, known)` raises what forbids a statement; `same(holding, stated)` finds the
    fact it speaks of; `values(stated)` are its columns; `before(holding, stated, entry)` are revisions of
    other facts that it brings; `warning(holding, stated)` is a refusal that only warns, or None; `claim(stated)` is what
    no two people may both state, with the refusal of the second, or None.
    """

    model: type[Any]
    word: str
    check: Callable[[Holding, Any, Any], None]
    same: Callable[[Holding, Any], Any]
    values: Callable[[Any], dict[str, Any]]
    before: Callable[[Holding, Any, Entry], list[Revision]] = lambda _h, _s, _e: []
    warning: Callable[[Holding, Any], Refused | None] = lambda _h, _s: None
    claim: Callable[[Any], tuple[Any, Refused] | None] = lambda _s: None


@dataclass(frozen=True)
class Named:
    """A row of a sheet: whom it names, and what it states of them."""

    name: str
    id_no: str
    stated: Any


@transaction.atomic
def state(kind: Kind, *, person: Person, stated: Any, entry: Entry) -> tuple[Any, str]:
    """Record a fact of a person; the fact it belongs to, and a warning in words or "".

    Raises NotPermitted, ReasonMissing or what the kind forbids.
    """
    holding = _locked(kind, person, entry)
    permissions.may_change(_actor(entry), holding.person).require()
    need_reason(entry)
    known, revisions = _decided(kind, holding, stated, entry)
    _write(kind, holding, revisions, entry, "corrected" if known else "recorded")
    told = kind.warning(holding, stated)
    return (revisions[-1].new if revisions else known), str(told) if told else ""


@transaction.atomic
def correct(kind: Kind, *, held: Any, stated: Any, entry: Entry) -> Any:
    """Say what a fact really is; the version before stays readable. No change: nothing is kept.

    Raises NotPermitted, ReasonMissing, KnownLater or what the kind forbids.
    """
    holding = _locked(kind, held.person, entry)
    known = _present(holding, held)
    permissions.may_correct_fact(_actor(entry), known).require()
    need_reason(entry)
    kind.check(holding, stated, known)
    changes = _differing(known, kind.values(stated))
    if not changes:
        return known
    revision = Revision(known, next_version(known, entry, **changes))
    _write(kind, holding, [revision], entry, "corrected")
    return revision.new


@transaction.atomic
def withdraw(kind: Kind, *, held: Any, entry: Entry) -> Any:
    """Say that a fact never was. Its versions stay readable. Raises NotPermitted or ReasonMissing."""
    holding = _locked(kind, held.person, entry)
    known = _present(holding, held)
    permissions.may_correct_fact(_actor(entry), known).require()
    need_reason(entry)
    revision = Revision(known, next_version(known, entry, voided=True))
    _write(kind, holding, [revision], entry, "withdrawn")
    return revision.new


@transaction.atomic
def take_rows(
    kind: Kind, rows: Sequence[Named], *, by: User | None, at: datetime, import_id: int
) -> list[RowResult]:
    """Take judged rows in; the answers are in the order of the rows. A row that only warns says so.

    Whom a row names is found by the document number, and the name must agree. A file the importer
    does not keep is as unknown as one that is not there. Needs the whole reach.
    """
    hold_rosters()
    entry = Entry(at=at, by=by, source=f"import:{import_id}")
    digests = [search_digest(IdentityDocument, "number", row.id_no) for row in rows]
    holdings = _found(kind, digests, entry)
    revisions: list[Revision] = []
    claimed: dict[Any, int] = {}
    results = []
    for row, digest in zip(rows, digests, strict=True):
        try:
            holding = _whose(row, holdings.get(digest), by)
            _claim(kind, holding, row.stated, claimed)
            result, made = _taken(kind, holding, row.stated, entry)
            revisions += made
        except Refused as refusal:
            result = RowResult(Outcome.REFUSED, refusal.code, str(refusal))
        results.append(result)
    write_revisions(kind.model, revisions)
    counts = {outcome.value: sum(r.outcome == outcome for r in results) for outcome in Outcome}
    audit.record(
        actor=by, action=f"registry.{kind.word}_rows_taken", subject=entry.source, **counts
    )
    return results


def _claim(kind: Kind, holding: Holding, stated: Any, claimed: dict[Any, int]) -> None:
    """What a row of the same batch has claimed for somebody else is refused; the database sees the batches before."""
    if claim := kind.claim(stated):
        key, refusal = claim
        if claimed.setdefault(key, holding.person.pk) != holding.person.pk:
            raise refusal


def _taken(
    kind: Kind, holding: Holding, stated: Any, entry: Entry
) -> tuple[RowResult, list[Revision]]:
    known, revisions = _decided(kind, holding, stated, entry)
    for revision in revisions:
        holding.take(revision)
    outcome = Outcome.CHANGED if known else Outcome.CREATED
    warning = kind.warning(holding, stated)
    return (
        RowResult(
            outcome if revisions else Outcome.UNCHANGED,
            warning.code if warning else "",
            str(warning) if warning else "",
            holding.person.pk,
        ),
        revisions,
    )


def _decided(kind: Kind, holding: Holding, stated: Any, entry: Entry) -> tuple[Any, list[Revision]]:
    """The fact a statement speaks of, and what it changes; what it leaves empty stays."""
    known = kind.same(holding, stated)
    kind.check(holding, stated, known)
    values = kind.values(stated)
    if known is None:
        before = kind.before(holding, stated, entry)
        fresh = kind.model(person=holding.person, **values, **stamp(entry))
        return None, [*before, Revision(None, fresh)]
    said = {name: value for name, value in values.items() if value not in (None, "")}
    said.pop("starts_on", None)  # a fact found again began when it began
    changes = _differing(known, said)
    return known, [Revision(known, next_version(known, entry, **changes))] if changes else []


def _differing(known: Fact, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(known, name)}


def _write(
    kind: Kind, holding: Holding, revisions: Collection[Revision], entry: Entry, verb: str
) -> None:
    if not revisions:
        return
    for revision in revisions:
        holding.take(revision)
    write_revisions(kind.model, revisions)
    facts = [str(revision.new.fact) for revision in revisions]
    action = f"registry.{kind.word}_{verb}"
    audit.record(actor=entry.by, action=action, subject=holding.person, facts=facts)


def _locked(kind: Kind, person: Person, entry: Entry) -> Holding:
    """The person, locked against other changes, with the present facts."""
    rows = Person.objects.select_for_update(of=("self",)).select_related("place")
    locked = rows.get(pk=person.file_key)
    return _holdings(kind, [locked], entry)[locked.pk]


def _holdings(kind: Kind, people: Sequence[Person], entry: Entry) -> dict[int, Holding]:
    holdings = {person.pk: Holding(person, day_of(entry.at)) for person in people}
    for fact in facts_in_files(kind.model.objects.current(), people).order_by("pk"):
        holdings[fact.file].facts.append(fact)
    posts = facts_in_files(Post.objects.current(), people).select_related("place")
    for post in posts.order_by("starts_on", "pk"):
        holdings[post.file].posts.append(post)
    return holdings


def _found(kind: Kind, digests: Collection[str], entry: Entry) -> dict[str, Holding]:
    """The files that carry documents, by the number's digest; locked in the order of keys."""
    rows = IdentityDocument.objects.filter(number_digest__in=digests).defer("number")
    documents = rows.select_related("person")
    owners = {document.number_digest: document.person.file_key for document in documents}
    files = Person.objects.select_for_update(of=("self",)).select_related("place")
    people = list(files.filter(pk__in=set(owners.values())).order_by("pk"))
    holdings = _holdings(kind, people, entry)
    return {digest: holdings[person] for digest, person in owners.items()}


def _whose(row: Named, holding: Holding | None, by: User | None) -> Holding:
    places = [holding.person.place, *(post.place for post in holding.posts)] if holding else []
    if holding is None or not permissions.keeps_a_file_of(by, places):
        raise PersonUnknown(
            _(
                "No file you keep carries this document number. Check the number; people come in with"
                " the roster first."
            )
        )
    if holding.person.name != row.name:
        raise NameDiffers(
            _(
                "The identity number is on file under another name. Check the number; if the name"
                " has changed, change it on the person's page first."
            )
        )
    return holding


def _present(holding: Holding, held: Any) -> Any:
    """The present version of a fact, or the given one as it is now, of which permits say what is wrong."""
    present = next((fact for fact in holding.facts if fact.pk == held.pk), None)
    if present is None:
        held.refresh_from_db(fields=["superseded_at", "voided"])
    return present or held


def _actor(entry: Entry) -> Any:
    return entry.by
