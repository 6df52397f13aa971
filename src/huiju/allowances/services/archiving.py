"""Closing a month for good: its papers are printed once, sealed, and given the same each time."""

import base64
import hashlib
from datetime import datetime

from django.db import transaction

from huiju.allowances import queries
from huiju.allowances.enums import Step
from huiju.allowances.models import Archive, Run
from huiju.allowances.permissions import may_archive
from huiju.allowances.services.bankfiles import locked_run
from huiju.allowances.services.steps import sign
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.periods import Month


@transaction.atomic
def archive(*, run: Run, by: User, at: datetime) -> Archive:
    """Print a reconciled run's list, keep it, and sign that the papers are filed. Raises NotPermitted.

    Pressed again, what was kept is given.
    """
    held = locked_run(run)
    if kept := Archive.objects.filter(run=held).first():
        return kept
    may_archive(by, held, on=clock.day_of(at)).require()
    with acting_as_system():
        digest = queries.digest_of_lines(held)
    sign(held, Step.ARCHIVED, digest, by=by, at=at)
    content = queries.payment_sheet(held).pdf()
    made: Archive = Archive.objects.create(
        run=held,
        name=f"{held.scheme}-{held.place}-{Month.of(held.month)}.pdf"[-120:],
        digest=hashlib.sha256(content).hexdigest(),
        content=base64.b64encode(content).decode(),
    )
    audit.record(actor=by, action="allowances.archive_kept", subject=held, digest=made.digest)
    return made


def archived_papers(run: Run) -> bytes:
    """The papers of an archived run as they were kept."""
    kept = Archive.objects.get(run=run)
    return base64.b64decode(kept.content)
