"""Lists of registrations and of hours of continuing education; each row names a person by a document number."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.registry import queries, services
from huiju.registry.enums import CLOCK_SUGGESTIONS
from huiju.registry.models import Credit, Registration
from huiju.registry.rules import registrations
from huiju.registry.rules.clocks import plus_months
from huiju.registry.sheets.pay import KNOWN, REASONS, WHO, Values, applied, undone
from huiju.transfers.rules.columns import Column, Sheet

ALL_REASONS = REASONS | {
    reason.value: (reason.label, advice) for reason, advice in CLOCK_SUGGESTIONS.items()
}


def _registration(values: Values) -> services.RegistrationStatement:
    starts_on = date.fromisoformat(values["starts_on"])
    if values["ends_on"]:
        ends_on = date.fromisoformat(values["ends_on"]) + timedelta(days=1)
    else:
        settled, unsettled = queries.clock_terms(on=starts_on)
        if settled.period_months is None:
            raise services.RegistrationEndsBeforeStart(
                " ".join(words for words, _code in unsettled)
            )
        ends_on = plus_months(starts_on, settled.period_months)
    said: dict[str, Any] = {name: values[name] for name in ("kind", "level", "authority", "number")}
    return services.RegistrationStatement(**said, starts_on=starts_on, ends_on=ends_on)


def _credit(values: Values) -> services.CreditStatement:
    names = ("item", "title", "provider", "tenths", "evidence", "basis")
    said = {name: values[name] for name in names}
    return services.CreditStatement(**said, earned_on=date.fromisoformat(values["earned_on"]))


REGISTRATION_LIST = Sheet(
    code="registrations",
    title=_("List of registrations"),
    columns=(
        *WHO,
        Column(
            "kind", "登记类别", ("登记种类", "类别"), required=True, choices=("首次登记", "再登记")
        ),
        Column("level", "登记级别", ("级别", "证书级别", "等级"), required=True),
        Column(
            "starts_on",
            "登记日期",
            ("发证日期", "起始日期", "生效日期"),
            required=True,
            hint="2015-03-01",
        ),
        Column("ends_on", "有效期至", ("有效期止", "截止日期", "到期日期")),
        Column("authority", "登记机构", ("登记机关", "发证机构"), required=True),
        Column("number", "登记证号", ("登记编号", "登记证书号"), as_text=True),
    ),
    judge=registrations.judge_registration,
    keys=("name", "id_no", "starts_on"),
    values=("name", "id_no", "kind", "level", "starts_on", "ends_on", "authority", "number"),
    reasons=ALL_REASONS,
    context=lambda _by, on: on,
    apply=applied(services.REGISTRATIONS, _registration),
    undo=undone(Registration),
    known=KNOWN,
    masked=frozenset({"id_no"}),
)

CREDIT_LIST = Sheet(
    code="credits",
    title=_("List of continuing education"),
    columns=(
        *WHO,
        Column(
            "item",
            "学时类别",
            ("类别", "项目类别"),
            required=True,
            choices=("培训", "学历课程", "取得学历", "其他认定"),
        ),
        Column(
            "title", "学习内容", ("课程名称", "培训内容", "培训名称", "项目名称"), required=True
        ),
        Column("provider", "举办单位", ("主办单位", "培训机构", "承办单位"), required=True),
        Column(
            "earned_on",
            "完成日期",
            ("结业日期", "取得日期", "日期"),
            required=True,
            hint="2015-03-01",
        ),
        Column("hours", "学时", ("学时数", "课时"), required=True),
        Column(
            "evidence", "证明编号", ("证书编号", "结业证号", "编号"), required=True, as_text=True
        ),
        Column("basis", "认定依据", ("依据",)),
    ),
    judge=registrations.judge_credit,
    keys=("name", "id_no", "evidence"),
    values=(
        *("name", "id_no", "item", "title", "provider", "earned_on", "tenths", "evidence", "basis"),
    ),
    reasons=ALL_REASONS,
    context=lambda _by, on: on,
    apply=applied(services.CREDITS, _credit),
    undo=undone(Credit),
    known=KNOWN,
    masked=frozenset({"id_no"}),
)
