"""Two-person entry, endings and corrections, and what is in force on a day as known on another."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted, WrongState
from huiju.policies import services, terms
from huiju.policies.models import ParameterValue
from huiju.policies.services import Ending, ValueInvalid, ValuesOverlap
from huiju.policies.terms import NoValueInForce, UnknownParameter
from huiju.policies.tests.factories import (
    AT,
    city_official,
    make_document,
    make_parameter,
    make_value,
    propose,
    value_entry,
)

pytestmark = pytest.mark.django_db

START = date(2014, 1, 1)
LATER = AT + timedelta(days=30)


def ending(last_day: date, after: str = "repealed") -> Ending:
    return Ending(last_day=last_day, after=after, document=make_document())


def test_proposed_value_does_not_count_until_confirmed():
    parameter = make_parameter()
    value = propose(value_entry(parameter, START))

    with pytest.raises(NoValueInForce):
        terms.value_at(parameter.code, on=START, place=place("350203"))
    services.confirm_value(value=value, by=city_official(), at=AT)

    assert terms.value_at(parameter.code, on=START, place=place("350203")) == 20000


def test_nobody_confirms_their_own_value():
    author = city_official()
    value = propose(value_entry(make_parameter(), START), by=author)

    with pytest.raises(NotPermitted):
        services.confirm_value(value=value, by=author, at=AT)

    value.refresh_from_db()
    assert (value.state, value.decided_by, value.recorded_at) == ("proposed", None, None)


def test_database_itself_refuses_a_value_confirmed_by_its_author():
    author = city_official()
    value = propose(value_entry(make_parameter(), START), by=author)

    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterValue.objects.filter(pk=value.pk).update(
            state="confirmed", decided_by=author, recorded_at=AT
        )


def test_confirming_twice_is_refused():
    value = make_value(make_parameter(), START)

    with pytest.raises(WrongState):
        services.confirm_value(value=value, by=city_official(), at=AT)


def test_district_proposes_for_itself_and_for_nobody_else():
    official = make_user("district", "350203")
    parameter = make_parameter()

    own = propose(value_entry(parameter, START, place("350203")), by=official)

    assert own.state == "proposed"
    for entry in (value_entry(parameter, START, place("350206")), value_entry(parameter, START)):
        with pytest.raises(NotPermitted):
            propose(entry, by=official)
    with pytest.raises(NotPermitted):
        services.confirm_value(value=own, by=make_user("district", "350203"), at=AT)


def test_refused_value_says_why_and_never_counts():
    value = propose(value_entry(make_parameter(), START))

    services.refuse_value(value=value, reason="金额有误", by=city_official(), at=AT)

    value.refresh_from_db()
    assert (value.state, value.refusal, value.recorded_at) == ("refused", "金额有误", None)


def test_refusal_needs_a_reason():
    value = propose(value_entry(make_parameter(), START))

    with pytest.raises(ValueInvalid):
        services.refuse_value(value=value, reason="  ", by=city_official(), at=AT)


def test_same_entry_again_changes_nothing():
    entry = value_entry(make_parameter(), START)
    first = propose(entry)

    again = propose(entry)
    confirmed = services.confirm_value(value=first, by=city_official(), at=AT)
    after = propose(entry)

    assert (again.pk, after.pk) == (first.pk, confirmed.pk)
    assert ParameterValue.objects.count() == 1


@pytest.mark.parametrize(
    "days",
    [
        {"ends_on": START, "after": "repealed"},
        {"ends_on": date(2015, 1, 1)},
        {"after": "unknown"},
    ],
)
def test_value_whose_days_contradict_themselves_is_refused(days):
    entry = value_entry(make_parameter(), START, **days)

    with pytest.raises(ValueInvalid):
        propose(entry)

    assert ParameterValue.objects.count() == 0


def test_overlapping_value_is_refused_with_what_to_do():
    parameter = make_parameter()
    make_value(parameter, START)

    with pytest.raises(ValuesOverlap) as refusal:
        propose(value_entry(parameter, date(2015, 1, 1), value=25000))

    assert "200.00" in str(refusal.value)
    assert "2014-01-01" in str(refusal.value)


def test_database_itself_refuses_two_values_for_one_day():
    parameter = make_parameter()
    value = make_value(parameter, START)
    copy = ParameterValue.objects.values().get(pk=value.pk)
    for name in ("id", "fact", "in_force"):
        del copy[name]

    named = pytest.raises(IntegrityError, match="one_value_per_parameter_area_and_day")
    with named, transaction.atomic():
        ParameterValue.objects.create(**copy)


def test_ending_counts_once_confirmed_and_keeps_what_was_known():
    parameter = make_parameter()
    value = make_value(parameter, START)
    proposed = services.end_value(
        value=value, ending=ending(date(2014, 12, 31)), by=city_official(), at=LATER
    )
    assert terms.value_at(parameter.code, on=date(2015, 1, 1), place=place()) == 20000

    services.confirm_value(value=proposed, by=city_official(), at=LATER)

    assert terms.value_at(parameter.code, on=date(2014, 12, 31), place=place()) == 20000
    with pytest.raises(NoValueInForce):
        terms.value_at(parameter.code, on=date(2015, 1, 1), place=place())
    assert terms.value_at(parameter.code, on=date(2015, 1, 1), place=place(), known_at=AT) == 20000
    value.refresh_from_db()
    assert (value.state, value.superseded_at) == ("superseded", LATER)


def test_new_value_follows_the_ended_one():
    parameter = make_parameter()
    value = make_value(parameter, START)
    ended = services.end_value(
        value=value, ending=ending(date(2014, 12, 31)), by=city_official(), at=LATER
    )
    services.confirm_value(value=ended, by=city_official(), at=LATER)

    make_value(parameter, date(2015, 1, 1), value=25000, at=LATER)

    found = [
        terms.value_at(parameter.code, on=day, place=place())
        for day in (date(2014, 12, 31), date(2015, 1, 1))
    ]
    assert found == [20000, 25000]


def test_version_that_no_longer_counts_cannot_be_ended():
    value = make_value(make_parameter(), START)
    first = services.end_value(
        value=value, ending=ending(date(2014, 12, 31)), by=city_official(), at=LATER
    )
    services.confirm_value(value=first, by=city_official(), at=LATER)

    with pytest.raises(ValueInvalid):
        services.end_value(
            value=value, ending=ending(date(2015, 12, 31)), by=city_official(), at=LATER
        )


def test_second_change_waits_for_the_first():
    value = make_value(make_parameter(), START)
    services.end_value(value=value, ending=ending(date(2014, 12, 31)), by=city_official(), at=LATER)

    with pytest.raises(ValueInvalid):
        services.end_value(
            value=value, ending=ending(date(2015, 12, 31)), by=city_official(), at=LATER
        )


def test_district_value_goes_before_the_city_and_the_country():
    parameter = make_parameter()
    entry = value_entry(parameter, START, value=100)
    country = propose(type(entry)(**vars(entry) | {"place": None}))
    services.confirm_value(value=country, by=city_official(), at=AT)
    make_value(parameter, date(2015, 1, 1), value=200)
    make_value(parameter, date(2016, 1, 1), place("350203"), value=300)

    found = {
        (code, year): terms.value_at(parameter.code, on=date(year, 6, 1), place=place(code))
        for code in ("350203", "350203010", "350206")
        for year in (2014, 2016)
    }

    assert found == {
        ("350203", 2014): 100,
        ("350203", 2016): 300,
        ("350203010", 2014): 100,
        ("350203010", 2016): 300,
        ("350206", 2014): 100,
        ("350206", 2016): 200,
    }


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"ends_on": date(2015, 1, 1), "after": "repealed"}, "废止"),
        ({"ends_on": date(2015, 1, 1), "after": "unknown"}, "不明"),
    ],
)
def test_missing_value_is_named_with_what_happened_and_who_is_in_charge(days, said):
    parameter = make_parameter(name="社区在岗津贴")
    make_value(parameter, START, **days)

    with pytest.raises(NoValueInForce) as refusal:
        terms.value_at(parameter.code, on=date(2015, 6, 1), place=place())

    text = str(refusal.value)
    assert [word in text for word in ("社区在岗津贴", "2015-06-01", said, "厦门市民政局")] == [
        True
    ] * 4


def test_unknown_code_is_named():
    with pytest.raises(UnknownParameter, match=r"no\.such\.code"):
        terms.value_at("no.such.code", on=START)


def test_values_between_name_the_gap():
    parameter = make_parameter()
    make_value(parameter, START, ends_on=date(2014, 7, 1), after="unknown")
    make_value(parameter, date(2014, 10, 1), value=25000)

    found = terms.values_between(
        parameter.code, first=START, last=date(2014, 12, 31), place=place()
    )

    assert [(s.starts_on, s.ends_on, s.value and s.value.value) for s in found] == [
        (date(2014, 1, 1), date(2014, 7, 1), 20000),
        (date(2014, 7, 1), date(2014, 10, 1), None),
        (date(2014, 10, 1), date(2015, 1, 1), 25000),
    ]
    assert "不明" in found[1].reason


def test_unit_of_a_parameter_with_values_is_fixed():
    parameter = make_parameter(code="a.rate")
    make_value(parameter, START)

    with pytest.raises(ValueInvalid):
        make_parameter(code="a.rate", unit="month")


def test_every_step_leaves_an_event_without_reading_a_clock():
    value = make_value(make_parameter(code="a.rate"), START)
    services.end_value(value=value, ending=ending(date(2014, 12, 31)), by=city_official(), at=LATER)

    events = Event.objects.filter(action__startswith="policies.value").order_by("pk")
    assert [(event.action, event.detail["code"]) for event in events] == [
        ("policies.value_proposed", "a.rate"),
        ("policies.value_confirmed", "a.rate"),
        ("policies.value_proposed", "a.rate"),
    ]


def test_fact_table_says_what_the_terms_say():
    parameter = make_parameter(code="a.rate")
    known = make_value(parameter, START, ends_on=date(2014, 7, 1), after="unknown")
    later = make_value(parameter, date(2014, 10, 1), value=25000)
    propose(value_entry(parameter, date(2013, 1, 1), ends_on=START, after="repealed"))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value_ref, starts_on, ends_on, value, known_to FROM fact_parameter"
            " WHERE code = 'a.rate' ORDER BY starts_on"
        )
        rows = cursor.fetchall()

    assert rows == [
        (known.pk, START, date(2014, 7, 1), 20000, None),
        (-known.pk, date(2014, 7, 1), None, None, None),
        (later.pk, date(2014, 10, 1), None, 25000, None),
    ]


def test_known_on_a_day_counts_what_was_confirmed_that_day():
    parameter = make_parameter()
    make_value(parameter, START)

    evening = clock.end_of(clock.day_of(AT))
    before = clock.end_of(clock.day_of(AT) - timedelta(days=1))

    assert terms.value_at(parameter.code, on=START, place=place(), known_at=evening) == 20000
    with pytest.raises(NoValueInForce):
        terms.value_at(parameter.code, on=START, place=place(), known_at=before)


def test_correction_replaces_the_value_and_keeps_what_was_known():
    parameter = make_parameter()
    wrong = make_value(parameter, START, value=30000)
    right = value_entry(parameter, START, value=20000)
    proposed = services.propose_value(entry=right, by=city_official(), at=LATER, corrects=wrong)

    services.confirm_value(value=proposed, by=city_official(), at=LATER)

    assert terms.value_at(parameter.code, on=START, place=place()) == 20000
    assert terms.value_at(parameter.code, on=START, place=place(), known_at=AT) == 30000


def test_correction_cannot_move_a_value_to_another_place():
    parameter = make_parameter()
    value = make_value(parameter, START)
    elsewhere = value_entry(parameter, START, place("350203"))

    with pytest.raises(ValueInvalid):
        services.propose_value(entry=elsewhere, by=city_official(), at=LATER, corrects=value)

    assert ParameterValue.objects.awaiting().count() == 0
