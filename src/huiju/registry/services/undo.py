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
from huiju.registry.models import Certificate, Fact, Person, Post
from huiju.registry.services.books import Books, hold_rosters, write_revisions
from huiju.registry.services.facts import Entry, Revision, next_version


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
    revisions = [
        revision
        for model in (Certificate, Post)
        for revision in _revisions(model, f"import:{import_id}", entry)
    ]
    try:
        with transaction.atomic():
            for model in (Certificate, Post):
                write_revisions(model, revisions)
    except IntegrityError as clash:
        raise UndoRefused(
            _("A later record rests on this import. Take back the later import first.")
        ) from clash
    people = {revision.new.person_id for revision in revisions}  # type: ignore[attr-defined]
    withdrawn = _settle_people(people, entry)
    counts = {"facts": len(revisions), "people_withdrawn": withdrawn}
    audit.record(actor=by, action="registry.roster_undone", subject=f"import:{import_id}", **counts)
    return len(revisions)


def _revisions(model: Any, source: str, entry: Entry) -> Iterator[Revision]:
    facts = model.objects.filter(source=source).values("fact")
    versions = model.objects.filter(fact__in=facts).order_by("fact", "recorded_at", "pk")
    for _fact, group in groupby(versions, key=lambda version: version.fact):
        life = list(group)
        if life[-1].source == f"undo:{source.removeprefix('import:')}":
            continue
        yield _one_back(life, source, entry)


def _one_back(life: list[Fact], source: str, entry: Entry) -> Revision:
    """The revision that leads a fact back to the version before the import."""
    first = next(place for place, version in enumerate(life) if version.source == source)
    if any(version.source != source for version in life[first:]):
        raise UndoRefused(
            _(
                "A certificate or post of this import was changed later. Take back that import"
                " first, or correct single records."
            )
        )
    last = life[-1]
    if first == 0:
        return Revision(last, next_version(last, entry, voided=True))
    return Revision(last, next_version(last, entry, like=life[first - 1]))


def _settle_people(people: set[int], entry: Entry) -> int:
    """Let files follow the posts that remain; withdraw those with no fact. How many were withdrawn."""
    books = Books.opened(entry, digests=(), numbers=())
    gone = []
    for file in books.read_files(people).values():
        file.person.place = file.keeping_place
        if not file.certificates and not file.posts:
            file.person.withdrawn_at = entry.at
            gone.append(file.person.pk)
        books.touch(file.person)
    _refuse_if_kept_elsewhere(gone)
    books.write()
    return len(gone)


def _refuse_if_kept_elsewhere(people: list[int]) -> None:
    """Raise UndoRefused where another package has records of people who would be withdrawn."""
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == Person._meta.app_label:
            continue
        if count := model.objects.filter(**{f"{relation.field.name}__in": people}).count():
            raise UndoRefused(
                _("%(count)s later records speak of people of this import. Settle those first.")
                % {"count": count}
            )
