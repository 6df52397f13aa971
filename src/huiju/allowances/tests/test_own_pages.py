"""What a payee sees of their own allowances, and that it is nobody else's."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from huiju.allowances import queries
from huiju.allowances.models import BankFile, Notice, Objection, Run, RunLine, RunStep
from huiju.allowances.queries.variations import LaterApproval, LongerStay
from huiju.allowances.tests.bankfactories import make_bank_file, make_due
from huiju.allowances.tests.factories import (
    AT,
    approved,
    compute,
    make_notice,
    make_objection,
    make_payment,
    make_reviewed_run,
    make_run,
    make_run_line,
    make_scheme,
    pay,
)
from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock, crypto
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db

ME = "/allowances/me/"


@pytest.fixture
def sign_in(client):
    def signed_in(person=None, role="worker"):
        key = person.pk if person else None
        client.force_login(make_user(role, "350203", person_ref=key))
        return client

    with clock.fixed(AT):
        yield signed_in


def in_post(*, approved_on=date(2014, 6, 15), **post):
    person = make_person()
    make_certificate(person, approved_on=approved_on)
    make_post(person, **post)
    return person


def own_line(person, **policy):
    make_reviewed_run(compute(make_scheme(**policy)))
    return RunLine.objects.get(person=person)


def test_a_payee_reads_their_months_and_the_reasons_and_nobody_elses(sign_in):
    person, other = in_post(), in_post()
    line = own_line(person)
    client = sign_in(person)

    months, reasons = client.get(ME), client.get(reverse("allowances:my_line", args=[line.pk]))

    foreign = RunLine.objects.get(person=other)
    text = months.content.decode()
    assert [f"/me/lines/{line.pk}/" in text, f"/me/lines/{foreign.pk}/" in text] == [True, False]
    assert ["第七条" in reasons.content.decode(), "200.00" in text] == [True, True]
    assert client.get(reverse("allowances:my_line", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("allowances:line", args=[line.pk])).status_code == 403


def test_reading_ones_own_amount_is_an_event(sign_in):
    person = in_post()
    line = own_line(person)

    sign_in(person).get(reverse("allowances:my_line", args=[line.pk]))

    event = Event.objects.get(action="allowances.own_line_read")
    assert event.subject == f"allowances.RunLine:{line.pk}"


@pytest.mark.parametrize("address", [ME, "/registry/me/"])
def test_an_account_joined_to_nobody_is_told_what_to_do(sign_in, address):
    own_line(in_post())

    shown = sign_in().get(address)

    assert [shown.status_code, "您的账号尚未关联档案" in shown.content.decode()] == [200, True]


def test_officials_have_no_page_of_their_own_allowances(sign_in):
    assert sign_in(role="district").get(ME).status_code == 403


def test_the_database_shows_a_payee_the_runs_with_a_line_of_theirs_alone():
    person = in_post()
    line = own_line(person)
    elsewhere = make_run(scheme=line.run.scheme, place=place("350206"))
    make_run_line(elsewhere)
    make_reviewed_run(elsewhere)

    with reading_as(make_user("worker", "350203", person_ref=person.pk)):
        runs = list(Run.objects.all())

    assert runs == [line.run]


@pytest.mark.parametrize(
    ("policy", "approved_on", "due_fen"),
    [
        ({"month_rule": "any_day"}, date(2015, 11, 1), 0),
        ({"month_rule": "full_month"}, date(2015, 10, 2), 0),
        ({"month_rule": "full_month", "cert_effect": "next_month"}, date(2015, 10, 1), 0),
        ({"granularity": "day"}, date(2015, 10, 2), 19355),
    ],
)
def test_the_nearest_later_approval_that_alters_the_amount_is_found_by_the_rules(
    policy, approved_on, due_fen
):
    line = own_line(in_post(), **policy)

    derivation = queries.derivation_of(line)

    assert derivation.later_approval == LaterApproval(approved_on, due_fen)
    assert derivation.unaltered_until == approved_on - timedelta(days=1)


def test_one_more_day_in_post_is_worth_a_day():
    line = own_line(in_post(ends_on=date(2015, 10, 11)), granularity="day")

    assert queries.derivation_of(line).longer_stay == LongerStay(date(2015, 10, 11), 7097)


def test_a_second_post_that_earns_the_month_too_leaves_no_earlier_leaving_that_costs_it():
    person = in_post()
    make_post(person, overlap_reason="兼任")
    line = own_line(person)

    derivation = queries.derivation_of(line)

    assert [derivation.earlier_leaving, derivation.later_approval.due_fen] == [None, 0]


@pytest.mark.parametrize("state", ["draft", "checked"])
def test_a_payee_sees_nothing_of_a_list_before_its_notice(sign_in, state):
    person = in_post()
    run = compute(make_scheme())
    Run.objects.filter(pk=run.pk).exclude(state=state).update(state=state)
    line = RunLine.objects.get(person=person)
    client = sign_in(person)

    page = client.get(reverse("allowances:my_line", args=[line.pk]))

    with reading_as(make_user("worker", "350203", person_ref=person.pk)):
        seen = list(Run.objects.all())
    assert [page.status_code, f"/me/lines/{line.pk}/" in client.get(ME).content.decode()] == [
        404,
        False,
    ]
    assert seen == []


def test_with_a_run_a_payee_sees_neither_its_trail_nor_its_files():
    person = in_post()
    run = own_line(person).run
    with transaction.atomic():
        payment = pay(run, person)
        approved(run)
    make_notice(run)
    make_due(payment.run, payment.amount_fen, (1,))
    make_bank_file(payment.run)
    papers = (RunStep, Notice, BankFile)

    with reading_as(make_user("worker", "350203", person_ref=person.pk)):
        seen = [Run.objects.count(), *(model.objects.count() for model in papers)]

    assert seen == [1, 0, 0, 0]
    assert 0 not in [model.objects.count() for model in papers]


def test_a_payee_reads_in_words_where_each_payment_is(sign_in):
    mine, other = (
        make_payment(),
        make_payment(
            run=make_run(scheme=make_scheme(code="other", rates=False), place=place("350206"))
        ),
    )

    client = sign_in(mine.person)
    listed = client.get(ME).content.decode()
    opened = client.get(reverse("allowances:my_payment", args=[mine.pk])).content.decode()

    assert ["已批准，随下一份代发文件送银行。" in page for page in (listed, opened)] == [True, True]
    assert f"/me/payments/{other.pk}/" not in listed
    assert client.get(reverse("allowances:my_payment", args=[other.pk])).status_code == 404


def test_a_payment_of_nothing_is_not_said_to_be_paid_out():
    payment = make_payment(state="paid", amount_fen=0, credit_fen=0)

    assert "全部用于抵扣" in str(payment.told)


def object_to(client, payment, text):
    address = reverse("allowances:object_to_payment", args=[payment.pk])
    return client.post(address, {"text": text, "contact": "13800000000"}, follow=True)


def test_a_payee_objects_to_a_payment_and_reads_the_answer(sign_in):
    payment = make_payment()
    client = sign_in(payment.person)

    received = object_to(client, payment, "少算了一个月").content.decode()

    objection = Objection.objects.get()
    assert "已收到您的异议" in received
    assert (objection.payment, objection.person, objection.place) == (
        payment,
        payment.person,
        payment.place,
    )
    assert Event.objects.filter(action="allowances.objection_made").count() == 1


def test_a_second_objection_waits_for_the_answer_to_the_first(sign_in):
    payment = make_payment()
    client = sign_in(payment.person)
    object_to(client, payment, "少算了一个月")

    page = object_to(client, payment, "还是少算").content.decode()

    assert ["正在处理" in page, Objection.objects.count()] == [True, 1]


def test_nobody_objects_to_a_payment_of_somebody_else(sign_in):
    payment = make_payment()

    answer = object_to(sign_in(make_person()), payment, "不是我的")

    assert [answer.status_code, Objection.objects.count()] == [404, 0]


@pytest.mark.parametrize(
    ("where", "outcome", "state"),
    [
        ("350203", "upheld", "upheld"),
        ("350203", "rejected", "rejected"),
        ("350206", "upheld", "open"),
    ],
)
def test_the_office_of_the_district_answers_an_objection_to_a_payment(
    client, where, outcome, state
):
    payment = make_payment()
    objection = make_objection(payment=payment, person=payment.person)
    client.force_login(make_user("district", where))

    page = client.get(f"/allowances/{payment.run_id}/steps/")
    client.post(
        f"/allowances/objections/{objection.pk}/answer/", {"outcome": outcome, "words": "已核实"}
    )

    objection.refresh_from_db()
    payment.run.refresh_from_db()
    inside = where == "350203"
    assert (objection.state, payment.run.state) == (state, "approved")
    assert [page.status_code, objection.text in page.content.decode()] == (
        [200, True] if inside else [404, False]
    )


def paid(**fields):
    run = make_reviewed_run()
    person = fields.get("person") or make_person(name="林晓明")
    make_run_line(run, person=person, step_due_fen=0, step_posted_fen=20000)
    with transaction.atomic():
        payment = pay(run, person)
        approved(run)
    for state in fields.get("states", ["sent", "paid"]):
        payment.state = state
        payment.save(update_fields=["state"])
    return payment


def test_a_payee_has_a_slip_of_a_payment_that_was_paid_and_of_no_other(sign_in):
    payment = paid()

    slip = sign_in(payment.person).get(reverse("allowances:slip", args=[payment.pk]))
    foreign = sign_in(make_person()).get(reverse("allowances:slip", args=[payment.pk]))

    assert [slip["Content-Type"], slip.content[:5]] == ["application/pdf", b"%PDF-"]
    assert foreign.status_code == 404


def test_there_is_no_slip_before_the_money_is_paid(sign_in):
    payment = paid(states=[])
    client = sign_in(payment.person)

    answer = client.get(reverse("allowances:slip", args=[payment.pk]))

    assert answer.status_code == 404
    assert queries.confirmed_slip(queries.slip_code(payment)) is None


def test_a_slip_names_its_code_and_says_where_it_is_confirmed():
    payment = paid()

    body = str(queries.slip_sheet(payment, "https://huiju.example/notices/slips/").body())

    assert queries.slip_code(payment) in body
    assert "https://huiju.example/notices/slips/" in body
    assert "贰佰元整" in body


def test_anybody_with_the_code_is_told_month_masked_name_and_amount_alone(client):
    payment = paid()

    page = client.post(reverse("notices:slip"), {"code": f" {queries.slip_code(payment).upper()} "})

    text = page.content.decode()
    assert ["2015-10" in text, "林*明" in text, "200.00" in text] == [True, True, True]
    assert [word in text for word in ("林晓明", str(payment.place), str(payment.scheme))] == [
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"),
        lambda code: code[:-32],
        lambda code: "1" + code,
        lambda code: "x",
    ],
)
def test_another_code_confirms_nothing(client, change):
    code = queries.slip_code(paid())

    page = client.post(reverse("notices:slip"), {"code": change(code)}).content.decode()

    assert ["核验码不对应任何津贴单" in page, "200.00" in page] == [True, False]


def test_a_code_outlives_the_key_it_was_made_with(tmp_path, settings):
    settings.HUIJU_KEYS = tmp_path / "keys"
    crypto.generate(settings.HUIJU_KEYS, profile="intl", at=AT)
    payment = paid()
    code = queries.slip_code(payment)

    crypto.rotate(settings.HUIJU_KEYS, profile="gm", at=AT, purpose="digest")

    assert queries.slip_code(payment) != code
    assert queries.confirmed_slip(code) is not None


def test_who_tries_many_codes_has_to_wait(client):
    cache.clear()
    code = queries.slip_code(paid())
    address = reverse("notices:slip")

    tried = [client.post(address, {"code": f"{n}-{'0' * 32}"}).status_code for n in range(1, 22)]
    right = client.post(address, {"code": code})
    cache.clear()

    assert [tried[19], tried[20], right.status_code] == [200, 429, 429]
