"""The second wall: what the database shows when a query forgets its filter."""

import pytest
from django.db import connection

from huiju.directory import access
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.registry import queries
from huiju.registry.models import Certificate, IdentityDocument, Person, Post, SearchKey
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db
HULI = "350206004"
TABLES = (Person, IdentityDocument, SearchKey, Certificate, Post)


@pytest.fixture(autouse=True)
def two_people(whole_reach):
    """Somebody of 思明区 and somebody of 湖里区."""
    agency = make_organisation(name="霞辉")
    siming, huli = make_person(name="思明人"), make_person(name="湖里人", place=place(HULI))
    make_certificate(siming)
    make_certificate(huli)
    make_post(siming)
    make_post(huli, place=place(HULI), employer=agency)
    return siming, huli, agency


def whom_each_table_shows(user):
    with access.reading_as(user):
        return {
            name
            for table in TABLES
            for name in table.objects.values_list(
                "name" if table is Person else "person__name", flat=True
            )
        }


@pytest.mark.parametrize(
    ("role", "where", "seen"),
    [
        ("city", "350200", {"思明人", "湖里人"}),
        ("auditor", "350200", {"思明人", "湖里人"}),
        ("district", "350203", {"思明人"}),
        ("street", HULI, {"湖里人"}),
        ("street", "350203003", set()),
        ("administrator", "350200", set()),
        ("reviewer", "350200", set()),
    ],
)
def test_a_query_without_a_filter_shows_the_readers_people(role, where, seen):
    assert whom_each_table_shows(make_user(role, where)) == seen


def test_an_agency_and_a_worker_see_their_own(two_people):
    siming, _huli, agency = two_people

    assert whom_each_table_shows(make_user("agency", agency)) == {"湖里人"}
    assert whom_each_table_shows(make_user("worker", "350200", person_ref=siming.pk)) == {"思明人"}


def test_both_walls_give_the_same_answer(two_people):
    user = make_user("district", "350203")

    with access.reading_as(user):
        behind_both = set(queries.workers_visible_to(user, on=access.clock.today()))
        behind_one = set(Person.objects.all())

    assert behind_both == behind_one == {two_people[0]}


@pytest.mark.parametrize("view", ["fact_person", "fact_certificate", "fact_post"])
def test_the_fact_views_stand_behind_the_wall_and_name_nobody(view):
    def rows():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {view}")
            return cursor.fetchall()

    everything = rows()
    with access.reading_as(make_user("district", "350203")):
        of_siming = rows()

    assert (len(everything), len(of_siming)) == (2, 1)
    assert "思明人" not in str(everything)


def test_the_second_wall_refuses_writing_into_another_district():
    with (
        access.reading_as(make_user("district", "350203")),
        pytest.raises(Exception, match="policy"),
    ):
        make_person(place=place(HULI))
