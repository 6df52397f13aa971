"""Who may import, undo and export."""

from django.utils.translation import gettext as _

from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no
from huiju.transfers.enums import ImportState, Mode, Outcome
from huiju.transfers.models import Export, Import
from huiju.transfers.rules.listings import Listing


def may_import(user: User, place: Place) -> Permit:
    """Whether a user may send files in for a place."""
    if not user.holds("transfers.import", place):
        return no(_("You do not import for %(place)s.") % {"place": place})
    return YES


def may_import_anywhere(user: User) -> Permit:
    """Whether a user may send files in at all."""
    if not user.holds("transfers.import"):
        return no(_("Your roles do not include importing."))
    return YES


def may_apply(user: User | None, upload: Import, *, mode: str = "") -> Permit:
    """Whether the rows may go into the records; without a user the program itself acts."""
    if user and not user.holds("transfers.import", upload.place):
        return no(_("You do not import for %(place)s.") % {"place": upload.place})
    if upload.state != ImportState.READ:
        return no(_("This import is not waiting to be applied."))
    good = upload.counts.get(Outcome.ACCEPTED, 0) + upload.counts.get(Outcome.WARNED, 0)
    if not good:
        return no(_("No row of this file may come in. Correct it and upload it again."))
    if mode == Mode.ALL and upload.counts.get(Outcome.REFUSED, 0):
        return no(_("Some rows are wrong. Correct them, or apply the good rows only."))
    return YES


def may_undo(user: User, upload: Import, *, undoable: bool) -> Permit:
    """Whether an applied import may be taken back as a whole."""
    if not user.holds("transfers.import", upload.place):
        return no(_("You do not import for %(place)s.") % {"place": upload.place})
    if upload.state != ImportState.APPLIED:
        return no(_("Only an applied import can be taken back."))
    if not undoable:
        return no(_("Imports of this kind are corrected record by record."))
    return YES


def may_retry(user: User, upload: Import) -> Permit:
    """Whether work that an error stopped may be begun again."""
    if not user.holds("transfers.import", upload.place):
        return no(_("You do not import for %(place)s.") % {"place": upload.place})
    if upload.state != ImportState.STOPPED:
        return no(_("Only an import that an error stopped can be tried again."))
    return YES


def may_discard(user: User, upload: Import) -> Permit:
    """Whether an import that changed nothing may be thrown away, with its file."""
    if not user.holds("transfers.import", upload.place):
        return no(_("You do not import for %(place)s.") % {"place": upload.place})
    if upload.state not in (ImportState.READ, ImportState.REJECTED, ImportState.STOPPED):
        return no(_("Only an import that changed nothing can be thrown away."))
    return YES


def may_fetch(user: User, export: Export) -> Permit:
    """Whether somebody may open an exported file: its owner alone."""
    if export.owner_id != user.pk:
        return no(_("An export is for the person who asked for it."))
    return YES


def may_export(user: User, listing: Listing) -> Permit:
    """Whether a user may take a list out: they must see it, and be allowed to export."""
    if not (user.holds("transfers.export") and user.holds(listing.action)):
        return no(_("Your roles do not include exporting this list."))
    return YES
