"""Money asked back: from posted lines alone, by two people, over the payee's objection."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from huiju.allowances import services
from huiju.allowances.enums import RECOVERY_MOVES, RecoveryState
from huiju.allowances.models import Objection, Recovery
from huiju.allowances.services import (
    Decision,
    ObjectionWords,
    RecoveryInvalid,
    RecoveryOrder,
)
from huiju.allowances.tests.factories import (
    AT,
    make_debt,
    make_notice_days,
    make_recovery,
    make_scheme,
)
from huiju.allowances.tests.recovering import HOME, OVER, approve, owed, payee, propose, repaid
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted
from huiju.registry.tests.factories import (
    make_person,
)

pytestmark = pytest.mark.django_db


def test_what_lines_took_back_is_asked_back_by_two_people():
    make_notice_days()
    debt = make_debt()

    made = propose(debt)
    approve(made)

    made.refresh_from_db()
    assert (made.state, made.amount_fen, made.objections_until) == (
        "approved",
        20000,
        clock.day_of(AT) + timedelta(days=5),
    )
    assert (owed(debt).owed_fen, owed(debt).open_fen) == (20000, 0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"fen": 20001}, r"200\.00"),
        ({"fen": 0}, r"200\.00"),
        ({"fen": -1}, r"200\.00"),
        ({"reason": " "}, "理由"),
    ],
)
def test_no_more_than_is_owed_is_asked_and_never_without_a_reason(said, words):
    make_notice_days()
    debt = make_debt()

    with pytest.raises(RecoveryInvalid, match=words):
        propose(debt, **said)
    assert Recovery.objects.count() == 0


def test_who_owes_nothing_by_posted_lines_is_asked_for_nothing():
    make_notice_days()
    person, scheme = make_person(), make_scheme()
    district = make_user("district", HOME)
    stated = RecoveryOrder(person, scheme, make_debt().place, 100, "估计多发")

    with pytest.raises(RecoveryInvalid, match=r"0\.00"):
        services.propose_recovery(order=stated, by=district, at=AT)


def test_what_waits_to_be_decided_is_not_proposed_again():
    make_notice_days()
    debt = make_debt()
    propose(debt, fen=5000)

    with pytest.raises(RecoveryInvalid, match="等待决定"):
        propose(debt, fen=5000)


def test_what_is_approved_is_not_asked_for_twice():
    make_notice_days()
    debt = make_debt()
    approve(propose(debt, fen=15000))

    with pytest.raises(RecoveryInvalid, match=r"50\.00"):
        propose(debt, fen=15000, at=OVER)
    assert propose(debt, fen=5000, at=OVER).amount_fen == 5000


def test_days_for_objections_that_nobody_entered_stop_the_proposal():
    with pytest.raises(services.NoticeDaysUnknown):
        propose(make_debt())


@pytest.mark.parametrize(
    ("who", "at", "words"),
    [
        ("city", AT + timedelta(days=1), "异议"),
        ("district", OVER, "批准"),
        ("finance", OVER, "批准"),
    ],
)
def test_a_recovery_is_approved_by_a_reviewer_after_the_days_for_objections(who, at, words):
    recovery = make_recovery()
    where = HOME if who == "district" else "350200"

    with pytest.raises(NotPermitted, match=words):
        approve(recovery, at=at, by=make_user(who, where))


def test_nobody_approves_what_they_proposed():
    by = make_user("city", "350200")

    with pytest.raises(NotPermitted, match="另一人"):
        approve(make_recovery(proposed_by=by), by=by)


def test_another_district_asks_for_nothing_here():
    make_notice_days()

    with pytest.raises(NotPermitted, match="思明区"):
        propose(make_debt(), by=make_user("district", "350206"))


def test_a_recovery_of_more_than_is_owed_by_now_is_not_approved():
    make_notice_days()
    debt = make_debt()
    made = propose(debt)
    make_recovery(debt, amount_fen=100, state="approved")  # as if decided at the same time

    with pytest.raises(RecoveryInvalid, match="重新提出"):
        approve(made)


@pytest.mark.parametrize("state", RecoveryState.values)
def test_recoveries_move_as_their_table_has_it(state):
    for now in RecoveryState.values:
        recovery = make_recovery(state=state)
        statement = (
            "UPDATE allowances_recovery SET state = %s, decided_by_id = coalesce(decided_by_id, %s),"
            " decided_at = now(), words = 'x' WHERE id = %s"
        )
        words = refused(statement, now, make_user().pk, recovery.pk)
        assert (words == "") == (now in RECOVERY_MOVES.get(state, set())), (state, now, words)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE allowances_recovery SET amount_fen = 1",
        "UPDATE allowances_recovery SET reason = 'x'",
        "DELETE FROM allowances_recovery",
        "UPDATE allowances_recoverypart SET amount_fen = 1",
        "DELETE FROM allowances_recoverypart",
    ],
)
def test_the_database_keeps_what_was_decided(statement):
    repaid(make_recovery(state="approved"), 100)

    assert refused(statement)


def refused(statement, *values):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as problem:
        return str(problem)
    return ""


def test_an_objection_upheld_withdraws_the_recovery_with_its_words():
    debt = make_debt()
    recovery = make_recovery(debt)
    said = ObjectionWords("9月我在岗。")
    objection = services.object_to_recovery(recovery=recovery, said=said, by=payee(debt), at=AT)

    with pytest.raises(NotPermitted, match="异议"):
        approve(recovery)
    services.answer_objection(
        objection=objection,
        decision=Decision(True, "属实，撤回。"),
        by=make_user("district", HOME),
        at=OVER,
    )

    recovery.refresh_from_db()
    assert (recovery.state, recovery.words) == ("withdrawn", "属实，撤回。")
    assert owed(debt).open_fen == 20000


def test_an_objection_rejected_lets_the_recovery_go_on():
    debt = make_debt()
    recovery = make_recovery(debt)
    objection = services.object_to_recovery(
        recovery=recovery, said=ObjectionWords("不对。"), by=payee(debt), at=AT
    )
    services.answer_objection(
        objection=objection,
        decision=Decision(False, "考勤为证。"),
        by=make_user("district", HOME),
        at=AT,
    )

    assert approve(recovery).state == "approved"


def test_only_the_payee_objects_and_once_at_a_time():
    debt = make_debt()
    recovery = make_recovery(debt)
    said = ObjectionWords("不对。")

    with pytest.raises(NotPermitted):
        services.object_to_recovery(recovery=recovery, said=said, by=payee(make_debt()), at=AT)
    services.object_to_recovery(recovery=recovery, said=said, by=payee(debt), at=AT)
    with pytest.raises(NotPermitted, match="正在处理"):
        services.object_to_recovery(recovery=recovery, said=said, by=payee(debt), at=AT)
    assert Objection.objects.count() == 1
