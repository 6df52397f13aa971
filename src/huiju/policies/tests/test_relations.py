"""What documents do to each other, whether they hold on a day, and what a repeal leaves behind."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted
from huiju.policies import queries, services
from huiju.policies.models import Relation
from huiju.policies.rules import validity as rules
from huiju.policies.rules.drawing import Life, Link, drawn
from huiju.policies.rules.validity import Act, Days
from huiju.policies.services import RelationEntry, RelationInvalid
from huiju.policies.tests.factories import (
    AT,
    city_official,
    make_document,
    make_parameter,
    make_relation,
    make_value,
)

BEGIN, END = date(2014, 7, 1), date(2016, 6, 30)
ON = date(2026, 3, 5)
DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))


def kind(days, acts, on):
    return rules.validity(days, acts, on=on).kind


@pytest.mark.parametrize(
    ("acts", "on", "expected"),
    [
        ([], date(2014, 6, 30), "not_yet"),
        ([], BEGIN, "in_force"),
        ([], END, "in_force"),
        ([], date(2016, 7, 1), "expired"),
        ([Act("amends", date(2015, 1, 1), 1)], date(2014, 12, 31), "in_force"),
        ([Act("amends", date(2015, 1, 1), 1)], date(2015, 1, 1), "amended"),
        ([Act("repeals", date(2015, 1, 1), 1)], date(2015, 1, 1), "repealed"),
        ([Act("supersedes", date(2015, 1, 1), 1)], date(2017, 1, 1), "superseded"),
        ([Act("repeals", date(2017, 1, 1), 1)], date(2017, 1, 1), "expired"),
        ([Act("implements", date(2015, 1, 1), 1)], date(2015, 1, 1), "in_force"),
        ([Act("repeals", None, 1)], date(2015, 1, 1), "unknown"),
    ],
)
def test_standing_follows_from_days_and_acts(acts, on, expected):
    assert kind(Days(BEGIN, END, 2014), acts, on) == expected


@pytest.mark.parametrize(("year", "expected"), [(2013, "not_yet"), (2014, "unknown")])
def test_document_whose_first_day_is_unknown_never_counts_as_in_force(year, expected):
    assert kind(Days(None, None, 2014), [], date(year, 12, 31)) == expected


def test_press_report_is_no_policy():
    assert kind(Days(BEGIN, None, 2014, is_policy=False), [], ON) == "no_policy"


@given(DAYS, DAYS, DAYS)
def test_act_changes_no_day_before_it(start, since, on):
    days = Days(start, None, start.year)
    before = rules.validity(days, [], on=on)

    after = rules.validity(days, [Act("repeals", since, 1)], on=on)

    assert (after == before) == (on < since)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_circles_are_found_whatever_the_order(edges):
    known: dict[int, list[int]] = {}
    for source, goal in edges:
        if not rules.reaches(known, goal, source):
            known.setdefault(source, []).append(goal)

    assert not any(rules.reaches(known, goal, source) for source in known for goal in known[source])


@pytest.mark.django_db
@pytest.mark.parametrize("kinds", [("amends", "repeals"), ("implements", "implements")])
def test_circle_is_refused_and_names_both(kinds):
    old, middle, new = (make_document(number=f"厦民〔2014〕90{n}号") for n in range(3))
    make_relation(new, middle, kinds[0])
    make_relation(middle, old, kinds[1])

    with pytest.raises(RelationInvalid, match=r"902号.*循环|循环.*902号"):
        make_relation(old, new, kinds[0])
    with pytest.raises(RelationInvalid, match="自身"):
        make_relation(old, old, "amends")
    assert Relation.objects.count() == 2


@pytest.mark.django_db
def test_relation_comes_in_once_is_brought_up_to_date_and_is_dated_after_its_document():
    old, new = make_document(), make_document(issued_on=date(2017, 2, 9), year=2017)
    make_relation(new, old, "repeals", date(2017, 3, 1))
    make_relation(new, old, "repeals", date(2017, 3, 1))
    make_relation(new, old, "repeals", date(2017, 4, 1))

    with pytest.raises(RelationInvalid, match="尚未印发"):
        make_relation(new, old, "amends", date(2017, 2, 8))
    assert Relation.objects.get().since == date(2017, 4, 1)
    assert Event.objects.filter(action__startswith="policies.relation_").count() == 2


@pytest.mark.django_db
def test_relation_is_entered_by_who_enters_the_acting_document():
    entry = RelationEntry(make_document(), make_document(), "amends", "O")

    with pytest.raises(NotPermitted):
        services.record_relation(entry=entry, by=make_user("district", "350203"), at=AT)


@pytest.mark.django_db
def test_relation_taken_back_leaves_its_reason_in_the_trail():
    relation = make_relation(make_document(), make_document(), "amends")

    with pytest.raises(RelationInvalid):
        services.withdraw_relation(relation=relation, reason=" ", by=city_official(), at=AT)
    services.withdraw_relation(relation=relation, reason="看错了", by=city_official(), at=AT)

    event = Event.objects.get(action="policies.relation_withdrawn")
    assert (Relation.objects.count(), event.detail["reason"]) == (0, "看错了")


def repealed_with_a_value():
    old = make_document(issued_on=date(2014, 7, 1))
    new = make_document(issued_on=date(2022, 3, 9), year=2022)
    value = make_value(make_parameter(), date(2014, 7, 1), document=old)
    make_value(make_parameter(), date(2014, 7, 1), document=new)
    make_value(
        make_parameter(), date(2014, 7, 1), document=old, ends_on=date(2022, 3, 9), after="repealed"
    )
    make_relation(new, old, "supersedes", date(2022, 3, 9))
    return old, value


@pytest.mark.django_db
def test_repeal_leaves_the_values_that_still_rest_on_it():
    _, value = repealed_with_a_value()

    assert queries.values_left_behind(on=date(2022, 3, 8)) == []
    assert queries.values_left_behind(on=date(2022, 3, 9)) == [value]


@pytest.mark.django_db
def test_document_page_shows_the_relation_the_drawing_and_what_is_left(client):
    old, value = repealed_with_a_value()
    client.force_login(city_official())

    text = client.get(reverse("policies:document", args=[old.pk])).content.decode()
    listed = client.get(reverse("policies:left_behind")).content.decode()

    assert ("已被替代" in text, "被替代" in text, "<svg" in text) == (True, True, True)
    assert str(value.parameter) in text
    assert listed.count("厦门市民政局") == 1


@pytest.mark.django_db
def test_document_page_asks_little_however_large_its_family(client, django_assert_max_num_queries):
    documents = [make_document() for _ in range(8)]
    for older, newer in pairwise(documents):
        make_relation(newer, older, "amends", date(2015, 1, 1))
    client.force_login(city_official())

    with django_assert_max_num_queries(34):
        text = client.get(reverse("policies:document", args=[documents[0].pk])).content.decode()

    assert text.count("<rect") == 8


@pytest.mark.django_db
def test_relation_is_entered_and_refused_on_its_page(client):
    old, new = make_document(), make_document()
    client.force_login(city_official())
    url = reverse("policies:record_relation", args=[new.pk])
    given = {"kind": "repeals", "target": old.pk, "since": "2015-01-01", "confidence": "O"}

    answers = [client.post(url, each) for each in (given, given | {"target": new.pk})]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert "自身" in answers[1].content.decode()
    relation = Relation.objects.get()
    client.post(reverse("policies:withdraw_relation", args=[relation.pk]), {"reason": "录错"})
    assert Relation.objects.count() == 0


def test_drawing_places_every_document_and_relation():
    lives = [
        Life(1, "旧", "superseded", BEGIN, date(2022, 3, 9)),
        Life(2, "新", "in_force", date(2022, 3, 9), None),
    ]

    drawing = drawn(lives, [Link(2, 1, "supersedes", date(2022, 3, 9))], on=ON)

    old, new = drawing.bars
    assert (old.x < new.x, old.x + old.width == new.x) == (True, True)
    assert new.x + new.width <= 720 + timedelta(days=1).days
    assert [arrow.x for arrow in drawing.arrows] == [new.x]
