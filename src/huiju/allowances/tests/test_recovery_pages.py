"""Pages of money asked back: the office's, the payee's, the desk's."""

from datetime import date

import pytest
from django.urls import reverse

from huiju.allowances.models import Objection, Recovery, RecoveryPart
from huiju.allowances.tests.factories import (
    make_debt,
    make_notice_days,
    make_objection,
    make_recovery,
)
from huiju.allowances.tests.recovering import (
    HOME,
    OVER,
    funded,
    payee,
)
from huiju.budgets.tests.factories import finance
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"allowances:{name}", args=args)


@pytest.fixture
def in_november():
    with clock.fixed(OVER):
        yield


def test_the_pages_carry_a_recovery_from_the_debt_to_the_approval(client, in_november):
    make_notice_days()
    debt = make_debt()
    client.force_login(make_user("district", HOME))
    key = (debt.person.pk, debt.scheme.pk, debt.place.pk)

    listed = client.get(url("recoveries")).content.decode()
    form = client.get(url("recovery_new", *key)).content.decode()
    wrong = client.post(url("propose_recovery", *key), {"yuan": "200.01", "reason": "多发"})
    client.post(url("propose_recovery", *key), {"yuan": "200.00", "reason": "多发一个月"})

    assert url("recovery_new", *key) in listed
    assert "2015-09" in form
    assert (wrong.status_code, "200.00 元" in wrong.content.decode()) == (422, True)
    made = Recovery.objects.get()
    assert (made.amount_fen, made.state) == (20000, "proposed")
    assert "已提出" in client.get(url("recovery", made.pk)).content.decode()


def test_the_reviewer_approves_and_finance_enters_what_came_back(client, in_november):
    recovery = make_recovery()
    funded(recovery)
    client.force_login(make_user("city", "350200"))
    client.post(url("approve_recovery", recovery.pk), {"note": "同意"})
    client.force_login(finance())
    wrong = client.post(
        url("record_repayment", recovery.pk),
        {"yuan": "1000", "received_on": "2015-11-20", "voucher": "1"},
    )
    client.post(
        url("record_repayment", recovery.pk),
        {"yuan": "150.00", "received_on": "2015-11-20", "voucher": "1"},
    )

    page = client.get(url("recovery", recovery.pk)).content.decode()
    assert wrong.status_code == 422
    assert ("150.00" in page, "50.00" in page) == (True, True)
    assert RecoveryPart.objects.get().amount_fen == 15000


def test_the_payee_reads_and_objects_and_the_office_answers(client, in_november):
    debt = make_debt()
    recovery = make_recovery(debt, objections_until=date(2015, 12, 31))
    client.force_login(payee(debt))

    own = client.get(url("me")).content.decode()
    page = client.get(url("my_recovery", recovery.pk)).content.decode()
    client.post(url("object_to_recovery", recovery.pk), {"text": "9月我在岗。"})
    objection = Objection.objects.get()
    client.force_login(make_user("district", HOME))
    desk = client.get("/").content.decode()
    client.post(url("answer", objection.pk), {"outcome": "upheld", "words": "属实。"}, follow=True)

    assert url("my_recovery", recovery.pk) in own
    assert "9月已离岗" in page
    assert f"{recovery.person}的异议" in desk
    recovery.refresh_from_db()
    assert recovery.state == "withdrawn"


def test_a_stranger_s_recovery_is_not_there(client, in_november):
    recovery = make_recovery()
    client.force_login(payee(make_debt()))
    assert client.get(url("my_recovery", recovery.pk)).status_code == 404
    client.force_login(make_user("district", "350206"))
    assert client.get(url("recovery", recovery.pk)).status_code == 404


def test_the_desk_of_the_reviewer_names_what_may_be_approved(client, in_november):
    recovery = make_recovery()
    client.force_login(make_user("city", "350200"))

    assert f"追回：{recovery.person}" in client.get("/").content.decode()


def test_an_objection_by_form_needs_words(client, in_november):
    debt = make_debt()
    recovery = make_recovery(debt)
    make_objection(recovery=make_recovery(), person=None)
    client.force_login(payee(debt))

    assert client.post(url("object_to_recovery", recovery.pk), {"text": ""}).status_code == 422
