"""Faulty rows: what the import must refuse or point out, each beside the reason it should give.

In the rosters of past years a faulty row is about an extra person who appears nowhere else, so that
nothing published depends on it. In the roster tried by hand it is about a person whose sound row
stands in the corrected version.
"""

from collections.abc import Callable
from dataclasses import dataclass

from offices import Values
from people import check_digit, wrong_check

REFUSED, WARNED, ACCEPTED, SKIPPED = "refused", "warned", "accepted", "skipped"


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value the spreadsheet program last showed."""

    text: str
    shown: str


@dataclass(frozen=True)
class Row:
    """One row of a roster: its cells, what the import should say of it, and why."""

    values: dict[str, object]
    outcome: str = ACCEPTED
    reason: str = ""


@dataclass(frozen=True)
class Fault:
    """A way to be wrong: the change to a sound row's cells, the outcome and the reason word."""

    reason: str
    outcome: str
    change: Callable[[Values], dict[str, object]]
    twice: bool = False
    first_too: bool = False

    def rows(self, sound: Values) -> list[Row]:
        """The faulty row, after the sound one where the fault lies in the repetition."""
        wrong = Row(sound | self.change(sound), self.outcome, self.reason)
        if not self.twice:
            return [wrong]
        first = Row(sound, self.outcome, self.reason) if self.first_too else Row(sound)
        return [first, wrong]


FAULTS = {
    fault.reason: fault
    for fault in (
        Fault("ID_CHECK_DIGIT", REFUSED, lambda row: {"id_no": wrong_check(str(row["id_no"]))}),
        Fault("ID_PRECISION_LOST", REFUSED, lambda row: {"id_no": float(str(row["id_no"])[:17] + "0")}),
        Fault("ID_LENGTH", REFUSED, lambda row: {"id_no": str(row["id_no"])[:16]}),
        Fault("ID_15_DIGIT", REFUSED, lambda row: {"id_no": str(row["id_no"])[:6] + str(row["id_no"])[8:17]}),
        Fault("ID_DATE", REFUSED, lambda row: {"id_no": _impossible_birth(str(row["id_no"]))}),
        Fault("NAME_INVALID", REFUSED, lambda row: {"name": f"{row['name']}2"}),
        Fault("REQUIRED_MISSING", REFUSED, lambda _row: {"cert_date": ""}),
        Fault("LEVEL_UNKNOWN", REFUSED, lambda _row: {"level": "社工员"}),
        Fault("LEVEL_AMBIGUOUS", REFUSED, lambda _row: {"level": "社工"}),
        Fault("DATE_INVALID", REFUSED, lambda _row: {"cert_date": "2026年2月30日"}),
        Fault("DATE_AMBIGUOUS", REFUSED, lambda _row: {"cert_date": "13.6.16"}),
        Fault("DATE_PRECISION", REFUSED, lambda _row: {"cert_date": "2026年5月"}),
        Fault("DATE_FUTURE", REFUSED, lambda _row: {"cert_date": "2037-05-24"}),
        Fault("DATE_BEFORE_SCHEME", REFUSED, lambda _row: {"cert_date": "2006-06-18"}),
        Fault("DISTRICT_UNKNOWN", REFUSED, lambda _row: {"district": "杏林区"}),
        Fault("STREET_UNKNOWN", WARNED, lambda _row: {"street": "望月街道"}),
        Fault("STREET_MISMATCH", REFUSED, lambda _row: {"street": "鼓浪屿街道"}),
        Fault("ID_DUP_IN_FILE", REFUSED, lambda _row: {}, twice=True),
        Fault("ID_DUP_CONFLICT", REFUSED, lambda _row: {"name": "林另名"}, twice=True, first_too=True),
        Fault("FORMULA", REFUSED, lambda row: {"id_no": Formula('="350201"&"未核"', "#VALUE!")}),
    )
}  # fmt: skip

# faults of past years, by the number of the collection and the district's file they stand in
PLACED: dict[tuple[int, str], tuple[str, ...]] = {
    (2, "350203"): ("ID_CHECK_DIGIT", "ID_15_DIGIT", "ID_DUP_IN_FILE", "LEVEL_UNKNOWN"),
    (2, "350205"): ("ID_PRECISION_LOST", "DATE_AMBIGUOUS"),
    (2, "350212"): ("ID_LENGTH", "DISTRICT_UNKNOWN"),
    (3, "350206"): ("ID_DUP_CONFLICT", "REQUIRED_MISSING"),
    (3, "350213"): ("ID_15_DIGIT", "LEVEL_AMBIGUOUS"),
    (4, "350203"): ("ID_CHECK_DIGIT", "DATE_BEFORE_SCHEME"),
    (4, "350211"): ("STREET_MISMATCH", "ID_DUP_IN_FILE"),
    (5, "350205"): ("ID_CHECK_DIGIT", "ID_PRECISION_LOST"),
    (5, "350206"): ("DATE_INVALID", "NAME_INVALID"),
    (6, "350212"): ("ID_CHECK_DIGIT", "ID_DUP_IN_FILE"),
    (11, "350203"): ("ID_DUP_CONFLICT", "NAME_INVALID"),
    (11, "350213"): ("ID_CHECK_DIGIT", "DATE_BEFORE_SCHEME"),
    (15, "350211"): ("ID_DATE", "DATE_FUTURE"),
}

# the roster tried by hand carries one of nearly every kind
TRIAL = (
    "ID_CHECK_DIGIT", "ID_PRECISION_LOST", "ID_LENGTH", "ID_15_DIGIT", "ID_DATE", "NAME_INVALID",
    "REQUIRED_MISSING", "LEVEL_UNKNOWN", "LEVEL_AMBIGUOUS", "DATE_INVALID", "DATE_AMBIGUOUS",
    "DATE_PRECISION", "DATE_FUTURE", "DISTRICT_UNKNOWN", "STREET_MISMATCH", "ID_DUP_IN_FILE",
    "ID_DUP_CONFLICT", "FORMULA", "STREET_UNKNOWN",
)  # fmt: skip


def _impossible_birth(identity: str) -> str:
    seventeen = identity[:10] + "1332" + identity[14:17]
    return seventeen + check_digit(seventeen)
