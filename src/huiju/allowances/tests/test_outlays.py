"""Payments held against lines, bank and ledger: nothing to say of a month as it should be, a name for each edit."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from tests.permissions.database import as_owner

from huiju.allowances import queries, services
from huiju.allowances.models import BankFile, Payment, Run, RunLine, Scheme
from huiju.allowances.services import RunOrder
from huiju.allowances.services.returns import cancel_payment, reissue
from huiju.allowances.tests.factories import AT, OCTOBER, make_notice_days, make_scheme
from huiju.allowances.tests.offices import NOTICE_OVER, Office, bank_says
from huiju.audit.models import Event
from huiju.budgets.tests.factories import make_line
from huiju.registry.tests.factories import make_account, make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db(transaction=True)
PAYDAY = AT + NOTICE_OVER + timedelta(days=1)
TAKEN_AWAY = """
    DELETE FROM allowances_bankresult WHERE item_id IN
    (SELECT id FROM allowances_bankitem WHERE payment_id = %s)
"""
LATER = datetime(2015, 12, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    """思明区 with five people in post, and money for them."""
    made, scheme = Office.opened("350203"), make_scheme()
    make_notice_days()
    for _n in range(5):
        person = make_person()
        make_certificate(person)
        make_post(person)
        make_account(person)
    made.fund(scheme, make_line(amount_fen=10_000_000, by=made.who("finance")), AT)
    return made


def paid_month(office: Office, *, back: tuple[int, ...] = ()) -> Run:
    """October, all paid but what the bank sends back."""
    order = RunOrder(Scheme.objects.get(), [office.place], OCTOBER, AT)
    run = office.review(office.publish(office.compute(order, AT), AT), AT + NOTICE_OVER)
    run = office.approve(run, PAYDAY)
    file = office.send_file(office.make_file(run, PAYDAY), PAYDAY)
    office.take(file, bank_says(file, back=back), PAYDAY)
    return office.fresh(run)


def edited(table: str, statement: str, *values: object) -> None:
    """As the owner of the tables with the triggers off, as somebody with the keys might."""
    with as_owner() as owner:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement, values)
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_month_with_returns_reissues_and_cancelled_payments_is_explained(office):
    run = paid_month(office, back=(1, 2))
    one, other = Payment.objects.filter(state="returned").order_by("pk")
    by = office.who("finance")

    reissue(payment=one, note="已解冻", by=by, at=PAYDAY)
    cancel_payment(payment=other, reason="无法联系", by=by, at=PAYDAY)
    assert queries.recounted_ledger()["differences"] == []

    file = office.send_file(office.make_file(run, PAYDAY), PAYDAY)
    office.take(file, bank_says(file), PAYDAY)
    office.compute(RunOrder(run.scheme, [office.place], OCTOBER.next, LATER), LATER)

    # what was given up is posted again by the next month, and the recount knows that
    assert RunLine.objects.filter(person=other.person_id, month=run.month).count() == 2
    assert queries.recounted_ledger()["differences"] == []


@pytest.mark.parametrize(
    ("table", "change", "what"),
    [
        (
            "allowances_payment",
            "UPDATE allowances_payment SET amount_fen = 20100, credit_fen = 20100 WHERE id = %s",
            {"payment", "payment_state", "run_ledger"},
        ),
        (
            "allowances_payment",
            "UPDATE allowances_payment SET state = 'due' WHERE id = %s",
            {"payment_state", "run_ledger"},
        ),
        (
            "allowances_payment",
            "UPDATE allowances_payment SET issue = 2 WHERE id = %s",
            {"payment_issue"},
        ),
        (
            "allowances_bankitem",
            "UPDATE allowances_bankitem SET amount_fen = 1 WHERE payment_id = %s",
            {"payment_state", "bank_file"},
        ),
        (
            "allowances_bankresult",
            TAKEN_AWAY,
            {"payment_state"},
        ),
    ],
    ids=["amount", "state", "issue", "item", "result"],
)
def test_an_edit_is_named(office, table, change, what):
    paid_month(office)
    payment = Payment.objects.order_by("pk").first()

    edited(table, change, payment.pk)

    found = queries.recounted_ledger()["differences"]
    assert {each["what"] for each in found} == what
    assert {each["payment"] for each in found if "payment" in each} == {payment.pk}


def test_a_line_edited_after_it_was_signed_is_named_with_its_payment(office):
    paid_month(office)
    line = RunLine.objects.order_by("pk").first()

    edited(
        "allowances_runline",
        "UPDATE allowances_runline SET amount_fen = 1, step_due_fen = 1 WHERE id = %s",
        line.pk,
    )

    found = queries.recounted_ledger()["differences"]
    assert [each["allowance_line"] for each in found if each["what"] == "line"] == [line.pk]
    assert [each["recomputed_fen"] for each in found if each["what"] == "payment"] == [1]
    signed = {each["step"] for each in found if each["what"] == "signed_list"}
    assert signed == {"computed", "checked", "noticed", "reviewed", "paying"}


def test_a_payment_taken_away_and_a_sum_the_ledger_does_not_know_are_named(office, capsys):
    paid_month(office)
    file = BankFile.objects.get()
    edited(
        "allowances_bankfile", "UPDATE allowances_bankfile SET total_fen = 1 WHERE id = %s", file.pk
    )
    edited(
        "budgets_posting",
        "UPDATE budgets_posting SET amount_fen = amount_fen + 7 WHERE account IN ('due', 'paid')"
        " AND entry_id IN (SELECT id FROM budgets_entry WHERE kind = 'pay')",
    )

    with pytest.raises(SystemExit):
        call_command("ledger_check")

    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"entries", "unbalanced", "unexplained_lines", "differences"}
    assert told["unbalanced"]
    whats = [each["what"] for each in told["differences"]]
    assert whats.count("run_ledger") == 2
    assert whats.count("bank_file") == 1


def test_the_nightly_recount_tells_the_log_and_the_trail(office, caplog):
    paid_month(office)
    payment = Payment.objects.order_by("pk").first()
    edited(
        "allowances_payment", "UPDATE allowances_payment SET issue = 2 WHERE id = %s", payment.pk
    )

    services.recount_ledger()

    event = Event.objects.get(action="allowances.ledger_recounted")
    assert (event.detail["differences"], event.detail["kinds"]) == (1, "payment_issue:1")
    assert f"'payment': {payment.pk}" in caplog.text
