"""Who keeps which budget: finance in its government's area, the others look on and ask.

Whose money it is decides, not where it serves: a district's finance sees the city's money that serves
the district, and leaves it alone. Packages above this one ask their own permits before they commit or
pay; what is here is asked for changes of the budget itself and for entries made by hand.
"""

from datetime import date

from django.utils.translation import gettext as _

from huiju.budgets.enums import ConsentState, YearState
from huiju.budgets.models import Consent, FiscalYear, Line
from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no

VIEW, REQUEST = "budgets.view", "budgets.request"
PLAN, MANAGE, APPROVE = "budgets.plan", "budgets.manage", "budgets.approve"


def may_manage(user: User, government: Place, *, on: date) -> Permit:
    """Keep the budgets of a government: plan, supplement, cut, open and close years."""
    if user.holds(MANAGE, government, on=on):
        return YES
    return no(
        _("The budget of %(place)s is kept by its own finance office.") % {"place": government}
    )


def may_plan(user: User, government: Place, *, on: date) -> Permit:
    """Bring in a government's budget sheet, as its own officials and its finance do."""
    if user.holds(PLAN, government, on=on):
        return YES
    return no(_("You do not bring in the budget of %(place)s.") % {"place": government})


def may_manage_somewhere(user: User, *, on: date) -> Permit:
    """Open the forms; for which government is judged on saving."""
    if user.holds(MANAGE, on=on):
        return YES
    return no(_("Your roles do not include keeping budgets."))


def may_change(user: User, line: Line, *, on: date) -> Permit:
    """Change what a line has, or enter by hand what happened to its money."""
    if line.withdrawn_at:
        return no(_("The import that planned this line was undone. Plan the line anew."))
    if line.fiscal_year.state == YearState.CLOSED:
        return no(
            _("The year %(year)s is closed. Have it reopened first.")
            % {"year": line.fiscal_year.year}
        )
    return may_manage(user, line.payer.place, on=on)


def may_spend(user: User, line: Line, *, on: date) -> Permit:
    """Enter by hand a commitment, what falls due, a payment."""
    if line.fiscal_year.state == YearState.PLANNING:
        return no(
            _("The year %(year)s is still being planned. Open it first.")
            % {"year": line.fiscal_year.year}
        )
    return may_change(user, line, on=on)


def may_request_override(user: User, line: Line, *, on: date) -> Permit:
    """Ask that a line may be overdrawn; somebody else approves."""
    if not user.holds(REQUEST, line.place, on=on):
        return no(_("You do not ask for changes of budgets here."))
    if line.fiscal_year.state != YearState.OPEN:
        return no(_("Only a line of an open year can be overdrawn."))
    return YES


def may_open(user: User, year: FiscalYear, *, on: date) -> Permit:
    """Begin to spend a planned year."""
    if year.state != YearState.PLANNING:
        return no(_("The year is not being planned any more."))
    return may_manage(user, year.place, on=on)


def may_close(user: User, year: FiscalYear, *, on: date) -> Permit:
    """End a year: its lines take no entry any more."""
    if year.state != YearState.OPEN:
        return no(_("Only an open year can be closed."))
    if on <= year.last_day:
        return no(_("The year is not over yet. It can be closed from 1 January on."))
    return may_manage(user, year.place, on=on)


def may_request_reopening(user: User, year: FiscalYear, *, on: date) -> Permit:
    """Ask that a closed year be opened again; somebody else approves."""
    if year.state != YearState.CLOSED:
        return no(_("The year is not closed."))
    if not user.holds(REQUEST, year.place, on=on):
        return no(_("You do not ask for changes of budgets here."))
    return YES


def may_carry(user: User, year: FiscalYear, *, on: date) -> Permit:
    """Bring balances and open commitments of a closed year into the next one."""
    if year.state != YearState.CLOSED:
        return no(_("Close the year first: until then its balances still move."))
    return may_manage(user, year.place, on=on)


def may_decide(user: User, consent: Consent, *, on: date) -> Permit:
    """Approve or refuse what somebody else asked for."""
    if consent.state != ConsentState.REQUESTED:
        return no(_("This has been decided already."))
    if consent.requested_by_id == user.pk:
        return no(_("You asked for this yourself. Somebody else must decide."))
    return _may_approve(user, consent, on=on)


def may_withdraw(user: User, consent: Consent, *, on: date) -> Permit:
    """Take an approved override back, as far as it was not used."""
    if consent.state != ConsentState.APPROVED or consent.line is None:
        return no(_("Only an approved override can be withdrawn."))
    return _may_approve(user, consent, on=on)


def _may_approve(user: User, consent: Consent, *, on: date) -> Permit:
    government = consent.line.payer.place if consent.line else consent.fiscal_year.place  # type: ignore[union-attr]
    if user.holds(APPROVE, government, on=on):
        return YES
    return no(_("You do not approve for %(place)s.") % {"place": government})
