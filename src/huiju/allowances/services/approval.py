"""Approving a list: payments, what the budget bears, the last signature; all of it or nothing."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.enums import Step
from huiju.allowances.models import Payment, Run, RunStep
from huiju.allowances.permissions import may_approve
from huiju.allowances.services.planning import ApprovalPlan, approval_plan
from huiju.allowances.services.recoveries import hold_recoveries, record_set_off
from huiju.allowances.services.steps import ListChanged, locked, sign
from huiju.budgets import services as budgets
from huiju.budgets.services import Claim
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.kernel import clock

ROWS_AT_ONCE = 5_000


@transaction.atomic
def approve(*, run: Run, seen: str, by: User, at: datetime, note: str = "") -> Run:
    """Sign that the list is paid, make its payments, and bind and make due their sum.

    `seen` is the digest of the `approval_plan` that was shown: were it another now, nothing is done. The step
    keeps it. Raises NotPermitted, ListChanged, NoFunding, RateMissing, and what the budget refuses.
    """
    held = locked(run)
    may_approve(by, held, on=clock.day_of(at)).require()
    with acting_as_system():
        hold_recoveries(held.scheme, held.place)
        plan = approval_plan(run=held, at=at)
        _check_seen(plan, seen)
        _make_payments(plan, by, at)
        _book(plan, by, at)
        return sign(held, Step.APPROVED, plan.digest, by=by, at=at, note=note)


def _check_seen(plan: ApprovalPlan, seen: str) -> None:
    run = plan.run
    reviewed = RunStep.objects.get(run=run, round=run.round, step=Step.REVIEWED)
    if reviewed.digest != plan.lines_digest:
        raise ListChanged(_("The list is not the one that was reviewed. Have it returned."))
    if plan.digest != seen:
        raise ListChanged(
            _(
                "Facts, accounts or budget lines have changed since you opened this. Look at it again."
            )
        )


def _make_payments(plan: ApprovalPlan, by: User, at: datetime) -> None:
    run = plan.run
    made = Payment.objects.bulk_create(
        (
            Payment(
                run=run,
                person_id=each.person,
                scheme=run.scheme,
                place=run.place,
                month=run.month,
                revision=run.revision,
                amount_fen=each.amount_fen,
                credit_fen=each.credit_fen,
                taken_fen=each.taken_fen,
                debt_growth_fen=each.debt_growth_fen,
                account_id=each.account,
                state=each.state,
                reason=each.reason,
                made_at=at,
                changed_at=at,
                changed_by=by,
            )
            for each in plan.payments
        ),
        batch_size=ROWS_AT_ONCE,
    )
    set_off = {payment.pk: each.set_off for payment, each in zip(made, plan.payments, strict=True)}
    record_set_off(set_off, by=by, at=at)


def _book(plan: ApprovalPlan, by: User, at: datetime) -> None:
    """The sum of the run, committed and due on the payers' lines; a list that pays nothing books nothing."""
    if not plan.shares:
        return
    key, on = f"allowance:run:{plan.run.pk}", clock.day_of(at)
    purpose = f"allowances.Run:{plan.run.pk}"
    claim = Claim(key, on, purpose, memo=str(plan.run))
    budgets.commit(shares=plan.shares, claim=claim, by=by, at=at)
    due = Claim(f"{key}:due", on, purpose, memo=str(plan.run))
    budgets.make_due(shares=plan.shares, claim=due, by=by, at=at)
