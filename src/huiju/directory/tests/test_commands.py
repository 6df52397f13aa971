import json

import pytest
from django.core.management import CommandError, call_command

from huiju.audit.models import Event
from huiju.directory.models import User
from huiju.directory.tests.factories import make_organisation, make_user
from huiju.kernel.errors import DomainError

pytestmark = pytest.mark.django_db


def test_user_add_makes_an_account_with_a_password_for_one_use(capsys):
    call_command("user_add", "lin", role="district", place="350203")

    told = json.loads(capsys.readouterr().out)
    user = User.objects.get(username="lin")
    assert (told["user"], told["role"], told["where"]) == ("lin", "district", "思明区")
    assert user.check_password(told["one_time_password"])
    assert user.must_change_password
    assert [(grant.role, grant.place.code) for grant in user.grants.all()] == [
        ("district", "350203")
    ]


def test_user_add_takes_an_organisation_by_its_credit_code(capsys):
    agency = make_organisation(uscc="52350200MJB8YU4XXF")

    call_command("user_add", "lin", role="agency", organisation="52350200MJB8YU4XXF")

    assert User.objects.get(username="lin").grants.get().organisation == agency


@pytest.mark.parametrize(
    "words",
    [
        {"role": "district", "place": "999999"},
        {"role": "city", "place": "350203"},
        {"role": "agency", "organisation": "nobody"},
    ],
)
def test_user_add_refuses_and_keeps_nothing(words):
    with pytest.raises(DomainError):
        call_command("user_add", "lin", **words)

    assert not User.objects.exists()


@pytest.mark.parametrize("words", [["Lin", "--place", "350203"], ["lin"]])
def test_user_add_asks_for_a_name_and_a_place_it_can_use(words):
    with pytest.raises(CommandError) as refusal:
        call_command("user_add", *words, role="district")

    assert (refusal.value.returncode, User.objects.count()) == (2, 0)


def test_user_reset_replaces_the_password_once_and_is_on_record(capsys):
    user = make_user(username="lin")
    user.set_password("the one that was forgotten")
    user.save()

    call_command("user_reset", "lin")

    told = json.loads(capsys.readouterr().out)
    user.refresh_from_db()
    assert user.check_password(told["one_time_password"])
    assert user.must_change_password
    event = Event.objects.get(action="directory.password_reset")
    assert (event.actor, event.subject) == ("system", f"directory.User:{user.pk}")
    assert told["one_time_password"] not in str(event.detail)


def test_user_reset_of_nobody_says_so():
    with pytest.raises(DomainError, match="没有用户“lin”"):
        call_command("user_reset", "lin")
