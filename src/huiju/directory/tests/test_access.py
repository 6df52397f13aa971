from datetime import date

import pytest
from django.db import connection, transaction

from huiju.directory import access
from huiju.directory.tests.factories import make_organisation, make_place, make_user, place
from huiju.kernel.rowsecurity import EVERYTHING, NOTHING, Reach

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 5)


def settings_now() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('huiju.places', true), '')")
        return cursor.fetchone()[0]


def test_a_city_official_reaches_everything():
    assert access.reach_of(make_user("city", "350200"), on=TODAY) == EVERYTHING


def test_a_district_official_reaches_the_district_and_what_lies_in_it():
    community = make_place(parent=place("350203001"))
    elsewhere = make_place(parent=place("350206001"))

    reach = access.reach_of(make_user("district", "350203"), on=TODAY)

    assert {place("350203").pk, place("350203001").pk, community.pk} <= reach.places
    assert elsewhere.pk not in reach.places


def test_an_agency_reaches_its_own_people_alone():
    agency = make_organisation()

    reach = access.reach_of(make_user("agency", agency), on=TODAY)

    assert reach == Reach(organisations=frozenset({agency.pk}))


def test_an_administrator_reaches_nobodys_file():
    assert access.reach_of(make_user("administrator", "350200"), on=TODAY) == NOTHING


def test_a_worker_reaches_their_own_file():
    user = make_user("worker", "350203", person_ref=7)

    assert access.reach_of(user, on=TODAY) == Reach(person=7)


def test_a_grant_that_has_ended_opens_nothing():
    user = make_user("city", "350200")
    user.grants.update(ends_on=date(2020, 1, 1))

    assert access.reach_of(user, on=TODAY) == NOTHING
    assert not user.holds("registry.view", on=TODAY)


def test_a_role_holds_its_actions_inside_its_place_only():
    user = make_user("district", "350203")

    held = [user.holds("registry.change", place(code), TODAY) for code in ("350203", "350203001")]
    outside = [user.holds("registry.change", place(code), TODAY) for code in ("350200", "350206")]

    assert (held, outside) == ([True, True], [False, False])
    assert not user.holds("directory.administer", place("350203"), TODAY)


def test_the_reach_ends_with_the_block_that_set_it():
    reader = make_user("district", "350206")
    before = settings_now()

    with access.reading_as(reader):
        inside = settings_now()

    assert inside != before
    assert settings_now() == before


def test_the_reach_ends_with_a_block_that_failed():
    reader = make_user("district", "350206")
    before = settings_now()

    with pytest.raises(ZeroDivisionError), access.reading_as(reader):
        1 / 0  # noqa: B018

    assert settings_now() == before


@pytest.mark.django_db(transaction=True)
def test_the_reach_does_not_outlive_its_transaction():
    with transaction.atomic():
        reader = make_user("district", "350206")
    with access.reading_as(reader):
        pass

    assert settings_now() == ""
