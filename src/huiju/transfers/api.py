from datetime import date, datetime
from typing import Any, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from huiju.directory.api import Asked, Key, answers, endpoint, page_of
from huiju.kernel import clock
from huiju.transfers import queries
from huiju.transfers.enums import ImportState, Outcome, Result
from huiju.transfers.models import Import, StagedRow


class ImportOut(Schema):
    """A file sent in. `counts` are rows by outcome, `results` rows by what became of them;
    `reasons` say why the whole file was refused."""

    id: int
    sheet: str
    file_name: str
    place_code: str
    at: datetime
    as_of: date
    state: ImportState
    reasons: list[str]
    counts: dict[str, int]
    results: dict[str, int]

    @classmethod
    def of(cls, upload: Import) -> Self:
        return cls(
            id=upload.pk,
            sheet=upload.sheet,
            file_name=upload.file_name,
            place_code=upload.place.code,
            at=upload.at,
            as_of=upload.as_of,
            state=ImportState(upload.state),
            reasons=upload.reasons,
            counts=upload.counts,
            results=upload.results,
        )


class ImportPage(Schema):
    count: int
    items: list[ImportOut]


class ImportRowOut(Schema):
    """A row as the spreadsheet program numbers it, with its judgement in reason words.

    `result` is null until the import is applied.
    """

    sheet_name: str
    row: int
    outcome: Outcome
    reasons: list[str]
    result: Result | None
    message: str

    @classmethod
    def of(cls, row: StagedRow) -> Self:
        return cls(
            sheet_name=row.sheet_name,
            row=row.row,
            outcome=Outcome(row.outcome),
            reasons=row.reasons,
            result=Result(row.result) if row.result else None,
            message=row.message,
        )


class ImportRowPage(Schema):
    count: int
    items: list[ImportRowOut]


class RowsAsked(Asked):
    """`outcome`: rows of one outcome alone."""

    outcome: Outcome | None = None


router = Router(tags=["transfers"])


@router.get(
    "/imports", response=answers(ImportPage), url_name="imports", summary=gettext_noop("Imports")
)
@endpoint("transfers.view")
def list_imports(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Files sent in for the caller's places, newest first."""
    rows = queries.imports_visible_to(request.user, on=clock.today())
    return page_of(rows.order_by("-at", "-pk"), asked, ImportOut.of)


@router.get(
    "/imports/{import_id}",
    response=answers(ImportOut),
    url_name="import",
    summary=gettext_noop("An import"),
)
@endpoint("transfers.view")
def show_import(request: HttpRequest, import_id: Key) -> ImportOut:
    """One file and what became of it."""
    visible = queries.imports_visible_to(request.user, on=clock.today())
    return ImportOut.of(get_object_or_404(visible, pk=import_id))


@router.get(
    "/imports/{import_id}/rows",
    response=answers(ImportRowPage),
    url_name="import_rows",
    summary=gettext_noop("The rows of an import"),
)
@endpoint("transfers.view", logged="transfers.rows_read")
def list_rows(request: HttpRequest, import_id: Key, asked: Query[RowsAsked]) -> dict[str, Any]:
    """Every row of a file with its judgement, in the order of the file."""
    visible = queries.imports_visible_to(request.user, on=clock.today())
    upload = get_object_or_404(visible, pk=import_id)
    rows = queries.rows_of(upload, outcome=asked.outcome or "")
    return page_of(rows.order_by("place_in_file"), asked, ImportRowOut.of)
