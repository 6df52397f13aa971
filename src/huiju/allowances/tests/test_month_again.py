"""A month computed again as known then and now: at the machine, on the page."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from huiju.allowances import services
from huiju.allowances.tests.recovering import (
    HOME,
    MONTHS,
    Walk,
    day,
)
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"allowances:{name}", args=args)


def test_a_month_again_as_known_then_and_now():
    walk = Walk()
    run = walk.month(MONTHS[0])
    walk.away_in_september()

    then = services.month_again(run=run, known_at=day(Month(2015, 10), 19))
    now = services.month_again(run=run, known_at=day(Month(2015, 10), 21))

    assert (then.reproduced, then.due_fen, then.posted_fen, then.differences) == (
        True,
        20000,
        20000,
        [],
    )
    assert (now.reproduced, now.arrears, now.recoveries_fen) == (True, [], 20000)
    assert [each.person for each in now.recoveries] == [walk.person.pk]
    walk.month(MONTHS[1])
    corrected = services.month_again(run=run, known_at=day(Month(2015, 11), 20))
    assert (corrected.due_fen, corrected.posted_fen) == (0, 0)


def test_the_page_of_a_month_again_names_who_is_owed_what(client):
    walk = Walk()
    run = walk.month(MONTHS[0])
    walk.away_in_september()
    client.force_login(make_user("district", HOME))
    with clock.fixed(day(Month(2015, 10), 21)):
        page = client.get(url("again", run.pk)).content.decode()
        earlier = client.get(url("again", run.pk), {"known_on": "2015-10-19"}).content.decode()
        never = client.get(url("again", run.pk), {"known_on": "2015-09-01"}).content.decode()

    assert ("与名单一致" in page, "应追回" in page, str(walk.person) in page) == (True, True, True)
    assert "每个人应发的都与已列的相同" in earlier
    assert "请选择" in never


def test_a_month_is_computed_again_at_the_machine():
    walk = Walk()
    walk.month(MONTHS[0])
    walk.away_in_september()
    who, out = make_user("district", HOME), StringIO()

    with clock.fixed(day(Month(2015, 10), 21)):
        call_command("allowances_again", "思明区", "2015-09", user=who.username, stdout=out)

    said = json.loads(out.getvalue())
    assert (said["known_on"], said["reproduced"]) == ("2015-10-21", True)
    assert [(each["person"], each["difference_fen"]) for each in said["differences"]] == [
        (walk.person.pk, -20000)
    ]


@pytest.mark.parametrize(
    ("words", "where", "said"),
    [
        (["思明区", "2015-08"], HOME, "没有计算过"),
        (["思明区", "2015-09"], "350206", "看不到"),
        (["思明区", "2015-09", "--known-on", "2015-09-01"], HOME, "请选择"),
    ],
)
def test_a_month_that_cannot_be_asked_for_again_is_said_in_words(words, where, said):
    Walk().month(MONTHS[0])
    who = make_user("district", where)

    with (
        clock.fixed(day(Month(2015, 10), 21)),
        translation.override("zh-hans"),
        pytest.raises((CommandError, DomainError), match=said),
    ):
        call_command("allowances_again", *words, user=who.username)
