"""Relations between policies, and the targets policies set."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.directory import queries as directory
from huiju.directory.models import User
from huiju.policies import services
from huiju.policies.models import Relation, Target
from huiju.policies.services import RelationEntry, TargetEntry
from huiju.transfers.enums import Result
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.library import RELATIONS as KINDS
from huiju.transfers.rules.library import judge_relation, judge_target
from huiju.transfers.rules.policies import CONFIDENCES, UNITS
from huiju.transfers.rules.records import Applied, Staged
from huiju.transfers.sheets.policies import (
    KNOWN,
    REASONS,
    applied,
    day_of,
    document_of,
    place_of,
    policy_terms,
)


def apply_relations(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Record relations; one that is there already is brought up to date."""
    return [applied(_take_relation, row.values, by, at) for row in rows]


def apply_targets(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Set targets; one that is there already is brought up to date."""
    return [applied(_take_target, row.values, by, at) for row in rows]


def _take_relation(said: dict[str, Any], by: User, at: datetime) -> Result:
    entry = RelationEntry(
        **{name: said[name] for name in ("kind", "confidence", "article", "quote", "source_note")},
        document=document_of(said["document"]),
        target=document_of(said["target"]),
        since=day_of(said["since"]),
    )
    known = Relation.objects.filter(
        document=entry.document, target=entry.target, kind=entry.kind
    ).first()
    services.record_relation(entry=entry, by=by, at=at)
    return _result(known, vars(entry))


def _take_target(said: dict[str, Any], by: User, at: datetime) -> Result:
    taken = ("title", "value", "unit", "figure", "baseline_value", "confidence")
    entry = TargetEntry(
        **{name: said[name] for name in (*taken, "article", "quote", "source_note")},
        due_on=date.fromisoformat(said["due_on"]),
        baseline_on=day_of(said["baseline_on"]),
        place=place_of(said["place"]) or directory.city(),
        document=document_of(said["document"]),
    )
    known = Target.objects.filter(
        document=entry.document, title=entry.title, place=entry.place, due_on=entry.due_on
    ).first()
    services.set_target(entry=entry, by=by, at=at)
    return _result(known, vars(entry))


def _result(before: Relation | Target | None, wanted: dict[str, Any]) -> Result:
    if before is None:
        return Result.CREATED
    same = all(getattr(before, name) == value for name, value in wanted.items())
    return Result.UNCHANGED if same else Result.CHANGED


CITED = (
    Column("article", "条款", ("依据条款",)),
    Column("quote", "原文摘录", ("原文",)),
    Column("confidence", "可信度", required=True, choices=tuple(CONFIDENCES)),
    Column("source_note", "来源说明", ("来源", "出处")),
)

RELATION_COLUMNS = (
    Column("document", "文件", ("文号", "新文件"), required=True),
    Column("kind", "关系", ("作用",), required=True, choices=tuple(KINDS)),
    Column("target", "对象文件", ("原文件",), required=True),
    Column("since", "自何日起", ("起始日期",)),
    *CITED,
)

TARGET_COLUMNS = (
    Column("title", "目标名称", ("目标",), required=True),
    Column("figure", "指标代码", ("指标",), as_text=True),
    Column("unit", "单位", ("计量单位",), required=True, choices=tuple(UNITS)),
    Column("value", "目标值", ("目标数值",), required=True, as_text=True),
    Column("due_on", "完成期限", ("期限",), required=True),
    Column("place", "适用地区", ("适用范围",), as_text=True),
    Column("baseline_value", "基期数值", ("基期值",), as_text=True),
    Column("baseline_on", "基期日期", ("基期",)),
    Column("document", "依据文件", ("依据文号", "依据"), required=True),
    *CITED,
)

RELATIONS = Sheet(
    code="relations",
    title=_("Relations between policies"),
    columns=RELATION_COLUMNS,
    judge=judge_relation,
    keys=("document", "target"),
    values=tuple(column.field for column in RELATION_COLUMNS),
    reasons=REASONS,
    context=policy_terms,
    apply=apply_relations,
    known=KNOWN,
)

TARGETS = Sheet(
    code="targets",
    title=_("Policy targets"),
    columns=TARGET_COLUMNS,
    judge=judge_target,
    keys=("title", "due_on"),
    values=tuple(column.field for column in TARGET_COLUMNS),
    reasons=REASONS,
    context=policy_terms,
    apply=apply_targets,
    known=KNOWN,
)
