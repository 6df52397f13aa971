from datetime import UTC, date, datetime

import pytest

from huiju.allowances import queries
from huiju.allowances.enums import Difference, Why
from huiju.allowances.queries import LineFilter
from huiju.allowances.tests.factories import OCTOBER, compute, make_rate, make_scheme
from huiju.kernel.periods import Month
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db
SEPTEMBER = Month(2015, 9)


def in_post(level="assistant", approved_on=date(2014, 6, 22), **post):
    person = make_person()
    make_certificate(person, level=level, approved_on=approved_on)
    make_post(person, **post)
    return person


def compared(scheme, change, **people):
    """The differences of October against September, where `change` happens in between."""
    person = in_post(**people)
    compute(scheme, SEPTEMBER)
    change(person)
    found = queries.compared_with_month_before(compute(scheme, OCTOBER))
    return [(one.person, one.kind, one.why, one.growth_fen) for one in found.differences], person


def test_a_certificate_revoked_in_the_month():
    def change(person):
        person.certificates.update(revoked_on=date(2015, 10, 1))

    found, person = compared(make_scheme(), change)

    assert found == [(person, Difference.GONE, Why.CERTIFICATE_REVOKED, -20000)]


def test_a_post_taken_back_as_never_having_been():
    def change(person):
        person.posts.update(voided=True)

    found, person = compared(make_scheme(), change)

    assert found == [(person, Difference.GONE, Why.FACTS, -20000)]


def test_a_new_certificate_and_a_fact_entered_late():
    people = []

    def change(_person):
        people.append(in_post(approved_on=date(2015, 10, 12)))
        people.append(in_post())

    found, _person = compared(make_scheme(), change)

    newly, late = people
    assert sorted(found, key=lambda one: one[0].pk) == [
        (newly, Difference.NEW, Why.CERTIFICATE_APPROVED, 20000),
        (late, Difference.NEW, Why.FACTS, 20000),
    ]


def test_another_rate_and_another_number_of_days():
    def raise_rate(_person):
        make_rate("assistant", 25000, starts_on=date(2015, 10, 1))

    scheme = make_scheme(rates=False)
    make_rate("assistant", 20000, ends_on=date(2015, 10, 1), after="repealed")
    by_rate, _person = compared(scheme, raise_rate)

    assert [one[1:] for one in by_rate] == [(Difference.CHANGED, Why.RATE, 5000)]


def test_another_number_of_days():
    def leave(person):
        person.posts.update(ends_on=date(2015, 10, 11))

    found, person = compared(make_scheme(granularity="day"), leave)

    # 20000 × 10 ÷ 31 = 6451.6
    assert found == [(person, Difference.CHANGED, Why.DAYS, 6452 - 20000)]


def test_the_lines_of_a_run_are_filtered_by_level_and_kind():
    scheme = make_scheme()
    assistant, other = in_post(), in_post("intermediate")
    compute(scheme, SEPTEMBER)
    learnt = datetime(2015, 10, 20, tzinfo=UTC)
    make_certificate(assistant, level="senior", approved_on=date(2015, 9, 1), recorded_at=learnt)
    make_rate("senior", 50000)
    run = compute(scheme, OCTOBER)

    def asked(**fields):
        lines = queries.lines_asked_for(
            queries.lines_of(run), LineFilter(date(2015, 11, 2), **fields)
        )
        return sorted(lines.values_list("person", "month", "amount_fen"))

    assert asked(level="intermediate") == [(other.pk, date(2015, 10, 1), 30000)]
    assert asked(kind="corrections") == [(assistant.pk, date(2015, 9, 1), 30000)]
    assert asked(kind="month", level="senior") == [(assistant.pk, date(2015, 10, 1), 50000)]
