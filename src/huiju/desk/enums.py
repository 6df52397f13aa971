"""What the desk is divided into, and the words for recorded actions and their subjects."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Tray(TextChoices):
    """The four lists of a desk."""

    TODO = "todo", _("To do")
    DONE = "done", _("Dealt with")
    BEGUN = "begun", _("Begun by me")
    MESSAGES = "messages", _("Messages")


class FindingKind(TextChoices):
    """The groups of what the search box finds."""

    PERSON = "person", _("People")
    ORGANISATION = "organisation", _("Agencies and employers")
    DOCUMENT = "document", _("Policies")


# Every action the audit trail records; a test keeps this list complete.
ACTION_WORDS = {
    "directory.page_refused": _("Page refused"),
    "directory.role_granted": _("Role granted"),
    "directory.grant_ended": _("Role ended"),
    "directory.user_created": _("Account made"),
    "documents.file_stored": _("File stored"),
    "registry.roster_applied": _("Roster applied"),
    "statistics.figures_published": _("Figures published"),
}

# What a subject of the audit trail is, by the label of its model.
SUBJECT_WORDS = {
    "directory.User": _("Account"),
    "directory.Grant": _("Grant"),
    "documents.StoredFile": _("Stored file"),
    "registry.Person": _("Person"),
    "statistics.Publication": _("Publication"),
}

# Recorded actions that are a person's own decision: the list "Done" of the desk.
OWN_DECISIONS = (
    "statistics.figures_published",
    "directory.role_granted",
    "directory.grant_ended",
)
