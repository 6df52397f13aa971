"""Who administers accounts, and over whom."""

from django.utils.translation import gettext as _

from huiju.directory.models import Organisation, Place, User
from huiju.kernel.permits import YES, Permit, no


def may_administer(by: User, user: User) -> Permit:
    """Whether an administrator may change somebody's account: everybody's but their own."""
    if by.pk == user.pk:
        return no(_("Nobody changes their own account here. Ask another administrator."))
    if not by.holds("directory.administer"):
        return no(_("You do not administer accounts."))
    return YES


def may_grant(by: User, user: User, where: Place | Organisation) -> Permit:
    """Whether an administrator may give or end somebody's role in a place or an organisation."""
    if by.pk == user.pk:
        return no(_("Nobody grants a role to themself. Ask another administrator."))
    if not by.holds("directory.administer", where):
        return no(_("You do not administer accounts of %(where)s.") % {"where": where})
    return YES
