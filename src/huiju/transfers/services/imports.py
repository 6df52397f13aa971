"""An import's life: kept, read, applied in one transaction, perhaps taken back."""

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import Place, User
from huiju.engine.run import refresh_statistics
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.transfers import queries
from huiju.transfers.enums import IMPORT_MOVES, ImportState, Mode, Outcome, Result
from huiju.transfers.models import Import, Progress, SealedRows, StagedRow
from huiju.transfers.permissions import may_apply, may_discard, may_import, may_undo
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Limits, Refused
from huiju.transfers.rules.columns import Sheet
from huiju.transfers.rules.packing import packed
from huiju.transfers.rules.records import Correction, Staged, Verdict
from huiju.transfers.rules.rows import Judging
from huiju.transfers.services import store

APPLIED_AT_ONCE = 1000
# after so many the planner must be told what the tables hold now
MANY_ROWS = 1_000
COMES_IN = (Outcome.ACCEPTED, Outcome.WARNED)

Report = Callable[[int, int], None]
"""Is told how many of how many rows are done."""


class RowsRefused(DomainError):
    """The records refused rows of an import that was to go in whole or not at all."""

    def __init__(self, message: str, refused: dict[int, dict[str, str]]) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True)
class Upload:
    """A file somebody sends in, and the office and day it stands for."""

    name: str
    content: bytes
    place: Place
    as_of: date


def silent(_done: int, _total: int) -> None:
    """A report nobody reads."""


def limits() -> Limits:
    """The limits of this instance's settings."""
    return Limits(
        max_bytes=settings.IMPORT_MAX_BYTES,
        max_unpacked_bytes=settings.IMPORT_MAX_UNPACKED_BYTES,
        max_rows=settings.IMPORT_MAX_ROWS,
        max_columns=settings.IMPORT_MAX_COLUMNS,
        seconds=settings.IMPORT_SECONDS,
        memory_bytes=settings.IMPORT_MEMORY_BYTES,
    )


@transaction.atomic
def stage_import(*, upload: Upload, sheet: Sheet, by: User | None, at: datetime) -> Import:
    """Keep a file before anything is done with it. Reading it is the next step. Raises NotPermitted."""
    if by is not None:
        may_import(by, upload.place).require()
    kept: Import = Import.objects.create(
        sheet=sheet.code,
        file_name=upload.name[:200],
        digest=store.keep(upload.content),
        size=len(upload.content),
        place=upload.place,
        by=by,
        at=at,
        as_of=upload.as_of,
    )
    Progress.objects.create(source=kept)
    audit.record(actor=by, action="transfers.file_uploaded", subject=kept, digest=kept.digest)
    return kept


@transaction.atomic
def read_import(*, upload: Import, sheet: Sheet, report: Report = silent) -> Import:
    """Judge every row of a kept file and stage it. Needs the whole reach.

    A file that cannot be read is rejected with its reasons. Read already: nothing happens, so that
    a job may run again.
    """
    upload = _locked(upload)
    if upload.state != ImportState.WAITING:
        return upload
    source = box.read(store.path_of(upload.digest), upload.file_name, sheet.familiar, limits())
    context = sheet.context(upload.by, upload.as_of)
    judging = Judging(sheet, context, source, settings.IMPORT_MAX_ROWS)
    try:
        with transaction.atomic(), _uncollected():
            upload.counts = _staged(upload, judging, report)
            upload.reasons, upload.unread = judging.file_reasons, judging.unread
            upload.state = ImportState.READ
    except Refused as refusal:
        upload.reasons, upload.state = [refusal.reason], ImportState.REJECTED
    upload.save(update_fields=["counts", "reasons", "unread", "state"])
    counts = {**upload.counts, "reasons": upload.reasons}
    audit.record(actor=upload.by, action="transfers.file_read", subject=upload, **counts)
    return upload


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without searches for circles of objects: rows hold none, and each search walks over all rows so far."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _staged(upload: Import, judging: Judging, report: Report) -> dict[str, int]:
    """Write the verdicts as staged rows, corrections last; how many of each outcome."""
    verdicts = iter(judging)
    for number in count():
        if not (chunk := list(islice(verdicts, SealedRows.ROWS))):
            break
        _insert(upload, number, chunk)
        report(number * SealedRows.ROWS + len(chunk), 0)
    _correct(upload, judging.corrections)
    return judging.counts


def _insert(upload: Import, number: int, chunk: list[tuple[str, int, Verdict]]) -> None:
    """One statement for many rows: COPY does not write into a table behind row security."""
    said = [
        None
        if verdict.outcome == Outcome.SKIPPED
        else (verdict.values, verdict.details, verdict.written)
        for _name, _row, verdict in chunk
    ]
    SealedRows.objects.create(source=upload, number=number, content=packed(said))
    rows = [(name, row, verdict.outcome, _array(verdict.reasons)) for name, row, verdict in chunk]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transfers_stagedrow (source_id, place_in_file, sheet_name, row, outcome,"
            " reasons, result, result_reason, message)"
            " SELECT %s, %s + place, said->>0, (said->>1)::int, said->>2, (said->>3)::varchar[],"
            " '', '', '' FROM json_array_elements(%s::json) WITH ORDINALITY AS staged(said, place)",
            [upload.pk, number * SealedRows.ROWS - 1, json.dumps(rows, ensure_ascii=False)],
        )


def _array(words: Sequence[str]) -> str:
    """Reason words as PostgreSQL writes an array."""
    return "{" + ",".join(words) + "}"


def _correct(upload: Import, corrections: Mapping[tuple[str, int], Correction]) -> None:
    """Give the rows that other rows change their last outcome and reasons."""
    columns: list[Any] = [
        [name for name, _row in corrections],
        [row for _name, row in corrections],
        [str(found.outcome) for found in corrections.values()],
        [_array(found.reasons) for found in corrections.values()],
        upload.pk,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE transfers_stagedrow SET outcome = found.outcome, reasons = found.reasons::varchar[]"
            " FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[])"
            " AS found(name, row, outcome, reasons)"
            " WHERE source_id = %s AND sheet_name = found.name AND transfers_stagedrow.row = found.row",
            columns,
        )


@transaction.atomic
def begin_applying(*, upload: Import, mode: str, by: User | None) -> Import:
    """Choose how an import goes in; the work itself follows in the background.

    Raises NotPermitted or WrongState.
    """
    upload = _locked(upload)
    may_apply(by, upload, mode=mode).require()
    check_move(IMPORT_MOVES, upload.state, ImportState.APPLYING)
    upload.state, upload.mode, upload.by, upload.failure = ImportState.APPLYING, mode, by, ""
    upload.save(update_fields=["state", "mode", "by", "failure"])
    upload.rows.exclude(result="").update(result="", result_reason="", message="")
    Progress.objects.filter(source=upload).update(done=0, total=0)
    audit.record(actor=by, action="transfers.import_begun", subject=upload, mode=mode)
    return upload


@transaction.atomic
def apply_import(*, upload: Import, sheet: Sheet, at: datetime, report: Report = silent) -> Import:
    """Put the rows that may come in into the records, all in this transaction. Needs the whole reach.

    A worker that dies leaves nothing behind, and the job may run again. Where the records refuse
    rows: with `Mode.ALL` nothing goes in and the import stands as read, with the refusals named.
    """
    upload = _locked(upload)
    if upload.state != ImportState.APPLYING:
        return upload
    try:
        with transaction.atomic():
            upload.results = _applied(upload, sheet, at, report)
            if sum(upload.results.values()) >= MANY_ROWS:
                refresh_statistics()
            upload.state, upload.finished_at = ImportState.APPLIED, at
    except RowsRefused as refusal:
        upload.state, upload.failure = ImportState.READ, str(refusal)
        for pk, named in refusal.refused.items():
            upload.rows.filter(pk=pk).update(**named)
    upload.save(update_fields=["results", "state", "finished_at", "failure"])
    audit.record(
        actor=upload.by, action="transfers.import_applied", subject=upload, **upload.results
    )
    return upload


def _applied(upload: Import, sheet: Sheet, at: datetime, report: Report) -> dict[str, int]:
    rows = upload.rows.filter(outcome__in=COMES_IN).order_by("place_in_file")
    total, done = rows.count(), 0
    counts: Counter[str] = Counter()
    refused: dict[int, dict[str, str]] = {}
    contents = queries.Contents(upload)
    for chunk in _chunks(rows.iterator(APPLIED_AT_ONCE)):
        results = sheet.apply(
            [Staged(*contents.of(row)[:2], list(row.reasons)) for row in chunk],
            by=upload.by,
            at=at,
            import_id=upload.pk,
        )
        for row, result in zip(chunk, results, strict=True):
            row.result, row.result_reason = result.outcome, result.reason
            row.message = result.message[:300]
            counts[result.outcome] += 1
            if result.outcome == Result.REFUSED:
                named = {"result": row.result, "result_reason": row.result_reason}
                refused[row.pk] = {**named, "message": row.message}
        _write_results(chunk)
        done += len(chunk)
        report(done, total)
    if refused and upload.mode == Mode.ALL:
        raise RowsRefused(
            _("The records refused %(count)s rows, so nothing was taken.")
            % {"count": len(refused)},
            refused,
        )
    return {result: counts[result] for result in Result.values}


def _write_results(chunk: Sequence[StagedRow]) -> None:
    columns: list[Any] = [
        [row.pk for row in chunk],
        [row.result for row in chunk],
        [row.result_reason for row in chunk],
        [row.message for row in chunk],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE transfers_stagedrow SET result = done.result, result_reason = done.reason,"
            " message = done.message"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])"
            " AS done(id, result, reason, message) WHERE transfers_stagedrow.id = done.id",
            columns,
        )


def _chunks(rows: Iterator[StagedRow]) -> Iterator[list[StagedRow]]:
    while chunk := list(islice(rows, APPLIED_AT_ONCE)):
        yield chunk


@transaction.atomic
def undo_import(*, upload: Import, sheet: Sheet, by: User, at: datetime) -> Import:
    """Take a whole applied import back. Needs the whole reach.

    Raises NotPermitted, WrongState, or what the sheet's own undo raises while later records rest on it.
    """
    upload = _locked(upload)
    may_undo(by, upload, undoable=sheet.undo is not None).require()
    check_move(IMPORT_MOVES, upload.state, ImportState.UNDONE)
    assert sheet.undo is not None  # noqa: S101 -- the permit says so
    facts = sheet.undo(import_id=upload.pk, by=by, at=at)
    upload.state = ImportState.UNDONE
    upload.save(update_fields=["state"])
    audit.record(actor=by, action="transfers.import_undone", subject=upload, facts=facts)
    return upload


@transaction.atomic
def discard_import(*, upload: Import, by: User, at: datetime) -> Import:
    """Throw away an import that changed nothing: its rows and its bytes. Raises NotPermitted."""
    upload = _locked(upload)
    may_discard(by, upload).require()
    check_move(IMPORT_MOVES, upload.state, ImportState.DISCARDED)
    upload.rows.all().delete()
    upload.sealed.all().delete()
    upload.state, upload.finished_at = ImportState.DISCARDED, at
    upload.save(update_fields=["state", "finished_at"])
    others = Import.objects.filter(digest=upload.digest).exclude(state=ImportState.DISCARDED)
    if not others.exists():
        transaction.on_commit(lambda: store.forget(upload.digest))
    audit.record(actor=by, action="transfers.import_discarded", subject=upload)
    return upload


def _locked(upload: Import) -> Import:
    """The import, held against other workers but not against notes of progress about it."""
    found: Import = Import.objects.select_for_update(of=("self",), no_key=True).get(pk=upload.pk)
    return found
