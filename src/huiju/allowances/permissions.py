"""Who computes allowances, and where."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no

VIEW, COMPUTE = "allowances.view", "allowances.compute"


def may_compute(user: User, places: Iterable[Place], *, on: date) -> Permit:
    """Compute a month in these districts."""
    for place in places:
        if not user.holds(COMPUTE, place, on=on):
            return no(_("You do not compute allowances for %(place)s.") % {"place": place})
    return YES


def may_compute_somewhere(user: User, *, on: date) -> Permit:
    """Open the form; which districts it takes is judged when computing."""
    if user.holds(COMPUTE, on=on):
        return YES
    return no(_("Your roles do not include computing allowances."))


def may_define_schemes(user: User, place: Place, *, on: date) -> Permit:
    """Set up a scheme where it applies; it needs the right to enter policies there."""
    if user.holds("policies.propose", place, on=on):
        return YES
    return no(_("You do not set up schemes for %(place)s.") % {"place": place})
