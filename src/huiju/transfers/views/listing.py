"""The lists of imports, of their rows, and of exports."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from huiju.transfers import queries
from huiju.transfers.enums import Outcome, Result
from huiju.transfers.models import Export, Import, StagedRow
from huiju.transfers.rules.columns import Sheet
from huiju.transfers.sheets import all_listings, all_sheets
from huiju.ui import tables
from huiju.ui.templatetags.ui import masked_id

STATE_KINDS = {
    "waiting": "wait",
    "read": "active",
    "rejected": "bad",
    "stopped": "bad",
    "applying": "wait",
    "applied": "good",
}
OUTCOME_KINDS = {"accepted": "good", "warned": "wait", "refused": "bad"}
EXPORT_KINDS = {"waiting": "wait", "done": "good", "failed": "bad"}


def minute(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


class ImportTable(tables.ListTable):
    """Imports, newest first."""

    file_name = tables.Column(
        verbose_name=_("File"),
        linkify=lambda record: reverse("transfers:import", args=[record.pk]),
    )
    sheet = tables.Column(verbose_name=_("Kind"))
    place = tables.Column(verbose_name=_("Office"), order_by=("place__path",))
    as_of = tables.date_column(verbose_name=_("Known on"))
    state = tables.StateColumn(verbose_name=_("State"), kinds=STATE_KINDS)
    right = tables.Column(verbose_name=_("Right"), accessor="pk", orderable=False)
    wrong = tables.Column(verbose_name=_("Wrong"), accessor="pk", orderable=False)
    at = tables.Column(verbose_name=_("Uploaded"))
    by = tables.Column(verbose_name=_("Imported by"), order_by=("by__label",))

    def render_at(self, value: datetime) -> str:
        return minute(value)

    def render_sheet(self, value: str) -> Any:
        return all_sheets()[value].title if value in all_sheets() else value

    def render_right(self, record: Import) -> int:
        return record.counts.get(Outcome.ACCEPTED, 0) + record.counts.get(Outcome.WARNED, 0)

    def render_wrong(self, record: Import) -> int:
        refused: int = record.results.get(Result.REFUSED, 0)
        return int(record.counts.get(Outcome.REFUSED, 0)) + refused


class RowTable(tables.ListTable):
    """The rows of one import: what was written, what was found, and what to do."""

    row = tables.Column(verbose_name=_("Row"))
    sheet_name = tables.Column(verbose_name=_("Sheet"))
    outcome = tables.StateColumn(verbose_name=_("Outcome"), kinds=OUTCOME_KINDS)
    written = tables.Column(verbose_name=_("In the file"), accessor="pk", orderable=False)
    faults = tables.Column(verbose_name=_("Reason and advice"), accessor="pk", orderable=False)
    result = tables.Column(verbose_name=_("Result"), accessor="get_result_display", orderable=False)

    def __init__(self, rows: Any, *, sheet: Sheet, upload: Import) -> None:
        super().__init__(rows)
        self.kind = sheet
        self.contents = queries.Contents(upload)

    def _view(self, record: StagedRow) -> queries.RowView:
        kept: queries.RowView | None = getattr(record, "view", None)
        if kept is None:
            kept = record.view = queries.shown(self.kind, record, self.contents)
        return kept

    def render_written(self, record: StagedRow) -> str:
        written = self._view(record).written
        said = [
            masked_id(written[key]) if key in self.kind.masked else written[key]
            for key in self.kind.shown
            if key in written
        ]
        return " · ".join(said) or "—"

    def render_faults(self, record: StagedRow) -> str:
        faults = self._view(record).faults
        if not faults:
            return "—"
        pairs = ((sentence, advice) for _word, sentence, advice in faults)
        return format_html_join(mark_safe("<br>"), "{} {}", pairs)


class ExportTable(tables.ListTable):
    """The files somebody asked for, newest first."""

    listing = tables.Column(verbose_name=_("List"))
    asked_at = tables.Column(verbose_name=_("Asked"))
    filters = tables.Column(verbose_name=_("Filter"), orderable=False)
    row_count = tables.Column(verbose_name=_("Rows"))
    state = tables.StateColumn(verbose_name=_("State"), kinds=EXPORT_KINDS)
    file = tables.Column(verbose_name=_("File"), accessor="pk", orderable=False)

    def render_asked_at(self, value: datetime) -> str:
        return minute(value)

    def render_listing(self, value: str) -> Any:
        return all_listings()[value].title if value in all_listings() else value

    def render_filters(self, value: dict[str, str]) -> str:
        return " · ".join(f"{name}={text}" for name, text in value.items()) or "—"

    def render_file(self, record: Export) -> str:
        if not record.digest:
            return record.failure or "—"
        url = reverse("transfers:export_file", args=[record.pk])
        return format_html("<a href='{}'>{}</a>", url, _("Download"))
