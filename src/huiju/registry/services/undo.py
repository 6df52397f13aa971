"""Taking a whole import back, while nothing depends on it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel.errors import DomainError
from huiju.registry.models import (
    Certificate,
    Fact,
    IdentityDocument,
    Person,
    Post,
    SearchKey,
)
from huiju.registry.services.books import Books, hold_rosters, write_revisions
from huiju.registry.services.facts import Entry, Revision, next_version

# What an import brought of a person, and what people are found by.
GO_WITH_THE_PERSON = (Person, Certificate, Post, IdentityDocument, SearchKey)


class UndoRefused(DomainError):
    """Something recorded later rests on what the import brought."""


@transaction.atomic
def undo_roster(*, import_id: int, by: User | None, at: datetime) -> int:
    """Take back every fact an import brought or changed; the number of facts taken back.

    The versions before it stand again; facts it brought are void; people who have no fact left
    are withdrawn. All of it stays readable as known in between. Raises UndoRefused when a fact
    was changed later, when another record rests on it, or when another package keeps records
    of a person who would be withdrawn. Undone again: 0. Needs the whole reach.
    """
    hold_rosters()
    entry = Entry(at=at, by=by, source=f"undo:{import_id}")
    revisions = _taken_back((Certificate, Post), import_id, entry)
    people = {revision.new.person_id for revision in revisions}  # type: ignore[attr-defined]
    withdrawn = _settle_people(people, entry)
    counts = {"facts": len(revisions), "people_withdrawn": withdrawn}
    audit.record(actor=by, action="registry.roster_undone", subject=f"import:{import_id}", **counts)
    return len(revisions)


@transaction.atomic
def undo_facts(*, model: type[Fact], import_id: int, by: User | None, at: datetime) -> int:
    """Take back every fact of one kind that an import brought or changed; how many.

    Nobody is withdrawn by it. Raises UndoRefused as `undo_roster` does. Needs the whole reach.
    """
    hold_rosters()
    entry = Entry(at=at, by=by, source=f"undo:{import_id}")
    revisions = _taken_back((model,), import_id, entry)
    audit.record(
        actor=by,
        action="registry.import_undone",
        subject=f"import:{import_id}",
        facts=len(revisions),
        kind=model._meta.model_name,
    )
    return len(revisions)


def _taken_back(models: tuple[type[Any], ...], import_id: int, entry: Entry) -> list[Revision]:
    """Write the revisions that lead every fact of an import back to the version before it."""
    revisions = [
        revision for model in models for revision in _revisions(model, f"import:{import_id}", entry)
    ]
    try:
        with transaction.atomic():
            for model in models:
                write_revisions(model, revisions)
    except IntegrityError as clash:
        raise UndoRefused(
            _("A later record rests on this import. Take back the later import first.")
        ) from clash
    return revisions


def facts_led_back(model: type[Any], source: str, entry: Entry) -> list[Revision]:
    """The revisions that lead facts a source changed back to before, where nothing changed them since."""
    changed = model.objects.filter(source=source, superseded_at=None).values("fact")
    versions = model.objects.filter(fact__in=changed).order_by("fact", "recorded_at", "pk")
    lives = (list(life) for _fact, life in groupby(versions, key=lambda version: version.fact))
    return [_one_back(life, source, entry) for life in lives]


def _revisions(model: Any, source: str, entry: Entry) -> Iterator[Revision]:
    facts = model.objects.filter(source=source).values("fact")
    versions = model.objects.filter(fact__in=facts).order_by("fact", "recorded_at", "pk")
    for _fact, group in groupby(versions, key=lambda version: version.fact):
        life = list(group)
        if life[-1].source == entry.source:
            continue
        yield _one_back(life, source, entry)


def _one_back(life: list[Fact], source: str, entry: Entry) -> Revision:
    """The revision that leads a fact back to the version before the import."""
    first = next(place for place, version in enumerate(life) if version.source == source)
    if any(version.source != source for version in life[first:]):
        raise UndoRefused(
            _(
                "A record of this import was changed later. Take back that import first, or correct"
                " single records."
            )
        )
    last = life[-1]
    if first == 0:
        return Revision(last, next_version(last, entry, voided=True))
    return Revision(last, next_version(last, entry, like=life[first - 1]))


def _settle_people(people: set[int], entry: Entry) -> int:
    """Let files follow the posts that remain; withdraw those with no fact. How many were withdrawn."""
    books = Books.opened(entry, digests=(), numbers=())
    keys = {person.file_key for person in Person.objects.filter(pk__in=people)}
    gone = []
    for file in books.read_files(keys).values():
        file.person.place = file.keeping_place
        if not file.certificates and not file.posts:
            file.person.withdrawn_at = entry.at
            gone.append(file.person.pk)
        books.touch(file.person)
    _refuse_if_kept_elsewhere(gone)
    books.write()
    return len(gone)


def _refuse_if_kept_elsewhere(people: list[int]) -> None:
    """Raise UndoRefused where other records speak of people who would be withdrawn."""
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if model in GO_WITH_THE_PERSON:
            continue
        rows = model.objects.filter(**{f"{relation.field.name}__in": people})
        if issubclass(model, Fact):
            rows = rows.filter(superseded_at=None, voided=False)
        if count := rows.count():
            raise UndoRefused(
                _("%(count)s later records speak of people of this import. Settle those first.")
                % {"count": count}
            )
