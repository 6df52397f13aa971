"""Pages of schemes: what a scheme says, and setting one up in every shape."""

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiju.allowances import services
from huiju.allowances.enums import Shape
from huiju.allowances.forms.schemes import SchemeForm
from huiju.allowances.models import Scheme
from huiju.allowances.services import SchemeEntry
from huiju.allowances.services.schemes import SchemeInvalid
from huiju.allowances.tests.factories import AT, compute, make_scheme
from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted

pytestmark = pytest.mark.django_db

OWN = {
    "code": "new_one",
    "name": "新方案",
    "employer_kinds": ["community"],
    "first_month": "2015-01",
    "rate_code": "new_one.rate",
    "granularity": "month",
    "month_rule": "any_day",
    "rule_day": "1",
    "rule_days": "1",
    "level_pick": "highest",
    "cert_effect": "same_day",
    "post_effect": "same_day",
    "confidence": "S",
}
TYPED = {
    "monthly_by_level": {"term_stops": ["retirement"], "term_ceiling_fen": "150.5"},
    "once_by_level": {"term_claim_months": "12", "term_conditions": "单位年检合格\n承接项目"},
    "yearly_by_level": {"term_after_months": "12"},
    "monthly_term": {"term_most_months": "36", "term_last_month": "2016-12"},
    "top_up": {"term_base": "other", "term_establishment": "outside"},
    "grade_steps": {"term_start": "appointment", "term_steps_assistant": "1"},
    "index_share": {"term_index": "city.wage", "term_percents_assistant": "70%"},
    "sub_grades": {"term_grades": "助理社会工作师 0 100\nassistant 24 140"},
    "new_hire": {
        "term_service_months": "12",
        "term_cert_within_months": "12",
        "term_claim_months": "12",
        "term_commitment_months": "12",
        "term_hired_from": "2017-07-10",
    },
    "title_stipend": {"term_title": "领军人才", "term_every": "month", "term_amount_fen": "1200"},
    "cost_refund": {"term_items": "考试报名费", "term_ceiling_fen": "61"},
    "organisation_grant": {"term_amount_fen": "50000"},
    "residence_supplement": {"term_residence": "taiwan", "term_events": "通过考试 1000"},
    "mixture": {"term_amounts_assistant": "1000", "term_most_months": "36"},
    "local_levels": {"term_local_levels": "社工员", "term_every": "once"},
    "co_funded": {"term_payers": "* 市级 50\n* 区级 50\n思明区 区级 100"},
}
READ = {
    "monthly_by_level": {"stops": ["retirement"], "ceiling_fen": 15050},
    "once_by_level": {"claim_months": 12, "conditions": ["单位年检合格", "承接项目"]},
    "yearly_by_level": {"after_months": 12},
    "monthly_term": {"most_months": 36, "last_month": "2016-12"},
    "top_up": {"base": "other", "establishment": "outside"},
    "grade_steps": {"start": "appointment", "steps": {"assistant": 1}},
    "index_share": {"index": "city.wage", "percents": {"assistant": 70}},
    "sub_grades": {"grades": {"assistant": [[0, 100], [24, 140]]}},
    "new_hire": {
        "service_months": 12,
        "cert_within_months": 12,
        "claim_months": 12,
        "commitment_months": 12,
        "hired_from": "2017-07-10",
    },
    "title_stipend": {"title": "领军人才", "every": "month", "amount_fen": 120000},
    "cost_refund": {"items": ["考试报名费"], "ceiling_fen": 6100},
    "organisation_grant": {"amount_fen": 5000000},
    "residence_supplement": {"residence": "taiwan", "events": {"通过考试": 100000}},
    "mixture": {"amounts": {"assistant": 100000}, "most_months": 36},
    "local_levels": {"local_levels": ["社工员"], "every": "once"},
    "co_funded": {"payers": {"*": {"市级": 50, "区级": 50}, "思明区": {"区级": 100}}},
}


@pytest.fixture
def city(client):
    with clock.fixed(AT):
        client.force_login(make_user("city", "350200"))
        yield client


def url(name, *args):
    return reverse(f"allowances:{name}", args=args)


def define(client, shape, **typed):
    """The answer to a filled form, and the page shown after it."""
    asked = {**OWN, "place": place("350200").pk, **typed}
    answer = client.post(f"{url('define_scheme')}?shape={shape}", asked)
    return answer, answer.content.decode()


def test_the_list_names_shape_confidence_and_months_computed_with_few_questions(city):
    compute(make_scheme())
    for number in range(3):
        make_scheme(rates=False, code=f"more{number}", shape="once_by_level")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        listed = city.get(url("schemes")).content.decode()
    found = city.get(url("schemes"), {"shape": "monthly_by_level"}).content.decode()

    assert "按证书级别一次性</td>" in listed
    assert "按证书级别一次性</td>" not in found
    assert len(asked) <= 16


def test_a_scheme_s_page_cites_its_rates_and_terms(city):
    scheme = make_scheme(
        shape="monthly_term",
        terms={"most_months": 36, "ceiling_fen": 30000},
        sources={"most_months": "厦民〔2014〕1号 第八条"},
    )

    shown = city.get(url("scheme", scheme.pk)).content.decode()

    for words in ("200.00", "第七条", "36 个月", "第八条", "300.00 元", "未注明依据"):
        assert words in shown, words
    assert "暂不能计算" not in shown


def test_an_unknown_term_is_shown_as_unknown_with_whom_to_ask(city):
    terms = {"items": ["报名费"], "ceiling_fen": None}
    scheme = make_scheme(
        shape="cost_refund", terms=terms, owner="厦门市民政局", unknowns="限额未见"
    )

    shown = city.get(url("scheme", scheme.pk)).content.decode()

    for words in ("不明", "请向厦门市民政局核实", "限额未见", "暂不能计算"):
        assert words in shown, words


def test_a_scheme_whose_facts_are_not_held_says_so(city):
    terms = {"title": "领军人才", "every": "once", "amount_fen": 5000000}
    scheme = make_scheme(shape="title_stipend", terms=terms)

    shown = city.get(url("scheme", scheme.pk)).content.decode()

    assert "本系统尚无该方案所需的登记：人才称号" in shown
    assert "50,000.00 元" in shown


def test_the_first_step_tells_what_each_shape_does(city):
    shown = city.get(url("scheme_new")).content.decode()

    assert all(str(shape.label) in shown for shape in Shape)


@pytest.mark.parametrize("shape", Shape.values)
def test_a_scheme_of_every_shape_is_set_up_and_changed_by_the_form(city, shape):
    answer, shown = define(city, shape, **TYPED[shape])

    assert answer.status_code == 302, shown
    made = Scheme.objects.get(code="new_one")
    assert (made.shape, made.terms) == (shape, READ[shape])
    form = SchemeForm(shape=shape, scheme=made)
    again = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    typed = {name: value for name, value in again.items() if value not in (None, "")}
    typed |= {"place": made.place_id, "name": "改名"}
    answer = city.post(url("change_scheme", made.pk), typed)
    made.refresh_from_db()
    assert (answer.status_code, made.name, made.terms) == (302, "改名", READ[shape])
    assert Event.objects.filter(action="allowances.scheme_defined").count() == 2


@pytest.mark.parametrize(
    ("shape", "typed", "words"),
    [
        ("monthly_term", {}, "这种计算方式必须填写此项"),
        ("monthly_term", {"term_most_months": "三年"}, "“三年”不是整数"),
        ("monthly_term", {"term_most_months": "601"}, "应为0到600的整数"),
        ("cost_refund", {"term_items": "报名费", "term_ceiling_fen": "1.234"}, "元"),
        ("sub_grades", {"term_grades": "初级 0 100"}, "“初级”不是级别名称"),
        ("sub_grades", {"term_grades": "assistant 100"}, "应有 3 项"),
        ("co_funded", {"term_payers": "* 市级 60\n* 区级 50"}, "100"),
        ("grade_steps", {"term_start": "approval", "term_steps_assistant": "1"}, "聘任或登记"),
        (
            "index_share",
            {"term_index": "x", "term_percents_assistant": "7", "granularity": "day"},
            "只按整月发放",
        ),
        ("monthly_by_level", {"first_month": ""}, "请填写起始月份，或在下方注明未知"),
        ("monthly_by_level", {"first_month": "", "unknown": ["first_month"]}, "请填写向谁核实"),
        ("monthly_by_level", {"last_month": "2014-01"}, "结束|起始|月"),
        ("monthly_by_level", {"code": "Bad Code"}, "只能使用小写字母"),
        ("monthly_by_level", {"sources": "没有的条款 第一条"}, "须以条款名称开头"),
        (
            "monthly_term",
            {"term_most_months": "3", "unknown": ["most_months"], "owner": "市民政局"},
            "只能二选一",
        ),
    ],
)
def test_bad_input_is_answered_in_words_and_nothing_is_kept(city, shape, typed, words):
    answer, shown = define(city, shape, **typed)

    assert answer.status_code == 422
    assert any(each in shown for each in words.split("|")), shown[shown.find("form-faults") :][:600]
    assert Scheme.objects.count() == 0


def test_a_taken_code_does_not_overwrite_the_other_scheme(city):
    make_scheme(code="new_one")

    answer, shown = define(city, "monthly_by_level")

    assert answer.status_code == 422
    assert "该代码已被另一方案使用" in shown
    assert Scheme.objects.get().name == "社区在岗津贴"


def test_an_unknown_term_is_set_up_with_whom_to_ask(city):
    answer, shown = define(
        city,
        "cost_refund",
        term_items="报名费",
        unknown=["ceiling_fen", "first_month"],
        first_month="",
        owner="厦门市民政局",
        sources="可报销费用 2017年报道",
    )

    assert answer.status_code == 302, shown[shown.find("form-faults") :][:600]
    made = Scheme.objects.get()
    assert made.terms == {"items": ["报名费"], "ceiling_fen": None}
    assert (made.first_month, made.owner) == (None, "厦门市民政局")
    assert made.sources == {"items": "2017年报道"}


def test_a_district_sets_up_no_scheme_of_the_whole_city(client):
    client.force_login(make_user("district"))

    answer, shown = define(client, "monthly_by_level")

    assert answer.status_code == 422
    assert "您不能为厦门市设立津贴方案" in shown
    assert Scheme.objects.count() == 0


def test_computed_months_keep_the_rules_of_their_scheme(city):
    scheme = make_scheme()
    compute(scheme)

    answer = city.post(
        url("change_scheme", scheme.pk),
        {**OWN, "place": place("350200").pk, "term_ceiling_fen": "1"},
    )

    assert answer.status_code == 422
    scheme.refresh_from_db()
    assert scheme.terms == {}


def test_a_district_does_not_take_another_place_s_scheme_over(client):
    scheme = make_scheme(place=place("350206"))
    official = make_user("city", "350200")
    entry = SchemeEntry(**fields_of(scheme) | {"place": place("350203")})
    with pytest.raises(NotPermitted):
        services.define_scheme(entry=entry, by=make_user("district", "350203"), at=AT)
    assert services.define_scheme(entry=entry, by=official, at=AT).place == place("350203")


def test_months_computed_where_the_definer_sees_nothing_hold_the_rules_all_the_same():
    scheme = make_scheme()
    compute(scheme, where="350206")
    entry = SchemeEntry(**fields_of(scheme) | {"granularity": "day"})
    official, district = make_user("city", "350200"), make_user("district", "350203")

    with reading_as(district), pytest.raises(SchemeInvalid, match=r"已.*计算"):
        services.define_scheme(entry=entry, by=official, at=AT)


def test_a_file_that_fills_a_field_with_nonsense_is_refused_by_its_name():
    official = make_user("city", "350200")
    fields = fields_of(make_scheme())
    for name, value in {"employer_kinds": "community", "terms": [], "sources": "x"}.items():
        with pytest.raises(SchemeInvalid) as refusal:
            services.define_scheme(entry=SchemeEntry(**fields | {name: value}), by=official, at=AT)
        assert refusal.value.field == name


def fields_of(scheme):
    return {field.name: getattr(scheme, field.name) for field in dataclasses.fields(SchemeEntry)}


def test_what_the_form_does_not_ask_stays_when_a_scheme_is_changed(city):
    scheme = make_scheme(
        terms={"employer_kinds": ["agency"], "ceiling_fen": None}, owner="市民政局", unknowns="上限"
    )
    form = SchemeForm(shape=scheme.shape, scheme=scheme)
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not None} | {"name": "改名"}
    typed["place"] = scheme.place.pk

    answer = city.post(url("change_scheme", scheme.pk), typed)

    scheme.refresh_from_db()
    assert (answer.status_code, scheme.name) == (302, "改名")
    assert scheme.terms == {"employer_kinds": ["agency"], "ceiling_fen": None}
