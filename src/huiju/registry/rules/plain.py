"""Ordinary roster rows by columns: residents' cards, one known level, days and places without a fault.

`tests/test_roster_plain.py` proves that what is put together here is what `roster.judge` says.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from huiju.registry.enums import IdentityType, Sex
from huiju.registry.rules.identity import TYPE_WORDS, day_of_birth, is_plain_card
from huiju.registry.rules.levels import level
from huiju.registry.rules.names import name
from huiju.registry.rules.roster import (
    FIRST_EXAMINATION_YEAR,
    MEANINGS,
    OLDEST,
    PLAIN_DETAILS,
    STILL,
    YOUNGEST,
    RosterTerms,
    age_on,
    exact_code,
    placed,
)
from huiju.transfers.enums import Outcome
from huiju.transfers.rules.cells import Cell
from huiju.transfers.rules.ordinary import ODD
from huiju.transfers.rules.records import Record, Verdict

MAIN = ("name", "id_type", "id_no", "level", "cert_date", "post_start", "post_end", "district", "street", "employer")  # fmt: skip
TABLES = dict(MEANINGS)
CODES = ("certificate_no", "management_no")
FURTHER = (*PLAIN_DETAILS, *TABLES, *CODES)


class Holder(NamedTuple):
    """What an ordinary number says; `grown_up` is the day from which its holder may work."""

    number: str
    sex: str
    grown_up: str


class PlainRoster:
    """What is known of ordinary rows under these terms. Days are compared as ISO texts."""

    fields = (*MAIN, "revoked_on", *FURTHER)

    def __init__(self, terms: RosterTerms) -> None:
        self.terms = terms
        self.unique = {"id_no": self._holder}
        self._grown_up = lru_cache(maxsize=40_000)(self._grown_up)  # type: ignore[method-assign]
        self.place = lru_cache(maxsize=8_000)(self._place)

    def meaning(self, record: Record, field: str) -> Any:
        """What one field of a record means; ODD where it is empty but needed, or anything but ordinary."""
        if field in ("cert_date", "post_start", "post_end"):
            return self._day(record, field)
        if field in CODES:
            return self._code(record, field)
        if field in TABLES:
            return TABLES[field].get(record.code(field))
        words = record.text(field)
        if field == "name":
            kept, fault = name(words, foreign=False) if words else ("", None)
            return ODD if fault or not kept else kept
        if field == "level":
            found, _fault = level(words)
            return found or ODD
        if field == "id_type":
            code = record.code(field)
            return ODD if code and TYPE_WORDS.get(code) != IdentityType.RESIDENT_ID else None
        if field == "revoked_on":
            return ODD if words else None
        return words or None

    def _code(self, record: Record, field: str) -> Any:
        if field not in record.words:
            return None
        is_number = field in record.cells and not isinstance(record.cells[field], str | list)
        return ODD if is_number else exact_code(record, field)

    def _day(self, record: Record, field: str) -> Any:
        if field == "post_end" and record.text(field) in STILL:
            del record.words[field]
        day = record.date(field)
        if day is None:
            return ODD if field == "cert_date" else None
        if field == "cert_date" and day.year < FIRST_EXAMINATION_YEAR:
            return ODD
        return ODD if field != "post_end" and day > self.terms.on else day.isoformat()

    def _holder(self, cell: Cell) -> Any:
        if type(cell) is not str or not is_plain_card(cell):
            return ODD
        grown_up = self._grown_up(cell[6:14])
        sex = Sex.MALE if cell[16] in "13579" else Sex.FEMALE
        return Holder(cell, sex, grown_up) if grown_up else ODD

    def _grown_up(self, digits: str) -> str:
        """The day from which somebody born on a day may work; "" where that needs the row judge."""
        born_on, on = day_of_birth(digits), self.terms.on
        if born_on is None or not date(1900, 1, 1) <= born_on <= on:
            return ""
        if not YOUNGEST <= age_on(on, born_on) <= OLDEST:
            return ""
        return f"{born_on.year + YOUNGEST}-{born_on:%m-%d}"

    def _place(self, district: str | None, street: str | None, heading: str) -> Any:
        found = placed(self.terms, district or "", street or "", heading)
        return ODD if found.faults else found

    def verdicts(self, columns: Mapping[str, Sequence[Any]], heading: str) -> list[Verdict | None]:
        """A verdict on each row whose every cell, and all of them together, are ordinary."""
        places = map(self.place, columns["district"], columns["street"], repeat(heading))
        further = [key for key in FURTHER if columns[key].count(None) < len(columns[key])]
        details = list(zip(*(columns[key] for key in further), strict=True)) or repeat(())
        revoked = columns["revoked_on"]
        main = zip(*(columns[key] for key in MAIN), places, revoked, strict=True)
        found = []
        for row, said in zip(main, details, strict=False):
            verdict = None if ODD in row or ODD in said else _verdict(row)
            if verdict is not None and further:
                pairs = zip(further, said, strict=True)
                verdict.details.update({key: value for key, value in pairs if value is not None})
            found.append(verdict)
        return found


def _verdict(row: tuple[Any, ...]) -> Verdict | None:
    """The verdict on a row of ordinary cells; None where its days contradict each other."""
    kept, _type, holder, found, awarded, starts, ends, _district, _street, employer, place, _ = row
    if awarded < holder.grown_up or (starts and starts < holder.grown_up):
        return None
    if ends and (ends < awarded or (starts and ends < starts)):
        return None
    values = {
        "name": kept,
        "id_type": IdentityType.RESIDENT_ID,
        "id_no": holder.number,
        "level": found,
        "cert_date": awarded,
        "post_start": starts,
        "post_end": ends,
        "district": place.district,
        "street": place.street,
        "employer": employer,
    }
    return Verdict(Outcome.ACCEPTED, [], values, {"sex": holder.sex})
