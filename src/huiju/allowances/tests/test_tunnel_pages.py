"""The wind tunnel's page, its sliders' answer, saved simulations and their comparison."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiju.allowances import services
from huiju.allowances.models import Scenario
from huiju.allowances.queries import prepared
from huiju.allowances.queries.tunnel import Ground, simulable_districts, simulation
from huiju.allowances.rules.whatif import what_if
from huiju.allowances.services import ScenarioInvalid
from huiju.allowances.tests.factories import AT, make_funding, make_scenario, make_scheme
from huiju.allowances.tests.test_simulation import ASKED, make_city
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted

pytestmark = pytest.mark.django_db
WORDS = {
    **ASKED,
    "rates_from": "2015-11",
    "rate_assistant": "250",
    "entry_permille": "0",
    "exit_permille": "0",
}


@pytest.fixture(autouse=True)
def november():
    prepared.forget()
    with clock.fixed(AT):
        yield


@pytest.fixture
def sign_in(client):
    def signed_in(role="district", where="350203"):
        client.force_login(make_user(role, where))
        return client

    return signed_in


def url(name):
    return reverse(f"allowances:{name}")


def test_the_page_opens_with_the_rates_of_today_and_no_difference(sign_in):
    make_city()

    found = sign_in().get(url("tunnel"))

    assert found.context["found"]["sums"]["difference"] == "0.00"
    assert 'value="200.00"' in found.content.decode()


def test_the_page_opens_where_nobody_is_due_anything(sign_in):
    make_scheme()

    found = sign_in().get(url("tunnel"))

    assert found.context["found"]["sums"]["total"] == "0.00"
    assert found.context["tables"]["lines"]["rows"] == []


def test_the_page_works_by_its_form_alone(sign_in):
    make_funding(make_city())

    found = sign_in().get(url("tunnel"), WORDS | {"city": "1", "district": "1"})

    tables = found.context["found"]["tables"]
    assert tables["periods"]["rows"][-1] == ["2015-12", "250.00", "200.00", "+50.00"]
    assert tables["payers"]["rows"][:2] == [["市级", "450.00", "0.00"], ["区级", "450.00", "0.00"]]
    assert found.context["people"]["rows"] == [["思明区", "0", "0", "1", "0.00", "0.00"]]
    assert [row[-1] for row in tables["lines"]["rows"]] == ["不会用尽"]


def test_the_sliders_are_answered_as_the_page_is(sign_in):
    make_city()
    client = sign_in()

    page, answer = client.get(url("tunnel"), WORDS), client.get(url("tunnel_answer"), WORDS)

    shown = page.context["found"]
    assert answer.json()["sums"] == shown["sums"]
    assert answer.json()["tables"] == shown["tables"]
    assert answer.json()["sums"]["difference"] == "+100.00"


@pytest.mark.parametrize(
    "policy",
    [{}, {"granularity": "day"}, {"employer_kinds": ["agency"], "month_rule": "on_day"}],
)
def test_prepared_head_counts_answer_what_the_rules_do(policy):
    make_city()
    city = make_user("city", "350200")
    asked = what_if(ASKED | {"policy": policy, "entry_permille": 700, "exit_permille": 100})
    places, known_at = simulable_districts(city, on=AT.date()), prepared.settled(AT)

    quick = prepared.priced_answer(asked, places, known_at=known_at)
    full = simulation(asked, places, ground=Ground(known_at))

    assert (quick.totals, quick.before) == (full.totals, full.before)
    assert quick.total_fen > 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate_assistant": "viel"}, "rate_assistant"),
        ({"last_month": "2015-01"}, "last_month"),
        ({"exit_permille": "1001"}, "exit_permille"),
        ({"month_rule": "never"}, "month_rule"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(sign_in, change, field):
    make_city()
    client = sign_in()

    answer = client.get(url("tunnel_answer"), WORDS | change)

    assert (answer.status_code, list(answer.json()["faults"])) == (422, [field])
    assert "不能试算" in client.get(url("tunnel"), WORDS | change).content.decode()


def test_without_a_scheme_the_page_says_what_is_missing(sign_in):
    client = sign_in()

    assert "先设立津贴方案" in client.get(url("tunnel")).content.decode()
    assert client.get(url("tunnel_answer")).status_code == 422


def save(client, **fields):
    query = "&".join(f"{name}={value}" for name, value in WORDS.items())
    posted = {"query": query, "name": "提高", "place": place().pk} | fields
    return client.post(url("save_scenario"), posted, follow=True).content.decode()


def test_a_simulation_is_saved_with_its_answer_and_asked_again(sign_in):
    make_city()
    client = sign_in()

    said = save(client)
    kept = Scenario.objects.get()
    compared = client.get(url("scenarios_compared"), {"first": kept.pk}).content.decode()

    assert "试算已保存" in said
    assert (kept.total_fen, kept.before_fen) == (90000, 80000)
    assert kept.asked["rates"] == [{"level": "assistant", "from": "2015-11-01", "fen": 25000}]
    assert ["结果相同" in compared, "900.00" in compared] == [True, True]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "必填"),
        ({"name": "a\0b"}, "空字符"),
        ({"name": "名" * 81}, "80"),
        ({"place": "0"}, "选择"),
        ({"query": "scheme=x"}, "不能试算"),
    ],
)
def test_a_simulation_that_cannot_be_saved_is_refused(sign_in, fields, words):
    make_city()

    assert words in save(sign_in(), **fields)
    assert Scenario.objects.count() == 0


def test_two_simulations_stand_side_by_side_and_say_that_facts_have_changed(sign_in):
    scheme = make_city()
    first = make_scenario(scheme)
    asked = first.asked | {"policy": {"employer_kinds": ["community", "agency"]}}
    second = make_scenario(scheme, name="另一个", asked=asked)

    found = sign_in().get(url("scenarios_compared"), {"first": first.pk, "second": second.pk})

    assert found.context["total"] == (["900.00", "1,800.00"], "+900.00")
    assert "事实已有变化" in found.content.decode()


def test_another_district_s_simulations_are_hidden(sign_in):
    kept = make_scenario(make_city(), place=place("350206"))
    client = sign_in()

    assert client.get(url("scenarios_compared"), {"first": kept.pk}).status_code == 404
    assert str(kept) not in client.get(url("tunnel")).content.decode()


def test_save_scenario_refuses_other_places_and_impossible_questions():
    make_scheme()
    by = make_user("district", "350203")

    with pytest.raises(NotPermitted, match="湖里区"):
        services.save_scenario(name="a", asked=ASKED, place=place("350206"), by=by, at=AT)
    with pytest.raises(ScenarioInvalid, match="colour"):
        services.save_scenario(name="a", asked=ASKED | {"colour": 1}, place=place(), by=by, at=AT)


def test_a_saved_simulation_of_a_scheme_that_changed_says_so_in_the_comparison(sign_in):
    scheme = make_city()
    kept = make_scenario(scheme)
    type(scheme).objects.filter(pk=scheme.pk).update(terms={"ceiling_fen": 10000})
    type(scheme).objects.create(**plain_copy(scheme, code="another"))

    answer = sign_in().get(url("scenarios_compared"), {"first": kept.pk})

    assert "已不能再试算" in answer.content.decode()


def plain_copy(scheme, **fields):
    names = [field.attname for field in scheme._meta.concrete_fields if not field.primary_key]
    return {name: getattr(scheme, name) for name in names} | fields


def test_months_in_which_the_scheme_does_not_pay_cost_nothing(sign_in):
    scheme = make_city()
    type(scheme).objects.filter(pk=scheme.pk).update(
        first_month=date(2015, 10, 1), last_month=date(2015, 11, 1)
    )
    asked = what_if(ASKED)
    places = simulable_districts(make_user("city", "350200"), on=AT.date())

    found = simulation(asked, places, ground=Ground(prepared.settled(AT)))

    assert {row["month"] for row in found.totals} == {"2015-10", "2015-11"}
    assert (
        found.totals == prepared.priced_answer(asked, places, known_at=prepared.settled(AT)).totals
    )


def test_nobody_knows_the_facts_of_months_to_come(sign_in):
    make_city()

    answer = sign_in().get(url("tunnel_answer"), WORDS | {"recorded_until": "2015-12"})

    assert answer.json()["faults"]["recorded_until"][0]["message"].startswith("事实")


def test_another_rule_of_whole_months_reads_no_facts_anew(sign_in, django_assert_max_num_queries):
    make_city()
    places, known_at = (
        simulable_districts(make_user("city", "350200"), on=AT.date()),
        prepared.settled(AT),
    )
    prepared.priced_answer(what_if(ASKED), places, known_at=known_at)

    with CaptureQueriesContext(connection) as asked:
        changed = what_if(ASKED | {"policy": {"month_rule": "min_days", "rule_days": 9}})
        prepared.priced_answer(changed, places, known_at=known_at)

    assert not [query for query in asked if "fact_post" in query["sql"]]
