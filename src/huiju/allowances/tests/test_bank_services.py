"""Files for the bank, its answers, what it sends back: done, refused, pressed by many at once."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.permissions.database import as_owner

from huiju.allowances.enums import BankFileState, PaymentState, RunState
from huiju.allowances.models import (
    BankAnswer,
    BankBytes,
    BankFile,
    BankItem,
    BankResult,
    Payment,
)
from huiju.allowances.queries import bank_template, payments_by_state, waiting_payments
from huiju.allowances.services import answers
from huiju.allowances.services.answers import AnswerRefused, NothingTaken, take_answer
from huiju.allowances.services.bankfiles import (
    NothingToPay,
    NotPayable,
    make_file,
    open_bank_file,
    send_file,
)
from huiju.allowances.services.paying import due_lines, paid_fen
from huiju.allowances.services.payments import NoAccount
from huiju.allowances.services.returns import (
    AccountUnchanged,
    NotReconciled,
    ReasonNeeded,
    balance_of,
    cancel_payment,
    check_balance,
    reissue,
)
from huiju.allowances.tests.bankfactories import (
    PAID_AT,
    answer,
    answer_text,
    finance,
    make_approved_run,
    make_bank_file,
)
from huiju.allowances.tests.factories import make_run
from huiju.audit.models import Event
from huiju.budgets.models import Entry
from huiju.directory.access import acting_as_system
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted, WrongState
from huiju.registry.models import BankAccount
from huiju.registry.tests.factories import make_account, make_person

CSV = "delimited"


def states(run):
    return [
        payment.state for payment in Payment.objects.filter(run=run).order_by("amount_fen", "pk")
    ]


def made(run, by=None):
    return make_file(run=run, template=bank_template(CSV), by=by or finance(), at=PAID_AT)


@pytest.mark.django_db
def test_a_file_holds_what_is_due_and_its_totals():
    run = make_approved_run(20000, 30001, others=({"state": "withheld", "reason": "died"},))

    file = made(run)

    assert (file.count, file.total_fen, file.state) == (2, 50001, BankFileState.MADE)
    assert sorted(states(run)) == ["due", "due", "withheld"]
    assert sorted(file.items.values_list("amount_fen", flat=True)) == [20000, 30001]


@pytest.mark.django_db
def test_a_file_is_the_same_bytes_each_time_and_each_reading_is_recorded():
    file = make_bank_file(sent=False)
    by = finance()

    first = open_bank_file(file=file, by=by, at=PAID_AT)
    BankAccount.objects.update(holder="改名")

    assert open_bank_file(file=BankFile.objects.get(), by=by, at=PAID_AT) == first
    assert Event.objects.filter(action="allowances.bank_file_fetched").count() == 2


@pytest.mark.django_db
def test_no_account_number_lies_open_in_the_database():
    file = make_bank_file()
    answer(file)
    number = file.items.first().account.number

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT content FROM allowances_bankbytes UNION ALL SELECT content FROM allowances_bankanswer"
        )
        kept = [row[0] for row in cursor.fetchall()]

    assert len(kept) == 2
    assert not any(number in text for text in kept)
    assert all(text.startswith(("aes-256-gcm:", "sm4-gcm:")) for text in kept)


@pytest.mark.django_db
def test_pressed_again_the_same_file_is_given():
    run = make_approved_run()
    file = made(run)

    again = made(run)

    assert (again, BankFile.objects.count(), BankItem.objects.count()) == (file, 1, 2)


@pytest.mark.django_db
def test_nothing_due_makes_no_file():
    file = make_bank_file()

    with pytest.raises(NothingToPay):
        made(file.run)


@pytest.mark.django_db
def test_a_name_that_does_not_fit_is_told_and_nothing_is_kept():
    person = make_person(name="很长的名字")
    account = make_account(person, holder="很" * 31)
    run = make_approved_run(others=({"person": person, "account": account},))

    with pytest.raises(NotPayable, match="很长的名字"):
        make_file(run=run, template=bank_template("fixed_width"), by=finance(), at=PAID_AT)

    assert BankFile.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["district", "city", "auditor"])
def test_only_finance_pays(role):
    run = make_approved_run()
    by = make_user(role, "350203" if role == "district" else "350200")

    with pytest.raises(NotPermitted):
        made(run, by=by)


@pytest.mark.django_db
def test_finance_of_another_district_does_not_pay():
    run = make_approved_run()

    with pytest.raises(NotPermitted):
        made(run, by=make_user("finance", "350206"))


@pytest.mark.django_db
def test_a_draft_is_not_paid():
    with pytest.raises(NotPermitted):
        made(make_run())


@pytest.mark.django_db
def test_a_sent_file_puts_its_payments_on_their_way():
    file = make_bank_file()

    again = send_file(file=file, by=finance(), at=PAID_AT)

    file.run.refresh_from_db()
    assert states(file.run) == ["sent", "sent"]
    assert (file.run.state, again.sent_by) == (RunState.PAYING, file.sent_by)


@pytest.mark.django_db
def test_an_answer_pays_and_the_ledger_with_it():
    file = make_bank_file()

    taken = answer(file)

    file.refresh_from_db()
    made_due, left = due_lines(file.run)
    assert states(file.run) == ["paid", "paid"]
    assert (taken.paid, taken.returned, file.state) == (2, 0, BankFileState.CLOSED)
    assert (paid_fen(file.run), sum(left.values()), sum(made_due.values())) == (50000, 0, 50000)


@pytest.mark.django_db
def test_an_answer_taken_twice_changes_nothing():
    file = make_bank_file()
    first = answer(file)
    entries = Entry.objects.count()

    again = answer(file)

    assert again == first
    assert (Entry.objects.count(), BankResult.objects.count()) == (entries, 2)


@pytest.mark.django_db
def test_the_same_results_in_another_order_say_nothing_new():
    file = make_bank_file()
    answer(file)

    with pytest.raises(NothingTaken):
        answer(file, order=lambda rows: list(reversed(rows)))

    assert paid_fen(file.run) == 50000


@pytest.mark.django_db
def test_answers_in_parts_pay_in_parts_to_the_fen():
    run = make_approved_run(10001, 10001, 10001, split=(1, 1, 1))
    file = make_bank_file(run)

    for seq in (3, 1, 2):
        answer(file, only={seq})

    made_due, left = due_lines(run)
    file.refresh_from_db()
    assert (paid_fen(run), set(left.values()), len(made_due)) == (30003, {0}, 3)
    assert file.state == BankFileState.CLOSED


@pytest.mark.django_db
def test_what_the_bank_sends_back_is_in_the_queue_with_its_reason():
    file = make_bank_file()
    by = finance()

    answer(file, back={2: ("102", "账号户名不符")}, by=by)

    found = waiting_payments(by, on=clock.day_of(PAID_AT)).get()
    assert (found.bank_reason, found.bank_words) == ("holder_differs", "账号户名不符")
    assert (found.changed_at, found.district, found.file_pk) == (PAID_AT, "思明区", file.pk)
    assert balance_of(file.run).open == 1


@pytest.mark.django_db
def test_finance_of_another_district_sees_nothing_in_the_queue():
    answer(make_bank_file(), back={1: ("", "")})
    stranger = make_user("finance", "350206")

    assert not waiting_payments(stranger, on=clock.day_of(PAID_AT)).exists()


@pytest.mark.django_db
def test_paid_then_returned_takes_the_money_back():
    file = make_bank_file()
    answer(file)

    answer(file, back={1: ("103", "销户")}, only={1})

    returned = Payment.objects.get(state="returned")
    assert paid_fen(file.run) == 50000 - returned.amount_fen
    assert sum(due_lines(file.run)[1].values()) == returned.amount_fen


@pytest.mark.django_db
def test_returned_then_paid_is_for_a_person_to_decide():
    file = make_bank_file()
    answer(file, back={1: ("103", "销户")})

    with pytest.raises(NothingTaken):
        answer(file, only={1})

    assert sorted(states(file.run)) == ["paid", "returned"]


@pytest.mark.django_db
def test_an_answer_to_another_file_changes_nothing():
    file = make_bank_file()

    with pytest.raises(AnswerRefused):
        answer(file, number="201509-350203-1-1")

    assert (BankAnswer.objects.count(), paid_fen(file.run)) == (0, 0)


@pytest.mark.django_db
def test_an_answer_before_the_file_was_sent_is_refused():
    file = make_bank_file(sent=False)

    with pytest.raises(AnswerRefused):
        answer(file)


@pytest.mark.django_db
def test_a_file_that_is_no_answer_is_refused_in_words():
    file = make_bank_file()

    with pytest.raises(AnswerRefused):
        take_answer(file=file, name="x.csv", content=b"%PDF-1.7 x", by=finance(), at=PAID_AT)


def returned_payment(run=None):
    file = make_bank_file(run)
    answer(file, back={1: ("103", "销户")})
    return Payment.objects.get(run=file.run, state="returned")


def corrected(payment):
    BankAccount.objects.filter(pk=payment.account_id).update(superseded_at=PAID_AT)
    return make_account(payment.person)


@pytest.mark.django_db
def test_a_corrected_account_is_paid_anew_by_a_follow_up_file():
    payment = returned_payment()
    account = corrected(payment)

    fresh = reissue(payment=payment, by=finance(), at=PAID_AT)
    file = make_bank_file(payment.run)
    answer(file)

    payment.refresh_from_db()
    assert (payment.state, fresh.issue, fresh.account) == ("reissued", 2, account)
    assert (file.sequence, file.count) == (2, 1)
    assert check_balance(payment.run).holds


@pytest.mark.django_db
def test_the_account_the_bank_refused_is_not_paid_again_without_a_word():
    payment = returned_payment()

    with pytest.raises(AccountUnchanged):
        reissue(payment=payment, by=finance(), at=PAID_AT)

    assert reissue(payment=payment, by=finance(), at=PAID_AT, note="已解冻").issue == 2


@pytest.mark.django_db
def test_somebody_without_an_account_is_not_paid_anew():
    payment = returned_payment()
    BankAccount.objects.filter(pk=payment.account_id).update(superseded_at=PAID_AT)

    with pytest.raises(NoAccount):
        reissue(payment=payment, by=finance(), at=PAID_AT)


@pytest.mark.django_db
def test_pressed_again_a_payment_is_paid_anew_once():
    payment = returned_payment()
    corrected(payment)
    first = reissue(payment=payment, by=finance(), at=PAID_AT)

    assert reissue(payment=payment, by=finance(), at=PAID_AT) == first
    assert Payment.objects.filter(person=payment.person).count() == 2


@pytest.mark.django_db
def test_a_paid_payment_is_not_paid_anew():
    file = make_bank_file()
    answer(file)

    with pytest.raises(WrongState):
        reissue(payment=Payment.objects.first(), by=finance(), at=PAID_AT)


@pytest.mark.django_db
def test_a_payment_given_up_frees_its_money_on_every_line():
    run = make_approved_run(10001, 10001, 10001, split=(1, 1, 1))
    payment = returned_payment(run)

    for _press in range(2):
        cancel_payment(payment=payment, reason="本人已去世", by=finance(), at=PAID_AT)

    assert check_balance(run).paid_fen == 20002
    assert Entry.objects.filter(key=f"allowance:payment:{payment.pk}:cancelled").count() == 1


@pytest.mark.django_db
def test_giving_up_needs_a_reason():
    payment = returned_payment()

    with pytest.raises(ReasonNeeded):
        cancel_payment(payment=payment, reason=" ", by=finance(), at=PAID_AT)


@pytest.mark.django_db
def test_a_month_with_an_open_payment_does_not_balance():
    file = make_bank_file()

    with pytest.raises(NotReconciled):
        check_balance(file.run)


@pytest.mark.django_db
def test_a_ledger_that_says_otherwise_does_not_balance():
    payment = returned_payment()
    file = payment.item.file
    Payment.objects.filter(pk=payment.pk).update(state="cancelled", reason="未记账")

    with pytest.raises(NotReconciled):
        check_balance(file.run)


@pytest.mark.django_db
def test_payments_are_summed_by_state():
    file = make_bank_file()
    answer(file, back={1: ("103", "销户")})

    found = {each.state: each.payments for each in payments_by_state(file.run)}

    assert found == {PaymentState.PAID: 1, PaymentState.RETURNED: 1}


def at_once(presses, press):
    ready = Barrier(presses)

    def one(number):
        ready.wait()
        try:
            with acting_as_system():
                return press(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(presses) as pool:
        return list(pool.map(one, range(presses)))


PRESSES = 50
ADD_ITEM = (
    "INSERT INTO allowances_bankitem (file_id, payment_id, seq, amount_fen, account_id, account_digest)"
    " SELECT file_id, (SELECT max(id) FROM allowances_payment), 99, 20000, account_id, ''"
    " FROM allowances_bankitem LIMIT 1"
)
ADD_FILE = (
    "INSERT INTO allowances_bankfile (run_id, sequence, number, template, name, digest, count, total_fen,"
    " state, made_by_id, made_at) SELECT run_id, 9, 'x', template, name, digest, 1, 100, 'made',"
    " made_by_id, made_at FROM allowances_bankfile"
)


@pytest.mark.django_db(transaction=True)
def test_fifty_presses_make_one_file():
    run, by = make_approved_run(), finance()

    files = at_once(PRESSES, lambda _number: made(run, by=by).pk)

    assert len(set(files)) == 1
    assert (BankFile.objects.count(), BankItem.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_fifty_presses_take_one_answer():
    file, by = make_bank_file(), finance()
    content = answer_text(file)

    taken = at_once(
        PRESSES,
        lambda _n: take_answer(file=file, name="a.csv", content=content, by=by, at=PAID_AT).pk,
    )

    assert len(set(taken)) == 1
    assert (BankAnswer.objects.count(), paid_fen(file.run)) == (1, 50000)


@pytest.mark.django_db(transaction=True)
def test_fifty_presses_say_once_that_a_file_was_sent():
    file, by = make_bank_file(sent=False), finance()

    at_once(PRESSES, lambda _number: send_file(file=file, by=by, at=PAID_AT).pk)

    assert Event.objects.filter(action="allowances.bank_file_sent").count() == 1


STATEMENTS = (
    "UPDATE allowances_bankitem SET amount_fen = amount_fen + 1",
    "DELETE FROM allowances_bankitem",
    "UPDATE allowances_bankbytes SET content = ''",
    "DELETE FROM allowances_bankfile",
    "UPDATE allowances_bankfile SET total_fen = total_fen + 1",
    "UPDATE allowances_bankfile SET digest = ''",
    "UPDATE allowances_bankfile SET state = 'made', sent_by_id = NULL, sent_at = NULL",
    "UPDATE allowances_bankanswer SET paid = 0",
    "DELETE FROM allowances_bankresult",
    "TRUNCATE allowances_bankresult",
    ADD_ITEM,
    ADD_FILE,
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("owner", [False, True])
def test_files_and_items_are_refused_to_plain_sql(owner):
    file = make_bank_file()
    answer(file, back={1: ("103", "销户")})

    for statement in STATEMENTS:
        with pytest.raises((DatabaseError, psycopg.Error)):
            run_as(statement, owner=owner)

    assert (BankItem.objects.count(), BankFile.objects.count()) == (2, 1)
    assert BankBytes.objects.get().content


def run_as(statement, *, owner):
    if owner:
        with as_owner() as found:
            found.execute(statement)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_answer_nobody_took_is_removed_after_a_week(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    old, fresh = answers.keep_answer(b"old"), answers.keep_answer(b"fresh")
    week_ago = (PAID_AT - timedelta(days=8)).timestamp()
    os.utime(tmp_path / "answers" / old, (week_ago, week_ago))

    assert answers.discard_untaken(at=PAID_AT) == 1
    assert [path.name for path in (tmp_path / "answers").iterdir()] == [fresh]
