"""The state a chunk of rows is judged against, read at once, and the writes it leads to."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Self

from django.db import connection
from django.db.models import Q

from huiju.directory import services as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Organisation, Place
from huiju.directory.rules import plain
from huiju.registry.enums import EMPLOYER_WORDS, EmployerKind
from huiju.registry.models import Certificate, Fact, IdentityDocument, Person, Post, SearchKey
from huiju.registry.queries import facts_in_files
from huiju.registry.services.facts import Entry, Holders, PersonFile, Revision
from huiju.registry.services.searching import search_keys

ROSTER_LOCK = 0x48554A55  # any number nobody else locks
NUMBERS = ("certificate_no", "management_no")


def hold_rosters() -> None:
    """Wait until no other roster is being taken or undone; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROSTER_LOCK])


class PlaceBook:
    """Every place of the city, by name."""

    def __init__(self) -> None:
        places = list(Place.objects.order_by("starts_on", "pk"))
        self.by_key: dict[int, Place] = {place.pk: place for place in places}
        self._by_code: dict[str, Place] = {place.code: place for place in places}
        self.city = next(place for place in places if place.kind == PlaceKind.CITY)
        self._districts = {p.name: p for p in places if p.kind == PlaceKind.DISTRICT}
        self._streets = {
            (self.district_of(place).pk, place.name): place
            for place in places
            if place.kind == PlaceKind.STREET
        }

    def district(self, name: str) -> Place | None:
        return self._districts.get(name)

    def street(self, district: Place, name: str) -> Place | None:
        return self._streets.get((district.pk, name))

    def district_of(self, place: Place) -> Place:
        """The district a place lies in; the city stands for itself."""
        codes = place.path.rstrip("/").split("/")
        return self._by_code[codes[1] if len(codes) > 1 else codes[0]]


class EmployerBook:
    """Employers by name or alias within a district; unknown ones are made when a row is taken."""

    def __init__(self, places: PlaceBook) -> None:
        self.places = places
        self.by_key: dict[int, Organisation] = {}
        self._named: dict[tuple[int, str], Organisation] = {}
        for employer in Organisation.objects.order_by("-pk"):
            self.by_key[employer.pk] = employer
            employer.place = places.by_key[employer.place_id]
            for name in (*employer.aliases, employer.name):
                self._named[self._key(name, employer.place)] = employer

    def _key(self, name: str, place: Place) -> tuple[int, str]:
        return self.places.district_of(place).pk, plain(name)

    def named(self, name: str, place: Place, kind: str) -> Organisation:
        """The employer of this name in the place's district or of the whole city; unsaved if new."""
        key = self._key(name, place)
        of_city = self._named.get((self.places.city.pk, plain(name)))
        if key not in self._named and of_city is not None:
            return of_city
        if key not in self._named:
            kind = kind or kind_told_by(name)
            self._named[key] = Organisation(name=name, kind=kind, place=place)
        return self._named[key]


def kind_told_by(name: str) -> str:
    """The kind an employer's name tells; `other` where it tells nothing."""
    return next(
        (kind for words, kind in EMPLOYER_WORDS if re.search(words, name)), EmployerKind.OTHER
    )


@dataclass
class Books:
    """The files of the people a chunk names, and what is to be written."""

    entry: Entry
    places: PlaceBook
    employers: EmployerBook
    files: dict[tuple[str, str], PersonFile] = field(default_factory=dict)
    holders: Holders = field(default_factory=dict)
    new_documents: list[IdentityDocument] = field(default_factory=list)
    touched: dict[int, Person] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)

    @classmethod
    def opened(cls, entry: Entry, *, digests: Collection[str], numbers: Collection[str]) -> Self:
        """Read and lock the people with these document digests, and who holds these numbers."""
        places = PlaceBook()
        books = cls(entry, places, EmployerBook(places))
        rows = IdentityDocument.objects.filter(number_digest__in=digests).defer("number")
        documents = list(rows.select_related("person"))
        files = books.read_files({document.person.file_key for document in documents})
        for document in documents:
            books.files[document.type, document.number_digest] = files[document.person.file_key]
        books.holders = numbers_held(numbers)
        return books

    def read_files(self, people: Collection[int]) -> dict[int, PersonFile]:
        """The files of people by key, locked in the order of keys.

        A fact of a record merged into the file stays with that record.
        """
        found = Person.objects.select_for_update().filter(pk__in=people).order_by("pk")
        files = {person.pk: PersonFile(person) for person in found}
        for file in files.values():
            file.person.place = self.places.by_key[file.person.place_id]
        owners = [file.person for file in files.values()]
        certificates = facts_in_files(Certificate.objects.current(), owners)
        for certificate in certificates.order_by("approved_on", "pk"):
            files[certificate.file].certificates.append(certificate)
        for post in facts_in_files(Post.objects.current(), owners).order_by("starts_on", "pk"):
            self.dress(post)
            files[post.file].posts.append(post)
        return files

    def dress(self, post: Post) -> None:
        """Give a post read from the database the objects it points at, without asking again."""
        post.place = self.places.by_key[post.place_id]
        post.district = self.places.by_key[post.district_id]
        post.employer = self.employers.by_key[post.employer_id] if post.employer_id else None

    def add_person(self, file: PersonFile, document: IdentityDocument) -> None:
        self.files[document.type, document.number_digest] = file
        self.new_documents.append(document)

    def touch(self, person: Person) -> None:
        """Remember that something of a known person changed."""
        if person.pk is not None:
            self.touched[person.pk] = person

    def add(self, file: PersonFile, revision: Revision) -> None:
        file.take(revision)
        self.revisions.append(revision)
        for name in NUMBERS:
            self.holders.pop(getattr(revision.old, name, ""), None)
        for name in NUMBERS:
            if number := getattr(revision.new, name, ""):
                self.holders[number] = revision.new.fact

    def write(self) -> None:
        """Write everything that was decided, in a handful of statements."""
        people = [document.person for document in self.new_documents]
        Person.objects.bulk_create(people)
        IdentityDocument.objects.bulk_create(self.new_documents)
        write_search_keys(people)
        columns = ["place", "field", "phone", "sex", "born_on", "withdrawn_at"]
        Person.objects.bulk_update(self.touched.values(), columns, batch_size=500)
        self._write_employers()
        write_revisions(Certificate, self.revisions)
        write_revisions(Post, self.revisions)

    def _write_employers(self) -> None:
        """Save the employers that posts brought, and let the posts point at what was saved."""
        saved: dict[int, Organisation] = {}
        for revision in self.revisions:
            employer = getattr(revision.new, "employer", None)
            if employer is None or employer.pk is not None:
                continue
            if id(employer) not in saved:
                saved[id(employer)] = directory.state_organisation(
                    stated=directory.OrganisationStatement(
                        name=employer.name, kind=employer.kind, place=employer.place
                    ),
                    by=self.entry.by,
                ).organisation
            revision.new.employer = saved[id(employer)]  # type: ignore[attr-defined]


def numbers_held(numbers: Collection[str]) -> Holders:
    """Which of these certificate and management numbers are in use, and on which certificate."""
    held = Certificate.objects.current().filter(
        Q(certificate_no__in=numbers) | Q(management_no__in=numbers)
    )
    rows = held.values_list("fact", *NUMBERS) if numbers else ()
    return {number: fact for fact, *both in rows for number in both if number}


def write_search_keys(people: Collection[Person]) -> None:
    """Add the texts under which people are found; those they are found by already stay."""
    keys = [
        SearchKey(person=person, key=key) for person in people for key in search_keys(person.name)
    ]
    SearchKey.objects.bulk_create(keys, ignore_conflicts=True)


def write_revisions(model: type[Any], revisions: Collection[Revision]) -> None:
    """End the superseded versions of one kind of fact, then add the new ones."""
    chosen = [revision for revision in revisions if isinstance(revision.new, model)]
    ended: list[Fact] = [r.old for r in chosen if r.old is not None and r.old.pk is not None]
    if ended:
        at = chosen[0].new.recorded_at
        model.objects.filter(pk__in=[old.pk for old in ended]).update(superseded_at=at)
    model.objects.bulk_create([revision.new for revision in chosen])
