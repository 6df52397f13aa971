"""Rows of lists of policy documents and of parameters: whether they come in, and as what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

from huiju.kernel.errors import DomainError
from huiju.policies.enums import AfterEnd, Confidence, Government, ListReason, Unit
from huiju.policies.rules import number_from
from huiju.transfers.enums import Outcome, RowReason
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Correction, Record, Verdict

GOVERNMENTS = {"国家": Government.NATION, "中央": Government.NATION, "省": Government.PROVINCE,
               "市": Government.CITY, "区": Government.DISTRICT, "其他来源": Government.OTHER,
               "其他": Government.OTHER}  # fmt: skip
CONFIDENCES = {mark: mark for mark in Confidence.values}
UNITS = {"元": Unit.FEN, "%": Unit.BASIS_POINT, "月": Unit.MONTH, "个月": Unit.MONTH, "天": Unit.DAY,
         "日": Unit.DAY, "工作日": Unit.WORKING_DAY, "学时": Unit.HOUR, "分": Unit.POINT,
         "人": Unit.PERSON, "家": Unit.ORGANISATION}  # fmt: skip
SEQUELS = {"废止": AfterEnd.REPEALED, "已废止": AfterEnd.REPEALED, "不明": AfterEnd.UNKNOWN,
           "未知": AfterEnd.UNKNOWN}  # fmt: skip
WHOLE_COUNTRY = frozenset(["", "全国"])
UNSEEN = frozenset(["不明", "未知"])


@dataclass(frozen=True)
class PolicyTerms:
    """What rows are judged against: codes of places by every way to write them, and aspects."""

    places: Mapping[str, str]
    aspects: frozenset[str]


def judge_document(record: Record, terms: PolicyTerms) -> Verdict:
    """The verdict on one row of a list of documents. The year may be that of the day of issue."""
    draft = Draft(record)
    for name in ("number", "aliases", "source_note"):
        draft.text(name)
    for name in ("title", "issuer"):
        draft.text(name, needed=True)
    draft.choice("government", GOVERNMENTS)
    draft.choice("confidence", CONFIDENCES)
    for name in ("issued_on", "effective_on", "last_day"):
        draft.date(name)
    judge_place(draft, terms)
    if draft.text("aspect", needed=True) and draft.values["aspect"] not in terms.aspects:
        draft.refuse()
    year = record.code("year").removesuffix("年") or (draft.values["issued_on"] or "")[:4]
    if not year:
        draft.refuse(RowReason.REQUIRED_MISSING)
    elif not (year.isdecimal() and len(year) == 4):
        draft.refuse(RowReason.DATE_INVALID)
    draft.values["year"] = year
    return draft.verdict()


def judge_parameter(record: Record, terms: PolicyTerms) -> Verdict:
    """The verdict on one row of a list of parameters; “不明” as its value defines it only."""
    draft = Draft(record)
    for name in ("code", "name", "owner"):
        draft.text(name, needed=True)
    for name in ("description", "document", "article", "quote", "source_note"):
        draft.text(name)
    draft.choice("unit", UNITS)
    draft.choice("confidence", CONFIDENCES, needed=False)
    draft.choice("after", SEQUELS, needed=False)
    for name in ("review_on", "starts_on", "last_day"):
        draft.date(name)
    judge_place(draft, terms)
    if draft.code("value", needed=True) in UNSEEN:
        draft.values["value"] = None
    elif draft.values["value"]:
        _dated_value(draft)
    return draft.verdict()


def judge_place(draft: Draft, terms: PolicyTerms) -> None:
    """Take the place by any word for it; empty is the whole country."""
    word = draft.code("place")
    draft.values["place"] = terms.places.get(word, "")
    if word not in terms.places and word not in WHOLE_COUNTRY:
        draft.refuse(ListReason.PLACE_UNKNOWN)


def _dated_value(draft: Draft) -> None:
    values = draft.values
    if any(draft.record.is_missing(name) for name in ("starts_on", "document", "confidence")):
        draft.refuse(RowReason.REQUIRED_MISSING)
    try:
        values["value"] = number_from(values["value"], values["unit"])
    except (ValueError, DomainError):
        draft.refuse(ListReason.NUMBER_INVALID)
    if bool(values["last_day"]) != bool(values["after"]):
        draft.refuse(RowReason.REQUIRED_MISSING)
    if values["last_day"] and values["starts_on"] and values["last_day"] < values["starts_on"]:
        draft.refuse(RowReason.DATE_INVALID)


Key = tuple[str, int]


@dataclass
class Line:
    """A value among those of its parameter and place; days as text, "" for no last one."""

    key: Key
    starts_on: str
    last_day: str
    after: str

    def overlaps(self, other: "Line") -> bool:
        return (not other.last_day or self.starts_on <= other.last_day) and (
            not self.last_day or other.starts_on <= self.last_day
        )

    def leaves_a_gap_before(self, other: "Line") -> bool:
        """Whether days lie between that nobody declared unknown."""
        if self.after != AfterEnd.REPEALED:
            return False
        next_day = date.fromisoformat(self.last_day) + timedelta(days=1)
        return next_day < date.fromisoformat(other.starts_on)


class ValuesAcross:
    """Compares the values of one file: two on one day are refused, days without one are named."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], list[Line]] = {}

    def add(self, key: Key, verdict: Verdict) -> None:
        said = verdict.values
        if verdict.outcome != Outcome.REFUSED and said["value"] is not None:
            line = Line(key, said["starts_on"], said["last_day"] or "", said["after"])
            self.lines.setdefault((said["code"], said["place"]), []).append(line)

    def corrections(self) -> dict[Key, Correction]:
        """Outcome and reasons of the rows that other rows change; all were right by themselves."""
        return {
            key: Correction(Outcome.ACCEPTED, outcome, [reason])
            for lines in self.lines.values()
            for key, outcome, reason in _compared(sorted(lines, key=lambda line: line.starts_on))
        }


def _compared(lines: list[Line]) -> Iterator[tuple[Key, Outcome, str]]:
    """Gaps first: a later finding about the same row goes before an earlier one."""
    for older, newer in pairwise(lines):
        if older.leaves_a_gap_before(newer):
            yield older.key, Outcome.WARNED, ListReason.VALUE_GAP
    for older, newer in combinations(lines, 2):
        if older.overlaps(newer):
            yield older.key, Outcome.REFUSED, ListReason.VALUES_OVERLAP
            yield newer.key, Outcome.REFUSED, ListReason.VALUES_OVERLAP
