"""Taking rosters into the registry, a chunk of judged rows at a time.

All rows of a call are decided in memory against the state read at its start, in the order of the
sheet, and then written by a handful of statements. One row is a chunk of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import Organisation, Place, User
from huiju.directory.rules import plain
from huiju.kernel.encrypted import search_digest
from huiju.registry.enums import IdentityType, Sex
from huiju.registry.models import IdentityDocument, Person
from huiju.registry.services.books import Books, hold_rosters
from huiju.registry.services.facts import (
    CertificateStatement,
    Entry,
    PersonFile,
    PostStatement,
    Refused,
    Revision,
    certificate_revisions,
    post_revisions,
)
from huiju.registry.services.searching import masked_number, sort_key


class NameDiffers(Refused):
    """The identity number is on file under another name."""

    code = "NAME_DIFFERS"


class DistrictUnknown(Refused):
    """The district is none of this city."""

    code = "DISTRICT_UNKNOWN"


class StreetUnknown(Refused):
    """The street is none of its district."""

    code = "STREET_UNKNOWN"


@dataclass(frozen=True)
class RosterRow:
    """One judged row. Places by their full names; an empty value states nothing.

    `post_end` is the last day in post. Without `level` no certificate is stated, without
    `post_start` no post.
    """

    name: str
    id_type: str
    id_no: str
    district: str
    street: str = ""
    level: str = ""
    cert_date: date | None = None
    post_start: date | None = None
    post_end: date | None = None
    employer: str = ""
    employer_kind: str = ""
    title: str = ""
    established: bool | None = None
    sex: str = ""
    born_on: date | None = None
    field: str = ""
    phone: str = ""
    certificate_no: str = ""
    management_no: str = ""
    revoked_on: date | None = None
    overlap_reason: str = ""


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowResult:
    """What became of a row. `reason` and `message` are those of the refusal; `person` is a key."""

    outcome: str
    reason: str = ""
    message: str = ""
    person: int | None = None


@transaction.atomic
def apply_roster(
    rows: Sequence[RosterRow], *, by: User | None, at: datetime, import_id: int
) -> list[RowResult]:
    """Take judged rows into the registry; the answers are in the order of the rows.

    A refused row changes nothing; the same row again is `unchanged`. Rosters are taken one after
    the other: a second import waits until the first is committed. Needs the whole reach.
    """
    hold_rosters()
    entry = Entry(at=at, by=by, source=f"import:{import_id}")
    books, decided = _decide(rows, entry)
    books.write()
    results = [
        replace(result, person=file.person.pk) if file else result for result, file in decided
    ]
    counts = {outcome.value: sum(r.outcome == outcome for r in results) for outcome in Outcome}
    audit.record(actor=by, action="registry.roster_applied", subject=entry.source, **counts)
    return results


def record_roster_row(
    *, row: RosterRow, by: User | None, at: datetime, import_id: int
) -> RowResult:
    """Take one judged row into the registry: see `apply_roster`."""
    return apply_roster([row], by=by, at=at, import_id=import_id)[0]


def preview_roster(rows: Sequence[RosterRow], *, at: datetime) -> list[RowResult]:
    """What `apply_roster` would answer now; nothing is written."""
    return [result for result, _file in _decide(rows, Entry(at=at, by=None))[1]]


def _decide(
    rows: Sequence[RosterRow], entry: Entry
) -> tuple[Books, list[tuple[RowResult, PersonFile | None]]]:
    digests = [search_digest(IdentityDocument, "number", row.id_no) for row in rows]
    numbers = {n for row in rows for n in (row.certificate_no, row.management_no) if n}
    books = Books.opened(entry, digests=digests, numbers=numbers)
    decided: list[tuple[RowResult, PersonFile | None]] = []
    for row, digest in zip(rows, digests, strict=True):
        try:
            decided.append(_take(books, row, digest))
        except Refused as refusal:
            decided.append((RowResult(Outcome.REFUSED, refusal.code, str(refusal)), None))
    return books, decided


def _take(books: Books, row: RosterRow, digest: str) -> tuple[RowResult, PersonFile]:
    district, place = _places(books, row)
    known = books.files.get((row.id_type, digest))
    file = known or PersonFile(_new_person(row, place, books.entry.at))
    if file.person.name != row.name:
        raise NameDiffers(
            _(
                "The identity number is on file under another name. Check the number; if the name"
                " has changed, change it on the person's page first."
            )
        )
    employer = _employer(books, row, place)
    revisions = _revisions(books, file, row, _post(row, district, place, employer))
    if known is None:
        books.add_person(file, _document(row, file.person, digest, books.entry.at))
    details = _details_changed(file.person, row)
    for revision in revisions:
        books.add(file, revision)
    moved = file.keeping_place != file.person.place
    file.person.place = file.keeping_place
    if known and (details or moved):
        books.touch(file.person)
    changed = bool(revisions or details or moved)
    outcome = (
        Outcome.CREATED if known is None else Outcome.CHANGED if changed else Outcome.UNCHANGED
    )
    return RowResult(outcome), file


def _revisions(
    books: Books, file: PersonFile, row: RosterRow, post: PostStatement | None
) -> list[Revision]:
    """Everything a row changes; raised refusals leave the file as it was."""
    revisions = []
    if row.level and row.cert_date:
        certificate = CertificateStatement(
            row.level, row.cert_date, row.certificate_no, row.management_no, row.revoked_on
        )
        revisions += certificate_revisions(file, certificate, books.entry, holders=books.holders)
    if post is not None:
        revisions += post_revisions(file, post, books.entry)
    return revisions


def _places(books: Books, row: RosterRow) -> tuple[Place, Place]:
    """The district and the nearest place a row names."""
    district = books.places.district(row.district)
    if district is None:
        raise DistrictUnknown(
            _("“%(name)s” is no district of this city. Write the district's full name.")
            % {"name": row.district}
        )
    if not row.street:
        return district, district
    street = books.places.street(district, row.street)
    if street is None:
        raise StreetUnknown(
            _("“%(street)s” is no street of %(district)s. Write the street's full name.")
            % {"street": row.street, "district": district}
        )
    return district, street


def _employer(books: Books, row: RosterRow, place: Place) -> Organisation | None:
    name = plain(row.employer)
    return books.employers.named(name, place, row.employer_kind) if name else None


def _post(
    row: RosterRow, district: Place, place: Place, employer: Organisation | None
) -> PostStatement | None:
    if row.post_start is None:
        return None
    return PostStatement(
        place=place,
        district=district,
        starts_on=row.post_start,
        ends_on=row.post_end + timedelta(days=1) if row.post_end else None,
        employer=employer,
        kind=row.employer_kind,
        title=row.title,
        established=row.established,
        overlap_reason=row.overlap_reason,
    )


def _new_person(row: RosterRow, place: Place, at: datetime) -> Person:
    born_on, sex = _told_by_number(row)
    return Person(
        name=row.name,
        sex=row.sex or sex,
        born_on=row.born_on or born_on,
        place=place,
        field=row.field,
        phone=row.phone,
        pinyin=sort_key(row.name),
        created_at=at,
    )


def _told_by_number(row: RosterRow) -> tuple[date | None, str]:
    """Day of birth and sex as the 18 characters of a card's number state them."""
    with_birth_date = {
        IdentityType.RESIDENT_ID,
        IdentityType.HMT_RESIDENCE_PERMIT,
        IdentityType.FOREIGN_RESIDENCE_PERMIT,
    }
    if row.id_type not in with_birth_date or len(row.id_no) != 18:
        return None, ""
    born_on = date.fromisoformat(f"{row.id_no[6:10]}-{row.id_no[10:12]}-{row.id_no[12:14]}")
    return born_on, Sex.MALE if int(row.id_no[16]) % 2 else Sex.FEMALE


def _document(row: RosterRow, person: Person, digest: str, at: datetime) -> IdentityDocument:
    return IdentityDocument(
        person=person,
        type=row.id_type,
        number=row.id_no,
        number_digest=digest,
        masked=masked_number(row.id_no),
        recorded_at=at,
    )


def _details_changed(person: Person, row: RosterRow) -> bool:
    """Bring field, telephone and what was unknown of a person to what the row states."""
    said = {
        "field": row.field,
        "phone": row.phone,
        "sex": "" if person.sex else row.sex,
        "born_on": None if person.born_on else row.born_on,
    }
    changed = {
        name: value for name, value in said.items() if value and value != getattr(person, name)
    }
    for name, value in changed.items():
        setattr(person, name, value)
    came_back = person.withdrawn_at is not None
    person.withdrawn_at = None
    return bool(changed) or came_back
