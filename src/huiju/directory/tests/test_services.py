from datetime import date

import pytest

from huiju.audit.models import Event
from huiju.directory import services
from huiju.directory.models import Grant, Place
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.periods import Period

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 5)
SINCE = Period(date(2020, 1, 1))


def record(**changed):
    given = {"code": "350203001009", "name": "示例社区", "kind": "community"}
    given |= {"parent_code": "350203001", "valid": SINCE, "by": None}
    return services.record_place(**given | changed)


def test_record_place_puts_it_under_its_parent():
    made = record()

    assert made.path == "350200/350203/350203001/350203001009/"
    assert place("350203").covers(made)


def test_record_place_again_changes_nothing_and_leaves_no_event():
    record()
    events = Event.objects.count()

    record()

    assert (Place.objects.filter(code="350203001009").count(), Event.objects.count()) == (1, events)


def test_record_place_with_another_name_changes_it():
    record()

    record(name="新名社区")

    assert place("350203001009").name == "新名社区"


def test_record_place_without_its_parent_is_refused():
    with pytest.raises(services.PlaceUnknown):
        record(parent_code="990000")


def test_create_user_refuses_a_name_in_use_and_a_weak_password():
    services.create_user(username="li", label="思明经办", password="long-enough-7x", by=None)

    with pytest.raises(services.NameTaken):
        services.create_user(username="li", label="x", password="long-enough-7x", by=None)
    with pytest.raises(services.GrantInvalid):
        services.create_user(username="wang", label="x", password="12345", by=None)


def test_nobody_grants_to_themself():
    admin = make_user("administrator", "350200")
    grant = {"user": admin, "role": "city", "where": place("350200"), "period": SINCE}

    with pytest.raises(services.GrantInvalid):
        services.grant_role(**grant, reason="x", by=admin)

    assert Grant.objects.filter(user=admin).count() == 1


def test_end_grant_ends_it_from_that_day_once():
    admin, user = make_user("administrator", "350200"), make_user("city", "350200")
    grant = user.grants.get()

    services.end_grant(grant=grant, by=admin, on=ON)

    assert not user.grants.in_force(ON).exists()
    with pytest.raises(services.GrantInvalid):
        services.end_grant(grant=grant, by=admin, on=ON)
