"""Stopping somebody's allowance, and who pays."""

from datetime import date, timedelta

import pytest

from huiju.allowances import services
from huiju.allowances.models import Funding, Hold, Payment
from huiju.allowances.services import FundingEntry, HoldOrder
from huiju.allowances.tests.factories import (
    AT,
    compute,
    make_approved_run,
    make_funding,
    make_hold,
    make_scheme,
)
from huiju.budgets.tests.factories import finance, make_line, make_split
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.errors import NotPermitted
from huiju.kernel.periods import Month
from huiju.registry.services import Entry, merge_people
from huiju.registry.tests.factories import make_certificate, make_death, make_person, make_post

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER_2 = Month(2015, 11), AT + timedelta(days=30)


def in_post():
    person = make_person()
    make_certificate(person)
    make_post(person)
    return person


def amounts(run):
    return list(run.lines.order_by("person", "month").values_list("person", "amount_fen"))


def test_nothing_is_computed_for_people_who_are_held():
    scheme, held, other = make_scheme(), in_post(), in_post()
    make_hold(held, scheme=scheme)

    run = compute(scheme)

    assert amounts(run) == [(other.pk, 20000)]


def test_nothing_is_taken_back_from_people_who_are_held():
    scheme, held = make_scheme(), in_post()
    compute(scheme)
    make_death(held, died_on=date(2015, 10, 1))
    make_hold(held, scheme=scheme, starts_on=date(2015, 12, 1), placed_at=DECEMBER_2)

    run = compute(scheme, NOVEMBER, at=DECEMBER_2)

    assert amounts(run) == []


def test_a_hold_counts_from_the_day_it_begins_and_since_it_is_known():
    scheme, one, two = make_scheme(), in_post(), in_post()
    make_hold(one, scheme=scheme, starts_on=date(2015, 11, 3))
    make_hold(two, scheme=scheme, placed_at=AT + timedelta(hours=1))

    run = compute(scheme)

    assert amounts(run) == [(one.pk, 20000), (two.pk, 20000)]


def test_a_hold_of_a_merged_file_holds_the_human():
    scheme, kept, double = make_scheme(), in_post(), make_person()
    make_hold(double, scheme=scheme, placed_at=AT - timedelta(days=1))
    merge_people(
        from_person=double,
        into_person=kept,
        choices={},
        values=(),
        entry=Entry(at=AT - timedelta(hours=1), by=make_user("city", "350200"), reason="同一人"),
    )

    assert amounts(compute(scheme)) == []


def test_a_lifted_hold_pays_the_months_it_kept_back():
    scheme, person = make_scheme(), in_post()
    hold = make_hold(person, scheme=scheme)
    compute(scheme)

    services.lift_hold(
        hold=hold, ends_on=date(2015, 12, 1), by=make_user("district"), at=DECEMBER_2
    )
    run = compute(scheme, NOVEMBER, at=DECEMBER_2)

    assert amounts(run) == [(person.pk, 20000), (person.pk, 20000)]
    assert Hold.objects.filter(replaced_at=None).get().ends_on == date(2015, 12, 1)


def test_a_hold_lifted_before_it_began_never_held():
    hold = make_hold(starts_on=date(2016, 1, 1))

    services.lift_hold(
        hold=hold, ends_on=date(2015, 12, 1), by=make_user("district"), at=DECEMBER_2
    )

    assert Hold.objects.get().replaced_at == DECEMBER_2
    with pytest.raises(services.HoldInvalid):
        services.lift_hold(
            hold=hold, ends_on=date(2015, 12, 1), by=make_user("district"), at=DECEMBER_2
        )


@pytest.mark.parametrize("role", ["district", "finance"])
def test_a_hold_is_placed_once_with_a_reason_by_the_district(role):
    order = HoldOrder(make_person(), make_scheme(), date(2015, 11, 1), "身份待核实")
    by = make_user(role)
    if role == "finance":
        with pytest.raises(NotPermitted):
            services.place_hold(order=order, by=by, at=AT)
        return

    made = services.place_hold(order=order, by=by, at=AT)

    assert (made.person, made.placed_by, made.reason) == (order.person, by, "身份待核实")
    with pytest.raises(services.HoldInvalid):
        services.place_hold(order=order, by=by, at=AT)
    without = HoldOrder(make_person(), order.scheme, date(2015, 11, 1), " ")
    with pytest.raises(services.HoldInvalid):
        services.place_hold(order=without, by=by, at=AT)


def test_what_was_cancelled_is_due_again():
    scheme, one, two = make_scheme(), in_post(), in_post()
    make_approved_run(compute(scheme), people=[one, two])
    Payment.objects.filter(person=one).update(state="cancelled", reason="退票后不再发放")

    run = compute(scheme, NOVEMBER, at=DECEMBER_2)

    assert amounts(run) == [(one.pk, 20000), (one.pk, 20000), (two.pk, 20000)]


def test_one_line_pays_everything_and_a_later_entry_replaces_it():
    scheme, line = make_scheme(), make_line()
    first = make_funding(scheme)
    entry = FundingEntry(scheme, place(), 2015, [line], assumption="出资方未见原文")

    made = services.set_funding(entry=entry, by=finance(), at=AT)

    first.refresh_from_db()
    assert (first.replaced_at, made.assumption) == (AT, "出资方未见原文")
    assert [each.line for each in made.lines.all()] == [line]


def test_a_plan_has_one_line_for_each_payer():
    split, scheme = make_split(), make_scheme()
    city, district = make_line(), make_line(government="350203")

    made = services.set_funding(
        entry=FundingEntry(scheme, place(), 2015, [city, district], split), by=finance(), at=AT
    )

    assert made.lines.count() == 2
    with pytest.raises(services.FundingInvalid):
        services.set_funding(
            entry=FundingEntry(scheme, place(), 2015, [city], split), by=finance(), at=AT
        )


@pytest.mark.parametrize("fault", ["year", "place", "none"])
def test_a_line_that_does_not_pay_such_a_thing_is_refused(fault):
    line = make_line(government="350206") if fault == "place" else make_line()
    lines = [] if fault == "none" else [line]
    year = 2016 if fault == "year" else 2015

    with pytest.raises(services.FundingInvalid):
        services.set_funding(
            entry=FundingEntry(make_scheme(), place(), year, lines), by=finance(), at=AT
        )

    assert Funding.objects.count() == 0


def test_a_districts_finance_does_not_spend_the_citys_money():
    entry = FundingEntry(make_scheme(), place(), 2015, [make_line()])

    with pytest.raises(NotPermitted):
        services.set_funding(entry=entry, by=finance("350203"), at=AT)
