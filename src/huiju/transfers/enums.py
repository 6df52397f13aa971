"""Outcomes, reasons and states of imports and exports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    """What becomes of a row."""

    ACCEPTED = "accepted", _("Right")
    WARNED = "warned", _("To be looked at")
    REFUSED = "refused", _("Wrong")
    SKIPPED = "skipped", _("Not a record")


class FileReason(TextChoices):
    """Why a whole file is not read; MULTI_SHEET alone may also stand beside a file that is."""

    CORRUPT = "CORRUPT", _("The file is damaged and cannot be read.")
    EMPTY = "EMPTY", _("The file holds no record.")
    TYPE_MISMATCH = "TYPE_MISMATCH", _("The file is not what its name says.")
    TYPE_UNSUPPORTED = "TYPE_UNSUPPORTED", _("Files of this type are not read.")
    PASSWORD = "PASSWORD", _("The file is protected by a password.")
    MACRO = "MACRO", _("The file holds macros.")
    XML_ENTITY = "XML_ENTITY", _("The file declares document types or entities, as attacks do.")
    ZIP_BOMB = "ZIP_BOMB", _("The file unpacks to far more than it says or than is allowed.")
    TOO_LARGE = "TOO_LARGE", _("The file is larger, or has more rows or columns, than is allowed.")
    ENCODING = "ENCODING", _("The text is in none of UTF-8, UTF-16 and GB18030.")
    HEADER_MISSING = "HEADER_MISSING", _("The header row, or a column that is needed, is missing.")
    HEADER_UNKNOWN = "HEADER_UNKNOWN", _("A needed column is not there under any known name.")
    HEADER_AMBIGUOUS = "HEADER_AMBIGUOUS", _("Two columns of one sheet mean the same.")
    EXTERNAL_LINK = "EXTERNAL_LINK", _("The file takes values from other files.")
    MULTI_SHEET = "MULTI_SHEET", _("Several sheets hold records; all of them were read.")


FILE_SUGGESTIONS = {
    FileReason.CORRUPT: _("Open it in Excel or WPS, save it under a new name and try again."),
    FileReason.EMPTY: _("Check that the right file was chosen and that it was saved."),
    FileReason.TYPE_MISMATCH: _("Open it and save it as .xlsx; do not only rename it."),
    FileReason.TYPE_UNSUPPORTED: _("Save it as .xlsx, .xls or .csv."),
    FileReason.PASSWORD: _("Remove the password in Excel or WPS and save it again."),
    FileReason.MACRO: _("Save it as an ordinary .xlsx workbook without macros."),
    FileReason.XML_ENTITY: _("Ask where the file comes from; copy its cells into a new workbook."),
    FileReason.ZIP_BOMB: _("Ask where the file comes from; copy its cells into a new workbook."),
    FileReason.TOO_LARGE: _("Split it, or delete the empty rows and columns beyond the table."),
    FileReason.ENCODING: _("Save it as .xlsx, or as “CSV UTF-8”."),
    FileReason.HEADER_MISSING: _("Add the header row; the template shows the columns."),
    FileReason.HEADER_UNKNOWN: _("Name the columns as in the template."),
    FileReason.HEADER_AMBIGUOUS: _("Keep one of the two columns or rename the other."),
    FileReason.EXTERNAL_LINK: _("Paste the linked cells as values and save it again."),
    FileReason.MULTI_SHEET: _("Delete the sheets that do not belong to this import."),
}


class RowReason(TextChoices):
    """What is wrong with a row, whatever kind of sheet it stands in."""

    REQUIRED_MISSING = "REQUIRED_MISSING", _("A cell that is needed is empty.")
    DATE_INVALID = "DATE_INVALID", _("A date does not exist or cannot be read.")
    DATE_AMBIGUOUS = "DATE_AMBIGUOUS", _("A date can be read in more than one way.")
    DATE_PRECISION = "DATE_PRECISION", _("A date has no day.")
    DATE_FUTURE = "DATE_FUTURE", _("A date lies in the future.")
    VALUE_INVALID = "VALUE_INVALID", _("A value is not one of those allowed.")
    FORMULA = "FORMULA", _("A cell holds a formula without a plain value.")
    HIDDEN_ROW = "HIDDEN_ROW", _("The row is hidden.")
    HIDDEN_SHEET = "HIDDEN_SHEET", _("The sheet is hidden.")
    CONTROL_CHAR = "CONTROL_CHAR", _("A cell holds invisible control characters.")


ROW_SUGGESTIONS = {
    RowReason.REQUIRED_MISSING: _("Fill in the empty cell."),
    RowReason.DATE_INVALID: _("Write the date as 2018-07-11."),
    RowReason.DATE_AMBIGUOUS: _("Write the date as 2018-07-11, the year in four digits."),
    RowReason.DATE_PRECISION: _("Write the whole date, with its day, as 2018-07-11."),
    RowReason.DATE_FUTURE: _("Check the year; import the row once the day has come."),
    RowReason.VALUE_INVALID: _("Choose one of the values offered in the template."),
    RowReason.FORMULA: _("Copy the cell and paste it as a value."),
    RowReason.HIDDEN_ROW: _("Unhide the row, or clear the filter, if it is meant to come in."),
    RowReason.HIDDEN_SHEET: _("Unhide the sheet if it is meant to come in."),
    RowReason.CONTROL_CHAR: _("Type the cell again by hand instead of pasting it."),
}


class ImportState(TextChoices):
    """Where an import stands."""

    WAITING = "waiting", _("Being read")
    READ = "read", _("Read, not applied")
    REJECTED = "rejected", _("Not readable")
    STOPPED = "stopped", _("Stopped by an error")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Taken back")
    DISCARDED = "discarded", _("Thrown away")


IMPORT_MOVES: dict[str, set[str]] = {
    ImportState.WAITING: {ImportState.READ, ImportState.REJECTED, ImportState.STOPPED},
    ImportState.READ: {ImportState.APPLYING, ImportState.DISCARDED},
    ImportState.REJECTED: {ImportState.DISCARDED},
    ImportState.STOPPED: {ImportState.WAITING, ImportState.APPLYING, ImportState.DISCARDED},
    ImportState.APPLYING: {ImportState.APPLIED, ImportState.READ, ImportState.STOPPED},
    ImportState.APPLIED: {ImportState.UNDONE},
}


class Mode(TextChoices):
    """Which rows of an import are applied."""

    GOOD_ROWS = "good_rows", _("The good rows; the wrong ones stay out")
    ALL = "all", _("All or nothing")


class Result(TextChoices):
    """What became of an applied row."""

    CREATED = "created", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Already there")
    REFUSED = "refused", _("Refused")


class ExportState(TextChoices):
    """Where an export stands."""

    WAITING = "waiting", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
