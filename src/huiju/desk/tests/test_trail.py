from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from huiju.audit import services as audit
from huiju.audit.models import Event
from huiju.desk.queries import trail
from huiju.directory.tests.factories import make_user
from huiju.kernel.clock import CITY_ZONE

pytestmark = pytest.mark.django_db


def record(action="desk.looked", subject="registry.Person:17", actor="system"):
    return audit.record(actor=actor, action=action, subject=subject, rows=3)


def links_written():
    """The chain is written when a transaction commits; here it is asked for at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_trail_is_narrowed_by_account_action_and_subject():
    clerk, other = make_user("city", "350200"), make_user("city", "350200")
    wanted = record(actor=clerk)
    record(actor=other)
    record(actor=clerk, action="desk.left")
    record(actor=clerk, subject="registry.Person:18")

    found = trail.events(actor=clerk.pk, action="desk.looked", subject="registry.Person:17")

    assert list(found) == [wanted]


def test_trail_of_a_day_is_the_day_of_the_city():
    event = record()
    day = event.at.astimezone(CITY_ZONE).date()

    assert event in trail.events(first_day=day, last_day=day)
    assert event not in trail.events(last_day=date(2020, 1, 1))
    assert event not in trail.events(first_day=date(2099, 1, 1))


def test_chain_of_the_present_database_is_whole():
    record()
    links_written()

    state = trail.checked_chain()

    assert (state.fault, state.seq >= 1, len(state.digest)) == ("", True, 64)


def test_trail_page_shows_who_did_what_to_an_auditor(client):
    auditor = make_user("auditor", "350200", label="市审计局")
    record(actor=auditor, action="directory.page_refused", subject="audit.view")
    links_written()
    client.force_login(auditor)

    page = client.get(reverse("desk:events"), {"actor": auditor.pk}).content.decode()

    assert "市审计局" in page
    assert "拒绝访问页面" in page


def test_trail_page_is_refused_to_an_official_and_the_refusal_is_an_event(client):
    official = make_user("district", "350203")
    client.force_login(official)

    answer = client.get(reverse("desk:events"))

    refusals = Event.objects.filter(
        action="directory.page_refused", actor__endswith=f":{official.pk}"
    )
    assert (answer.status_code, refusals.count()) == (403, 1)
