"""Budget lines as finance offices keep them: a year's plan, and what became of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiju.budgets import services
from huiju.budgets.enums import BUDGET_SUGGESTIONS, BudgetReason, PayerKind
from huiju.budgets.rules import (
    FEN_OF_TEN_THOUSAND_YUAN,
    FEN_OF_YUAN,
    NotWholeFen,
    fen_of,
)
from huiju.budgets.services import Execution, LineStatement
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.kernel.errors import DomainError, NotPermitted
from huiju.policies import queries as policies
from huiju.policies.models import Document
from huiju.transfers.enums import Outcome, Result, RowReason
from huiju.transfers.rules.cells import narrow
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Applied, Correction, Record, Staged, Verdict
from huiju.transfers.sheets.applying import ROW_REASONS

CITY_WORDS = {"市级", "市本级", "市级预算", "市级财政", "市财政"}
DISTRICT_WORDS = {"区级", "区本级", "区级预算", "区级财政", "区财政"}
EARMARKED_WORDS = {"专项", "专项转移支付", "上级专项", "上级专项转移支付", "省级专项", "中央专项"}
LOTTERY = "福彩公益金"
UNIT_LINE = re.compile(r"单位[:：]?(人民币)?(万元|元)")
UNIT_FIELDS = {"元": "yuan", "万元": "wan"}
UNITS = {"元": FEN_OF_YUAN, "万元": FEN_OF_TEN_THOUSAND_YUAN}
AMOUNTS = {
    "amount": ("年初预算数", ("年初预算", "预算数", "预算金额", "批复数", "年初数")),
    "supplement": ("追加数", ("追加", "调增数")),
    "cut": ("核减数", ("核减", "调减数")),
    "spent": ("支出数", ("执行数", "决算数", "实际支出", "支出")),
}


@dataclass(frozen=True)
class BudgetTerms:
    """The city and its districts by every way to write them: word → code."""

    places: Mapping[str, str]
    city: str


def budget_terms(_by: User | None, on: date) -> BudgetTerms:
    """Names and codes of the city and of its districts in force on a day."""
    places = Place.objects.in_force(on).filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT])
    written = {word: place.code for place in places for word in (place.code, place.name)}
    city = next((place.code for place in places if place.kind == PlaceKind.CITY), "")
    return BudgetTerms(written | {"全市": city, "市本级": city}, city)


def judge(record: Record, terms: BudgetTerms) -> Verdict:
    """The verdict on one row. Where the money serves is the payer's place unless the row says it."""
    draft = Draft(record)
    for name in ("name", "subject_name"):
        draft.text(name, needed=True)
    draft.code("subject_code", needed=True)
    draft.text("document")
    _year(draft)
    _places(draft, terms)
    for name in AMOUNTS:
        _amount(draft, name)
    said = draft.values
    amounts = [said[f"{name}_fen"] for name in AMOUNTS]
    if None not in amounts and amounts[3] > amounts[0] + amounts[1] - amounts[2]:
        draft.refuse(BudgetReason.EXECUTION)
    return draft.verdict()


def _year(draft: Draft) -> None:
    year = draft.code("year", needed=True).removesuffix("年").removesuffix("年度")
    if year and not (year.isdecimal() and len(year) == 4):
        draft.refuse(BudgetReason.YEAR_INVALID)
    draft.values["year"] = year


def _places(draft: Draft, terms: BudgetTerms) -> None:
    word, where = draft.code("payer", needed=True), draft.code("place")
    place = terms.places.get(where, "")
    if where and not place:
        draft.refuse(BudgetReason.PLACE_UNKNOWN)
    kind = _kind(word)
    if word and kind is None:
        draft.refuse(BudgetReason.PAYER_UNKNOWN)
    of_district = kind == PayerKind.DISTRICT or word.startswith("区")
    if of_district and (not place or place == terms.city):
        draft.refuse(BudgetReason.PLACE_UNKNOWN)
    draft.values["payer"] = kind or ""
    draft.values["government"] = place if of_district else terms.city
    draft.values["place"] = place or terms.city


def _kind(word: str) -> str | None:
    if word.endswith(LOTTERY) or word.endswith("彩票公益金"):
        return PayerKind.LOTTERY.value
    for kind, words in (
        (PayerKind.CITY, CITY_WORDS),
        (PayerKind.DISTRICT, DISTRICT_WORDS),
        (PayerKind.EARMARKED, EARMARKED_WORDS),
    ):
        if word in words:
            return kind.value
    return None


def _amount(draft: Draft, name: str) -> None:
    """An amount from the column that says its unit, or from the plain one under a line that says it."""
    record, fen = draft.record, 0
    written = {unit: record.code(f"{name}_{UNIT_FIELDS[unit]}") for unit in UNITS}
    if plain := record.code(name):
        found = UNIT_LINE.search(narrow(record.heading))
        if found is None:
            draft.refuse(BudgetReason.UNIT_UNKNOWN)
            written, fen = {}, 0
        else:
            written[found[2]] = plain
            # the result file has no line above its headings that says the unit
            record.words[f"{name}_{UNIT_FIELDS[found[2]]}"] = record.words.pop(name)
    elif name == "amount" and not any(written.values()):
        draft.refuse(RowReason.REQUIRED_MISSING)
    try:
        fen = sum(fen_of(text, UNITS[unit]) for unit, text in written.items() if text)
    except NotWholeFen:
        fen = -1
    if fen < 0:
        draft.refuse(BudgetReason.AMOUNT_INVALID)
    draft.values[f"{name}_fen"] = fen if fen >= 0 else None


Key = tuple[str, int]


@dataclass
class LinesAcross:
    """Names rows of one file that state the same line twice; both are refused."""

    seen: dict[tuple[Any, ...], list[Key]] = field(default_factory=dict)

    def add(self, key: Key, verdict: Verdict) -> None:
        said = verdict.values
        if verdict.outcome != Outcome.REFUSED:
            names = ("year", "payer", "government", "place", "subject_code", "subject_name", "name")
            self.seen.setdefault(tuple(said[name] for name in names), []).append(key)

    def corrections(self) -> dict[Key, Correction]:
        """The rows that stand twice."""
        twice = [keys for keys in self.seen.values() if len(keys) > 1]
        correction = Correction(Outcome.ACCEPTED, Outcome.REFUSED, [BudgetReason.LINE_TWICE.value])
        return {key: correction for keys in twice for key in keys}


class DocumentUnknown(DomainError):
    """A line cites a document that is not in the library."""


def apply_rows(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Plan the lines and enter what the sheet says became of them."""
    shelf = Shelf({place.code: place for place in Place.objects.filter(parent=None)}, {})
    shelf.places |= {place.code: place for place in Place.objects.filter(parent__parent=None)}
    purpose = services.purpose_of(import_id)
    try:
        with transaction.atomic():
            return _taken([row.values for row in rows], shelf, by, at, purpose)
    except DomainError:
        # some row is refused: one by one, so that it leaves the others alone
        return [_one(row.values, shelf, by, at, purpose) for row in rows]


@dataclass
class Shelf:
    """Places and documents that rows name, each looked for once."""

    places: dict[str, Place]
    documents: dict[str, Document | None]

    def document(self, citation: str) -> Document | None:
        if not citation:
            return None
        if citation not in self.documents:
            self.documents[citation] = policies.document_cited(citation)
        if self.documents[citation] is None:
            raise DocumentUnknown(
                gettext("No one document is called “%(citation)s”. Record it in the library first.")
                % {"citation": citation}
            )
        return self.documents[citation]


def _one(
    said: dict[str, Any], shelf: Shelf, by: User | None, at: datetime, purpose: str
) -> Applied:
    """What became of one row by itself."""
    try:
        with transaction.atomic():
            return _taken([said], shelf, by, at, purpose)[0]
    except DomainError as refusal:
        return Applied(Result.REFUSED, type(refusal).__name__, str(refusal))


def _taken(
    rows: list[dict[str, Any]], shelf: Shelf, by: User | None, at: datetime, purpose: str
) -> list[Applied]:
    """What became of rows that go in together."""
    if by is None:
        raise NotPermitted(gettext("Budgets are entered in somebody's name. Say who, by --as."))
    stated = [(_statement(said, shelf), _execution(said)) for said in rows]
    fresh = services.record_sheet(rows=stated, by=by, at=at, purpose=purpose)
    return [Applied(Result.CREATED if new else Result.UNCHANGED) for new in fresh]


def _execution(said: dict[str, Any]) -> Execution:
    return Execution(*(said[f"{name}_fen"] for name in ("supplement", "cut", "spent")))


def _statement(said: dict[str, Any], shelf: Shelf) -> LineStatement:
    return LineStatement(
        year=int(said["year"]),
        payer_kind=said["payer"],
        government=shelf.places[said["government"]],
        subject_code=said["subject_code"],
        subject_name=said["subject_name"],
        place=shelf.places[said["place"]],
        name=said["name"],
        amount_fen=said["amount_fen"],
        document=shelf.document(said["document"]),
    )


def _amount_columns() -> list[Column]:
    columns = []
    for name, (title, aliases) in AMOUNTS.items():
        words = (title, *aliases)
        for unit in ("万元", "元"):
            written = [f"{word}（{unit}）" for word in words]
            by_unit = [f"{word}（单位：{unit}）" for word in words]
            columns.append(
                Column(
                    f"{name}_{UNIT_FIELDS[unit]}",
                    written[0],
                    (*written[1:], *by_unit),
                    offered=unit == "元",
                )
            )
        columns.append(Column(name, title, aliases, offered=False))
    return columns


COLUMNS = (
    Column("year", "年度", ("预算年度", "年份"), required=True, as_text=True),
    Column("payer", "资金来源", ("级次", "资金性质", "预算级次"), required=True),
    Column("place", "区划", ("使用地区", "所属区", "地区")),
    Column(
        "subject_code", "科目编码", ("功能科目编码", "支出科目编码"), required=True, as_text=True
    ),
    Column("subject_name", "科目名称", ("功能科目名称", "支出功能科目"), required=True),
    Column("name", "项目名称", ("预算项目", "项目"), required=True),
    *_amount_columns(),
    Column("document", "文号", ("依据文号", "批复文号", "依据文件")),
)

BUDGETS = Sheet(
    code="budgets",
    title=_("Budget lines"),
    columns=COLUMNS,
    judge=judge,
    keys=("name", "subject_code"),
    values=(
        *("year", "payer", "place", "name", "subject_code", "subject_name", "amount_fen"),
        *("supplement_fen", "cut_fen", "spent_fen", "government", "document"),
    ),
    reasons=ROW_REASONS
    | {reason.value: (reason.label, BUDGET_SUGGESTIONS[reason]) for reason in BudgetReason},
    context=budget_terms,
    apply=apply_rows,
    undo=services.undo_import,
    across=LinesAcross,
    known=frozenset(["序号", "备注", "执行率", "调整预算数", "结余"]),
)
