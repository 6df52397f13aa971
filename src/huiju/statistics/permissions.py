"""Who may publish, and who may open which figure how far."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no

ACTION_VIEW, ACTION_PUBLISH = "statistics.view", "statistics.publish"


def may_publish(user: User, place: Place) -> Permit:
    """Published figures speak for the whole city, so its officials publish them."""
    if not user.holds(ACTION_PUBLISH, place):
        return no(_("Figures are published by the city. Ask a city official."))
    return YES


def may_ask(user: User, filters: Mapping[str, str], place: Place) -> Permit:
    """A total of the city or a district is for every reader; finer parts for those in charge there.

    A part of a part can be so small that it tells of one person.
    """
    if set(filters) <= {"district"} or user.holds(ACTION_VIEW, place):
        return YES
    return no(_("You see parts of a figure within your own area only."))
