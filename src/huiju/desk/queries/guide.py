"""What somebody may try first, by role: the desk's guided tour."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiju.directory.enums import Role
from huiju.directory.models import User


@dataclass(frozen=True)
class Step:
    """One thing to try: what it is, why it is worth a look, and the page it begins on."""

    title: Any
    text: Any
    route: str
    icon: str

    @property
    def url(self) -> str:
        return reverse(self.route)


IMPORT = Step(
    _("Import a roster with faults"),
    _(
        "Take 翔安区2026名册（待修正）.xlsx from the demo folder: each row that is not taken says why. "
        "Mend it, send it again: only the mended rows come in."
    ),
    "transfers:new",
    "file-spreadsheet",
)
WORKERS = Step(
    _("Open a social worker"),
    _("Search by name, pinyin or initials. The page tells a life in order, as known on any day."),
    "registry:workers",
    "users",
)
OWN_FILE = Step(
    _("Read your own file"),
    _("What is on record of you, who entered it and when. Tell your office what is wrong."),
    "registry:me",
    "id",
)
OWN_ALLOWANCES = Step(
    _("See your own allowances"),
    _(
        "From the public notice on: each amount with its reasons, where each payment is, and objections."
    ),
    "allowances:me",
    "coin-yuan",
)
ALLOWANCES = Step(
    _("See why somebody gets 200 yuan"),
    _("Open a month, then press an amount: clause, parameter, facts and arithmetic."),
    "allowances:runs",
    "coin-yuan",
)
FIGURES = Step(
    _("Open a number to its records"),
    _("Every number with a dotted line opens: definition, date, records, citation."),
    "statistics:dashboard",
    "chart-bar",
)
BULLETIN = Step(
    _("Read the yearly bulletin"),
    _("Its numbers are the published ones. Download it as PDF or Word."),
    "statistics:publications",
    "report-analytics",
)
POLICIES = Step(
    _("Look up a policy value"),
    _("Each rate and limit names the document and article it comes from."),
    "policies:parameters",
    "scale",
)
TRAIL = Step(
    _("Check the audit trail"),
    _("Who did what, refusals too. One press follows the whole chain."),
    "desk:events",
    "history",
)
ACCOUNTS = Step(
    _("Make an account"),
    _("A role, a place, a period; the one-time password is shown once."),
    "directory:users",
    "user-check",
)

TOURS: dict[str, tuple[Step, ...]] = {
    Role.CITY: (FIGURES, IMPORT, ALLOWANCES, BULLETIN),
    Role.DISTRICT: (IMPORT, WORKERS, ALLOWANCES, FIGURES),
    Role.STREET: (WORKERS, FIGURES, POLICIES),
    Role.AGENCY: (WORKERS, POLICIES),
    Role.WORKER: (OWN_FILE, OWN_ALLOWANCES, POLICIES),
    Role.REVIEWER: (POLICIES,),
    Role.FINANCE: (ALLOWANCES, FIGURES, POLICIES),
    Role.AUDITOR: (TRAIL, FIGURES, ALLOWANCES),
    Role.ADMINISTRATOR: (ACCOUNTS, TRAIL),
}


def steps_for(user: User, *, on: date) -> list[Step]:
    """The steps of all roles a user has on a day, each once, in the order of the roles."""
    roles = [grant.role for grant in user.grants_on(on)]
    steps = dict.fromkeys(step for role in roles for step in TOURS[role])
    own = {OWN_FILE, OWN_ALLOWANCES}
    return [step for step in steps if step not in own or user.person_ref is not None]
