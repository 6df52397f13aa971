"""Organisations: employers, agencies and offices, by unified social credit code."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiju.directory import services as directory
from huiju.directory.enums import OrganisationKind
from huiju.directory.models import Place, User
from huiju.directory.rules import is_credit_code
from huiju.transfers.enums import Result
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Applied, Record, Staged, Verdict
from huiju.transfers.sheets.applying import ROW_REASONS, each

KINDS = {
    word: kind
    for kind, words in {
        OrganisationKind.COMMUNITY: "社区 社区居委会 居委会 村委会 社区居民委员会 村居",
        OrganisationKind.AGENCY: "机构 社工机构 民办社工机构 社会工作服务机构 民办非企业单位 社会服务机构 社会组织",
        OrganisationKind.INSTITUTION: "事业单位 医院 学校 福利机构 救助机构",
        OrganisationKind.GOVERNMENT: "机关 政府 党政机关 行政机关 街道办事处 街道 镇政府 群团组织",
        OrganisationKind.OTHER: "其他 企业 社会团体 基金会",
    }.items()
    for word in words.split()
} | {kind.value: kind for kind in OrganisationKind}


def judge(record: Record, _context: None) -> Verdict:
    """The verdict on one row."""
    draft = Draft(record)
    uscc = draft.code("uscc").upper()
    draft.values["uscc"] = uscc
    draft.text("name", needed=True)
    draft.choice("kind", KINDS)
    draft.code("place", needed=True)
    draft.text("field")
    draft.text("aliases")
    draft.date("starts_on")
    draft.date("ends_on")
    if uscc and not is_credit_code(uscc):
        draft.refuse()
    return draft.verdict()


def apply_rows(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Hand rows to the directory."""
    places = {place.code: place for place in Place.objects.all()}

    def take(values: dict[str, Any]) -> Result:
        if values["place"] not in places:
            raise directory.PlaceUnknown(
                gettext("There is no place with the code %(code)s.") % {"code": values["place"]}
            )
        stated = directory.OrganisationStatement(
            name=values["name"],
            kind=values["kind"],
            place=places[values["place"]],
            uscc=values["uscc"],
            aliases=tuple(values["aliases"].replace("；", "、").split("、"))
            if values["aliases"]
            else (),
            field=values["field"],
            starts_on=_day(values["starts_on"]),
            ends_on=_day(values["ends_on"]),
        )
        told = directory.state_organisation(stated=stated, by=by)
        if not told.was_known:
            return Result.CREATED
        return Result.CHANGED if told.changed else Result.UNCHANGED

    return each(rows, take)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


ORGANISATIONS = Sheet(
    code="organisations",
    title=_("Organisations"),
    columns=(
        Column("uscc", "统一社会信用代码", ("uscc", "信用代码", "社会信用代码"), as_text=True),
        Column("name", "单位名称", ("name", "名称", "机构名称"), required=True),
        Column(
            "kind",
            "单位类型",
            ("kind", "类型", "单位性质"),
            required=True,
            choices=("社区居委会", "社工机构", "事业单位", "机关", "其他"),
        ),
        Column(
            "place",
            "所在地代码",
            ("place", "地区代码", "所在地区代码"),
            required=True,
            as_text=True,
        ),
        Column("field", "服务领域", ("field",)),
        Column("aliases", "其他名称", ("aliases", "曾用名", "简称")),
        Column("starts_on", "成立日期", ("starts_on", "成立时间")),
        Column("ends_on", "注销日期", ("ends_on", "注销时间")),
    ),
    judge=judge,
    keys=("uscc", "name"),
    values=("uscc", "name", "kind", "place", "field", "aliases", "starts_on", "ends_on"),
    reasons=ROW_REASONS,
    context=lambda _by, _on: None,
    apply=apply_rows,
    known=frozenset(("序号", "备注", "地址", "联系人", "联系电话", "法定代表人")),
)
