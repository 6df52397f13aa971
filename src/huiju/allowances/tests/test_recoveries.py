"""Money asked back: from posted lines alone, by two people, over the payee's objection, and never twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from huiju.allowances import queries, services
from huiju.allowances.enums import RECOVERY_MOVES, RecoveryState
from huiju.allowances.models import Objection, Payment, Recovery, RecoveryPart
from huiju.allowances.rules.setoff import spread
from huiju.allowances.services import (
    Decision,
    ObjectionWords,
    RecoveryInvalid,
    RecoveryOrder,
    Repayment,
    RunOrder,
)
from huiju.allowances.services.returns import cancel_payment
from huiju.allowances.tests.factories import (
    AT,
    make_debt,
    make_funding,
    make_notice_days,
    make_objection,
    make_recovery,
    make_scheme,
)
from huiju.allowances.tests.offices import Office, bank_says
from huiju.budgets import queries as budgets
from huiju.budgets import services as ledger
from huiju.budgets.services import Claim, Share
from huiju.budgets.tests.factories import finance, make_line
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.kernel.errors import DomainError, NotPermitted
from huiju.kernel.periods import Month
from huiju.registry.tests.factories import (
    make_account,
    make_certificate,
    make_leave,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db
OVER = AT + timedelta(days=20)
"""When the days for objections are over."""
HOME = "350203"


def order(debt, fen=None, reason="9月已离岗，多发一个月。"):
    return RecoveryOrder(
        debt.person, debt.scheme, debt.place, debt.debt_growth_fen if fen is None else fen, reason
    )


def propose(debt, *, by=None, at=AT, **said):
    by = by or make_user("district", HOME)
    return services.propose_recovery(order=order(debt, **said), by=by, at=at)


def approve(recovery, at=OVER, by=None):
    return services.approve_recovery(recovery=recovery, by=by or make_user("city", "350200"), at=at)


def owed(debt):
    return queries.owed_by(debt.person, debt.scheme, debt.place)


# --- deciding


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
    Payment.objects.filter(pk=debt.pk).update(state="paid")
    other = make_recovery(debt, amount_fen=100, state="approved")

    with pytest.raises(RecoveryInvalid, match="重新提出"):
        approve(made)
    assert other.state == "approved"


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


# --- objections


def payee(debt):
    return make_user("worker", HOME, person_ref=debt.person.pk)


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


# --- money that comes in


def repaid(recovery, fen, voucher="收据1", by=None, on=date(2015, 11, 20)):
    if not queries.owed_by(recovery.person, recovery.scheme, recovery.place).owed_fen:
        raise AssertionError
    funded(recovery)
    return services.record_repayment(
        recovery=recovery,
        repaid=Repayment(fen, on, voucher),
        by=by or finance(),
        at=OVER + timedelta(days=5),
    )


def funded(recovery):
    """A line that has paid 500 yuan of the scheme."""
    if recovery.scheme.fundings.exists():
        return
    line = make_line(amount_fen=100_000)
    make_funding(recovery.scheme, line)
    pay(line, 50_000)


def pay(line, fen):
    for name in ("commit", "make_due", "pay"):
        claim = Claim(f"test:{line.pk}:{name}", on=date(2015, 11, 1), purpose="test")
        getattr(ledger, name)(shares=[Share(line, fen)], claim=claim, by=finance(), at=AT)


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


# --- set off, month by month

MONTHS = [Month(2015, number) for number in range(9, 13)] + [Month(2016, 1)]


def day(month, number):
    return datetime(month.year, month.number, number, 4, 0, tzinfo=UTC)


class Walk:
    """A district that pays September, learns in November that somebody was away, and goes on."""

    def __init__(self, *, pct=50):
        make_notice_days()
        self.office = Office.opened(HOME)
        self.scheme = make_scheme(recovery_pct=pct, month_rule="full_month")
        self.person = make_person()
        make_certificate(self.person)
        make_post(self.person)
        make_account(self.person)
        by = self.office.who("finance")
        for year in (2015, 2016):
            at = datetime(year, 1, 5, 4, 0, tzinfo=UTC)
            line = make_line(amount_fen=1_000_000, by=by, year=year, at=at)
            self.office.fund(self.scheme, line, at)

    def month(self, month):
        following = month.next
        at = day(following, 3)
        run = self.office.compute(RunOrder(self.scheme, [self.office.place], month, at), at)
        run = self.office.publish(run, at)
        run = self.office.review(run, day(following, 12))
        return self.office.approve(run, day(following, 13))

    def paid(self, run):
        file = self.office.make_file(run, run.computed_at + timedelta(days=11))
        file = self.office.send_file(file, run.computed_at + timedelta(days=11))
        self.office.take(file, bank_says(file), run.computed_at + timedelta(days=12))

    def away_in_september(self):
        make_leave(
            self.person,
            starts_on=date(2015, 9, 5),
            ends_on=date(2015, 9, 20),
            recorded_at=day(Month(2015, 10), 20),
        )

    def asked_back(self, at):
        stated = RecoveryOrder(
            self.person, self.scheme, self.office.place, 20000, "9月请假，当月不发。"
        )
        made = services.propose_recovery(order=stated, by=self.office.who("clerk"), at=at)
        return services.approve_recovery(
            recovery=made, by=self.office.who("reviewer"), at=at + timedelta(days=8)
        )

    def payments(self):
        rows = Payment.objects.order_by("month", "issue")
        return list(rows.values_list("credit_fen", "taken_fen", "amount_fen", "debt_growth_fen"))


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


# --- a month computed again


def test_a_month_again_as_known_then_and_now():
    walk = Walk()
    run = walk.month(MONTHS[0])
    walk.away_in_september()

    then = services.month_again(run=run, known_at=day(Month(2015, 10), 19))
    now = services.month_again(run=run, known_at=day(Month(2015, 10), 21))

    assert (then.reproduced, then.due_fen, then.posted_fen, then.differences) == (
        True,
        20000,
        20000,
        [],
    )
    assert (now.reproduced, now.arrears, now.recoveries_fen) == (True, [], 20000)
    assert [each.person for each in now.recoveries] == [walk.person.pk]
    walk.month(MONTHS[1])
    corrected = services.month_again(run=run, known_at=day(Month(2015, 11), 20))
    assert (corrected.due_fen, corrected.posted_fen) == (0, 0)


# --- pages


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


def test_the_page_of_a_month_again_names_who_is_owed_what(client):
    walk = Walk()
    run = walk.month(MONTHS[0])
    walk.away_in_september()
    client.force_login(make_user("district", HOME))
    with clock.fixed(day(Month(2015, 10), 21)):
        page = client.get(url("again", run.pk)).content.decode()
        earlier = client.get(url("again", run.pk), {"known_on": "2015-10-19"}).content.decode()
        never = client.get(url("again", run.pk), {"known_on": "2015-09-01"}).content.decode()

    assert ("与名单一致" in page, "应追回" in page, str(walk.person) in page) == (True, True, True)
    assert "每个人应发的都与已列的相同" in earlier
    assert "请选择" in never


def test_a_month_is_computed_again_at_the_machine():
    walk = Walk()
    walk.month(MONTHS[0])
    walk.away_in_september()
    who, out = make_user("district", HOME), StringIO()

    with clock.fixed(day(Month(2015, 10), 21)):
        call_command("allowances_again", "思明区", "2015-09", user=who.username, stdout=out)

    said = json.loads(out.getvalue())
    assert (said["known_on"], said["reproduced"]) == ("2015-10-21", True)
    assert [(each["person"], each["difference_fen"]) for each in said["differences"]] == [
        (walk.person.pk, -20000)
    ]


@pytest.mark.parametrize(
    ("words", "where", "said"),
    [
        (["思明区", "2015-08"], HOME, "没有计算过"),
        (["思明区", "2015-09"], "350206", "看不到"),
        (["思明区", "2015-09", "--known-on", "2015-09-01"], HOME, "请选择"),
    ],
)
def test_a_month_that_cannot_be_asked_for_again_is_said_in_words(words, where, said):
    Walk().month(MONTHS[0])
    who = make_user("district", where)

    with (
        clock.fixed(day(Month(2015, 10), 21)),
        translation.override("zh-hans"),
        pytest.raises((CommandError, DomainError), match=said),
    ):
        call_command("allowances_again", *words, user=who.username)
