"""The pages of a month's way: signatures, approval, and what everybody may see."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from huiju.allowances import queries, services
from huiju.allowances.models import Funding, Objection, Payment, Run
from huiju.allowances.tests.factories import (
    compute,
    make_funding,
    make_notice,
    make_notice_days,
    make_objection,
    make_reviewed_run,
    make_scheme,
)
from huiju.budgets.tests.factories import finance, make_line
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.registry.tests.factories import make_account, make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def listed(name="林晓明"):
    person = make_person(name=name)
    make_certificate(person)
    make_post(person)
    make_account(person)
    return compute(make_scheme(), at=clock.now())


def on_notice():
    run = listed()
    make_notice_days()
    seen = queries.digest_of_lines(run)
    services.check(run=run, seen=seen, by=make_user("district"), at=clock.now())
    return services.publish_notice(run=run, seen=seen, by=make_user("district"), at=clock.now())


def funded(run, fen=1_000_000):
    line = make_line(year=clock.today().year, at=clock.now(), amount_fen=fen)
    make_funding(run.scheme, line)
    return line


def test_the_page_of_steps_signs_with_the_digest_it_shows():
    run, client = listed(), signed_in(make_user("district"))
    page = client.get(f"/allowances/{run.pk}/steps/")
    seen = page.context["seen"]

    answer = client.post(f"/allowances/{run.pk}/check/", {"seen": seen, "note": "无误"})

    run.refresh_from_db()
    assert (page.status_code, answer.status_code, run.state) == (200, 302, "checked")
    assert f'value="{seen}"' in page.content.decode()


def test_whoever_computed_sees_why_they_do_not_check():
    run = listed()

    page = signed_in(run.computed_by).get(f"/allowances/{run.pk}/steps/").content.decode()

    assert "下一步须由他人签字" in page


def test_a_stale_page_is_answered_in_words():
    run, client = listed(), signed_in(make_user("district"))

    page = client.post(f"/allowances/{run.pk}/check/", {"seen": "0" * 64}, follow=True)

    run.refresh_from_db()
    assert ("名单已变动" in page.content.decode(), run.state) == (True, "draft")


def test_everybody_sees_masked_names_and_nothing_else():
    notice = on_notice()

    page = Client().get(f"/notices/allowances/{notice.token}/").content.decode()

    assert "林*明" in page
    assert "林晓明" not in page
    assert "200.00" in page


def test_nobody_sees_a_notice_that_is_over():
    notice = on_notice()

    with clock.fixed(clock.now() + timedelta(days=6)):
        answer = Client().get(f"/notices/allowances/{notice.token}/")

    assert answer.status_code == 404


def test_a_visitor_objects_and_is_told_it_was_received():
    notice = on_notice()
    said = {"text": "林某已离岗", "contact": "13800000000"}

    page = Client().post(f"/notices/allowances/{notice.token}/", said, follow=True)

    assert ("已收到" in page.content.decode(), Objection.objects.get().text) == (True, "林某已离岗")


def test_one_address_does_not_use_up_what_a_notice_takes():
    cache.clear()
    notice = on_notice()
    said = {"text": "林某已离岗"}

    answers = [Client().post(f"/notices/allowances/{notice.token}/", said) for _n in range(11)]
    cache.clear()

    assert [answer.status_code for answer in answers[8:]] == [302, 302, 429]
    assert "一小时后再试" in answers[10].content.decode()
    assert Objection.objects.count() == 10


def test_an_objection_of_no_words_is_shown_again():
    notice = on_notice()

    answer = Client().post(f"/notices/allowances/{notice.token}/", {"text": ""})

    assert (answer.status_code, Objection.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("outcome", "state"), [("rejected", "noticed"), ("return", "draft"), ("hold", "noticed")]
)
def test_the_district_answers_an_objection(outcome, state):
    objection = make_objection(on_notice())
    said = {"outcome": outcome, "words": "已核实"}
    if outcome == "hold":
        said["person"] = objection.notice.run.lines.get().person.name

    signed_in(make_user("district")).post(f"/allowances/objections/{objection.pk}/answer/", said)

    objection.refresh_from_db()
    assert (objection.answer, Run.objects.get().state) == ("已核实", state)
    assert objection.holds.count() == (outcome == "hold")


@pytest.mark.parametrize(
    ("written", "said"),
    [("查无此人", "名单上没有"), ("林晓明", "有几位")],
)
def test_whose_allowance_is_stopped_must_be_one_of_the_list(written, said):
    make_notice_days()
    for _each in range(2):
        person = make_person(name="林晓明")
        make_certificate(person)
        make_post(person)
    objection = make_objection(make_notice(compute(make_scheme(), at=clock.now())))
    asked = {"outcome": "hold", "words": "已核实", "person": written}

    page = signed_in(make_user("district")).post(
        f"/allowances/objections/{objection.pk}/answer/", asked, follow=True
    )

    objection.refresh_from_db()
    assert (said in page.content.decode(), objection.state) == (True, "open")


def test_a_long_notice_comes_in_pages_and_is_searched():
    scheme = make_scheme()
    for number in range(21):
        person = make_person(name=f"{'林陈'[number % 2]}晓{number}")
        make_certificate(person)
        make_post(person)
    today = clock.today()
    notice = make_notice(compute(scheme, at=clock.now()), opens_on=today, closes_on=today)
    Run.objects.filter(pk=notice.run_id).update(state="checked")
    Run.objects.filter(pk=notice.run_id).update(state="noticed")
    path = f"/notices/allowances/{notice.token}/"

    first, second = Client().get(path), Client().get(path, {"page": 2})
    found = Client().get(path, {"q": "陈"})

    assert [len(answer.context["page"]) for answer in (first, second, found)] == [20, 1, 10]
    assert "21 人" in first.content.decode()


def test_finance_sees_what_approving_does_and_approves_it():
    run = make_reviewed_run(listed())
    funded(run)
    client = signed_in(finance())
    page = client.get(f"/allowances/{run.pk}/approval/")

    client.post(f"/allowances/{run.pk}/approve/", {"seen": page.context["plan"].digest})

    run.refresh_from_db()
    words = page.content.decode()
    assert ("10,000.00" in words, "9,800.00" in words) == (True, True)
    assert (run.state, Payment.objects.get().state) == ("approved", "due")


def test_where_nobody_said_who_pays_the_page_asks():
    run, line = make_reviewed_run(listed()), make_line(year=clock.today().year, at=clock.now())
    client = signed_in(finance())
    page = client.get(f"/allowances/{run.pk}/approval/").content.decode()

    client.post(f"/allowances/{run.pk}/fund/", {"lines": [line.pk]})

    assert "尚未确定" in page
    assert Funding.objects.get().lines.get().line == line
    assert client.get(f"/allowances/{run.pk}/approval/").context["plan"].total_fen == 20000


def test_over_budget_is_told_on_the_page():
    run = make_reviewed_run(listed())
    funded(run, 10_000)
    client = signed_in(finance())
    seen = client.get(f"/allowances/{run.pk}/approval/").context["plan"].digest

    page = client.post(f"/allowances/{run.pk}/approve/", {"seen": seen}, follow=True)

    run.refresh_from_db()
    assert ("100.00" in page.content.decode(), run.state) == (True, "reviewed")
