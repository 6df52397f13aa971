"""Places: `code,name,parent_code,kind,valid_from,valid_to`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.directory import services as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.kernel.periods import Period
from huiju.transfers.enums import Result
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Applied, Record, Staged, Verdict
from huiju.transfers.sheets.applying import ROW_REASONS, became, each

KINDS = {
    "市": PlaceKind.CITY,
    "区": PlaceKind.DISTRICT,
    "区县": PlaceKind.DISTRICT,
    "街道": PlaceKind.STREET,
    "街道镇": PlaceKind.STREET,
    "镇": PlaceKind.STREET,
    "社区": PlaceKind.COMMUNITY,
    "村": PlaceKind.COMMUNITY,
    **{kind.value: kind for kind in PlaceKind},
}


def judge(record: Record, _context: None) -> Verdict:
    """The verdict on one row."""
    draft = Draft(record)
    code = draft.code("code", needed=True)
    draft.text("name", needed=True)
    draft.code("parent_code")
    draft.choice("kind", KINDS)
    draft.date("valid_from", needed=True)
    draft.date("valid_to")
    if code and not (code.isdigit() and len(code) in (6, 9, 12)):
        draft.refuse()
    return draft.verdict()


def apply_rows(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Hand rows to the directory."""

    def take(values: dict[str, Any]) -> Result:
        ends = values["valid_to"]
        before = Place.objects.filter(code=values["code"]).first()
        after = directory.record_place(
            code=values["code"],
            name=values["name"],
            kind=values["kind"],
            parent_code=values["parent_code"],
            valid=Period(
                date.fromisoformat(values["valid_from"]),
                date.fromisoformat(ends) + timedelta(days=1) if ends else None,
            ),
            by=by,
        )
        return became(before, after)

    return each(rows, take)


PLACES = Sheet(
    code="places",
    title=_("Places"),
    columns=(
        Column(
            "code",
            "地区代码",
            ("code", "代码", "行政区划代码", "区划代码"),
            required=True,
            as_text=True,
        ),
        Column("name", "地区名称", ("name", "名称"), required=True),
        Column(
            "parent_code", "上级代码", ("parent_code", "上级地区代码"), required=True, as_text=True
        ),
        Column(
            "kind", "层级", ("kind", "类别"), required=True, choices=("市", "区", "街道", "社区")
        ),
        Column("valid_from", "启用日期", ("valid_from", "生效日期"), required=True),
        Column("valid_to", "停用日期", ("valid_to", "最后一日")),
    ),
    judge=judge,
    keys=("code", "name"),
    values=("code", "name", "parent_code", "kind", "valid_from", "valid_to"),
    reasons=ROW_REASONS,
    context=lambda _by, _on: None,
    apply=apply_rows,
    known=frozenset(("序号", "备注")),
)
