"""Rows of lists of relations between policies, and of targets: whether they come in, and as what."""

from huiju.kernel.errors import DomainError
from huiju.policies.enums import ListReason, RelationKind
from huiju.policies.rules import number_from
from huiju.transfers.enums import RowReason
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.policies import CONFIDENCES, UNITS, PolicyTerms, judge_place
from huiju.transfers.rules.records import Record, Verdict

RELATIONS = {"替代": RelationKind.SUPERSEDES, "修改": RelationKind.AMENDS, "修订": RelationKind.AMENDS,
             "废止": RelationKind.REPEALS, "依据": RelationKind.IMPLEMENTS}  # fmt: skip


def judge_relation(record: Record, _terms: PolicyTerms) -> Verdict:
    """The verdict on one row of a list of relations; the day may be unknown."""
    draft = Draft(record)
    for name in ("document", "target"):
        draft.text(name, needed=True)
    for name in ("article", "quote", "source_note"):
        draft.text(name)
    draft.choice("kind", RELATIONS)
    draft.choice("confidence", CONFIDENCES)
    draft.date("since")
    return draft.verdict()


def judge_target(record: Record, terms: PolicyTerms) -> Verdict:
    """The verdict on one row of a list of targets; a starting value comes with its day."""
    draft = Draft(record)
    for name in ("title", "document"):
        draft.text(name, needed=True)
    for name in ("article", "quote", "source_note"):
        draft.text(name)
    draft.code("figure")
    draft.choice("unit", UNITS)
    draft.choice("confidence", CONFIDENCES)
    draft.date("due_on", needed=True)
    draft.date("baseline_on")
    draft.code("value", needed=True)
    draft.code("baseline_value")
    judge_place(draft, terms)
    for name in ("value", "baseline_value"):
        _number(draft, name)
    if (draft.values["baseline_value"] is None) != (draft.values["baseline_on"] is None):
        draft.refuse(RowReason.REQUIRED_MISSING)
    return draft.verdict()


def _number(draft: Draft, name: str) -> None:
    written = draft.values[name]
    draft.values[name] = None
    if written:
        try:
            draft.values[name] = number_from(written, draft.values["unit"])
        except (ValueError, DomainError):
            draft.refuse(ListReason.NUMBER_INVALID)
