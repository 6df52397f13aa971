"""What the search box finds: people within reach, agencies and employers, policies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Case, QuerySet, When
from django.urls import reverse

from huiju.desk.enums import FindingKind
from huiju.directory import queries as directory
from huiju.directory.models import Organisation, User
from huiju.policies import queries as policies
from huiju.policies.models import Document
from huiju.registry import queries as registry
from huiju.registry.models import Person

SHOWN = 20  # of each kind; a longer search is made on the kind's own list


@dataclass(frozen=True)
class Finding:
    """One thing found."""

    title: str
    url: str
    detail: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `more`: there is more than is shown."""

    kind: FindingKind
    findings: list[Finding]
    more: bool


def found(user: User, text: str, *, on: date) -> list[Group]:
    """What fits a text, best first in each group; kinds without a finding are left out.

    People are found by name, pinyin and initials and only within the user's reach; organisations by
    name, pinyin and credit code; policies by words of title, number or issuer.
    """
    asked = text.strip()
    groups = _groups(user, asked, on) if asked else ()
    return [group for group in groups if group.findings]


def _groups(user: User, text: str, on: date) -> Iterator[Group]:
    if user.holds("registry.search", on=on):
        yield _group(FindingKind.PERSON, people_named(user, text, on=on), _person_found)
        yield _group(FindingKind.ORGANISATION, organisations_named(text), _organisation_found)
    yield documents_of_words(text)


def _group(kind: FindingKind, rows: QuerySet[Any], finding: Callable[[Any], Finding]) -> Group:
    shown = list(rows[: SHOWN + 1])
    return Group(kind, [finding(row) for row in shown[:SHOWN]], more=len(shown) > SHOWN)


def people_named(user: User, text: str, *, on: date) -> QuerySet[Person]:
    """People the user may see, in the order of their pinyin."""
    people = registry.search_workers(user, text, on=on)
    return people.select_related("place").order_by("pinyin", "pk")


def organisations_named(text: str) -> QuerySet[Organisation]:
    """Organisations of a name, those whose name begins with the text first."""
    rows = registry.organisations_named(directory.organisations(), text)
    return rows.order_by(Case(When(name__startswith=text, then=0), default=1), "name", "pk")


def documents_of_words(text: str) -> Group:
    """Policy documents that hold every word of a text, best first, each with its best clause."""
    found = policies.documents(policies.DocumentFilter(words=text))
    keys = policies.best_first(found, text)
    known = policies.documents().in_bulk(keys[:SHOWN])
    shown = [known[key] for key in keys[:SHOWN]]
    hits = policies.hits(shown, text)
    findings = [_document_found(document, hits.get(document.pk, []), text) for document in shown]
    return Group(FindingKind.DOCUMENT, findings, more=len(keys) > SHOWN)


def _person_found(person: Person) -> Finding:
    url = reverse("registry:worker", args=[person.pk])
    return Finding(person.name, url, str(person.place))


def _organisation_found(organisation: Organisation) -> Finding:
    url = reverse("registry:organisation", args=[organisation.pk])
    return Finding(
        organisation.name, url, f"{organisation.get_kind_display()} · {organisation.place}"
    )


def _document_found(document: Document, hits: list[policies.Hit], text: str) -> Finding:
    url = f"{reverse('policies:document', args=[document.pk])}?{urlencode({'q': text})}"
    detail = " · ".join(filter(None, [document.number, document.issuer, str(document.year)]))
    for hit in hits[:1]:
        url += f"#{quote(hit.anchor)}"
        detail += f" · {hit.label}{''.join(piece.text for piece in hit.pieces)}"
    return Finding(document.title, url, detail)
