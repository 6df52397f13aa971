"""Uploads for tests."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from huiju.directory.models import User
from huiju.directory.tests.factories import place
from huiju.transfers import services
from huiju.transfers.models import Export, Import, Progress, SealedRows, StagedRow

AT = datetime(2026, 11, 1, 2, tzinfo=UTC)
ON = date(2026, 11, 1)


def make_import(file: Path, sheet: Any, *, by: User | None = None, read: bool = True) -> Import:
    """A staged upload for 思明区, read unless told otherwise."""
    upload = services.Upload(file.name, file.read_bytes(), place(), ON)
    kept = services.stage_import(upload=upload, sheet=sheet, by=by, at=AT)
    return services.read_import(upload=kept, sheet=sheet) if read else kept


def make_progress(source: Import) -> Progress:
    made: Progress = Progress.objects.get(source=source)
    return made


def make_sealed_rows(source: Import, **fields: Any) -> SealedRows:
    made: SealedRows = SealedRows.objects.create(source=source, **{"number": 7} | fields)
    return made


def make_staged_row(source: Import, **fields: Any) -> StagedRow:
    defaults = {"place_in_file": 1000, "sheet_name": "名册", "row": 1001, "outcome": "skipped"}
    made: StagedRow = StagedRow.objects.create(source=source, **defaults | fields)
    return made


def make_export(owner: User, **fields: Any) -> Export:
    defaults = {"listing": "workers", "place": place(), "asked_at": AT}
    made: Export = Export.objects.create(owner=owner, **defaults | fields)
    return made
