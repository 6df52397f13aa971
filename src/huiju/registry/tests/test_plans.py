"""What the planner expects of the fact views. An estimate of one row where there are hundreds made a
figure of 11,000 people take a minute: nested loops over everything."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from huiju.directory.tests.factories import make_organisation, place
from huiju.registry.models import Certificate, Leave, Person, Post
from huiju.registry.tests.factories import LEARNT

pytestmark = pytest.mark.django_db
PEOPLE = 600


@pytest.fixture
def many():
    """Hundreds of people with a certificate, a post and a leave each, and fresh statistics of them."""
    at, district = place("350203001"), place("350203")
    employer = make_organisation(kind="community", place=at)
    common = {"recorded_at": LEARNT, "source": "page"}
    people = Person.objects.bulk_create(
        Person(name=f"林{i}", place=at, sex="f", created_at=LEARNT) for i in range(PEOPLE)
    )
    days = [date(2010, 1, 1) + timedelta(days=i % 365) for i in range(PEOPLE)]
    Certificate.objects.bulk_create(
        Certificate(person=who, level="assistant", approved_on=day, **common)
        for who, day in zip(people, days, strict=True)
    )
    Post.objects.bulk_create(
        Post(
            person=who,
            place=at,
            district=district,
            employer=employer,
            kind="community",
            starts_on=day,
            **common,
        )
        for who, day in zip(people, days, strict=True)
    )
    Leave.objects.bulk_create(
        Leave(person=who, kind="sick", starts_on=day, ends_on=day + timedelta(days=5), **common)
        for who, day in zip(people, days, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_statistics()")


@pytest.mark.parametrize(
    ("view", "valid"),
    [
        ("fact_certificate", "approved_on <= '2015-10-31'"),
        ("fact_post", "starts_on <= '2015-10-31' AND (ends_on IS NULL OR ends_on > '2015-10-31')"),
        ("fact_leave", "ends_on <= '2015-10-31'"),
    ],
)
def test_the_planner_expects_about_as_many_rows_as_there_are(many, view, valid):
    statement = f"""
        SELECT * FROM {view}
         WHERE known_from <= '2016-01-01' AND (known_to IS NULL OR known_to > '2016-01-01')
           AND {valid}
    """
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement)
        (plans,) = cursor.fetchone()
    plan = (json.loads(plans) if isinstance(plans, str) else plans)[0]["Plan"]

    assert plan["Actual Rows"] == PEOPLE
    assert PEOPLE / 4 <= plan["Plan Rows"] <= PEOPLE * 4
