"""What can be done with imports and exports."""

from huiju.transfers.services.exports import ask_export, write_export
from huiju.transfers.services.imports import (
    Report,
    Upload,
    apply_import,
    begin_applying,
    discard_import,
    limits,
    read_import,
    stage_import,
    undo_import,
)
from huiju.transfers.services.stopping import retry_import, stop_export, stop_import, stop_lost
from huiju.transfers.services.store import FileLost, open_kept
from huiju.transfers.services.workbooks import result_file, template

__all__ = [
    "FileLost",
    "Report",
    "Upload",
    "apply_import",
    "ask_export",
    "begin_applying",
    "discard_import",
    "limits",
    "open_kept",
    "read_import",
    "result_file",
    "retry_import",
    "stage_import",
    "stop_export",
    "stop_import",
    "stop_lost",
    "template",
    "undo_import",
    "write_export",
]
