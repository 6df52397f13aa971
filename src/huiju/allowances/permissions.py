"""Who does what to a month: computing, checking, reviewing, approving, paying; nobody signs twice."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huiju.allowances.enums import (
    SIGNING,
    FindingState,
    ObjectionState,
    PaymentState,
    RecoveryState,
    RunState,
    Step,
)
from huiju.allowances.models import (
    Finding,
    FundingLine,
    Notice,
    Objection,
    Payment,
    Recovery,
    Run,
    RunStep,
)
from huiju.directory.enums import Role
from huiju.directory.models import Place, User
from huiju.kernel.permits import YES, Permit, no
from huiju.registry.queries import file_key_of

VIEW, COMPUTE, CHECK = "allowances.view", "allowances.compute", "allowances.check"
VIEW_SELF = "allowances.view_self"
REVIEW, APPROVE, PAY = "allowances.review", "allowances.approve", "allowances.pay"
SIMULATE = "allowances.simulate"

PAID_IN = (RunState.APPROVED, RunState.PAYING)


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


def may_simulate(user: User, *, on: date) -> Permit:
    """Ask what a changed scheme would cost; nothing of the registry is shown but counts."""
    if user.holds(SIMULATE, on=on):
        return YES
    return no(_("Your roles do not include simulating allowances."))


def may_save_scenario(user: User, place: Place, *, on: date) -> Permit:
    """Keep a simulation for everybody who simulates in a place."""
    if user.holds(SIMULATE, place, on=on):
        return YES
    return no(_("You do not simulate allowances for %(place)s.") % {"place": place})


def may_define_schemes(user: User, place: Place, *, on: date) -> Permit:
    """Set up a scheme where it applies; it needs the right to enter policies there."""
    if user.holds("policies.propose", place, on=on):
        return YES
    return no(_("You do not set up schemes for %(place)s.") % {"place": place})


def may_define_somewhere(user: User, *, on: date) -> Permit:
    """Open the form; where a scheme may be set up is judged on saving."""
    if user.holds("policies.propose", on=on):
        return YES
    return no(_("Your roles do not include setting up schemes."))


def may_check(user: User, run: Run, *, on: date) -> Permit:
    """Sign that a computed list was checked."""
    if not user.holds(CHECK, run.place, on=on):
        return no(_("You do not check the lists of %(place)s.") % {"place": run.place})
    if run.state != RunState.DRAFT:
        return _not_now(run)
    if not _steps(run).filter(step=Step.COMPUTED).exists():
        return no(_("The list was returned for correction. Compute the month again first."))
    return _first_signature(user, run)


def may_publish(user: User, run: Run, *, on: date) -> Permit:
    """Put a checked list on public notice."""
    if not user.holds(CHECK, run.place, on=on):
        return no(_("You do not publish the lists of %(place)s.") % {"place": run.place})
    return YES if run.state == RunState.CHECKED else _not_now(run)


def may_review(user: User, run: Run, *, on: date) -> Permit:
    """Sign that a list passed review, once its notice is over and every objection answered."""
    if not user.holds(REVIEW, run.place, on=on):
        return no(_("You do not review the lists of %(place)s.") % {"place": run.place})
    if run.state != RunState.NOTICED:
        return _not_now(run)
    notice = Notice.objects.filter(run=run, round=run.round).first()
    if notice is None or notice.closes_on >= on:
        last = notice.closes_on.isoformat() if notice else "—"
        return no(
            _("The notice still runs until %(day)s. Review the list after that.") % {"day": last}
        )
    if count := Objection.objects.filter(notice=notice, state=ObjectionState.OPEN).count():
        return no(
            _("%(count)d objections are not answered yet. Answer them first.") % {"count": count}
        )
    return _first_signature(user, run)


def may_approve(user: User, run: Run, *, on: date) -> Permit:
    """Sign that a reviewed list is paid: finance of every government that pays a part of it."""
    if not all(user.holds(APPROVE, place, on=on) for place in _governments(run, on)):
        return no(_("Only finance of the government that pays approves this list."))
    if run.state != RunState.REVIEWED:
        return _not_now(run)
    return _first_signature(user, run)


def may_return(user: User, run: Run, *, on: date) -> Permit:
    """Send a signed list back for correction, before it is approved."""
    if not any(user.holds(action, run.place, on=on) for action in (CHECK, REVIEW, APPROVE)):
        return no(_("You do not return the lists of %(place)s.") % {"place": run.place})
    if run.state in (RunState.CHECKED, RunState.NOTICED, RunState.REVIEWED):
        return YES
    return _not_now(run)


def may_answer(user: User, objection: Objection, *, on: date) -> Permit:
    """Decide an objection in the district it is about."""
    if objection.state != ObjectionState.OPEN:
        return no(_("This objection has been answered already."))
    if user.holds(CHECK, objection.place, on=on):
        return YES
    return no(_("You do not answer objections in %(place)s.") % {"place": objection.place})


def records_of(user: User) -> set[int]:
    """Keys of the user's own record in the registry and of the one it was merged into; may be empty."""
    return {user.person_ref, file_key_of(user.person_ref)} if user.person_ref else set()


def may_object(user: User, payment: Payment, *, on: date) -> Permit:
    """Object to a payment of one's own, one objection at a time."""
    if not user.holds(VIEW_SELF, on=on) or payment.person_id not in records_of(user):
        return no(_("Only the payee objects to a payment here."))
    if payment.objections.filter(state=ObjectionState.OPEN).exists():
        return no(_("Your objection to this payment is being looked at. Wait for the answer."))
    return YES


def may_propose_recovery(user: User, place: Place, *, on: date) -> Permit:
    """Ask for what was overpaid in a district: whoever checks its lists."""
    if user.holds(CHECK, place, on=on):
        return YES
    return no(_("You do not ask money back for %(place)s.") % {"place": place})


def may_approve_recovery(user: User, recovery: Recovery, *, on: date) -> Permit:
    """Answer for a proposed recovery: a reviewer other than the proposer, once nobody can object any more."""
    if not user.holds(REVIEW, recovery.place, on=on):
        return no(_("You do not approve recoveries in %(place)s.") % {"place": recovery.place})
    if recovery.state != RecoveryState.PROPOSED:
        return no(
            _("This recovery is decided: %(state)s.") % {"state": recovery.get_state_display()}
        )
    if recovery.proposed_by_id == user.pk:
        return no(_("You proposed this recovery. Somebody else approves it."))
    if recovery.objections_until >= on:
        return no(
            _("The payee may object until %(day)s. Approve it after that.")
            % {"day": recovery.objections_until.isoformat()}
        )
    if recovery.objections.filter(state=ObjectionState.OPEN).exists():
        return no(_("The payee's objection is not answered yet. Answer it first."))
    return YES


def may_withdraw_recovery(user: User, recovery: Recovery, *, on: date) -> Permit:
    """Give a recovery up: whoever checks or reviews the lists of the district."""
    if recovery.state == RecoveryState.WITHDRAWN:
        return no(_("This recovery is withdrawn already."))
    if any(user.holds(action, recovery.place, on=on) for action in (CHECK, REVIEW)):
        return YES
    return no(_("You do not ask money back for %(place)s.") % {"place": recovery.place})


def may_record_repayment(user: User, recovery: Recovery, *, on: date) -> Permit:
    """Enter money that came back: finance of the place."""
    if not user.holds(PAY, recovery.place, on=on):
        return no(_("You do not pay allowances for %(place)s.") % {"place": recovery.place})
    if recovery.state == RecoveryState.APPROVED:
        return YES
    return no(_("Repayments are entered once the recovery is approved."))


def may_object_to_recovery(user: User, recovery: Recovery, *, on: date) -> Permit:
    """Object to a recovery asked of oneself, one objection at a time."""
    if not user.holds(VIEW_SELF, on=on) or recovery.person_id not in records_of(user):
        return no(_("Only the payee objects to a recovery here."))
    if recovery.state == RecoveryState.WITHDRAWN:
        return no(_("This recovery is withdrawn already."))
    if recovery.objections.filter(state=ObjectionState.OPEN).exists():
        return no(_("Your objection to this recovery is being looked at. Wait for the answer."))
    return YES


def may_have_slip(payment: Payment) -> Permit:
    """Have a slip of a payment, once the bank says it is paid."""
    if payment.state == PaymentState.PAID and payment.amount_fen:
        return YES
    return no(_("A slip is made once the payment is paid out."))


def may_explain(user: User, finding: Finding, *, on: date) -> Permit:
    """Explain a finding: whoever checks the lists of its place, or pays them where it is about a payment."""
    if finding.state != FindingState.OPEN:
        return no(_("This finding has been answered already."))
    action = PAY if finding.owner == Role.FINANCE else CHECK
    if user.holds(action, finding.place, on=on):
        return YES
    return no(
        _("This is answered by: %(role)s, %(place)s.")
        % {"role": finding.owner.label, "place": finding.place}
    )


def may_hold(user: User, place: Place, *, on: date) -> Permit:
    """Stop, or let go on, the allowance of somebody whose file a place keeps."""
    if user.holds(CHECK, place, on=on):
        return YES
    return no(_("You do not stop allowances in %(place)s.") % {"place": place})


def may_fund(user: User, governments: Iterable[Place], *, on: date) -> Permit:
    """Say out of which lines a scheme is paid: finance of every government whose lines they are."""
    for place in governments:
        if not user.holds(APPROVE, place, on=on):
            return no(
                _("The budget of %(place)s is kept by its own finance office.") % {"place": place}
            )
    return YES


def may_pay(user: User, run: Run, *, on: date) -> Permit:
    """Make files for the bank, take its answers, deal with what it sends back: finance of the place."""
    if not user.holds(PAY, run.place, on=on):
        return no(_("You do not pay allowances for %(place)s.") % {"place": run.place})
    if run.state not in PAID_IN:
        return no(
            _("Payments are made of an approved month. This one is: %(state)s.")
            % {"state": run.get_state_display()}
        )
    return YES


def may_archive(user: User, run: Run, *, on: date) -> Permit:
    """File the papers of a reconciled month."""
    if not user.holds(PAY, run.place, on=on):
        return no(_("You do not pay allowances for %(place)s.") % {"place": run.place})
    return YES if run.state == RunState.RECONCILED else _not_now(run)


def may_let_go(user: User, run: Run, *, on: date) -> Permit:
    """Have a withheld payment made after all: whoever may approve the list."""
    if not all(user.holds(APPROVE, place, on=on) for place in _governments(run, on)):
        return no(_("Only finance of the government that pays approves this list."))
    return YES if run.state in PAID_IN else _not_now(run)


def _steps(run: Run) -> QuerySet[RunStep]:
    return RunStep.objects.filter(run=run, round=run.round)


def _first_signature(user: User, run: Run) -> Permit:
    own = _steps(run).filter(by=user, step__in=SIGNING).first()
    if own is None:
        return YES
    return no(
        _("You signed this list already: “%(step)s”. The next signature must be somebody else's.")
        % {"step": own.get_step_display()}
    )


def _not_now(run: Run) -> Permit:
    return no(
        _("The list is “%(state)s” now: this step is not open.")
        % {"state": run.get_state_display()}
    )


def _governments(run: Run, on: date) -> list[Place]:
    """Whose budgets pay the run when approved on a day; the district while nothing is settled."""
    funded = {"funding__scheme": run.scheme_id, "funding__place": run.place_id}
    lines = FundingLine.objects.filter(
        **funded, funding__year=on.year, funding__replaced_at=None
    ).select_related("payer__place")
    return [line.payer.place for line in lines] or [run.place]
