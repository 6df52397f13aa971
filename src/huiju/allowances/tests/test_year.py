"""A year of a small district from the lists to the bank's answers, by services alone, with what goes wrong in a year."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from huiju.allowances import queries, services
from huiju.allowances.models import Notice, Payment, Run
from huiju.allowances.services import Decision, ObjectionWords, RunOrder, returns
from huiju.allowances.services.returns import cancel_payment, reconcile, reissue
from huiju.allowances.tests import year
from huiju.allowances.tests.factories import make_notice_days, make_rate, make_scheme
from huiju.allowances.tests.offices import Office, bank_says
from huiju.budgets import queries as budgets
from huiju.budgets.models import Entry as LedgerEntry
from huiju.budgets.services import OverBudget
from huiju.budgets.tests.factories import make_line
from huiju.kernel.periods import Month
from huiju.registry.models import Person, Post
from huiju.registry.services import Entry, end_post

pytestmark = pytest.mark.django_db
PEOPLE, SEED = 40, 2015
ROOM_FEN = 50_000_000
BEGINNING = datetime(2014, 12, 20, 4, 0, tzinfo=UTC)
MONTHS = [Month(2015, number) for number in range(1, 13)]
MERGED, OBJECTED, LATE_RETURN, DIED, SHORT = MONTHS[3], MONTHS[4], MONTHS[5], MONTHS[6], MONTHS[8]


def day(month: Month, number: int) -> datetime:
    return datetime(month.year, month.number, number, 4, 0, tzinfo=UTC)


class Year:
    """The district's office, its people, and the second opinion on each of its months."""

    def __init__(self) -> None:
        self.office, self.random = Office.opened(year.HOME), Random(SEED)
        self.scheme = make_scheme(
            first_month=MONTHS[0].first_day, granularity="day", cert_effect="next_month"
        )
        make_rate("assistant", 22222, place=self.office.place, starts_on=date(2015, 7, 10))
        make_notice_days()
        self.people = year.settle_people(PEOPLE, seed=SEED, by=self.clerk, at=BEGINNING)
        self.opinion = year.SecondOpinion(self.scheme)
        self.happened: set[str] = set()
        self.fund(ROOM_FEN)

    @property
    def clerk(self):
        return self.office.who("reviewer")  # of the city, so that people may move between districts

    @property
    def finance(self):
        return self.office.who("finance")

    def entry(self, at: datetime) -> Entry:
        return Entry(at, self.clerk, reason="核实后补录")

    def fund(self, fen: int) -> None:
        self.office.fund(self.scheme, make_line(amount_fen=fen, by=self.finance), BEGINNING)

    def live(self, month: Month) -> Run:
        """What becomes known before the tenth, and the list of the eighteenth carried to the bank and back."""
        self.learn(month)
        run = self.office.publish(self.computed(month, 16), day(month, 16))
        if month == OBJECTED:
            run = self.objected(run, month)
        run = self.office.review(run, day(month, 24))
        if month == DIED:
            year.tell_death(self.somebody(run), day(month, 3).date(), self.entry(day(month, 25)))
        run = self.approved(run, month)
        self.compare_lines(run)
        self.paid(run, month)
        return reconcile(run=run, by=self.finance, at=day(month, 28))

    def learn(self, month: Month) -> None:
        at = day(month, 10)
        if month != MONTHS[0]:
            about = month.plus(-1).first_day
            year.learn_late(self.people, about=about, random=self.random, entry=self.entry(at))
        if month == MERGED:
            away, kept = self.people[-2:]
            year.merge(away, kept, self.entry(at))
            self.people.remove(away)
            self.happened.add("merged")

    def computed(self, month: Month, number: int) -> Run:
        at = day(month, number)
        return self.office.compute(RunOrder(self.scheme, [self.office.place], month, at), at)

    def objected(self, run: Run, month: Month) -> Run:
        """Somebody on the list has left: upheld, corrected, computed and published again."""
        notice, at = Notice.objects.get(run=run), day(month, 17)
        said = ObjectionWords("名单上有人已经离岗。")
        objection = services.object_to_notice(notice=notice, said=said, at=at)
        decision = Decision(upheld=True, words="属实，退回重造名单。")
        services.answer_objection(
            objection=objection, decision=decision, by=self.office.who("checker"), at=at
        )
        post = Post.objects.current().get(person=self.somebody(run), ends_on=None)
        end_post(post=post, last_day=day(month, 2).date(), entry=self.entry(at))
        again = self.office.publish(self.computed(month, 18), day(month, 18))
        assert (again.revision, self.office.fresh(run).state) == (2, "replaced")
        self.happened.add("objection upheld")
        return again

    def somebody(self, run: Run) -> Person:
        """The first on the list who is in post."""
        in_post = Post.objects.current().filter(ends_on=None).values("person")
        return run.lines.filter(month=run.month, person__in=in_post).order_by("pk").first().person

    def approved(self, run: Run, month: Month) -> Run:
        at = day(month, 26)
        if month == SHORT:
            self.fund(1_000)
            before = LedgerEntry.objects.count()
            with pytest.raises(OverBudget):
                self.office.approve(run, at)
            assert (Payment.objects.filter(run=run).count(), LedgerEntry.objects.count()) == (
                0,
                before,
            )
            self.fund(ROOM_FEN)
            self.happened.add("over budget")
        return self.office.approve(run, at)

    def compare_lines(self, run: Run) -> None:
        rows = run.lines.values_list("person", "month", "amount_fen")
        posted = {(person, f"{month:%Y-%m}"): fen for person, month, fen in rows}
        assert posted == self.opinion.lines_of(run)

    def paid(self, run: Run, month: Month) -> None:
        """One comes back each month and is paid anew; what was withheld is given up."""
        at, by = day(month, 27), self.finance
        file = self.office.send_file(self.office.make_file(run, at), at)
        back = {self.random.randrange(1, file.count + 1)}
        self.office.take(file, bank_says(file, back=back), at)
        if month == LATE_RETURN:
            back.add(min(set(range(1, 4)) - back))
            self.office.take(file, bank_says(file, back=back), at + timedelta(hours=1))
            self.happened.add("returned late")
        for payment in Payment.objects.filter(run=run, state="withheld"):
            cancel_payment(payment=payment, reason="已去世", by=by, at=at)
            self.happened.add("withheld and given up")
        returned = list(Payment.objects.filter(run=run, state="returned").order_by("pk"))
        if month == MONTHS[10]:
            cancel_payment(payment=returned.pop(), reason="无法联系", by=by, at=at)
            self.happened.add("returned and given up")
        for payment in returned:
            reissue(payment=payment, note="账户已恢复", by=by, at=at)
            self.happened.add("issued anew")
        if returned:
            again = self.office.send_file(self.office.make_file(run, at), at)
            self.office.take(again, bank_says(again), at)


def test_a_year_pays_what_a_second_opinion_says_and_the_books_hold():
    lived = Year()

    for month in MONTHS:
        run = lived.live(month)

        granted = sum(run.lines.filter(amount_fen__gt=0).values_list("amount_fen", flat=True))
        given_up = Payment.objects.filter(run=run, state="cancelled")
        paid = sum(
            Payment.objects.filter(run=run, state="paid").values_list("amount_fen", flat=True)
        )
        assert paid == granted - sum(given_up.values_list("amount_fen", flat=True))
        assert paid == returns.balance_of(run).paid_fen
        assert queries.recounted_ledger()["differences"] == []

    assert lived.happened == {
        *("merged", "objection upheld", "over budget", "returned late", "issued anew"),
        *("withheld and given up", "returned and given up"),
    }
    assert Run.objects.filter(state="reconciled").count() == 12
    assert budgets.ledger_check()["unbalanced"] == []
    assert Payment.objects.count() > 400
