"""Taking lists out: asked for by a person, written in the background, kept for them alone."""

from datetime import datetime

from django.db import transaction

from huiju.audit import services as audit
from huiju.directory.models import Place, User
from huiju.transfers.enums import ExportState
from huiju.transfers.models import Export
from huiju.transfers.permissions import may_export
from huiju.transfers.rules.listings import Listing
from huiju.transfers.services import store
from huiju.transfers.services.workbooks import Book


@transaction.atomic
def ask_export(
    *, listing: Listing, filters: dict[str, str], place: Place, by: User, at: datetime
) -> Export:
    """Note that somebody wants a list as a file, with its filter of now. Raises NotPermitted.

    `place` is the office the person acts for.
    """
    may_export(by, listing).require()
    export: Export = Export.objects.create(
        listing=listing.code, filters=filters, owner=by, place=place, asked_at=at
    )
    audit.record(actor=by, action="transfers.export_asked", subject=export, listing=listing.code)
    return export


@transaction.atomic
def write_export(*, export: Export, listing: Listing, at: datetime) -> Export:
    """Write the rows its owner sees now. Must run in the owner's reach. Written already: nothing."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.state != ExportState.WAITING:
        return export
    book = Book(str(listing.title)[:31], [str(heading) for heading in listing.headings])
    for row in listing.rows(export.owner, export.filters):
        book.add(row)
    export.digest, export.row_count = store.keep(book.content()), book.row
    export.state, export.finished_at = ExportState.DONE, at
    export.save(update_fields=["digest", "row_count", "state", "finished_at"])
    audit.record(
        actor=export.owner,
        action="transfers.export_written",
        subject=export,
        listing=listing.code,
        rows=book.row,
    )
    return export
