"""`huiju import KIND FILE [--as USER] [--as-of DATE] [--dry-run] --json` (docs/reference/roster-import.md)."""

import json
import sys
import tempfile
from argparse import SUPPRESS
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import arguments, clock
from huiju.kernel.errors import DomainError
from huiju.transfers import queries, services
from huiju.transfers.enums import (
    FILE_SUGGESTIONS,
    FileReason,
    ImportState,
    Mode,
    Outcome,
    Result,
)
from huiju.transfers.permissions import may_apply
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Refused
from huiju.transfers.rules.columns import Sheet
from huiju.transfers.rules.rows import Judging
from huiju.transfers.sheets import sheet_named

DONE, FAULTY, UNJUDGED = 0, 1, 2


class Command(BaseCommand):
    help = gettext_noop("Import a spreadsheet: judge every row, apply the rows that may come in.")
    requires_system_checks = ()  # they read every page, which takes longer than the import

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help=SUPPRESS)
        parser.add_argument("file", type=arguments.file, help=_("xlsx, xls or csv"))
        parser.add_argument("--as", dest="user", default="", help=_("who imports"))
        parser.add_argument(
            "--as-of", type=arguments.day, help=_("judged and recorded on this day")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("judge only"))
        parser.add_argument("--json", action="store_true", help=_("every row as JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with acting_as_system():
                status = self.run_import(path, options)
        except DomainError as refusal:
            self.fail(str(refusal))
        if status:
            sys.exit(status)

    def fail(self, words: str) -> NoReturn:
        self.stderr.write(words)
        sys.exit(UNJUDGED)

    def run_import(self, path: Path, options: dict[str, Any]) -> int:
        sheet = sheet_named(options["kind"])
        by = directory.user_named(options["user"]) if options["user"] else None
        day = options["as_of"] or clock.today()
        if options["dry_run"]:
            answer: Answer = DryRun(sheet, path, by, day)
        else:
            at = clock.noon_of(day) if options["as_of"] else clock.now()
            answer = Applied(sheet, path, by, Moment(day, at))
        if options["json"]:
            answer.print(self.stdout)
        self.stderr.write(answer.words())
        return answer.status


@dataclass(frozen=True)
class Moment:
    """The day rows are judged for, and the instant at which they are recorded."""

    day: date
    at: datetime


def office_of(by: User | None) -> Place:
    """The place somebody sends files in for: the first they hold, or the city."""
    held = directory.places_held(by, "transfers.import", on=clock.today()) if by else []
    return held[0] if held else directory.city()


def row_said(
    name: str, row: int, outcome: str, reasons: list[str], *told: dict[str, Any]
) -> dict[str, Any]:
    """A row as it is printed; details stand there only where the file gave some."""
    values, details = told
    said = {"sheet": name, "row": row, "outcome": outcome, "reasons": reasons, "values": values}
    return said | ({"details": details} if details else {})


class Answer:
    """What a command says: the file's outcome and reasons, and its rows one after the other."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.reasons: list[str] = []
        self.import_id: int | None = None
        self.counts: Counter[str] = Counter()
        self.rejected = False

    def rows(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    @property
    def status(self) -> int:
        """Wrong is a file that was rejected, or one with a refused row."""
        return FAULTY if self.rejected or self.counts[Outcome.REFUSED] else DONE

    def print(self, out: OutputWrapper) -> None:
        """One JSON object, written row by row: a large file is never held as a whole."""
        head = {
            "file": self.file,
            "outcome": "reject_file" if self.rejected else "import",
            "reasons": self.reasons,
            "import_id": self.import_id,
        }
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [', ending="")
        comma = ""
        for row in self.rows():
            out.write(comma + json.dumps(row, ensure_ascii=False), ending="")
            comma = ",\n"
        out.write("]}")

    def words(self) -> str:
        if self.rejected:
            reasons = (FileReason(word) for word in self.reasons)
            return " ".join(f"{reason.label} {FILE_SUGGESTIONS[reason]}" for reason in reasons)
        return _("%(accepted)s right, %(warned)s to be looked at, %(refused)s wrong.") % {
            "accepted": self.counts[Outcome.ACCEPTED],
            "warned": self.counts[Outcome.WARNED],
            "refused": self.counts[Outcome.REFUSED],
        }


class DryRun(Answer):
    """Judged only. Verdicts wait in a temporary file, because later rows may change earlier ones."""

    def __init__(self, sheet: Sheet, path: Path, by: User | None, day: date) -> None:
        super().__init__(path)
        self.spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 -- read in rows()
        limits = services.limits()
        source = box.read(path, path.name, sheet.familiar, limits)
        judging = Judging(sheet, sheet.context(by, day), source, limits.max_rows)
        try:
            for name, row, verdict in judging:
                said = [
                    name,
                    row,
                    verdict.outcome,
                    verdict.reasons,
                    verdict.values,
                    verdict.details,
                ]
                self.spool.write(json.dumps(said) + "\n")
            self.reasons, self.corrections = judging.file_reasons, judging.corrections
            self.counts.update(judging.counts)
        except Refused as refusal:
            self.reasons, self.rejected = [refusal.reason], True
            self.spool.truncate(0)
            self.corrections = {}
        self.spool.seek(0)

    def rows(self) -> Iterator[dict[str, Any]]:
        for line in self.spool:
            name, row, outcome, reasons, values, details = json.loads(line)
            corrected = self.corrections.get((name, row))
            if corrected:
                outcome, reasons = corrected.outcome, corrected.reasons
            yield row_said(name, row, outcome, reasons, values, details)


class Applied(Answer):
    """Staged, and applied with the good rows."""

    def __init__(self, sheet: Sheet, path: Path, by: User | None, as_of: Moment) -> None:
        super().__init__(path)
        self.sheet = sheet
        upload = services.Upload(path.name, path.read_bytes(), office_of(by), as_of.day)
        kept = services.stage_import(upload=upload, sheet=sheet, by=by, at=as_of.at)
        kept = services.read_import(upload=kept, sheet=sheet)
        if may_apply(by, kept):
            kept = services.begin_applying(upload=kept, mode=Mode.GOOD_ROWS, by=by)
            kept = services.apply_import(upload=kept, sheet=sheet, at=as_of.at)
        self.kept, self.import_id, self.reasons = kept, kept.pk, list(kept.reasons)
        self.rejected = kept.state == ImportState.REJECTED
        self.counts.update(kept.counts)
        self.counts[Outcome.REFUSED] += kept.results.get(Result.REFUSED, 0)

    def rows(self) -> Iterator[dict[str, Any]]:
        blank = dict.fromkeys(self.sheet.values)
        contents = queries.Contents(self.kept)
        for row in self.kept.rows.order_by("place_in_file").iterator(1000):
            view = queries.shown(self.sheet, row, contents)
            refused = row.result == Result.REFUSED
            outcome = Outcome.REFUSED if refused else row.outcome
            known = [row.result_reason] if row.result_reason in self.sheet.reasons else []
            said = row_said(
                row.sheet_name,
                row.row,
                outcome,
                [*row.reasons, *known],
                view.values or blank,
                view.details,
            )
            if row.result:
                said["result"] = {
                    "outcome": row.result,
                    "reason": row.result_reason,
                    "message": row.message,
                }
            yield said
