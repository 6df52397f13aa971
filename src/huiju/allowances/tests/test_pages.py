from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiju.allowances.models import Run, RunLine
from huiju.allowances.tests.factories import AT, OCTOBER, compute, make_scheme
from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.periods import Month
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def november():
    with clock.fixed(AT):
        yield


@pytest.fixture
def sign_in(client, november):
    def signed_in(role="district", where="350203"):
        client.force_login(make_user(role, where))
        return client

    return signed_in


def in_post(name="林小娟", level="assistant", **post):
    person = make_person(name=name)
    make_certificate(person, level=level)
    make_post(person, **post)
    return person


def url(name, *args):
    return reverse(f"allowances:{name}", args=args)


def test_an_official_computes_a_month_and_reads_why_somebody_gets_200_yuan(sign_in):
    scheme = make_scheme()
    in_post()
    client = sign_in()

    asked = {"scheme": scheme.pk, "month": "2015-10", "place": place().pk, "known_on": ""}
    answer = client.post(url("compute"), asked)
    run_page = client.get(answer["Location"]).content.decode()
    why = client.get(url("line", RunLine.objects.get().pk)).content.decode()

    assert answer["Location"] == url("run", Run.objects.get().pk)
    assert ["林小娟" in run_page, "200.00" in run_page] == [True, True]
    assert [words in why for words in ("第七条", "200.00 元", "2014-06-22", "2012-03-01")] == [
        True
    ] * 4
    assert "若持有社会工作师证书：300.00 元。" in why
    assert "若 2015-09-30 是在岗最后一天：0.00 元。" in why


def test_a_city_official_computes_all_districts_and_lands_on_the_month(sign_in):
    scheme = make_scheme()
    in_post()
    client = sign_in("city", "350200")

    answer = client.post(url("compute"), {"scheme": scheme.pk, "month": "2015-10"})
    shown = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == "/allowances/?month=2015-10"
    assert [name in shown for name in ("思明区", "湖里区", "集美区", "200.00")] == [True] * 4


def test_a_run_that_stops_says_which_parameter_is_missing_and_keeps_what_was_asked(sign_in):
    scheme = make_scheme(rates=False)
    in_post()
    client = sign_in()

    answer = client.post(url("compute"), {"scheme": scheme.pk, "month": "2015-10"})

    shown = answer.content.decode()
    assert (answer.status_code, Run.objects.count()) == (422, 0)
    assert ["test_allowance.rate.assistant" in shown, 'value="2015-10"' in shown] == [True, True]


@pytest.mark.parametrize(
    ("month", "fault"), [("2015-13", "2015-10 这样的月份"), ("2016-01", "尚未开始")]
)
def test_a_month_that_cannot_be_computed_is_refused_in_words(sign_in, month, fault):
    scheme = make_scheme()

    answer = sign_in().post(url("compute"), {"scheme": scheme.pk, "month": month})

    assert (answer.status_code, fault in answer.content.decode()) == (422, True)


def test_a_run_of_another_district_is_not_there(sign_in):
    scheme = make_scheme()
    in_post(place=place("350206001"))
    run = compute(scheme, where="350206")
    client = sign_in()

    answers = [
        client.get(url(name, key)).status_code
        for name, key in [("run", run.pk), ("comparison", run.pk), ("line", run.lines.get().pk)]
    ]

    assert answers == [404, 404, 404]
    assert url("run", run.pk) not in client.get(url("runs")).content.decode()


def test_the_run_page_filters_and_totals_the_whole_filter(sign_in):
    scheme = make_scheme()
    in_post()
    in_post("陈大文", "intermediate")
    run = compute(scheme)
    client = sign_in("auditor", "350200")

    everybody = client.get(url("run", run.pk)).content.decode()
    named = client.get(url("run", run.pk), {"name": "陈", "level": "", "kind": "month"})

    assert ["500.00" in everybody, "林小娟" in everybody] == [True, True]
    table = named.content.decode().split("<table")[-1]
    assert ["陈大文" in table, "林小娟" in table, "300.00" in table] == [True, False, True]


def test_reading_a_line_is_an_event(sign_in):
    run = compute(make_scheme())
    in_post()
    run = compute(run.scheme, at=datetime(2015, 11, 2, 5, tzinfo=UTC))
    client = sign_in()

    client.get(url("line", run.lines.get().pk))

    assert Event.objects.filter(action="allowances.line_read").count() == 1


def test_the_comparison_says_who_is_new_gone_or_changed_and_why(sign_in):
    scheme = make_scheme()
    leaver, mover, riser = in_post("离岗者"), in_post("转区者"), in_post("晋级者")
    in_post("不变者")
    compute(scheme, Month(2015, 9))
    ended = {"ends_on": date(2015, 10, 1)}
    leaver.posts.update(**ended)
    mover.posts.update(**ended)
    make_post(mover, starts_on=date(2015, 10, 1), place=place("350206001"))
    make_certificate(riser, level="intermediate", approved_on=date(2015, 10, 9))
    in_post("新到者", starts_on=date(2015, 10, 8))
    run = compute(scheme, OCTOBER)

    shown = sign_in("city", "350200").get(url("comparison", run.pk)).content.decode()

    rows = [row for row in shown.split("<tr>") if "<td" in row]
    found = {
        name: next(why for why in ("到岗", "离岗<", "转到其他区", "级别变化") if why in row)
        for row in rows
        for name in ("离岗者", "转区者", "晋级者", "新到者", "不变者")
        if name in row
    }
    assert found == {
        "离岗者": "离岗<",
        "转区者": "转到其他区",
        "晋级者": "级别变化",
        "新到者": "到岗",
    }


def test_a_comparison_without_a_month_before_says_what_to_do(sign_in):
    run = compute(make_scheme())

    shown = sign_in().get(url("comparison", run.pk)).content.decode()

    assert "上个月没有计算" in shown


@pytest.mark.parametrize("role", ["agency", "worker", "reviewer"])
def test_roles_without_allowances_are_refused(sign_in, role):
    run = compute(make_scheme())

    client = sign_in(role)

    assert [client.get(url("runs")).status_code, client.get(url("run", run.pk)).status_code] == [
        403,
        403,
    ]


def test_finance_reads_but_does_not_compute(sign_in):
    scheme = make_scheme()

    client = sign_in("finance")

    assert client.get(url("runs")).status_code == 200
    asked = {"scheme": scheme.pk, "month": "2015-10"}
    assert (client.post(url("compute"), asked).status_code, Run.objects.count()) == (403, 0)


def test_lists_take_few_queries(sign_in):
    scheme = make_scheme()
    for order in range(5):
        in_post(f"林{order}")
    run = compute(scheme)
    client = sign_in()
    client.get(url("runs"))

    counts = []
    for address in (url("runs"), url("run", run.pk)):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len([q for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]))

    assert max(counts) <= 12
