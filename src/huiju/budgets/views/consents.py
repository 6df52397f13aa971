from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.budgets import queries, services
from huiju.budgets.enums import ConsentState
from huiju.budgets.forms import ReasonForm
from huiju.budgets.permissions import may_decide, may_withdraw
from huiju.budgets.views.lines import CONSENT_KINDS
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError

SHOWN = 100


@page("budgets.view")
def consents(request: HttpRequest) -> HttpResponse:
    user, today = reader(request), clock.today()
    asked = queries.consents_visible_to(user, on=today).order_by("-requested_at", "-pk")
    waiting = asked.filter(state=ConsentState.REQUESTED)
    decided = asked.exclude(state=ConsentState.REQUESTED)[:SHOWN]
    context = {
        "waiting": [
            (each, may_decide(user, each, on=today), ReasonForm(auto_id=f"%s_{each.pk}"))
            for each in waiting
        ],
        "decided": [
            (
                each,
                CONSENT_KINDS[each.state],
                may_withdraw(user, each, on=today),
                ReasonForm(auto_id=f"%s_{each.pk}"),
            )
            for each in decided
        ],
    }
    return render(request, "budgets/consents.html", context)


def _decided(
    request: HttpRequest, pk: int, decide: Callable[..., Any], **options: Any
) -> HttpResponse:
    visible = queries.consents_visible_to(reader(request), on=clock.today())
    consent = get_object_or_404(visible, pk=pk)
    try:
        decide(consent=consent, by=reader(request), at=clock.now(), **options)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Decided."))
    return redirect("budgets:consents")


@change("budgets.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, services.approve)


@change("budgets.approve")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, services.refuse, answer=request.POST.get("reason", ""))


@change("budgets.approve")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, services.withdraw, answer=request.POST.get("reason", ""))
