"""A month's end: what waited is decided, payments and ledger are reconciled, the papers are filed."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from huiju.allowances import services
from huiju.allowances.enums import PaymentState, RunState, Step
from huiju.allowances.models import Archive, Payment
from huiju.allowances.services.archiving import archive, archived_papers
from huiju.allowances.services.returns import (
    InFile,
    NotReconciled,
    ReasonNeeded,
    StillLess,
    cancel_payment,
    let_go,
    reconcile,
)
from huiju.allowances.tests.bankfactories import (
    PAID_AT,
    answer,
    finance,
    make_approved_run,
    make_bank_file,
)
from huiju.allowances.tests.factories import (
    AT,
    compute,
    make_funding,
    make_notice,
    make_reviewed_run,
    make_scheme,
)
from huiju.budgets.tests.factories import make_line
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted
from huiju.registry.models import Death
from huiju.registry.tests.factories import (
    make_account,
    make_certificate,
    make_death,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=8)


def words(content):
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return "".join(text.split())


def settled_run(*amounts, **fields):
    file = make_bank_file(make_approved_run(*amounts, **fields))
    answer(file)
    file.run.refresh_from_db()
    return file.run


def approved_with(people):
    """思明区's October, approved by the service while these people are in post."""
    for person in people:
        make_certificate(person)
        make_post(person)
    scheme = make_scheme()
    run = make_reviewed_run(compute(scheme))
    make_funding(scheme, make_line(government="350203", amount_fen=10_000_000))
    return run


def approve(run, at=NOW):
    seen = services.approval_plan(run=run, at=at).digest
    return services.approve(run=run, seen=seen, by=finance(), at=at)


def test_what_waited_for_an_account_goes_into_the_next_file():
    person = make_person()
    waiting = {"person": person, "state": PaymentState.NO_ACCOUNT}
    run = make_approved_run(others=(waiting,))
    account = make_account(person)

    file = make_bank_file(run)

    payment = Payment.objects.get(person=person)
    assert (file.count, payment.state, payment.account) == (3, PaymentState.SENT, account)


def test_a_withheld_payment_is_made_once_the_facts_allow_it():
    person = make_person()
    make_account(person)
    run = approved_with([person])
    death = make_death(person, died_on=AT.date().replace(month=9, day=1), recorded_at=AT)
    approve(run)
    payment = Payment.objects.get()

    with pytest.raises(StillLess, match=person.name):
        let_go(payment=payment, note="误报", by=finance(), at=NOW)
    Death.objects.filter(pk=death.pk).update(superseded_at=NOW)
    later = NOW + timedelta(hours=1)
    let_go(payment=payment, note="误报，本人到场核实", by=finance(), at=later)

    payment.refresh_from_db()
    assert (payment.state, payment.reason, payment.changed_at) == (PaymentState.DUE, "", later)


def test_paying_after_all_needs_a_reason_and_finance():
    withheld = {"state": PaymentState.WITHHELD, "reason": "died"}
    run = make_approved_run(others=(withheld,))
    payment = Payment.objects.get(state=PaymentState.WITHHELD)

    with pytest.raises(ReasonNeeded):
        let_go(payment=payment, note=" ", by=finance(), at=PAID_AT)
    with pytest.raises(NotPermitted):
        let_go(payment=payment, note="x", by=make_user("district", run.place.code), at=PAID_AT)


def test_a_settled_month_is_reconciled_and_then_nothing_is_paid():
    run = settled_run()

    reconcile(run=run, by=finance(), at=PAID_AT)

    run.refresh_from_db()
    assert (run.state, run.steps.latest("pk").step) == (RunState.RECONCILED, Step.RECONCILED)
    with pytest.raises(NotPermitted):
        make_bank_file(run)


def test_a_month_of_which_everything_is_given_up_is_reconciled_too():
    run = make_approved_run(20000, others=({"state": "withheld", "reason": "died"},))
    payment = Payment.objects.get(state=PaymentState.WITHHELD)
    cancel_payment(payment=payment, reason="本人已去世", by=finance(), at=PAID_AT)
    answer(make_bank_file(run))

    assert reconcile(run=run, by=finance(), at=PAID_AT).state == RunState.RECONCILED


def test_a_payment_in_a_file_is_not_given_up_before_the_bank_answered():
    file = make_bank_file(sent=False)
    payment = file.items.first().payment

    with pytest.raises(InFile):
        cancel_payment(payment=payment, reason="误列", by=finance(), at=PAID_AT)

    payment.refresh_from_db()
    assert payment.state == PaymentState.DUE


def test_a_month_with_open_payments_is_not_reconciled():
    file = make_bank_file()

    with pytest.raises(NotReconciled):
        reconcile(run=file.run, by=finance(), at=PAID_AT)


def archived_run():
    run = settled_run(20000, 30001)
    reconcile(run=run, by=finance(), at=PAID_AT)
    return archive(run=run, by=finance(), at=PAID_AT).run


def test_the_papers_are_filed_once_and_stay_as_they_are():
    run = archived_run()
    first = archived_papers(run)

    again = archive(run=run, by=finance(), at=PAID_AT + timedelta(days=1))

    run.refresh_from_db()
    text = words(first)
    assert (run.state, Archive.objects.count()) == (RunState.ARCHIVED, 1)
    assert archived_papers(again.run) == first
    assert all(name in text for name in run.payments.values_list("person__name", flat=True))
    assert "人民币伍佰元零壹分" in text
    assert run.bank_files.get().number in text


def test_an_open_month_is_not_archived():
    with pytest.raises(NotPermitted):
        archive(run=settled_run(), by=finance(), at=PAID_AT)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE allowances_archive SET digest = ''", "DELETE FROM allowances_archive"],
)
def test_filed_papers_are_refused_to_plain_sql(statement):
    archived_run()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_papers_open_as_pdf_before_and_after_filing(client):
    run = settled_run()
    client.force_login(finance())
    path = reverse("allowances:papers", args=[run.pk])

    before = client.get(path)
    reconcile(run=run, by=finance(), at=PAID_AT)
    archive(run=run, by=finance(), at=PAID_AT)
    after = client.get(path)

    assert before.content.startswith(b"%PDF")
    assert after.content.startswith(b"%PDF")
    assert "已归档" in words(after.content)


def test_a_list_that_is_not_approved_has_no_payment_paper(client):
    client.force_login(finance())
    run = make_reviewed_run()

    assert client.get(reverse("allowances:papers", args=[run.pk])).status_code == 404


def test_the_notice_for_the_board_is_masked(client):
    person = make_person(name="林晓明")
    make_certificate(person)
    make_post(person)
    run = compute(make_scheme())
    make_notice(run)
    client.force_login(make_user("district", run.place.code))

    text = words(client.get(reverse("allowances:notice_board", args=[run.pk])).content)

    assert "林*明" in text
    assert "林晓明" not in text
    assert "人民币贰佰元整" in text
