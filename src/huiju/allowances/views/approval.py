from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huiju.allowances import services
from huiju.allowances.enums import PaymentState, Why
from huiju.allowances.forms import FundingForm, NoteForm
from huiju.allowances.permissions import may_approve
from huiju.allowances.services import ApprovalPlan, NoFunding
from huiju.allowances.views.runs import run_of
from huiju.budgets import queries as budgets
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.registry.models import Person

NAMED = 200
"""How many differences the page names; the sums are of all."""


@page("allowances.approve", logged="allowances.approval_read", of="allowances.Run")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    run = run_of(request, pk)
    context = {
        "run": run,
        "month": Month.of(run.month),
        "may_approve": may_approve(user, run, on=today),
        "note_form": NoteForm(),
    }
    try:
        plan = services.approval_plan(run=run, at=clock.now())
    except DomainError as refusal:
        context["refusal"] = str(refusal)
        if isinstance(refusal, NoFunding):
            context["funding_form"] = FundingForm(run=run, user=user, on=today)
    else:
        context |= _shown(plan)
    return render(request, "allowances/approval.html", context)


def _shown(plan: ApprovalPlan) -> dict[str, object]:
    """The plan in the words of the page: people by name, lines before and after."""
    named = plan.differences[:NAMED]
    people = Person.objects.in_bulk({each.person for each in named})
    before = budgets.stages_of([share.line.pk for share in plan.shares])
    states = [PaymentState.DUE, PaymentState.WITHHELD, PaymentState.NO_ACCOUNT, PaymentState.PAID]
    return {
        "plan": plan,
        "differences": [
            (people.get(each.person), Month.of(each.month), each, Why(each.why).label)
            for each in named
        ],
        "sums": [(state.label, *plan.sum_of(state)) for state in states],
        "effects": [
            (
                share,
                before[share.line.pk].available,
                before[share.line.pk].available - share.amount_fen,
            )
            for share in plan.shares
        ],
    }


@change("allowances.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    run, by, seen = run_of(request, pk), reader(request), request.POST.get("seen", "")
    note = request.POST.get("note", "")[:500]
    try:
        services.approve(run=run, seen=seen, by=by, at=clock.now(), note=note)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("allowances:approval", pk)
    messages.success(request, _("Approved: the payments are made and the budget is bound."))
    return redirect("allowances:steps", pk)


@change("allowances.approve")
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = reader(request), clock.now()
    form = FundingForm(request.POST, run=run_of(request, pk), user=user, on=clock.day_of(at))
    if not form.is_valid():
        messages.error(request, _("Choose the budget lines that pay."))
        return redirect("allowances:approval", pk)
    try:
        services.set_funding(entry=form.entry(), by=user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Who pays is entered."))
    return redirect("allowances:approval", pk)
