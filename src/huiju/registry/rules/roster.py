"""A roster row: whether it comes in, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from huiju.registry.enums import EmployerKind, IdentityType, RosterReason, Sex
from huiju.registry.rules.identity import identity
from huiju.registry.rules.levels import level
from huiju.registry.rules.names import name
from huiju.registry.rules.places import Gazetteer
from huiju.transfers.enums import Outcome, RowReason
from huiju.transfers.rules.records import Correction, Record, Verdict

VALUES = (
    "name",
    "id_type",
    "id_no",
    "level",
    "cert_date",
    "post_start",
    "post_end",
    "district",
    "street",
    "employer",
)
WARNINGS = frozenset(
    {
        RosterReason.ID_PLACE,
        RosterReason.NAME_SUSPICIOUS,
        RosterReason.POST_BEFORE_CERT,
        RosterReason.STREET_UNKNOWN,
        RosterReason.TWO_CERTIFICATES,
    }
)
"""Reasons with which a row still comes in. AGE is one for the old, a refusal for children."""

FIRST_EXAMINATION_YEAR = 2008  # 国人部发〔2006〕71号: examined since 2008
YOUNGEST, OLDEST = 16, 70
STILL = frozenset(["至今", "现在", "在岗", "在职", "长期", "今", "目前", "现", "无固定期限"])
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE, "男性": Sex.MALE, "女性": Sex.FEMALE}
ESTABLISHED = {"在编": True, "是": True, "编内": True, "有编": True, "事业编": True, "行政编": True,
               "非在编": False, "否": False, "编外": False, "不在编": False, "无编": False,
               "合同制": False, "聘用": False, "非编": False}  # fmt: skip
KINDS = {
    word: kind
    for kind, words in {
        EmployerKind.COMMUNITY: "社区 村居 居委会 村委会 社区居委会 城乡社区 村(居)",
        EmployerKind.AGENCY: "机构 社工机构 民办社工机构 社会工作服务机构 社会组织 民非 民办非企业单位 社会服务机构",
        EmployerKind.INSTITUTION: "事业单位 医院 学校 福利机构 福利院 救助站",
        EmployerKind.GOVERNMENT: "机关 政府 党政机关 行政机关 街道 街道办 镇政府 民政局 群团组织 群团",
        EmployerKind.OTHER: "其他 企业 其它",
    }.items()
    for word in words.split()
}
MEANINGS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("sex", SEXES),
    ("established", ESTABLISHED),
    ("employer_kind", KINDS),
)
PLAIN_DETAILS = ("title", "community", "education", "field", "phone")


@dataclass(frozen=True)
class RosterTerms:
    """What rows are judged against: the day, the places, and the districts the importer may fill.

    `allowed` are district codes; None is every district. `home` is the district of somebody who
    may fill one only, taken where a sheet names none.
    """

    on: date
    places: Gazetteer
    allowed: frozenset[str] | None = None
    home: str = ""


@dataclass(slots=True)
class Findings:
    """What was found so far about one row."""

    record: Record
    values: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(VALUES))
    details: dict[str, Any] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, *reasons: str | None) -> None:
        """Note reasons, each as what it is."""
        for reason in reasons:
            if reason:
                (self.warnings if reason in WARNINGS else self.refusals).append(reason)

    def verdict(self) -> Verdict:
        reasons = list(dict.fromkeys([*self.refusals, *self.warnings]))
        outcome = Outcome.ACCEPTED
        if reasons:
            outcome = Outcome.REFUSED if self.refusals else Outcome.WARNED
        return Verdict(outcome, reasons, self.values, self.details)


def judge(record: Record, terms: RosterTerms) -> Verdict:
    """The verdict on one roster row, alone."""
    found = Findings(record)
    born_on = _person(found, terms)
    _certificate(found, terms)
    _post(found, terms)
    _place(found, terms)
    _details(found)
    _age(found, born_on, terms.on)
    for needed in ("name", "id_no", "level", "cert_date"):
        if record.is_missing(needed):
            found.add(RowReason.REQUIRED_MISSING)
    found.add(*record.faults)
    return found.verdict()


def _person(found: Findings, terms: RosterTerms) -> date | None:
    record, born_on = found.record, None
    type_words = record.code("id_type")
    if "id_no" in record.words:
        told = identity(type_words, record.cell("id_no"), on=terms.on)
        found.values.update(id_type=told.type, id_no=told.number)
        found.add(*told.refusals, *told.warnings)
        born_on = told.born_on
        if told.sex:
            found.details["sex"] = told.sex
    if words := record.text("name"):
        foreign = found.values["id_type"] not in (None, IdentityType.RESIDENT_ID)
        found.values["name"], fault = name(words, foreign=foreign)
        found.add(fault)
    return born_on


def _certificate(found: Findings, terms: RosterTerms) -> None:
    record = found.record
    found.values["level"], fault = level(record.text("level"))
    found.add(fault)
    if awarded := record.date("cert_date"):
        found.values["cert_date"] = awarded.isoformat()
        if awarded > terms.on:
            found.add(RowReason.DATE_FUTURE)
        elif awarded.year < FIRST_EXAMINATION_YEAR:
            found.add(RosterReason.DATE_BEFORE_SCHEME)
    if revoked := record.date("revoked_on"):
        found.details["revoked_on"] = revoked.isoformat()
        if revoked > terms.on:
            found.add(RowReason.DATE_FUTURE)
        elif awarded and revoked < awarded:
            found.add(RowReason.DATE_INVALID)


def _post(found: Findings, terms: RosterTerms) -> None:
    record = found.record
    if record.text("post_end") in STILL:
        del record.words["post_end"]
    starts, ends = record.date("post_start"), record.date("post_end")
    found.values["post_start"] = starts and starts.isoformat()
    found.values["post_end"] = ends and ends.isoformat()
    found.values["employer"] = record.text("employer") or None
    if starts and starts > terms.on:
        found.add(RowReason.DATE_FUTURE)
    awarded = found.values["cert_date"]
    if starts and ends and ends < starts:
        found.add(RowReason.DATE_INVALID)
    elif ends and awarded and ends.isoformat() < awarded:
        found.add(RosterReason.POST_BEFORE_CERT)


class Placed(NamedTuple):
    """Where a row's post lies, by names, and what is wrong with it."""

    district: str | None
    street: str | None
    faults: tuple[str, ...]


def placed(terms: RosterTerms, district_words: str, street_words: str, heading: str) -> Placed:
    """District and street of a row; without words for it the district its sheet names."""
    faults: list[str] = []
    district, street, fault = terms.places.located(district_words, street_words)
    if fault:
        faults.append(fault)
    if district is None and not district_words:
        district = terms.places.named_in(heading) or terms.places.districts.get(terms.home)
        if district is None:
            faults.append(RowReason.REQUIRED_MISSING)
    if district and terms.allowed is not None and district.code not in terms.allowed:
        faults.append(RosterReason.DISTRICT_FORBIDDEN)
    return Placed(
        district.name if district else district_words or None,
        street.name if street else street_words or None,
        tuple(faults),
    )


def _place(found: Findings, terms: RosterTerms) -> None:
    record = found.record
    place = placed(terms, record.text("district"), record.text("street"), record.heading)
    found.values["district"], found.values["street"] = place.district, place.street
    for fault in place.faults:
        if fault != RowReason.REQUIRED_MISSING or "district" not in record.unread:
            found.add(fault)


def exact_code(record: Record, key: str) -> str:
    """A certificate's number without the quote that keeps it from being rounded."""
    return record.code(key).strip("'’")


def _details(found: Findings) -> None:
    record, details = found.record, found.details
    for key in PLAIN_DETAILS:
        if key in record.words:
            details[key] = record.words[key]
    for key, table in MEANINGS:
        if key in record.words and (meant := table.get(record.code(key))) is not None:
            details[key] = meant
    for key in ("certificate_no", "management_no"):
        if key not in record.words:
            continue
        cell = record.cells.get(key)
        if isinstance(cell, int | float) and abs(cell) >= 10**15:
            found.warnings.append(RosterReason.ID_PRECISION_LOST)
        else:
            details[key] = exact_code(record, key)


def _age(found: Findings, born_on: date | None, on: date) -> None:
    """Too young at the certificate or the post refuses; too old today is for a person to look at."""
    if born_on is None or RosterReason.ID_DATE in found.refusals:
        return
    starts = [found.values[key] for key in ("cert_date", "post_start") if found.values[key]]
    if RosterReason.DATE_BEFORE_SCHEME in found.refusals:
        starts.remove(found.values["cert_date"])
    first = min([on.isoformat(), *starts])
    if age_on(date.fromisoformat(first), born_on) < YOUNGEST:
        found.refusals.append(RosterReason.AGE)
    elif age_on(on, born_on) > OLDEST:
        found.warnings.append(RosterReason.AGE)


def age_on(day: date, born_on: date) -> int:
    """Whole years of age."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


COMPARED = (
    "name",
    "level",
    "cert_date",
    "post_start",
    "post_end",
    "district",
    "street",
    "employer",
)
compared = itemgetter(*COMPARED)
Key = tuple[str, int]


class Seen(NamedTuple):
    """A row that comes in, as far as other rows can contradict it."""

    key: Key
    values: tuple[Any, ...]
    outcome: Outcome
    reasons: tuple[str, ...]

    def corrected(self, outcome: Outcome, reason: str) -> Correction:
        return Correction(self.outcome, outcome, [*self.reasons, reason])

    def contradicts(self, other: "Seen") -> bool:
        """Whether both state something and not the same; another level is another certificate."""
        if self.values[1] != other.values[1]:
            return bool(self.values[0] != other.values[0])
        pairs = zip(self.values, other.values, strict=True)
        return any(a != b for a, b in pairs if a is not None and b is not None)


class RosterAcross:
    """Compares the rows of one file: repeats, contradictions, second certificates, shared numbers."""

    def __init__(self) -> None:
        self.first: dict[str, Seen] = {}
        self.repeated: dict[str, list[Seen]] = {}
        self.holders: dict[str, tuple[str, Seen]] = {}
        self.shared: dict[Key, Seen] = {}

    def add(self, key: Key, verdict: Verdict) -> None:
        if verdict.outcome == Outcome.REFUSED:
            return
        number = verdict.values["id_no"]
        seen = Seen(key, compared(verdict.values), verdict.outcome, tuple(verdict.reasons))
        first = self.first.setdefault(number, seen)
        if first is not seen:
            self.repeated.setdefault(number, [first]).append(seen)
        for kind in ("certificate_no", "management_no"):
            if own := verdict.details.get(kind):
                holder, other = self.holders.setdefault(f"{kind} {own}", (number, seen))
                if holder != number:
                    self.shared |= {key: seen, other.key: other}

    def corrections(self) -> dict[Key, Correction]:
        """Outcome and reasons of the rows that other rows change."""
        found: dict[Key, Correction] = {}
        for rows in self.repeated.values():
            found |= _compared(rows)
        for key, seen in self.shared.items():
            reasons = found[key].reasons if key in found else seen.reasons
            again = [*reasons, RosterReason.CERT_NO_CONFLICT]
            found[key] = Correction(seen.outcome, Outcome.REFUSED, again)
        return found


def _compared(rows: list[Seen]) -> dict[Key, Correction]:
    """Contradictions refuse all rows of a person; of equal ones the first stays."""
    if any(one.contradicts(other) for at, one in enumerate(rows) for other in rows[:at]):
        conflict = RosterReason.ID_DUP_CONFLICT
        return {row.key: row.corrected(Outcome.REFUSED, conflict) for row in rows}
    found: dict[Key, Correction] = {}
    kept: dict[str, Seen] = {}
    for row in rows:
        if kept.setdefault(row.values[1], row) is not row:
            found[row.key] = row.corrected(Outcome.REFUSED, RosterReason.ID_DUP_IN_FILE)
    if len(kept) > 1:
        for row in kept.values():
            found[row.key] = row.corrected(Outcome.WARNED, RosterReason.TWO_CERTIFICATES)
    return found
