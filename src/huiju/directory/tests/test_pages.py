from datetime import date, timedelta

import pytest
from django.urls import reverse

from huiju.directory.models import Grant, User
from huiju.directory.tests.factories import make_grant, make_organisation, make_user, place
from huiju.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_user("administrator", "350200", username="root")
    client.force_login(user)
    return user


def new_account(**changed):
    answers = {
        "username": "siming-li",
        "label": "思明区民政局经办",
        "role": "district",
        "where": "思明区",
        "starts_on": "2026-01-05",
        "last_day": "2026-12-31",
        "reason": "到岗",
    }
    return answers | changed


def test_an_account_is_made_with_its_role_and_its_password_shown_once(client, admin):
    answer = client.post(reverse("directory:create_user"), new_account())

    user = User.objects.get(username="siming-li")
    grant = user.grants.get()
    assert user.check_password(answer.context["password"])
    assert answer.context["password"] in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert (grant.place.code, grant.ends_on) == ("350203", date(2027, 1, 1))
    again = client.get(reverse("directory:user", args=[user.pk])).content.decode()
    assert answer.context["password"] not in again


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"username": "root"}, "已被使用"),
        ({"username": "李四"}, "输入一个有效的值"),
        ({"where": "火星"}, "不存在"),
        ({"role": "city"}, "级别"),
        ({"last_day": "2025-01-01"}, "晚于"),
    ],
)
def test_an_account_that_is_not_clear_is_refused_in_words_and_nothing_is_kept(
    client, admin, changed, told
):
    answer = client.post(reverse("directory:create_user"), new_account(**changed))

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert User.objects.exclude(pk=admin.pk).count() == 0


def test_a_place_and_an_organisation_of_one_name_must_be_told_apart(client, admin):
    make_organisation(name="思明区")

    answer = client.post(reverse("directory:create_user"), new_account())

    assert "不止一个" in answer.content.decode()


def test_a_role_is_granted_and_ended_on_the_user_s_page(client, admin):
    user = make_user("street", "350203001")
    path = reverse("directory:grant_role", args=[user.pk])
    role = {"role": "auditor", "where": "350203", "starts_on": "2026-01-05", "reason": "核查"}

    client.post(path, role)
    granted = user.grants.get(role="auditor")
    client.post(reverse("directory:end_grant", args=[granted.pk]))

    granted.refresh_from_db()
    assert (granted.place.code, granted.granted_by) == ("350203", admin)
    assert granted.ends_on == max(clock.today(), date(2026, 1, 5))


def test_a_role_that_does_not_fit_is_refused_on_the_same_page(client, admin):
    user = make_user("street", "350203001")
    role = {"role": "city", "where": "350203", "starts_on": "2026-01-05", "reason": "x"}

    answer = client.post(reverse("directory:grant_role", args=[user.pk]), role)

    assert answer.status_code == 422
    assert Grant.objects.filter(user=user).count() == 1


def test_a_password_is_replaced_and_an_account_closed(client, admin):
    user = make_user("street", "350203001")

    shown = client.post(reverse("directory:reset_password", args=[user.pk]))
    client.post(reverse("directory:set_active", args=[user.pk]))

    user.refresh_from_db()
    assert user.check_password(shown.context["password"])
    assert (user.must_change_password, user.is_active) == (True, False)


def test_an_administrator_does_nothing_to_themself(client, admin):
    page = client.get(reverse("directory:user", args=[admin.pk])).content.decode()
    client.post(reverse("directory:set_active", args=[admin.pk]))

    admin.refresh_from_db()
    assert admin.is_active
    assert "不能在这里更改自己的账号" in page


def test_an_administrator_of_a_district_sees_its_accounts_alone(client):
    admin = make_user("administrator", "350203")
    mine = make_user("street", "350203001")
    agency = make_user("agency", make_organisation(place=place("350203001")))
    unplaced = make_user()
    foreign = make_user("district", "350206")
    client.force_login(admin)

    listed = client.get(reverse("directory:users")).context["table"].data

    assert {user.pk for user in listed} == {admin.pk, mine.pk, agency.pk, unplaced.pk}
    assert client.get(reverse("directory:user", args=[foreign.pk])).status_code == 404
    end = reverse("directory:end_grant", args=[foreign.grants.get().pk])
    assert client.post(end).status_code == 404


def test_accounts_are_found_by_name_desk_and_role(client, admin):
    user = make_user("finance", "350203", label="思明财务")
    make_grant(user, "finance", "350206")

    found = client.get(reverse("directory:users"), {"text": "财务", "role": "finance"})

    assert [row.username for row in found.context["table"].data] == [user.username]


def test_the_list_of_accounts_asks_the_database_a_fixed_number_of_times(
    client, admin, django_assert_max_num_queries
):
    for code in ("350203", "350205", "350206", "350211", "350212", "350213"):
        make_user("district", code)

    with django_assert_max_num_queries(12):
        client.get(reverse("directory:users"))


def test_places_are_found_by_name_and_by_day(client):
    client.force_login(make_user("worker"))
    gone = place("350203001")
    gone.ends_on, gone.successor = date(2020, 1, 1), place("350203003")
    gone.save()

    by_name = client.get(reverse("directory:places"), {"text": gone.name}).context["table"].data
    on_day = (
        client.get(reverse("directory:places"), {"text": gone.name, "on": "2020-01-01"})
        .context["table"]
        .data
    )

    assert [row.code for row in by_name] == ["350203001"]
    assert [row.code for row in on_day] == []


def test_the_account_page_tells_what_one_may_do_and_where(client):
    client.force_login(make_user("district", "350203"))

    page = client.get(reverse("directory:account")).content.decode()

    assert "区级经办" in page or "思明区" in page


def test_a_grant_ends_at_its_last_day():
    user = make_user("city", "350200")
    today = clock.today()
    user.grants.update(ends_on=today)

    assert [user.holds("desk.view", on=today - timedelta(days=n)) for n in (0, 1)] == [False, True]
