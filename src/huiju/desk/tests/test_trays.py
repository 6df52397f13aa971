from datetime import date, datetime

import pytest
from django.urls import reverse

from huiju.audit import services as audit
from huiju.desk.enums import Tray
from huiju.desk.queries import trays
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.clock import CITY_ZONE
from huiju.policies import services as policies
from huiju.policies.tests.factories import (
    make_document,
    make_parameter,
    make_relation,
    make_value,
    value_entry,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 9, 30, tzinfo=CITY_ZONE)


def propose(by, name="每月标准"):
    entry = value_entry(make_parameter(name=name), date(2014, 1, 1), place("350200"))
    return policies.propose_value(entry=entry, by=by, at=AT)


def titles(user, tray):
    return [entry.title for entry in trays.trays(user, on=ON)[tray]]


def test_a_proposed_value_waits_for_every_second_person_and_not_for_who_entered_it():
    one, two = make_user("city", "350200"), make_user("city", "350200")
    propose(one)

    assert (titles(one, Tray.TODO), titles(one, Tray.BEGUN)) == ([], ["每月标准 200.00 元"])
    assert (titles(two, Tray.TODO), titles(two, Tray.BEGUN)) == (["每月标准 200.00 元"], [])


def test_who_may_not_confirm_has_nothing_to_do_with_a_proposed_value():
    propose(make_user("city", "350200"))

    assert titles(make_user("district", "350203"), Tray.TODO) == []


def test_a_confirmed_value_leaves_both_desks_and_stands_among_what_was_dealt_with():
    one, two = make_user("city", "350200"), make_user("city", "350200")
    value = propose(one)

    policies.confirm_value(value=value, by=two, at=AT)

    assert titles(one, Tray.BEGUN) == titles(two, Tray.TODO) == []
    assert titles(two, Tray.DONE) == ["确认政策标准"]


def test_reading_is_no_decision():
    user = make_user("city", "350200")
    audit.record(actor=user, action="registry.person_read", subject="registry.Person:17")

    assert titles(user, Tray.DONE) == []


@pytest.mark.parametrize("tray", list(Tray))
def test_home_shows_as_many_entries_as_it_counts(client, tray):
    one, two = make_user("city", "350200"), make_user("city", "350200")
    policies.confirm_value(value=propose(one), by=two, at=AT)
    propose(one, "甲")
    propose(two, "乙")
    client.force_login(two)

    page = client.get(reverse("desk:home"), {"tray": tray})

    counts = dict(page.context["counts"])
    assert counts == {Tray.TODO: 1, Tray.DONE: 1, Tray.BEGUN: 1, Tray.MESSAGES: 0}
    assert len(page.context["entries"]) == counts[tray]


def test_home_passes_over_a_tray_that_does_not_exist(client):
    client.force_login(make_user("city", "350200"))

    page = client.get(reverse("desk:home"), {"tray": "nonsense"})

    assert page.context["tray"] == Tray.TODO


def test_review_waits_for_its_office_from_thirty_days_before():
    make_parameter(name="市级标准", review_on=date(2026, 12, 24))
    make_parameter(name="思明标准", owner="思明区民政局", review_on=date(2026, 11, 23))
    make_parameter(name="以后", review_on=date(2026, 12, 25))
    city, siming, huli = (make_user(*who) for who in (
        ("city", "350200"), ("district", "350203"), ("district", "350206"),
    ))  # fmt: skip

    lists = [
        {entry.title: str(entry.word) for entry in trays.to_do(user, on=ON)}
        for user in (city, siming, huli)
    ]

    assert lists == [
        {"复核：市级标准": "临期", "复核：思明标准": "超期"},
        {"复核：思明标准": "超期"},
        {},
    ]


def test_value_whose_document_is_repealed_waits_for_its_office():
    old, new = make_document(issued_on=date(2014, 1, 1)), make_document()
    make_value(make_parameter(name="旧标准"), date(2014, 1, 1), document=old)
    make_relation(new, old, "repeals", date(2026, 11, 24))
    city = make_user("city", "350200")

    days = [titles_on(city, day) for day in (date(2026, 11, 23), ON)]

    assert days == [[], ["旧标准 200.00 元"]]


def titles_on(user, day):
    return [entry.title for entry in trays.to_do(user, on=day)]
