"""What is asked back comes in: repaid under a voucher or set off, never twice, and counted again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from huiju.allowances import queries, services
from huiju.allowances.models import Payment, RecoveryPart
from huiju.allowances.rules.setoff import spread
from huiju.allowances.services import (
    RecoveryInvalid,
    Repayment,
)
from huiju.allowances.services.returns import cancel_payment
from huiju.allowances.tests.factories import (
    AT,
    make_debt,
    make_recovery,
)
from huiju.allowances.tests.recovering import MONTHS, OVER, Walk, day, funded, owed, repaid
from huiju.budgets import queries as budgets
from huiju.budgets.tests.factories import finance
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted

pytestmark = pytest.mark.django_db


def test_a_repayment_is_available_again_on_the_line_that_pays_the_scheme():
    debt = make_debt()
    recovery = make_recovery(debt, state="approved")

    repaid(recovery, 12000)

    line = recovery.scheme.fundings.get().lines.get().line
    stages = budgets.stages_of([line.pk])[line.pk]
    assert (stages.paid, stages.available) == (38_000, 62_000)
    assert (owed(debt).owed_fen, owed(debt).asked_fen) == (8000, 8000)
    assert queries.unexplained_payments() == []


def test_the_same_voucher_again_is_the_same_money():
    recovery = make_recovery(state="approved")

    first, again = repaid(recovery, 12000), repaid(recovery, 12000)

    assert (first.pk, RecoveryPart.objects.count()) == (again.pk, 1)
    with pytest.raises(RecoveryInvalid, match="已登记过"):
        repaid(recovery, 100)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"fen": 20001}, r"200\.00"),
        ({"fen": 0}, r"200\.00"),
        ({"fen": 100, "voucher": " "}, "票据号"),
        ({"fen": 100, "on": date(2015, 12, 31)}, "今天"),
    ],
)
def test_a_repayment_that_cannot_be_is_refused(said, words):
    with pytest.raises(RecoveryInvalid, match=words):
        repaid(make_recovery(state="approved"), **said)
    assert RecoveryPart.objects.count() == 0


def test_money_comes_in_for_approved_recoveries_and_by_finance_alone():
    recovery = make_recovery(state="approved")

    with pytest.raises(NotPermitted):
        repaid(recovery, 100, by=make_user("city", "350200"))
    with pytest.raises(NotPermitted, match="批准"):
        repaid(make_recovery(), 100)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_enter_a_voucher_at_once_one_does():
    recovery, by = make_recovery(state="approved"), finance()
    funded(recovery)
    presses = Barrier(50)
    known = {"recovery": recovery, "by": by, "at": OVER + timedelta(days=5)}

    def press(_number):
        try:
            presses.wait()
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
            stated = Repayment(20000, date(2015, 11, 20), "收据1")
            return services.record_repayment(repaid=stated, **known).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        parts = set(pool.map(press, range(50)))

    assert (len(parts), RecoveryPart.objects.count()) == (1, 1)


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 10**6)), unique_by=lambda each: each[0]),
)
def test_what_is_taken_is_spread_over_what_is_asked_the_first_first(fen, asked):
    fen = min(fen, sum(each for _key, each in asked))

    parts = spread(fen, asked)

    assert sum(part for _key, part in parts) == fen
    assert list(parts) == list(asked[: len(parts)])[: len(parts) - 1] + list(parts[-1:])


def test_more_than_is_asked_is_never_spread():
    with pytest.raises(ValueError, match="1"):
        spread(11, [(1, 10)])


def test_an_approved_recovery_is_set_off_by_the_scheme_s_share_until_it_has_come_in():
    walk = Walk()
    walk.paid(walk.month(MONTHS[0]))
    walk.away_in_september()
    walk.paid(walk.month(MONTHS[1]))
    recovery = walk.asked_back(day(MONTHS[2], 14))
    for month in MONTHS[2:]:
        walk.paid(walk.month(month))

    assert walk.payments() == [
        (20000, 0, 20000, 0),  # September
        (20000, 0, 20000, 20000),  # October, which takes September back: nobody has asked yet
        (20000, 10000, 10000, -10000),
        (20000, 10000, 10000, -10000),
        (20000, 0, 20000, 0),
    ]
    assert queries.outstanding([recovery]) == {recovery.pk: 0}
    assert queries.recounted_ledger()["differences"] == []


def test_a_payment_that_takes_everything_leaves_nothing_to_send():
    walk = Walk(pct=None)
    walk.month(MONTHS[0])
    walk.away_in_september()
    walk.month(MONTHS[1])
    walk.asked_back(day(MONTHS[2], 14))

    walk.month(MONTHS[2])

    payment = Payment.objects.latest("month")
    assert (payment.taken_fen, payment.amount_fen, payment.state) == (20000, 0, "paid")
    assert queries.unexplained_payments() == []


def test_what_was_set_off_against_a_payment_given_up_is_still_asked_for():
    walk = Walk()
    walk.month(MONTHS[0])
    walk.away_in_september()
    walk.month(MONTHS[1])
    recovery = walk.asked_back(day(MONTHS[2], 14))
    run = walk.month(MONTHS[2])
    payment = Payment.objects.get(run=run)

    cancel_payment(
        payment=payment, reason="账户有误", by=walk.office.who("finance"), at=day(MONTHS[3], 14)
    )

    assert queries.outstanding([recovery]) == {recovery.pk: 20000}
    assert queries.owed_by(walk.person, walk.scheme, walk.office.place).owed_fen == 20000
    assert queries.recounted_ledger()["differences"] == []


def test_a_part_put_in_by_hand_is_named_by_the_recount():
    walk = Walk()
    walk.month(MONTHS[0])
    walk.away_in_september()
    payment = Payment.objects.get(run=walk.month(MONTHS[1]))
    recovery = walk.asked_back(day(MONTHS[2], 14))
    RecoveryPart.objects.create(
        recovery=recovery,
        payment=payment,
        amount_fen=1,
        recorded_by=walk.office.who("finance"),
        recorded_at=AT,
    )

    assert {found["what"] for found in queries.unexplained_payments()} == {"payment"}


def test_the_database_takes_no_more_than_was_approved():
    recovery = make_recovery(state="approved")
    repaid(recovery, 15000)

    with pytest.raises(DatabaseError, match="takes no further"), transaction.atomic():
        RecoveryPart.objects.create(
            recovery=recovery,
            amount_fen=5001,
            received_on=date(2015, 11, 20),
            voucher="收据2",
            recorded_by=finance(),
            recorded_at=AT,
        )
