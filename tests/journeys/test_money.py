"""A month's money as its people see it: over the budget, paid and sent back, objected to, asked back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from huiju.allowances.models import Notice, Recovery, Run, Scheme
from huiju.allowances.queries import notices
from huiju.allowances.services import RunOrder
from huiju.allowances.tests.factories import (
    make_debt,
    make_notice_days,
    make_recovery,
    make_run,
    make_scheme,
)
from huiju.allowances.tests.offices import Office, bank_says
from huiju.budgets import services as budgets
from huiju.budgets.models import Line
from huiju.budgets.services import Claim, Share
from huiju.budgets.tests.factories import make_line
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.periods import Month
from huiju.registry.models import BankAccount, Person
from huiju.registry.services import ACCOUNTS, AccountStatement, Entry, state
from huiju.registry.tests.factories import (
    account_number,
    make_account,
    make_certificate,
    make_person,
    make_post,
)
from tests.browser.looks import DESK, PHONE, Size
from tests.journeys.walking import Journey

pytestmark = pytest.mark.browser
HOME = "350203"
NEW_ACCOUNT = 77
"""Which of the made-up card numbers is the corrected one."""


class District:
    """思明区 with two people in post, its officials, and a month that awaits the approval of finance."""

    def __init__(self, opening: Callable[..., Page]) -> None:
        self.opening, self.now = opening, clock.now()
        make_notice_days()
        self.office = Office.opened(HOME)
        self.scheme: Scheme = make_scheme(name="社区工作者职业津贴")
        self.people = [make_person(name=name, place=place()) for name in ("林晓明", "陈月英")]
        for person in self.people:
            make_certificate(person)
            make_post(person)
            make_account(person)

    def computed(self, months_ago: int, *, days_ago: int) -> Run:
        at = self.now - timedelta(days=days_ago)
        month = Month.of(clock.today()).plus(-months_ago)
        return self.office.compute(RunOrder(self.scheme, [self.office.place], month, at), at)

    def reviewed(self) -> Run:
        run = self.office.publish(self.computed(2, days_ago=12), self.now - timedelta(days=12))
        return self.office.review(run, self.now - timedelta(days=2))

    def line(self, fen: int) -> Line:
        line = make_line(
            amount_fen=fen, by=self.office.who("finance"), year=clock.today().year, at=self.now
        )
        self.office.fund(self.scheme, line, self.now)
        return line

    def as_(self, duty: str, path: str, size: Size = DESK) -> Journey:
        return Journey(self.opening(self.office.who(duty), path, size=size))


@pytest.fixture
def district(
    transactional_db: None, open_as: Callable[..., Page], settings: Any, tmp_path: Path
) -> District:
    settings.HUIJU_FILES = tmp_path / "files"
    return District(open_as)


def supplement(line: Line, fen: int, at: datetime, by: Any) -> None:
    claim = Claim("supplement", on=clock.day_of(at), purpose="test", memo="追加经费")
    budgets.supplement(share=Share(line, fen), claim=claim, by=by, at=at)


def test_a_month_over_its_budget_waits_and_what_the_bank_sends_back_is_paid_anew(
    district, tmp_path
):
    run, line = district.reviewed(), district.line(10_000)
    finance = district.as_("finance", f"/allowances/{run.pk}/approval/")

    finance.press("批准发放")
    expect(finance.page.get_by_role("alert").first).to_contain_text("请先追加或调剂预算")
    finance.look()
    supplement(line, 90_000, clock.now(), district.office.who("finance"))
    finance.press("批准发放")
    expect(finance.page.locator("body")).to_contain_text("已批准：付款已生成，预算已占用。")

    follow_the_money(finance, run, tmp_path, back=[1])
    finance.follow("待处理付款")
    finance.press("重新发放")
    expect(finance.page.get_by_role("alert").first).to_contain_text("账户")
    correct_account(run)
    finance.press("重新发放")
    finance.arrived("支付")
    follow_the_money(finance, run, tmp_path, back=[])
    finance.page.locator("summary", has_text="对账").click()
    finance.press("对账")
    expect(finance.state).to_have_text("已对账")
    finance.look()


def follow_the_money(finance: Journey, run: Run, folder: Path, *, back: list[int]) -> None:
    """From the page of a month's payments: a file made, sent, answered; back on that page."""
    finance.page.goto(f"/allowances/{run.pk}/bank/")
    finance.press("生成代发文件")
    finance.arrived("代发文件")
    finance.page.locator("summary", has_text="已送银行").click()
    finance.press("已送银行")
    answer = folder / "回盘.csv"
    answer.write_bytes(bank_says(run.bank_files.latest("sequence"), back=back))
    finance.page.locator("input[type=file]").set_input_files(answer)
    finance.press("预览回盘")
    finance.look()
    finance.press("导入结果")
    expect(finance.content).to_contain_text("已导入")
    finance.page.goto(f"/allowances/{run.pk}/bank/")


def correct_account(run: Run) -> None:
    """The registry has the corrected account of whoever the bank refused, from today on."""
    payment = run.payments.get(state="returned")
    at, by = clock.now(), make_user("city", "350200")
    BankAccount.objects.current().filter(person=payment.person).update(superseded_at=at)
    stated = AccountStatement(
        "厦门银行", account_number(NEW_ACCOUNT), payment.person.name, clock.today()
    )
    state(ACCOUNTS, person=payment.person, stated=stated, entry=Entry(at, by, reason="更正账户"))


def test_a_neighbour_objects_on_a_telephone_and_is_answered(district, open_as):
    run = district.office.publish(district.computed(2, days_ago=1), district.now)
    notice = Notice.objects.get(run=run)
    visitor = Journey(open_as(None, f"/notices/allowances/{notice.token}/", size=PHONE))

    expect(visitor.page.locator("body")).not_to_contain_text("林晓明")
    visitor.look()
    visitor.page.get_by_label("名单有什么问题").fill("名单上有人9月已经离岗。")
    visitor.page.get_by_role("button", name="提交").click()
    expect(visitor.page.get_by_role("status")).to_have_text("您的异议已收到，谢谢。")
    checker = district.as_("checker", f"/allowances/{run.pk}/steps/")
    checker.look()
    checker.page.get_by_label("处理结果").select_option("rejected")
    checker.page.get_by_label("答复内容").fill("经核实，公示的人员均在岗。")
    checker.press("答复")

    expect(checker.content).to_contain_text("经核实，公示的人员均在岗。")
    assert notices.notice_is_open(notice, on=clock.today())


def test_money_is_asked_back_objected_to_and_approved(district, open_as):
    first, second = owing(district)
    clerk = district.as_("clerk", "/")

    clerk.go_to("追回")
    clerk.arrived("追回")
    clerk.look()
    clerk.follow("查看并提出")
    clerk.page.get_by_label("告知本人的理由").fill("9月已离岗，当月不发。")
    clerk.look()
    clerk.press("提出追回")
    expect(clerk.state).to_have_text("已提出，可提异议")
    assert Recovery.objects.latest("pk").amount_fen == 20_000
    worker = make_user("worker", HOME, person_ref=first.person_id)
    payee = Journey(open_as(worker, "/", size=PHONE))
    payee.go_to("我的津贴")
    payee.follow("社区工作者职业津贴")
    payee.look()
    payee.page.get_by_label("对追回有什么异议").fill("9月我在岗。")
    payee.press("提交")
    expect(payee.content).to_contain_text("待答复")
    checker = district.as_("checker", f"/allowances/recoveries/{first.pk}/")
    checker.page.get_by_label("处理结果").select_option("rejected")
    checker.page.get_by_label("答复内容").fill("考勤表上9月没有出勤。")
    checker.press("答复")
    reviewer = district.as_("reviewer", "/")
    reviewer.page.get_by_role("link", name=f"追回：{first.person}").click()
    reviewer.look()
    reviewer.press("批准追回")

    expect(reviewer.state).to_have_text("已批准，追回中")
    payee.page.reload()
    expect(payee.content).to_contain_text("考勤表上9月没有出勤。")
    assert second.state == "proposed"


def owing(district: District) -> tuple[Recovery, Recovery]:
    """Two who were asked back three weeks ago, and a third who owes and was not asked yet."""
    debts = []
    for number, who in enumerate([*district.people, _third()]):
        month = Month.of(clock.today()).plus(-3 - number).first_day
        run = make_run(scheme=district.scheme, month=month, known_at=district.now)
        debts.append(make_debt(who, run=run))
    asked = district.now - timedelta(days=21)
    first, second = (
        make_recovery(debt, proposed_at=asked, objections_until=clock.day_of(asked) + timedelta(7))
        for debt in debts[:2]
    )
    return first, second


def _third() -> Person:
    return make_person(name="许文强", place=place())
