"""A small city with one of everything that has a page."""

from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from huiju.allowances.models import Scheme
from huiju.allowances.tests.bankfactories import answer, make_bank_file, make_due
from huiju.allowances.tests.factories import (
    approved,
    compute,
    make_debt,
    make_finding,
    make_funding,
    make_notice,
    make_objection,
    make_recovery,
    make_reviewed_run,
    make_run,
    make_run_line,
    make_scenario,
    make_scheme,
    make_step,
    pay,
)
from huiju.budgets.tests.factories import make_consent, make_entry, make_line
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel import clock
from huiju.kernel.periods import Month
from huiju.policies import services as policies
from huiju.policies.models import Document, ParameterValue
from huiju.policies.services import TargetEntry
from huiju.policies.tests.factories import (
    make_document,
    make_parameter,
    make_relation,
    make_text,
    value_entry,
)
from huiju.registry import services as registry
from huiju.registry.models import Person
from huiju.registry.sheets import ROSTER
from huiju.registry.tests.factories import (
    identity_number,
    make_account,
    make_certificate,
    make_credit,
    make_death,
    make_leave,
    make_person,
    make_post,
    make_registration,
)
from huiju.statistics.tests.factories import make_publication
from huiju.transfers.tests.factories import make_import
from huiju.transfers.tests.sheetmaking import grid

NAMES = ("林晓明", "陈月英", "欧阳建国", "䶮小妹", "吴美珍", "郑国强")
CITY = "350200"
WHERE = ("思明区", "厦港街道", "厦港街道沙坡尾社区居委会")


def build(folder: Path) -> int:
    """People of 思明区 with certificates and posts, an agency, two values of one document, a month of
    allowances, a publication and a read roster. Returns the key of one of the people."""
    agency = make_organisation(name="厦门市湖里区霞辉社会工作服务中心", kind="agency")
    for number, name in enumerate(NAMES):
        person = make_person(name=name, born_on=date(1980, 1, 1 + number))
        make_certificate(person, level="intermediate" if number % 2 else "assistant")
        make_post(person, employer=agency if number == 0 else None)
    one, two = (make_user("city", CITY, label=name) for name in ("综合处", "人才处"))
    siming = make_user("district", "350203", label="思明区社会工作部")
    make_full_file(person, keeper=siming)
    opinion = make_document(title="社会工作专业人才队伍建设意见", issued_on=date(2014, 1, 1))
    for level, name in (("assistant", "助理社会工作师津贴"), ("intermediate", "社会工作师津贴")):
        value = propose(f"allowance.rate.{level}", name, by=one)
        policies.confirm_value(value=value, by=two, at=clock.now())
    measures = make_document(
        title="职业津贴办法（2016年修订）", year=2016, issued_on=date(2016, 7, 1)
    )
    make_text(measures, "第一条　制定本办法。\n第七条　津贴标准：\n（一）助理社会工作师每月200元；")
    make_relation(measures, opinion, "supersedes", date(2016, 7, 1))
    policies.set_target(entry=target_of(measures), by=one, at=clock.now())
    propose("allowance.rate.senior", "高级社会工作师津贴", by=one)
    scheme = make_scheme(rates=False, rate_code="allowance.rate")
    compute(scheme, at=clock.now(), by=siming)
    make_months_on_their_way(scheme)
    make_other_schemes()
    make_paid_month(scheme, person)
    make_debts(scheme, person)
    make_finding(person, first_seen_at=clock.now(), due_on=clock.today())
    make_scenario(scheme)
    make_publication()
    line = make_line(
        document=make_document(title="年度预算批复"), year=clock.today().year, at=clock.now()
    )
    make_entry(line, 40_000, on=clock.today())
    make_consent(line)
    for document in Document.objects.all():
        policies.attach_file(
            document=document, name="正文.pdf", content=b"%PDF-1.7\n", by=one, at=clock.now()
        )
    with acting_as_system():
        make_import(roster(folder), ROSTER, by=siming)
    return person.pk


def make_months_on_their_way(scheme: Scheme) -> None:
    """A list of 湖里区 on public notice, with an objection, one of 集美区 that awaits approval, and one of
    海沧区 that is being paid: one payment came back, another is withheld."""
    today = clock.today()
    people = {}
    for street in ("350206001", "350211001", "350205001"):
        people[street] = make_person(place=place(street))
        make_certificate(people[street])
        make_post(people[street], place=place(street))
    noticed = compute(scheme, at=clock.now(), where="350206")
    for step in ("checked", "noticed"):
        make_step(noticed, step)
        noticed.state = step
        noticed.save(update_fields=["state"])
    notice = make_notice(noticed, opens_on=today, closes_on=today + timedelta(days=5))
    make_objection(notice, contact="0592-0000000")
    reviewed = make_reviewed_run(compute(scheme, at=clock.now(), where="350211"))
    line = make_line(government="350211", year=today.year, at=clock.now())
    make_funding(scheme, line, place=reviewed.place)
    paid = make_reviewed_run(compute(scheme, at=clock.now(), where="350205"))
    with transaction.atomic():
        for each, fields in (
            (people["350205001"], {}),
            (make_person(place=place("350205001")), {"state": "withheld", "reason": "died"}),
        ):
            pay(paid, each, **fields)
        approved(paid)
    make_due(paid, 40_000, (1,))
    answer(make_bank_file(paid), back={1: ("103", "销户")})


def make_other_schemes() -> None:
    """A scheme with terms, shares of payers and their sources, and one of which something is unknown."""
    make_scheme(
        rates=False,
        code="graded",
        name="社区工作者分档津贴",
        shape="sub_grades",
        terms={
            "grades": {"assistant": [[0, 100], [24, 140]], "intermediate": [[0, 100]]},
            "ceiling_fen": 50_000,
            "payers": {"*": {"市级": 50, "区级": 50}},
        },
        sources={"grades": "职业津贴办法 第七条"},
        rate_code="allowance.rate",
        document=Document.objects.order_by("pk").first(),
    )
    make_scheme(
        rates=False,
        code="refund",
        name="考试费用报销",
        shape="cost_refund",
        first_month=None,
        terms={"items": ["考试报名费"], "ceiling_fen": None},
        owner="厦门市民政局",
        unknowns="起始月份、最高限额未见原文。",
    )


def make_paid_month(scheme: Scheme, person: Person) -> None:
    """A month of 思明区 that is paid to one of its people."""
    month = Month.of(clock.today()).plus(-1).first_day
    run = make_run(scheme=scheme, month=month, known_at=clock.now())
    make_run_line(run, person=person, level="assistant")
    make_reviewed_run(run)
    with transaction.atomic():
        payment = pay(run, person)
        approved(run)
    for state in ("sent", "paid"):
        payment.state = state
        payment.save(update_fields=["state"])


def make_debts(scheme: Scheme, person: Person) -> None:
    """Somebody of 翔安区 owes what nobody has asked for yet; one of the people is asked back, and has objected."""
    today = clock.today()
    for who, where in ((make_person(place=place("350213001")), "350213"), (person, "350212")):
        run = make_run(scheme=scheme, place=place(where), known_at=clock.now())
        debt = make_debt(who, run=run)
    recovery = make_recovery(debt, objections_until=today, proposed_at=clock.now())
    make_objection(recovery=recovery, person=person, made_at=clock.now(), text="9月我在岗。")


def make_full_file(person: Person, *, keeper: User) -> None:
    """Every fact that decides what is paid, and a second record of the same human."""
    make_leave(person)
    make_registration(person, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=60))
    make_credit(person)
    make_account(person)
    make_death(person, died_on=clock.today())
    double = make_person(name=person.name)
    registry.merge_people(
        from_person=double,
        into_person=person,
        choices={},
        values=(),
        entry=registry.Entry(at=clock.now(), by=keeper, reason="身份证已核对"),
    )


def target_of(document: Document) -> TargetEntry:
    """2,500 certified people by the end of 2020."""
    return TargetEntry(
        title="持证社会工作者目标",
        figure="registry.certified",
        value=2500,
        unit="person",
        due_on=date(2020, 12, 31),
        place=place(CITY),
        document=document,
        confidence="S",
        quote="2020年2500名",
    )


def roster(folder: Path) -> Path:
    """A row that may come in, one to look at, and one that may not."""
    return grid(
        folder / "思明区名册.xlsx",
        [
            ["思明区持证社工名册"],
            ["姓名", "证件号码", "证书级别", "批准日期", "到岗日期", "所在区", "街道", "单位"],
            ["蔡明月", identity_number(901), "助理社会工作师", "2015-06-14", "2012-03-01", *WHERE],
            ["洪小燕", identity_number(902), "社工师", "2015-06", "2012-03-01", *WHERE],
            ["许文强", "350201199003071230", "助理社会工作师", "2015-06-14", "2012-03-01", *WHERE],
        ],
    )


def propose(code: str, name: str, *, by: User) -> ParameterValue:
    """A rate of 200 yuan in the city since 2014."""
    entry = value_entry(
        make_parameter(code=code, name=name),
        date(2014, 1, 1),
        place(CITY),
        document=make_document(title="社会工作专业人才职业津贴办法"),
        article="第七条（一）",
        quote="助理社会工作师每月200元",
    )
    return policies.propose_value(entry=entry, by=by, at=clock.now())
