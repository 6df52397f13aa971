from datetime import timedelta

import pytest
from django.urls import reverse

from huiju.api import queries, services
from huiju.api.models import Token
from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock

pytestmark = pytest.mark.django_db
PLACES = "/api/v1/places"


@pytest.fixture
def user():
    return make_user("district", "350203")


def make_token(user, **changed):
    asked = {"name": "汇总脚本", "days": 30, "at": clock.now()}
    return services.create_token(user=user, **asked | changed)


def call(client, text, path=PLACES):
    return client.get(path, headers={"Authorization": f"Bearer {text}"})


def test_a_token_reads_as_its_user_and_its_text_is_kept_nowhere(client, user):
    token, text = make_token(user)

    answer = call(client, text)

    token.refresh_from_db()
    assert answer.status_code == 200
    assert token.last_used_on == clock.today()
    assert text not in str(Token.objects.values())
    assert Event.objects.latest("pk").action == "api.token_created"


@pytest.mark.parametrize("text", ["", "huiju_", "huiju_unknown", "令牌", "\x00"])
def test_a_call_without_a_valid_token_is_refused_in_chinese(client, text):
    answer = call(client, text.encode().decode("latin-1"))

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json() == {
        "detail": "请提供有效的令牌：Authorization: Bearer …",
        "fields": [],
    }


def test_a_session_without_a_token_does_not_open_the_api(client, user):
    client.force_login(user)

    assert client.get(PLACES).status_code == 401


def test_a_token_ends_when_revoked_or_expired_or_when_its_user_may_not_sign_in(client, user):
    token, text = make_token(user)
    _old, expired = make_token(user, at=clock.now() - timedelta(days=31))

    before = [call(client, text).status_code, call(client, expired).status_code]
    services.revoke_token(token=token, by=user, at=clock.now())
    revoked = call(client, text).status_code
    _new, fresh = make_token(user)
    user.is_active = False
    user.save()

    assert (before, revoked, call(client, fresh).status_code) == ([200, 401], 401, 401)


def test_a_token_waits_while_a_one_time_password_is_to_be_changed(client, user):
    _token, text = make_token(user)
    user.must_change_password = True
    user.save()

    assert call(client, text).status_code == 401


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_is_valid_for_at_most_a_year(user, days):
    with pytest.raises(services.TokenTooLong):
        make_token(user, days=days)


def test_rights_taken_away_act_at_once(client, user):
    _token, text = make_token(user)
    user.grants.update(ends_on=clock.today())

    answer = call(client, text)

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("您的角色")


def test_a_token_is_made_on_the_page_and_shown_once(client, user):
    client.force_login(user)

    shown = client.post(reverse("api:create_token"), {"name": "脚本", "days": 7})

    text = shown.context["text"]
    assert queries.token_named_by(text, at=clock.now()).user == user
    assert text in shown.content.decode()
    assert text not in client.get(reverse("api:tokens")).content.decode()


def test_a_token_is_revoked_by_its_owner_alone(client, user):
    token, text = make_token(user)
    client.force_login(make_user("administrator", "350200"))

    foreign = client.post(reverse("api:revoke_token", args=[token.pk]))
    client.force_login(user)
    own = client.post(reverse("api:revoke_token", args=[token.pk]))

    assert (foreign.status_code, own.status_code) == (404, 302)
    assert call(client, text).status_code == 401


def test_a_wrong_form_is_shown_again(client, user):
    client.force_login(user)

    answer = client.post(reverse("api:create_token"), {"name": "", "days": 400})

    assert answer.status_code == 422
    assert Token.objects.count() == 0
