"""Figures of policy documents: what counts and what must not."""

from datetime import UTC, date, datetime

import pytest

from huiju.engine.run import execute
from huiju.engine.schemas import Facts
from huiju.policies import figures
from huiju.policies.tests.factories import make_document

pytestmark = pytest.mark.django_db

ON = date(2014, 12, 30)


def keys(figure, on=ON, known_at=None):
    rows = figure.records(Facts(known_at=known_at), on)
    return sorted(execute(rows.select(figure.key)).column(0).to_pylist())


def test_documents_counts_what_was_issued_by_the_day():
    that_day = make_document(issued_on=ON)
    make_document(issued_on=date(2014, 12, 31))
    make_document(issued_on=ON, government="other", place=None)

    assert keys(figures.documents) == [that_day.pk]


def test_documents_of_known_year_count_from_its_last_day():
    document = make_document(year=2014)

    assert keys(figures.documents) == []
    assert keys(figures.documents, date(2014, 12, 31)) == [document.pk]


def test_local_documents_are_those_of_the_city_and_its_districts():
    make_document(year=2009, government="nation", place=None)
    city = make_document(year=2009)
    district = make_document(year=2009, government="district")

    assert keys(figures.local_documents) == [city.pk, district.pk]


def test_documents_are_asked_as_known():
    make_document(year=2009)

    assert keys(figures.documents, known_at=datetime(2009, 12, 31, tzinfo=UTC)) == []
