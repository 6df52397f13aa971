"""Work that ended for a reason inside the program: told in words, kept nothing, may be tried again."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel.states import check_move
from huiju.transfers.enums import IMPORT_MOVES, ExportState, ImportState
from huiju.transfers.models import Export, Import, Progress
from huiju.transfers.permissions import may_retry

HasJob = Callable[[str, int], bool]
"""Whether a job with this argument waits or is being done."""

UNDER_WAY = (ImportState.WAITING, ImportState.APPLYING)

log = logging.getLogger(__name__)


@transaction.atomic
def stop_import(*, upload: Import, at: datetime) -> Import:
    """End the reading or applying of an import that failed. Under way no longer: nothing happens."""
    upload = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state not in UNDER_WAY:
        return upload
    if upload.state == ImportState.WAITING:
        said = _("The file could not be read, for a reason inside the program. Nothing was kept.")
    else:
        said = _("The rows could not be taken, for a reason inside the program. Nothing was kept.")
    advice = _("Try again. If it fails again, tell the operator: import %(number)s.")
    upload.state, upload.finished_at = ImportState.STOPPED, at
    upload.failure = f"{said} {advice % {'number': upload.pk}}"
    upload.save(update_fields=["state", "failure", "finished_at"])
    log.error("import %s stopped", upload.pk)
    audit.record(actor=upload.by, action="transfers.import_stopped", subject=upload)
    return upload


@transaction.atomic
def retry_import(*, upload: Import, by: User) -> Import:
    """Begin again what was stopped; the work itself follows in the background.

    Raises NotPermitted or WrongState.
    """
    upload = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    may_retry(by, upload).require()
    state = ImportState.APPLYING if upload.mode else ImportState.WAITING
    check_move(IMPORT_MOVES, upload.state, state)
    upload.state, upload.failure, upload.finished_at = state, "", None
    upload.save(update_fields=["state", "failure", "finished_at"])
    Progress.objects.filter(source=upload).update(done=0, total=0)
    audit.record(actor=by, action="transfers.import_retried", subject=upload)
    return upload


@transaction.atomic
def stop_export(*, export: Export, at: datetime) -> Export:
    """End the writing of an export that failed. Under way no longer: nothing happens."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.state != ExportState.WAITING:
        return export
    export.state, export.finished_at = ExportState.FAILED, at
    export.failure = _(
        "The file could not be written, for a reason inside the program. Ask for it again above the"
        " list. If it fails again, tell the operator: export %(number)s."
    ) % {"number": export.pk}
    export.save(update_fields=["state", "finished_at", "failure"])
    log.error("export %s stopped", export.pk)
    audit.record(actor=export.owner, action="transfers.export_stopped", subject=export)
    return export


@transaction.atomic
def stop_lost(*, has_job: HasJob, at: datetime) -> None:
    """End what is shown as under way though no job will do it: its worker died once too often.

    What a worker holds at this moment is left alone. A job is put into the queue together with the
    state that shows it, so whoever sees the state sees the job.
    """
    uploads = Import.objects.filter(state__in=UNDER_WAY)
    for upload in uploads.select_for_update(of=("self",), skip_locked=True):
        if not has_job("import_id", upload.pk):
            stop_import(upload=upload, at=at)
    exports = Export.objects.filter(state=ExportState.WAITING)
    for export in exports.select_for_update(of=("self",), skip_locked=True):
        if not has_job("export_id", export.pk):
            stop_export(export=export, at=at)
