"""The officials of a district who carry its months from the list to reconciled payments, by services alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from huiju.allowances import services
from huiju.allowances.models import BankFile, Run, Scheme
from huiju.allowances.queries import bank_template, digest_of_lines
from huiju.allowances.services import RunOrder, answers, bankfiles
from huiju.allowances.tests.bankfactories import answer_text
from huiju.budgets.models import Line
from huiju.directory.models import Place, User
from huiju.directory.tests.factories import make_grant, make_user, place

ROLES = {"clerk": "district", "checker": "district", "reviewer": "city", "finance": "finance"}
LABELS = {"clerk": "经办岗", "checker": "核对岗", "reviewer": "复核岗", "finance": "财政岗"}
NOTICE_OVER = timedelta(days=7)
"""From the publication of a notice until its five days are over for certain."""


@dataclass(frozen=True)
class Office:
    """One district's clerk and checker, and the city's reviewer and finance."""

    where: str

    @classmethod
    def opened(cls, where: str) -> "Office":
        """With its officials made, under names of their own."""
        office = cls(where)
        for duty, role in ROLES.items():
            at = where if role == "district" else "350200"
            make_grant(make_user(username=f"{duty}-{where}", label=LABELS[duty]), role, at)
        return office

    @property
    def place(self) -> Place:
        return place(self.where)

    def who(self, duty: str) -> User:
        return User.objects.get(username=f"{duty}-{self.where}")

    def compute(self, order: RunOrder, at: datetime) -> Run:
        run: Run = services.compute_runs(order=order, by=self.who("clerk"), at=at)[0]
        return run

    def publish(self, run: Run, at: datetime) -> Run:
        """Checked, and on notice."""
        seen, by = digest_of_lines(run), self.who("checker")
        services.check(run=run, seen=seen, by=by, at=at)
        services.publish_notice(run=run, seen=seen, by=by, at=at)
        return self.fresh(run)

    def review(self, run: Run, at: datetime) -> Run:
        services.review(run=run, seen=digest_of_lines(run), by=self.who("reviewer"), at=at)
        return self.fresh(run)

    def approve(self, run: Run, at: datetime) -> Run:
        seen = services.approval_plan(run=run, at=at).digest
        services.approve(run=run, seen=seen, by=self.who("finance"), at=at)
        return self.fresh(run)

    def fund(self, scheme: Scheme, line: Line, at: datetime) -> None:
        """One line pays the district in the line's year."""
        year = line.fiscal_year.year
        entry = services.FundingEntry(scheme, self.place, year, [line], assumption="演练")
        services.set_funding(entry=entry, by=self.who("finance"), at=at)

    def make_file(self, run: Run, at: datetime) -> BankFile:
        template = bank_template("delimited")
        made: BankFile = bankfiles.make_file(
            run=run, template=template, by=self.who("finance"), at=at
        )
        return made

    def send_file(self, file: BankFile, at: datetime) -> BankFile:
        sent: BankFile = bankfiles.send_file(file=file, by=self.who("finance"), at=at)
        return sent

    def take(self, file: BankFile, content: bytes, at: datetime) -> None:
        answers.take_answer(
            file=file, name="回盘.csv", content=content, by=self.who("finance"), at=at
        )

    def fresh(self, run: Run) -> Run:
        found: Run = Run.objects.select_related("scheme", "place").get(pk=run.pk)
        return found


def bank_says(
    file: BankFile, *, back: Iterable[int] = (), only: Iterable[int] | None = None
) -> bytes:
    """The bank's answer about some numbers of a file: paid, or back because the account is closed."""
    refused = dict.fromkeys(back, ("103", "销户"))
    return answer_text(file, back=refused, only=None if only is None else set(only))
