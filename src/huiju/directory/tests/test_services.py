from datetime import date

import pytest

from huiju.audit.models import Event
from huiju.directory import services
from huiju.directory.models import Grant, Place
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel.errors import NotPermitted
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
    with pytest.raises(services.PasswordTooWeak):
        services.create_user(username="wang", label="x", password="12345", by=None)


def test_reset_password_gives_one_that_must_be_changed():
    admin, user = make_user("administrator", "350200"), make_user("city", "350200")

    password = services.reset_password(user=user, by=admin)

    user.refresh_from_db()
    assert (user.check_password(password), user.must_change_password) == (True, True)
    assert Event.objects.latest("pk").action == "directory.password_reset"
    assert password not in str(Event.objects.latest("pk").detail)


def test_set_active_closes_an_account_and_opens_it_again():
    admin, user = make_user("administrator", "350200"), make_user("city", "350200")

    services.set_active(user=user, active=False, by=admin)
    closed = user.__class__.objects.get(pk=user.pk).is_active
    services.set_active(user=user, active=True, by=admin)

    assert (closed, user.__class__.objects.get(pk=user.pk).is_active) == (False, True)


@pytest.mark.parametrize("service", [services.reset_password, services.set_active])
def test_an_account_is_administered_by_another_administrator_alone(service):
    admin, official = make_user("administrator", "350200"), make_user("city", "350200")
    more = {"active": False} if service is services.set_active else {}

    for by, user in ((admin, admin), (official, admin)):
        with pytest.raises(NotPermitted):
            service(user=user, by=by, **more)


def give(by, user, role="city", where="350200", period=SINCE):
    target = place(where) if isinstance(where, str) else where
    return services.grant_role(
        user=user, role=role, where=target, period=period, reason="到岗", by=by
    )


def test_grant_role_gives_a_role_for_a_time():
    admin, user = make_user("administrator", "350200"), make_user()

    grant = give(admin, user, "district", "350203")

    assert (grant.place.code, grant.granted_by, grant.reason) == ("350203", admin, "到岗")
    event = Event.objects.latest("pk")
    assert (event.action, event.detail) == (
        "directory.role_granted",
        {"role": "district", "where": "350203"},
    )


def test_nobody_grants_to_themself():
    admin = make_user("administrator", "350200")

    with pytest.raises(NotPermitted):
        give(admin, admin, "auditor")

    assert Grant.objects.filter(user=admin).count() == 1


def test_an_administrator_grants_in_their_own_place_alone():
    admin, user = make_user("administrator", "350203"), make_user()
    agency = make_organisation(place=place("350206"))

    give(admin, user, "street", "350203001")
    for role, where in (("district", "350206"), ("city", "350200"), ("agency", agency)):
        with pytest.raises(NotPermitted):
            give(admin, user, role, where)


@pytest.mark.parametrize(
    ("role", "where"),
    [("city", "350203"), ("district", "350200"), ("street", "350203"), ("agency", "350203")],
)
def test_a_role_is_given_at_places_of_its_level(role, where):
    with pytest.raises(services.GrantInvalid):
        give(None, make_user(), role, where)


def test_a_role_is_not_given_twice_for_the_same_days():
    user = make_user("city", "350200")

    with pytest.raises(services.GrantInvalid):
        give(None, user)
    with pytest.raises(services.GrantInvalid):
        give(None, user, period=Period(date(2020, 1, 1), date(2020, 1, 1)))


def test_who_administers_accounts_holds_no_other_role_at_the_same_time():
    with pytest.raises(services.GrantInvalid):
        give(None, make_user("administrator", "350200"), "auditor")
    with pytest.raises(services.GrantInvalid):
        give(None, make_user("auditor", "350200"), "administrator")


def test_end_grant_ends_it_from_that_day_once():
    admin, user = make_user("administrator", "350200"), make_user("city", "350200")
    grant = user.grants.get()

    services.end_grant(grant=grant, by=admin, on=ON)

    assert not user.grants.in_force(ON).exists()
    with pytest.raises(services.GrantInvalid):
        services.end_grant(grant=grant, by=admin, on=ON)


def test_end_grant_is_for_administrators_of_the_place():
    stranger, user = make_user("administrator", "350206"), make_user("district", "350203")

    with pytest.raises(NotPermitted):
        services.end_grant(grant=user.grants.get(), by=stranger, on=ON)
