"""Who may write into the policy library. Everybody signed in may read it."""

from datetime import date

from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no
from huiju.policies.models import Parameter, ParameterValue

PROPOSE, CONFIRM = "policies.propose", "policies.confirm"


def may_write(user: User, place: Place | None, *, on: date) -> Permit:
    """Record documents and propose values for a place; those of the whole country are the city's."""
    if user.holds(PROPOSE, place or directory.city(), on=on):
        return YES
    return no(_("You do not enter policies for this place. Ask the office that does."))


def may_propose_anywhere(user: User, *, on: date) -> Permit:
    """Open the forms for entering; which places they take is judged on saving."""
    if user.holds(PROPOSE, on=on):
        return YES
    return no(_("Your roles do not include entering policies."))


def may_decide(user: User, value: ParameterValue, *, on: date) -> Permit:
    """Confirm or refuse a proposed value: a second person, who holds this for the place."""
    if not user.holds(CONFIRM, value.place or directory.city(), on=on):
        return no(_("You do not confirm policy values for this place."))
    if value.proposed_by_id == user.pk:
        return no(_("You entered this value. It must be confirmed by someone else."))
    return YES


def may_review(user: User, parameter: Parameter, *, on: date) -> Permit:
    """Say that a parameter is unchanged: whoever enters policies where its office is in charge."""
    if user.holds(PROPOSE, place_of_office(parameter.owner, on=on), on=on):
        return YES
    return no(
        _("%(owner)s is in charge of this parameter. Ask there.") % {"owner": parameter.owner}
    )


def place_of_office(office: str, *, on: date) -> Place:
    """Where an office is in charge: the district whose name its own begins with, else the city."""
    districts = directory.districts(on=on)
    return next((each for each in districts if office.startswith(each.name)), directory.city())
