"""Money asked back in tests: proposals, repayments, and a district that learns of a leave too late."""

from datetime import UTC, date, datetime, timedelta

from huiju.allowances import queries, services
from huiju.allowances.models import Payment
from huiju.allowances.services import (
    RecoveryOrder,
    Repayment,
    RunOrder,
)
from huiju.allowances.tests.factories import (
    AT,
    make_funding,
    make_notice_days,
    make_scheme,
)
from huiju.allowances.tests.offices import Office, bank_says
from huiju.budgets import services as ledger
from huiju.budgets.services import Claim, Share
from huiju.budgets.tests.factories import finance, make_line
from huiju.directory.tests.factories import make_user
from huiju.kernel.periods import Month
from huiju.registry.tests.factories import (
    make_account,
    make_certificate,
    make_leave,
    make_person,
    make_post,
)

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


def payee(debt):
    return make_user("worker", HOME, person_ref=debt.person.pk)


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
