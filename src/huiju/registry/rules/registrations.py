"""A row of a list of registrations, and one of a list of hours of continuing education."""

from datetime import date

from huiju.registry.enums import ClockReason, CreditItem, RegistrationKind
from huiju.registry.rules.clocks import TENTHS
from huiju.registry.rules.levels import level
from huiju.registry.rules.matching import named_person, warned
from huiju.transfers.enums import RowReason
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Record, Verdict

KINDS = {
    word: kind
    for kind, words in {
        RegistrationKind.FIRST: "首次登记 首次 初次登记 初次",
        RegistrationKind.RENEWAL: "再登记 再次登记 延续登记 续期登记",
    }.items()
    for word in words.split()
} | {kind.value: kind for kind in RegistrationKind}
ITEMS = {
    word: item
    for item, words in {
        CreditItem.TRAINING: "培训 面授培训 网络培训 专题培训 继续教育培训",
        CreditItem.COURSES: "学历课程 课程 学历教育课程",
        CreditItem.DEGREE: "学历 取得学历 取得学位 学历学位",
        CreditItem.RECOGNISED: "其他认定 认定 地方认定 论文 作业",
    }.items()
    for word in words.split()
} | {item.value: item for item in CreditItem}


def judge_registration(record: Record, on: date) -> Verdict:
    """The verdict on one row; `ends_on` is the last valid day, empty for the period the policy sets."""
    draft = Draft(record)
    warnings = named_person(draft, on)
    draft.choice("kind", KINDS)
    words = draft.text("level", needed=True)
    found, fault = level(words) if words else ("", None)
    draft.values["level"] = found or ""
    if fault:
        draft.reasons.append(fault)
    draft.date("starts_on", needed=True)
    draft.date("ends_on")
    draft.text("authority", needed=True)
    draft.code("number")
    starts_on, ends_on = draft.values["starts_on"], draft.values["ends_on"]
    if starts_on and ends_on and ends_on < starts_on:
        draft.refuse(RowReason.DATE_INVALID)
    return warned(draft.verdict(), warnings)


def judge_credit(record: Record, on: date) -> Verdict:
    """The verdict on one row; hours as 24 or 1.5, kept in tenths."""
    draft = Draft(record)
    warnings = named_person(draft, on)
    draft.choice("item", ITEMS)
    for name in ("title", "provider", "evidence"):
        draft.text(name, needed=True)
    draft.text("basis")
    draft.date("earned_on", needed=True)
    written = draft.code("hours", needed=True)
    draft.values["tenths"] = tenths = tenths_of(written)
    if written and tenths is None:
        draft.reasons.append(ClockReason.CREDIT_HOURS)
    return warned(draft.verdict(), warnings)


def tenths_of(written: str) -> int | None:
    """Hours as somebody writes them (24, 24.0, 1.5, 24学时) in tenths; None for anything else."""
    number = written.removesuffix("学时").removesuffix("小时").strip()
    whole, _point, part = number.partition(".")
    if not (whole.isascii() and whole.isdecimal()) or len(whole) > len("400"):
        return None
    if part and not (part.isascii() and part.isdecimal() and not part[1:].strip("0")):
        return None
    tenths = int(whole) * TENTHS + int(part[:1] or 0)
    return tenths or None
