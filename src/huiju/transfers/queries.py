"""Imports and exports as their readers see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.models import User
from huiju.transfers.enums import FILE_SUGGESTIONS, FileReason, Outcome, RowReason
from huiju.transfers.models import Export, Import, SealedRows, StagedRow
from huiju.transfers.rules.columns import Sheet
from huiju.transfers.rules.packing import Content, unpacked


@dataclass(frozen=True)
class RowView:
    """A staged row as it is shown: what was written, and what was found."""

    row: StagedRow
    written: dict[str, str]
    values: dict[str, Any]
    details: dict[str, Any]
    faults: list[tuple[str, Any, Any]]
    """Reason word, sentence, suggestion."""


def imports_visible_to(user: User, *, on: date) -> QuerySet[Import]:
    """The imports of the places whose files a user sends in or reads, as granted."""
    granted = Q(pk__in=[])
    for action in ("transfers.import", "transfers.view"):
        for place in directory.places_held(user, action, on=on):
            granted |= Q(place__path__startswith=place.path)
    return Import.objects.filter(granted).select_related("place", "by")


def exports_of(user: User) -> QuerySet[Export]:
    """What a user asked for."""
    return Export.objects.filter(owner=user)


def rows_of(upload: Import, *, outcome: str = "", reason: str = "") -> QuerySet[StagedRow]:
    """The rows of an import, perhaps of one outcome or with one fault."""
    rows = upload.rows.all()
    if outcome:
        rows = rows.filter(outcome=outcome)
    if reason:
        rows = rows.filter(reasons__contains=[reason])
    return rows


def fault_counts(upload: Import) -> list[tuple[str, int]]:
    """Each reason word with the number of rows that have it, most frequent first."""
    counts: dict[str, int] = {}
    grouped = upload.rows.exclude(reasons=[]).values_list("reasons").annotate(Count("pk"))
    for reasons, number in grouped:
        for reason in reasons:
            counts[reason] = counts.get(reason, 0) + number
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


class Contents:
    """What stands in the rows of an import, opened chunk by chunk; the last chunk stays open."""

    def __init__(self, upload: Import) -> None:
        self.upload = upload
        self.number = -1
        self.chunk: list[Content | None] = []

    def of(self, row: StagedRow) -> Content:
        """Values, details and what was written in a row; all empty for one that is no record."""
        number, place = divmod(row.place_in_file, SealedRows.ROWS)
        if number != self.number:
            sealed = self.upload.sealed.get(number=number)
            self.chunk, self.number = unpacked(sealed.content), number
        return self.chunk[place] or ({}, {}, {})


def shown(sheet: Sheet, row: StagedRow, contents: Contents) -> RowView:
    """A staged row opened."""
    values, details, written = contents.of(row)
    faults = [
        (word, _sentence(sheet, word, written), sheet.reasons[word][1])
        for word in row.reasons
        if word in sheet.reasons
    ]
    if row.message:
        faults.append((row.result_reason, row.message, ""))
    return RowView(row=row, written=written, values=values, details=details, faults=faults)


def _sentence(sheet: Sheet, word: str, written: dict[str, str]) -> Any:
    """A fault in words; of empty cells that are needed, which they are."""
    if word == RowReason.REQUIRED_MISSING:
        empty = [c.title for c in sheet.columns if c.required and not written.get(c.field)]
        if empty:
            return _("Needed and empty: %(columns)s.") % {"columns": "、".join(empty)}
    return sheet.reasons[word][0]


def file_faults(upload: Import) -> list[tuple[str, Any, Any]]:
    """Why a file was not read, or what else is to be said of it: word, sentence, suggestion."""
    words = [FileReason(word) for word in upload.reasons]
    return [(word.value, word.label, FILE_SUGGESTIONS[word]) for word in words]


def records_of(sheet: Sheet, upload: Import, *, outcome: str = "") -> Iterator[RowView]:
    """The records of an import for its result file, in the order of the file."""
    rows = rows_of(upload, outcome=outcome).exclude(outcome=Outcome.SKIPPED)
    contents = Contents(upload)
    for row in rows.order_by("place_in_file").iterator(1000):
        yield shown(sheet, row, contents)
