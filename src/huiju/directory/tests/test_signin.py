import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse

from huiju.audit.models import Event
from huiju.directory import services
from huiju.directory.models import User
from huiju.directory.tests.factories import make_grant, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
PASSWORD = "correct-horse-9"


@pytest.fixture(autouse=True)
def fresh_throttle():
    cache.clear()


@pytest.fixture
def user():
    user = make_user("city", "350200", username="lin")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password=PASSWORD):
    return client.post(LOGIN, {"login": "lin", "password": password})


def last_event():
    event = Event.objects.latest("pk")
    return event.action, event.actor, event.subject


def test_signing_in_opens_the_desk_and_leaves_an_event(client, user):
    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("desk:home"))
    assert last_event() == (
        "directory.signed_in",
        f"directory.User:{user.pk}",
        f"directory.User:{user.pk}",
    )
    assert client.get(reverse("directory:account")).status_code == 200


def test_a_wrong_password_is_refused_in_chinese_and_leaves_an_event(client, user):
    answer = sign_in(client, "wrong")

    assert "不正确" in answer.content.decode()
    assert last_event() == ("directory.sign_in_failed", "system", f"directory.User:{user.pk}")


def test_an_unknown_name_leaves_an_event_without_the_name(client, user):
    client.post(LOGIN, {"login": "350201199001011234", "password": "x"})

    assert last_event() == ("directory.sign_in_failed", "system", "unknown user name")


def test_after_five_wrong_passwords_even_the_right_one_waits(client, user):
    for _attempt in range(5):
        sign_in(client, "wrong")

    answer = sign_in(client)

    assert answer.status_code == 200
    assert "登录失败次数过多" in answer.content.decode()


def test_a_closed_account_does_not_sign_in(client, user):
    user.is_active = False
    user.save()

    sign_in(client)

    assert "_auth_user_id" not in client.session


def test_signing_out_ends_the_session(client, user):
    sign_in(client)

    client.post("/account/logout/")

    assert client.get(reverse("directory:account")).status_code == 302


def test_a_one_time_password_must_be_changed_before_anything_else(client):
    user = services.create_user(username="lin", label="经办", password=PASSWORD, by=None)
    make_grant(user, "city", "350200")
    sign_in(client)

    sent_to = client.get(reverse("directory:places")).headers["Location"]
    changed = client.post(
        sent_to,
        {"oldpassword": PASSWORD, "password1": "another-horse-9", "password2": "another-horse-9"},
    )

    assert sent_to == reverse("account_change_password")
    assert changed.status_code == 302
    assert not User.objects.get(pk=user.pk).must_change_password
    assert client.get(reverse("directory:places")).status_code == 200
    actions = Event.objects.order_by("-pk").values_list("action", flat=True)[:1]
    assert list(actions) == ["directory.password_changed"]


def test_a_weak_password_is_refused_in_chinese(client, user):
    client.force_login(user)

    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "12345678", "password2": "12345678"},
    ).content.decode()

    assert "密码只包含数字" in page or "密码全都是数字" in page
    assert "This password" not in page


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "confirm-email/"])
def test_nobody_signs_up_or_is_mailed(client, path):
    assert client.get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_reauthenticate",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_generate_recovery_codes",
        "usersessions_list",
    ],
)
def test_the_pages_of_one_s_own_account_open_in_our_look(client, user, name):
    sign_in(client)

    answer = client.get(reverse(name), follow=True)

    assert answer.status_code == 200
    assert 'lang="zh-hans"' in answer.content.decode()
    assert "ui/logo.svg" in answer.content.decode()


def test_a_second_factor_is_set_up_and_then_asked_for(client, user):
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    client.post(reverse("mfa_activate_totp"), {"code": code})
    codes = client.get(reverse("mfa_view_recovery_codes"))
    client.post("/account/logout/")
    asked = sign_in(client)

    assert len(codes.context["unused_codes"]) == 10
    assert asked.headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("directory:account")).status_code == 302


def test_who_forgot_the_password_is_told_whom_to_ask(client, settings):
    settings.HELP_CONTACT = "市社会工作部信息科 分机 8123"

    door = client.get(LOGIN).content.decode()
    told = client.get("/account/password/forgotten/").content.decode()

    assert 'href="/account/password/forgotten/"' in door
    assert ["账号管理员" in told, "市社会工作部信息科 分机 8123" in told] == [True, True]
    assert "huiju user reset" in told
