import json

import pytest
from django.core.management import CommandError, call_command

from huiju.directory.models import User
from huiju.directory.tests.factories import make_organisation

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
    with pytest.raises(CommandError):
        call_command("user_add", "lin", **words)

    assert not User.objects.exists()
