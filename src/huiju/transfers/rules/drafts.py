"""Reading a record field by field into values, noting what is wrong, for sheets with plain columns."""

from collections.abc import Mapping
from typing import Any

from huiju.transfers.enums import Outcome, RowReason
from huiju.transfers.rules.records import Record, Verdict


class Draft:
    """A verdict in the making."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.values: dict[str, Any] = {}
        self.reasons: list[str] = []

    def text(self, name: str, *, needed: bool = False) -> str:
        self.values[name] = words = self.record.text(name)
        if needed and self.record.is_missing(name):
            self.reasons.append(RowReason.REQUIRED_MISSING)
        return words

    def code(self, name: str, *, needed: bool = False) -> str:
        """A code: half-width, without spaces."""
        self.text(name, needed=needed)
        self.values[name] = self.record.code(name)
        return str(self.values[name])

    def choice(self, name: str, table: Mapping[str, Any], *, needed: bool = True) -> None:
        """A value of a table, under any word for it."""
        words = self.code(name, needed=needed)
        self.values[name] = table.get(words, "")
        if words and words not in table:
            self.reasons.append(RowReason.VALUE_INVALID)

    def date(self, name: str, *, needed: bool = False) -> None:
        """A day as text, or None."""
        if needed and self.record.is_missing(name):
            self.reasons.append(RowReason.REQUIRED_MISSING)
        day = self.record.date(name)
        self.values[name] = day and day.isoformat()

    def refuse(self, reason: str = RowReason.VALUE_INVALID) -> None:
        self.reasons.append(reason)

    def verdict(self) -> Verdict:
        reasons = list(dict.fromkeys([*self.reasons, *self.record.faults]))
        outcome = Outcome.REFUSED if reasons else Outcome.ACCEPTED
        return Verdict(outcome, reasons, self.values)
