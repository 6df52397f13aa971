"""The policy library: documents, and parameters with their dated values."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.kernel.errors import DomainError, NotPermitted
from huiju.policies import queries, services
from huiju.policies.enums import LIST_SUGGESTIONS, ListReason
from huiju.policies.models import Aspect, Document
from huiju.policies.services import DocumentEntry, ParameterEntry, ValueEntry
from huiju.transfers.enums import Result
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.policies import (
    CONFIDENCES,
    UNITS,
    PolicyTerms,
    ValuesAcross,
    judge_document,
    judge_parameter,
)
from huiju.transfers.rules.records import Applied, Staged
from huiju.transfers.sheets.applying import ROW_REASONS

REASONS = ROW_REASONS | {
    reason.value: (reason.label, LIST_SUGGESTIONS[reason]) for reason in ListReason
}
KNOWN = frozenset(["序号", "备注", "录入日期"])
Take = Callable[[dict[str, Any], User, datetime], Result]


class DocumentUnknown(DomainError):
    """A value cites a document that is not in the library."""


def policy_terms(_by: User | None, on: date) -> PolicyTerms:
    """The names and codes of the city and of its districts in force on a day, and the aspects."""
    places = Place.objects.in_force(on).filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT])
    written = {word: place.code for place in places for word in (place.code, place.name)}
    return PolicyTerms(written, frozenset(Aspect.objects.values_list("title", flat=True)))


def apply_documents(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Record documents; one that is there already is brought up to date."""
    return [applied(_take_document, row.values, by, at) for row in rows]


def apply_parameters(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Define parameters and propose their values, which somebody else then confirms."""
    return [applied(_take_parameter, row.values, by, at) for row in rows]


def applied(take: Take, values: dict[str, Any], by: User | None, at: datetime) -> Applied:
    """What became of one row; one that is refused leaves the others alone."""
    try:
        if by is None:
            raise NotPermitted(
                translated("Policies are entered in somebody's name. Say who, by --as.")
            )
        with transaction.atomic():
            return Applied(take(values, by, at))
    except DomainError as refusal:
        return Applied(Result.REFUSED, type(refusal).__name__, str(refusal))


def _take_document(said: dict[str, Any], by: User, at: datetime) -> Result:
    taken = ("number", "title", "issuer", "government", "confidence", "source_note")
    aliases = said["aliases"].replace("；", ";").replace("、", ";").split(";")
    entry = DocumentEntry(
        **{name: said[name] for name in taken},
        year=int(said["year"]),
        issued_on=day_of(said["issued_on"]),
        effective_on=day_of(said["effective_on"]),
        ends_on=day_after(day_of(said["last_day"])),
        aspect=Aspect.objects.get(title=said["aspect"]),
        place=place_of(said["place"]),
        aliases=[alias.strip() for alias in aliases if alias.strip()],
    )
    before = queries.document_cited(entry.number or entry.title)
    recorded = services.record_document(entry=entry, by=by, at=at)
    if before is None or before.pk != recorded.pk:
        return Result.CREATED
    same = all(getattr(before, name) == value for name, value in vars(entry).items())
    return Result.UNCHANGED if same else Result.CHANGED


def _take_parameter(said: dict[str, Any], by: User, at: datetime) -> Result:
    taken = ("code", "name", "unit", "owner", "description")
    definition = ParameterEntry(
        **{name: said[name] for name in taken}, review_on=day_of(said["review_on"])
    )
    parameter = services.define_parameter(entry=definition, by=by, at=at)
    if said["value"] is None:
        return Result.CHANGED
    texts = ("value", "after", "article", "quote", "confidence", "source_note")
    entry = ValueEntry(
        **{name: said[name] for name in texts},
        parameter=parameter,
        document=document_of(said["document"]),
        place=place_of(said["place"]),
        starts_on=date.fromisoformat(said["starts_on"]),
        ends_on=day_after(day_of(said["last_day"])),
    )
    known = set(parameter.values.values_list("pk", flat=True))
    value = services.propose_value(entry=entry, by=by, at=at)
    return Result.UNCHANGED if value.pk in known else Result.CREATED


def day_of(written: str | None) -> date | None:
    """A day from the text in which rows are staged."""
    return date.fromisoformat(written) if written else None


def day_after(last_day: date | None) -> date | None:
    """The first day no longer, from the last one."""
    return last_day + timedelta(days=1) if last_day else None


def place_of(code: str) -> Place | None:
    """The place of a staged code; None for the whole country."""
    return Place.objects.get(code=code) if code else None


def document_of(citation: str) -> Document:
    """The document cited. Raises DocumentUnknown."""
    document = queries.document_cited(citation)
    if document is None:
        raise DocumentUnknown(
            translated("No one document is called “%(citation)s”. Enter the document first.")
            % {"citation": citation}
        )
    return document


DOCUMENT_COLUMNS = (
    Column("number", "发文字号", ("文号", "文件编号"), as_text=True),
    Column("aliases", "其他文号", ("文号别称",)),
    Column("title", "标题", ("文件标题", "文件名称"), required=True),
    Column("issuer", "发文机关", ("发文单位", "印发单位", "制定机关"), required=True),
    Column("issued_on", "成文日期", ("发文日期", "印发日期", "发布日期")),
    Column("year", "年份", ("年度",)),
    Column("effective_on", "施行日期", ("生效日期",)),
    Column("last_day", "有效期至", ("失效日期",)),
    Column(
        "government",
        "层级",
        ("政府层级",),
        required=True,
        choices=("国家", "省", "市", "区", "其他来源"),
    ),
    Column("place", "适用地区", ("适用范围",), as_text=True),
    Column("aspect", "政策方面", ("方面", "类别"), required=True),
    Column("confidence", "可信度", required=True, choices=tuple(CONFIDENCES)),
    Column("source_note", "来源说明", ("来源", "出处")),
)

PARAMETER_COLUMNS = (
    Column("code", "参数代码", ("代码",), required=True, as_text=True),
    Column("name", "参数名称", ("名称",), required=True),
    Column("unit", "单位", ("计量单位",), required=True, choices=tuple(UNITS)),
    Column("description", "说明"),
    Column("owner", "负责部门", ("主管部门",), required=True),
    Column("review_on", "复核日期", ("复核期限",)),
    Column("place", "适用地区", ("适用范围",), as_text=True),
    Column("value", "数值", ("取值", "标准"), required=True, as_text=True),
    Column("starts_on", "生效日期", ("施行日期", "起始日期"), hint="2014-01-01"),
    Column("last_day", "最后一日", ("截止日期", "失效日期")),
    Column("after", "届满之后", choices=("废止", "不明")),
    Column("document", "依据文件", ("依据文号", "依据")),
    Column("article", "条款", ("依据条款",)),
    Column("quote", "原文摘录", ("原文",)),
    Column("confidence", "可信度", choices=tuple(CONFIDENCES)),
    Column("source_note", "来源说明", ("来源", "出处")),
)

DOCUMENTS = Sheet(
    code="policies",
    title=_("Policy documents"),
    columns=DOCUMENT_COLUMNS,
    judge=judge_document,
    keys=("title", "issuer"),
    values=tuple(column.field for column in DOCUMENT_COLUMNS),
    reasons=REASONS,
    context=policy_terms,
    apply=apply_documents,
    known=KNOWN,
)

PARAMETERS = Sheet(
    code="parameters",
    title=_("Policy parameters"),
    columns=PARAMETER_COLUMNS,
    judge=judge_parameter,
    keys=("code", "name"),
    values=tuple(column.field for column in PARAMETER_COLUMNS),
    reasons=REASONS,
    context=policy_terms,
    apply=apply_parameters,
    across=ValuesAcross,
    known=KNOWN,
)
