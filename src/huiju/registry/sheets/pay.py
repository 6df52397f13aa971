"""Lists of leaves, of accounts and of deaths; each row names a person by a document number."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.directory.models import User
from huiju.registry import services
from huiju.registry.enums import (
    ACCOUNT_SUGGESTIONS,
    PAY_SUGGESTIONS,
    ROSTER_SUGGESTIONS,
    LeaveKind,
)
from huiju.registry.models import BankAccount, Death, Leave
from huiju.registry.rules import accounts, deaths, leaves
from huiju.transfers.enums import ROW_SUGGESTIONS
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.records import Applied, Staged

Values = Mapping[str, Any]

WHO = (
    Column("name", "姓名", ("人员姓名", "姓名（证件）"), required=True),
    Column(
        "id_no",
        "证件号码",
        ("身份证号", "身份证号码", "公民身份号码", "证件号", "身份证件号码"),
        required=True,
        as_text=True,
    ),
)
KNOWN = frozenset(
    ("序号", "备注", "性别", "年龄", "单位", "所在单位", "街道", "社区", "联系电话", "电话", "说明")
)
REASONS = {
    reason.value: (reason.label, advice)
    for reason, advice in (
        ROW_SUGGESTIONS | ROSTER_SUGGESTIONS | ACCOUNT_SUGGESTIONS | PAY_SUGGESTIONS
    ).items()
}


def applied(kind: services.Kind, stated: Callable[[Values], Any]) -> Callable[..., list[Applied]]:
    """What hands judged rows to the registry as statements of one kind."""

    def apply(
        rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
    ) -> list[Applied]:
        named = [
            services.Named(row.values["name"], row.values["id_no"], stated(row.values))
            for row in rows
        ]
        results = services.take_rows(kind, named, by=by, at=at, import_id=import_id)
        return [Applied(result.outcome, result.reason, result.message) for result in results]

    return apply


def undone(model: type[Any]) -> Callable[..., int]:
    """What takes an import of one kind of fact back."""

    def undo(*, import_id: int, by: User | None, at: datetime) -> int:
        return services.undo_facts(model=model, import_id=import_id, by=by, at=at)

    return undo


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _days(values: Values) -> dict[str, Any]:
    """First day, and the day after the last one written."""
    last_day = _day(values["ends_on"])
    return {
        "starts_on": _day(values["starts_on"]),
        "ends_on": last_day + timedelta(days=1) if last_day else None,
    }


def _leave(values: Values) -> services.LeaveStatement:
    return services.LeaveStatement(kind=LeaveKind(values["kind"]).value, **_days(values))


def _account(values: Values) -> services.AccountStatement:
    names = ("bank", "branch", "number", "holder", "shared_reason")
    return services.AccountStatement(**{name: values[name] for name in names}, **_days(values))


def _death(values: Values) -> services.DeathStatement:
    return services.DeathStatement(
        died_on=date.fromisoformat(values["died_on"]),
        evidence=values["evidence"],
        register=values["register"],
    )


def account_terms(_by: User | None, on: date) -> accounts.AccountTerms:
    """The banks by every word for them."""
    return accounts.AccountTerms(on, services.banks())


LEAVE_LIST = Sheet(
    code="leaves",
    title=_("List of leaves"),
    columns=(
        *WHO,
        Column(
            "kind",
            "请假类别",
            ("离岗类别", "请假类型", "离岗原因", "假别", "类别"),
            required=True,
            choices=("病假", "产假", "事假", "借调", "脱产学习", "停职", "其他"),
        ),
        Column(
            "starts_on",
            "开始日期",
            ("离岗日期", "请假开始日期", "起始日期", "开始时间"),
            required=True,
            hint="2015-03-01",
        ),
        Column(
            "ends_on",
            "结束日期",
            ("返岗前一日", "请假结束日期", "终止日期", "结束时间", "截止日期"),
            hint="2015-06-30",
        ),
    ),
    judge=leaves.judge,
    keys=("name", "id_no", "starts_on"),
    values=("name", "id_no", "kind", "starts_on", "ends_on"),
    reasons=REASONS,
    context=lambda _by, on: on,
    apply=applied(services.LEAVES, _leave),
    undo=undone(Leave),
    known=KNOWN,
    masked=frozenset({"id_no"}),
)

ACCOUNT_LIST = Sheet(
    code="accounts",
    title=_("List of accounts"),
    columns=(
        *WHO,
        Column("bank", "开户银行", ("银行", "开户行", "银行名称", "收款银行"), required=True),
        Column("branch", "开户网点", ("支行", "开户支行", "网点")),
        Column(
            "number",
            "银行账号",
            ("账号", "帐号", "银行帐号", "银行卡号", "卡号", "收款账号", "收款帐号"),
            required=True,
            as_text=True,
        ),
        Column("holder", "户名", ("账户名称", "账户名", "开户名", "收款人")),
        Column("starts_on", "启用日期", ("生效日期", "开始日期"), hint="2015-03-01"),
        Column("ends_on", "停用日期", ("失效日期", "结束日期")),
        Column("shared_reason", "共用账户原因", ("共用原因",)),
    ),
    judge=accounts.judge,
    keys=("name", "id_no", "number"),
    values=(
        *("name", "id_no", "bank", "number", "holder", "starts_on", "ends_on"),
        *("branch", "shared_reason"),
    ),
    reasons=REASONS,
    context=account_terms,
    apply=applied(services.ACCOUNTS, _account),
    undo=undone(BankAccount),
    known=KNOWN,
    masked=frozenset({"id_no", "number"}),
)

DEATH_LIST = Sheet(
    code="deaths",
    title=_("List of deaths for comparison"),
    columns=(
        *WHO,
        Column(
            "died_on",
            "死亡日期",
            ("去世日期", "死亡时间", "去世时间"),
            required=True,
            hint="2015-03-01",
        ),
        Column("register", "数据来源", ("来源", "信息来源", "来源部门")),
        Column(
            "evidence",
            "证明材料",
            ("依据", "死亡证明", "证明编号", "火化证明", "死亡医学证明编号"),
            required=True,
        ),
    ),
    judge=deaths.judge,
    keys=("name", "id_no", "died_on"),
    values=("name", "id_no", "died_on", "register", "evidence"),
    reasons=REASONS,
    context=lambda _by, on: on,
    apply=applied(services.DEATHS, _death),
    undo=undone(Death),
    known=KNOWN,
    masked=frozenset({"id_no"}),
)
