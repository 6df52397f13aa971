"""A small city with one of everything that has a page."""

from datetime import date
from pathlib import Path

from huiju.allowances.tests.factories import compute, make_scheme
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel import clock
from huiju.policies import services as policies
from huiju.policies.models import ParameterValue
from huiju.policies.tests.factories import make_document, make_parameter, value_entry
from huiju.registry.sheets import ROSTER
from huiju.registry.tests.factories import (
    identity_number,
    make_certificate,
    make_person,
    make_post,
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
    policies.attach_file(
        document=make_document(title="社会工作专业人才队伍建设意见"),
        name="意见.pdf",
        content=b"%PDF-1.7\n",
        by=one,
        at=clock.now(),
    )
    for level, name in (("assistant", "助理社会工作师津贴"), ("intermediate", "社会工作师津贴")):
        value = propose(f"allowance.rate.{level}", name, by=one)
        policies.confirm_value(value=value, by=two, at=clock.now())
    propose("allowance.rate.senior", "高级社会工作师津贴", by=one)
    scheme = make_scheme(rates=False, rate_code="allowance.rate")
    compute(scheme, at=clock.now(), by=siming)
    make_publication()
    with acting_as_system():
        make_import(roster(folder), ROSTER, by=siming)
    return person.pk


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
    )
    return policies.propose_value(entry=entry, by=by, at=clock.now())
