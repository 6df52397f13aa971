"""Runs of shapes other than the plain monthly one: real facts, lines, and their derivation in words."""

from datetime import date, timedelta

import pytest

from huiju.allowances import queries
from huiju.allowances.models import Run
from huiju.allowances.services.computing import RateMissing
from huiju.allowances.services.runs import MonthNotComputable
from huiju.allowances.terms import RuleUnknown, facts_missing
from huiju.allowances.tests.factories import AT, OCTOBER, compute, make_rate, make_scheme
from huiju.allowances.worksheets import replay
from huiju.directory.tests.factories import make_user
from huiju.policies.models import Parameter
from huiju.registry.tests.factories import make_certificate, make_leave, make_person, make_post

pytestmark = pytest.mark.django_db
SEPTEMBER = OCTOBER.plus(-1)


def worker(*, level="assistant", approved_on=date(2014, 6, 22), **post):
    person = make_person()
    make_certificate(person, level=level, approved_on=approved_on)
    make_post(person, **post)
    return person


def dues(run):
    """What is due by month."""
    return {f"{line.month:%Y-%m}": line.step_due_fen for line in run.lines.order_by("month")}


def page_of(client, line):
    """The derivation page as an official of the district sees it."""
    client.force_login(make_user("district"))
    return client.get(f"/allowances/lines/{line.pk}/").content.decode()


def make_index(fen):
    """The average wage of a year, in force in 2015; entered like any other parameter."""
    value = make_rate("wage", fen, starts_on=date(2015, 1, 1), ends_on=None)
    Parameter.objects.filter(pk=value.parameter_id).update(
        code="city.wage", name="在岗职工平均工资"
    )
    return value


def test_an_award_is_paid_once_in_the_month_of_the_certificate(client):
    worker(approved_on=date(2015, 9, 15))
    scheme = make_scheme(shape="once_by_level", terms={})

    first, second = compute(scheme, SEPTEMBER), compute(scheme, OCTOBER)

    assert (dues(first), dues(second)) == ({"2015-09": 20000}, {})
    page = page_of(client, first.lines.get())
    assert "2015-09-15 是持证且在岗的第一天" in page
    assert "每人只发一次" in page
    assert "None" not in page


def test_an_award_is_taken_back_when_its_certificate_turns_out_to_be_revoked():
    person = worker(approved_on=date(2015, 9, 15))
    scheme = make_scheme(shape="once_by_level", terms={})
    compute(scheme, SEPTEMBER)
    person.certificates.update(superseded_at=AT)
    later = AT + timedelta(days=1)

    run = compute(scheme, OCTOBER, at=later)

    assert [line.amount_fen for line in run.lines.all()] == [-20000]


def test_days_are_paid_by_the_day(client):
    worker(starts_on=date(2015, 10, 22))
    scheme = make_scheme(granularity="day")

    run = compute(scheme)

    assert dues(run) == {"2015-10": 6452}
    page = page_of(client, run.lines.get())
    assert "标准 × 符合天数" in page
    assert "31 天" in page


def test_a_share_of_the_average_wage_follows_its_parameter(client):
    worker()
    index = make_index(812345)
    scheme = make_scheme(
        rates=False,
        shape="index_share",
        terms={"index": "city.wage", "percents": {"assistant": 70}},
    )

    run = compute(scheme)

    line = run.lines.get()
    assert (line.step_rate_fen, line.step_due_fen, line.rate) == (812345, 568642, index)
    page = page_of(client, line)
    assert "在岗职工平均工资" in page
    assert "其 70%" in page
    assert "5,686.42" in page


def test_a_share_without_a_value_of_its_index_stops_and_names_the_parameter():
    worker()
    Parameter.objects.create(code="city.wage", name="平均工资", unit="fen", owner="市统计局")
    scheme = make_scheme(
        rates=False,
        shape="index_share",
        terms={"index": "city.wage", "percents": {"assistant": 70}},
    )

    with pytest.raises(RateMissing, match=r"平均工资.*city\.wage"):
        compute(scheme)

    assert Run.objects.count() == 0


def test_a_share_of_something_that_is_no_parameter_is_refused():
    scheme = make_scheme(
        rates=False, shape="index_share", terms={"index": "no.such", "percents": {"assistant": 70}}
    )

    with pytest.raises(MonthNotComputable, match="公布的指标"):
        compute(scheme)


def test_a_yearly_amount_comes_in_the_month_in_which_the_year_is_complete(client):
    worker(starts_on=date(2014, 10, 10))
    scheme = make_scheme(shape="yearly_by_level", terms={"after_months": 12})

    runs = [compute(scheme, month) for month in (SEPTEMBER, OCTOBER)]

    assert [dues(run) for run in runs] == [{}, {"2015-10": 20000}]
    assert "满 12 个月" in page_of(client, runs[1].lines.get())


def test_a_term_ends(client):
    worker(starts_on=date(2015, 8, 10))
    scheme = make_scheme(shape="monthly_term", terms={"most_months": 2})

    runs = [compute(scheme, month) for month in (OCTOBER.plus(-2), SEPTEMBER, OCTOBER)]

    assert [dues(run) for run in runs] == [{"2015-08": 20000}, {"2015-09": 20000}, {}]
    assert "共 2 个自然月" in page_of(client, runs[0].lines.get())


def test_a_sub_grade_is_reached_with_the_months_held(client):
    worker(approved_on=date(2013, 10, 1))
    scheme = make_scheme(shape="sub_grades", terms={"grades": {"assistant": [[0, 100], [24, 140]]}})

    runs = [compute(scheme, month) for month in (SEPTEMBER, OCTOBER)]

    assert [dues(run) for run in runs] == [{"2015-09": 20000}, {"2015-10": 28000}]
    line = runs[1].lines.get()
    assert [step.fen for step in queries.derivation_of(line).reckoning] == [20000, 28000]
    assert "满 24 个月" in page_of(client, line)


def test_a_top_up_is_paid_where_the_base_pays(client):
    worker()
    worker(kind="agency")
    base = make_scheme()
    scheme = make_scheme(
        rates=False,
        code="top",
        shape="top_up",
        terms={"base": "test"},
        employer_kinds=["community", "agency"],
    )

    with pytest.raises(MonthNotComputable, match="先计算"):
        compute(scheme)
    compute(base)
    run = compute(scheme)

    assert run.lines.count() == 1
    assert "社区在岗津贴" in page_of(client, run.lines.get())


def test_what_excludes_another_scheme_pays_only_the_others():
    both, other = worker(), worker(kind="agency")
    base = make_scheme()
    scheme = make_scheme(
        rates=False,
        code="beside",
        terms={"exclusive_with": ["test"]},
        employer_kinds=["community", "agency"],
    )
    compute(base)

    run = compute(scheme)

    assert {line.person for line in run.lines.all()} == {other} - {both}


def test_payers_bear_their_shares_in_the_derivation(client):
    worker()
    payers = {"*": {"市级": 33, "区级": 67}}
    scheme = make_scheme(shape="co_funded", terms={"payers": payers})

    line = compute(scheme).lines.get()

    assert queries.derivation_of(line).borne == {"市级": 6600, "区级": 13400}
    assert "市级承担" in page_of(client, line)


@pytest.mark.parametrize(("asked", "paid"), [("within", 0), ("outside", 1)])
def test_only_posts_known_to_be_off_the_establishment_count(asked, paid):
    """Of two people in post one is known to be outside; of the other nobody knows."""
    outside, unknown = worker(established=False), worker()
    scheme = make_scheme(terms={"establishment": asked})

    run = compute(scheme)

    assert [line.person for line in run.lines.all()] == [outside][:paid]
    assert unknown.posts.get().established is None


def test_a_ceiling_bounds_a_month(client):
    worker()
    scheme = make_scheme(terms={"ceiling_fen": 15000})

    line = compute(scheme).lines.get()

    assert (line.step_due_fen, line.step_rate_fen) == (15000, 20000)
    assert "最高 150.00 元" in page_of(client, line)


def test_a_scheme_with_an_unknown_term_is_not_computed_and_says_whom_to_ask():
    worker()
    scheme = make_scheme(
        name="考试费用报销",
        shape="cost_refund",
        terms={"items": ["考试报名费"], "ceiling_fen": None},
        owner="厦门市民政局",
    )

    with pytest.raises(RuleUnknown, match=r"考试费用报销.*最高限额.*请向厦门市民政局"):
        compute(scheme)

    assert Run.objects.count() == 0


def test_a_scheme_whose_first_month_is_unknown_is_not_computed():
    worker()
    scheme = make_scheme(first_month=None, owner="思明区民政局")

    with pytest.raises(RuleUnknown, match=r"起始月份.*请向思明区民政局"):
        compute(scheme)


def test_a_worksheet_with_an_unknown_term_is_refused_too():
    sheet = {
        "id": "W",
        "shape": "cost_refund",
        "terms": {"items": ["exam"], "ceiling_fen": None},
        "policy": {
            "scheme_start": "2025-01",
            "granularity": "month",
            "month_rule": {"kind": "any_day"},
            "level_pick": "highest",
            "cert_effect": "same_day",
            "post_effect": "same_day",
            "lookback_months": None,
            "recovery": {"kind": "allow_negative"},
        },
        "people": ["p"],
        "facts": [],
        "runs": [{"run": "R1", "month": "2025-01", "on": "2025-01-28"}],
    }

    answer = replay([sheet])["W"]

    assert answer["error"]["field"] == "terms.ceiling_fen"


@pytest.mark.parametrize(
    ("shape", "terms", "missing"),
    [
        ("title_stipend", {"title": "领军人才", "every": "once", "amount_fen": 1}, "人才称号"),
        ("cost_refund", {"items": ["报名费"], "ceiling_fen": 1}, "票据"),
        ("organisation_grant", {"amount_fen": 1}, "申领"),
        ("grade_steps", {"start": "appointment", "steps": {"assistant": 1}}, "聘任"),
    ],
)
def test_a_shape_whose_facts_huiju_does_not_hold_says_which(shape, terms, missing):
    scheme = make_scheme(shape=shape, terms=terms)

    assert any(missing in each for each in facts_missing(scheme))
    with pytest.raises(MonthNotComputable, match=missing):
        compute(scheme)


def test_somebody_on_leave_on_the_day_of_the_award_gets_it_on_the_return():
    person = worker(starts_on=date(2015, 9, 15))
    make_leave(person, starts_on=date(2015, 9, 1), ends_on=date(2015, 10, 5))
    scheme = make_scheme(shape="once_by_level", terms={})

    runs = [compute(scheme, month) for month in (SEPTEMBER, OCTOBER)]

    assert [dues(run) for run in runs] == [{}, {"2015-10": 20000}]
    assert runs[1].lines.get().counted_on == date(2015, 10, 5)
