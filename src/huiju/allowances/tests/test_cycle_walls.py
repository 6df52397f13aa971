"""What the database refuses of the monthly cycle, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from huiju.allowances.enums import MOVES, PAYMENT_MOVES, PaymentState, RunState
from huiju.allowances.models import Payment, Run, RunStep
from huiju.allowances.tests.factories import (
    make_approved_run,
    make_hold,
    make_notice,
    make_objection,
    make_payment,
    make_reviewed_run,
    make_run,
    make_step,
)
from huiju.directory.tests.factories import make_user
from huiju.registry.tests.factories import make_person

pytestmark = pytest.mark.django_db


def refused(statement, *values):
    """The database's words for refusing a statement, "" if it did not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("column", ["amount_fen", "credit_fen", "debt_growth_fen", "revision"])
def test_the_money_of_a_payment_never_changes(column):
    payment = make_payment()

    words = refused(f"UPDATE allowances_payment SET {column} = {column} + 1")

    assert "does not change" in words
    payment.refresh_from_db()
    assert payment.amount_fen == 20000


def test_a_payment_is_never_deleted():
    make_payment()

    words = refused("DELETE FROM allowances_payment")

    assert "permission denied" in words
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("now", PaymentState.values)
def test_payments_move_as_their_table_has_it(now):
    way = {
        **{"withheld": ["withheld"], "no_account": [], "due": [], "sent": ["sent"]},
        **{"paid": ["sent", "paid"], "returned": ["sent", "returned"]},
        **{"reissued": ["sent", "returned", "reissued"], "cancelled": ["cancelled"]},
    }
    payment = make_payment(state="no_account" if now == "no_account" else "due")
    for state in way[now]:
        Payment.objects.update(state=state, reason="核实")
    account = "NULL" if now == "no_account" else "account_id"

    allowed = set()
    for then in set(PaymentState.values) - {now}:
        point = transaction.savepoint()
        words = refused(
            f"UPDATE allowances_payment SET state = %s, reason = '核实', account_id = {account}",
            then,
        )
        if "does not go from" not in words:
            allowed.add(then)
        transaction.savepoint_rollback(point)

    payment.refresh_from_db()
    assert (payment.state, allowed) == (now, {str(to) for to in PAYMENT_MOVES.get(now, set())})


def test_nobody_signs_a_run_twice():
    run, official = make_run(), make_user()
    make_step(run, "computed", by=official)

    words = refused(
        "INSERT INTO allowances_runstep (run_id, round, step, by_id, at, digest, note)"
        " VALUES (%s, 1, 'checked', %s, now(), repeat('0', 64), '')",
        *(run.pk, official.pk),
    )

    assert "nobody_signs_a_run_twice" in words
    assert RunStep.objects.count() == 1


def test_whoever_signed_may_still_publish_the_notice():
    run, official = make_run(), make_user()
    make_step(run, "checked", by=official)

    make_step(run, "noticed", by=official)

    assert RunStep.objects.filter(by=official).count() == 2


@pytest.mark.parametrize("statement", ["UPDATE {} SET round = 9", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["allowances_runstep", "allowances_notice"])
def test_steps_and_notices_are_only_added(statement, table):
    run = make_run()
    make_step(run, "computed")
    make_notice(run)

    words = refused(statement.format(table))

    assert "permission denied" in words


def test_a_run_is_not_approved_without_four_people():
    run = make_reviewed_run()

    words = refused("UPDATE allowances_run SET state = 'approved'")

    assert "signatures of four people" in words
    run.refresh_from_db()
    assert run.state == RunState.REVIEWED


@pytest.mark.parametrize("then", sorted(set(RunState.values) - {"reviewed", "approved"}))
def test_runs_move_as_their_table_has_it(then):
    make_reviewed_run()
    reviewed_at = ", replaced_at = now()" if then == "replaced" else ""

    words = refused(
        f"UPDATE allowances_run SET state = %s, round = round + (%s = 'draft')::int{reviewed_at}",
        *(then, then),
    )

    assert ("does not go from" not in words) == (then in MOVES[RunState.REVIEWED])


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_no_payment_is_made_but_by_approving(state):
    run = make_approved_run() if state == "approved" else make_run()
    copied = (run.pk, make_person().pk, run.scheme_id, run.place_id, run.month)

    words = refused(
        "INSERT INTO allowances_payment (run_id, person_id, scheme_id, place_id, month, revision, issue,"
        " amount_fen, credit_fen, taken_fen, debt_growth_fen, state, reason, made_at, changed_at,"
        " changed_by_id) VALUES (%s, %s, %s, %s, %s, 1, 1, 1, 1, 0, 0, 'no_account', '', now(), now(), %s)",
        *(*copied, run.computed_by_id),
    )

    assert "takes no such payment now" in words
    assert Payment.objects.count() == 0


def test_a_payment_made_without_approving_is_not_committed():
    run = make_reviewed_run()
    copied = (run.pk, make_person().pk, run.scheme_id, run.place_id, run.month)

    words = refused(
        "INSERT INTO allowances_payment (run_id, person_id, scheme_id, place_id, month, revision, issue,"
        " amount_fen, credit_fen, taken_fen, debt_growth_fen, state, reason, made_at, changed_at,"
        " changed_by_id) VALUES (%s, %s, %s, %s, %s, 1, 1, 1, 1, 0, 0, 'no_account', '', now(), now(), %s)",
        *(*copied, run.computed_by_id),
    )

    assert "was not approved" in words
    assert (Run.objects.get().state, Payment.objects.count()) == ("reviewed", 0)


def test_an_objection_is_answered_once():
    objection = make_objection()
    given = "answer = '属实', answered_by_id = %s, answered_at = now()"
    official = make_user().pk
    assert not refused(f"UPDATE allowances_objection SET state = 'upheld', {given}", official)

    words = refused("UPDATE allowances_objection SET answer = '不属实', state = 'rejected'")

    assert "do not change" in words
    objection.refresh_from_db()
    assert objection.answer == "属实"


def test_a_hold_is_replaced_and_not_changed():
    make_hold()

    changed = refused("UPDATE allowances_hold SET reason = '其他'")
    replaced = refused("UPDATE allowances_hold SET replaced_at = now()")

    assert ("is replaced, not changed" in changed, replaced) == (True, "")
