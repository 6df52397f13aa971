from datetime import date

import pytest

from huiju.allowances import queries
from huiju.allowances.models import RunLine
from huiju.allowances.queries.derivation import EarlierLeaving, HigherLevel
from huiju.allowances.tests.factories import OCTOBER, compute, make_rate, make_run_line, make_scheme
from huiju.directory.tests.factories import place
from huiju.kernel.periods import Month
from huiju.registry.enums import Level
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db


def line_of(scheme, *, level="assistant", month=OCTOBER, **post):
    person = make_person()
    make_certificate(person, level=level)
    make_post(person, **post)
    return compute(scheme, month).lines.get(month=month.first_day)


@pytest.mark.parametrize(
    ("policy", "last_day"),
    [
        ({"month_rule": "any_day"}, date(2015, 9, 30)),
        ({"month_rule": "full_month"}, date(2015, 10, 30)),
        ({"month_rule": "on_day", "rule_day": 15}, date(2015, 10, 14)),
        ({"month_rule": "min_days", "rule_days": 20}, date(2015, 10, 19)),
    ],
)
def test_the_nearest_earlier_leaving_that_loses_the_month_is_found_by_the_rules(policy, last_day):
    line = line_of(make_scheme(**policy))

    derivation = queries.derivation_of(line)

    assert derivation.earlier_leaving == EarlierLeaving(last_day, 0)
    assert derivation.higher_level == HigherLevel(Level.INTERMEDIATE, 30000)


def test_by_days_leaving_a_day_earlier_costs_a_day():
    line = line_of(make_scheme(granularity="day"))

    derivation = queries.derivation_of(line)

    assert derivation.earlier_leaving == EarlierLeaving(date(2015, 10, 30), 19355)


def test_a_higher_level_without_a_rate_is_said_to_stop_the_run():
    line = line_of(make_scheme(), level="intermediate")

    assert queries.derivation_of(line).higher_level == HigherLevel(Level.SENIOR, None)


def test_nothing_higher_is_offered_to_the_highest_level():
    scheme = make_scheme()
    make_rate("senior", 50000)

    derivation = queries.derivation_of(line_of(scheme, level="senior"))

    assert derivation.higher_level is None


def test_a_level_of_the_same_rate_alters_nothing():
    scheme = make_scheme(rates=False)
    make_rate("assistant", 20000)
    make_rate("intermediate", 20000)

    assert queries.derivation_of(line_of(scheme)).higher_level is None


def test_a_month_taken_back_has_nothing_to_vary_but_names_what_was_posted():
    scheme = make_scheme()
    posted = line_of(scheme)
    post = posted.post
    post.voided = True
    post.save(update_fields=["voided"])
    compute(scheme, Month(2015, 10).next, at=posted.run.computed_at.replace(month=12))
    line = RunLine.objects.get(amount_fen=-20000)

    derivation = queries.derivation_of(line)

    assert (derivation.posted, derivation.higher_level, derivation.earlier_leaving) == (
        [posted],
        None,
        None,
    )


def test_a_rate_of_the_district_is_the_one_varied():
    scheme = make_scheme()
    make_rate("intermediate", 35000, place=place())

    assert queries.derivation_of(line_of(scheme)).higher_level == HigherLevel(
        Level.INTERMEDIATE, 35000
    )


def test_factories_make_what_they_say():
    line = make_run_line()

    assert str(line) == "社区在岗津贴 思明区 2015-10 2015-10"
