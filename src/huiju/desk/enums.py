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
    "allowances.comparison_read": _("Comparison of two months read"),
    "allowances.line_read": _("Derivation of an amount read"),
    "allowances.run_computed": _("Month computed"),
    "allowances.run_read": _("Month read"),
    "allowances.scheme_defined": _("Allowance scheme defined"),
    "api.token_created": _("Access token made"),
    "api.token_revoked": _("Access token revoked"),
    "directory.call_refused": _("Call refused"),
    "directory.grant_ended": _("Role ended"),
    "directory.keys_rotated": _("Keys rotated"),
    "directory.organisation_added": _("Organisation added"),
    "directory.organisation_changed": _("Organisation changed"),
    "directory.page_refused": _("Page refused"),
    "directory.password_changed": _("Password changed"),
    "directory.password_reset": _("Password reset"),
    "directory.place_added": _("Place added"),
    "directory.place_changed": _("Place changed"),
    "directory.role_granted": _("Role granted"),
    "directory.sign_in_failed": _("Sign-in failed"),
    "directory.signed_in": _("Signed in"),
    "directory.user_closed": _("Account shut"),
    "directory.user_created": _("Account made"),
    "directory.user_opened": _("Account opened"),
    "documents.file_stored": _("File stored"),
    "policies.document_changed": _("Document changed"),
    "policies.document_recorded": _("Document recorded"),
    "policies.file_attached": _("File attached to a document"),
    "policies.parameter_changed": _("Parameter changed"),
    "policies.parameter_defined": _("Parameter defined"),
    "policies.value_confirmed": _("Policy value confirmed"),
    "policies.value_proposed": _("Policy value proposed"),
    "policies.value_refused": _("Policy value refused"),
    "registry.certificate_corrected": _("Certificate corrected"),
    "registry.certificate_revoked": _("Certificate revoked"),
    "registry.number_revealed": _("Full number shown"),
    "registry.own_file_read": _("Own file read"),
    "registry.person_read": _("Person's file read"),
    "registry.person_renamed": _("Person's name changed"),
    "registry.post_added": _("Post added"),
    "registry.post_corrected": _("Post corrected"),
    "registry.post_ended": _("Post ended"),
    "registry.roster_applied": _("Roster applied"),
    "registry.roster_undone": _("Roster taken back"),
    "registry.workers_listed": _("List of people read"),
    "statistics.figures_published": _("Figures published"),
    "transfers.export_asked": _("Export asked for"),
    "transfers.export_fetched": _("Export fetched"),
    "transfers.export_written": _("Export written"),
    "transfers.file_read": _("File read and judged"),
    "transfers.file_uploaded": _("File uploaded"),
    "transfers.import_applied": _("Import applied"),
    "transfers.import_begun": _("Import begun"),
    "transfers.import_discarded": _("Import thrown away"),
    "transfers.import_read": _("Import read"),
    "transfers.import_undone": _("Import taken back"),
    "transfers.result_read": _("Result sheet fetched"),
    "transfers.rows_read": _("Rows of an import read"),
}

# Recorded actions that are a person's own decision: the list "Dealt with" of the desk.
OWN_DECISIONS = (
    "allowances.scheme_defined",
    "directory.grant_ended",
    "directory.role_granted",
    "directory.user_created",
    "policies.value_confirmed",
    "policies.value_refused",
    "registry.certificate_corrected",
    "registry.certificate_revoked",
    "registry.post_corrected",
    "registry.post_ended",
    "statistics.figures_published",
    "transfers.import_begun",
    "transfers.import_discarded",
    "transfers.import_undone",
)

# What a subject of the audit trail is, by the label of its model.
SUBJECT_WORDS = {
    "allowances.Run": _("Run"),
    "allowances.RunLine": _("Allowance line"),
    "allowances.Scheme": _("Scheme"),
    "api.Token": _("Access token"),
    "directory.Grant": _("Role of an account"),
    "directory.Organisation": _("Organisation"),
    "directory.User": _("Account"),
    "documents.StoredFile": _("Stored file"),
    "import": _("Import"),
    "place": _("Region"),
    "policies.Document": _("Policy document"),
    "policies.Parameter": _("Parameter"),
    "policies.ParameterValue": _("Policy value"),
    "registry.Person": _("Person"),
    "statistics.Publication": _("Publication"),
    "transfers.Export": _("Export"),
    "transfers.Import": _("Import"),
}
