from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.allowances import queries, services
from huiju.allowances.forms import AnswerForm, NoteForm, ReturnForm
from huiju.allowances.models import Notice, Objection
from huiju.allowances.permissions import (
    may_answer,
    may_approve,
    may_check,
    may_publish,
    may_return,
    may_review,
)
from huiju.allowances.views.runs import STATE_KINDS, run_of
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month


@page("allowances.view", logged="allowances.steps_read", of="allowances.Run")
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    run = run_of(request, pk)
    notice = Notice.objects.filter(run=run, round=run.round).first()
    context = {
        "run": run,
        "month": Month.of(run.month),
        "state_kind": STATE_KINDS.get(run.state, ""),
        "seen": queries.digest_of_lines(run),
        "trail": run.steps.select_related("by").order_by("at", "pk"),
        "notice": notice,
        "notice_open": notice is not None and queries.notice_is_open(notice, on=today),
        "objections": _objections(request, pk),
        "may_check": may_check(user, run, on=today),
        "may_publish": may_publish(user, run, on=today),
        "may_review": may_review(user, run, on=today),
        "may_approve": may_approve(user, run, on=today),
        "may_return": may_return(user, run, on=today),
        "check_form": NoteForm(auto_id="check_%s"),
        "review_form": NoteForm(auto_id="review_%s"),
        "return_form": ReturnForm(auto_id="return_%s"),
    }
    return render(request, "allowances/steps.html", context)


def _objections(request: HttpRequest, pk: int) -> list[Any]:
    user, today = reader(request), clock.today()
    to_run = Q(notice__run=pk) | Q(payment__run=pk)
    found = Objection.objects.filter(to_run).select_related(
        "notice__run", "payment__person", "answered_by"
    )
    return [
        (each, may_answer(user, each, on=today), AnswerForm(objection=each))
        for each in found.order_by("made_at", "pk")
    ]


def _taken(
    request: HttpRequest, back: int | tuple[str, int], take: Callable[[], object], said: str
) -> HttpResponse:
    """Take a step and go back to the run's steps or another page, with what was done or why not."""
    try:
        take()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(*(back if isinstance(back, tuple) else ("allowances:steps", back)))


@change("allowances.check")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    said = {"seen": request.POST.get("seen", ""), "note": request.POST.get("note", "")[:500]}
    run, by = run_of(request, pk), reader(request)
    return _taken(
        request,
        pk,
        lambda: services.check(run=run, by=by, at=clock.now(), **said),
        _("The list is checked."),
    )


@change("allowances.check")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    run, by, seen = run_of(request, pk), reader(request), request.POST.get("seen", "")
    return _taken(
        request,
        pk,
        lambda: services.publish_notice(run=run, seen=seen, by=by, at=clock.now()),
        _("The list is on public notice."),
    )


@change("allowances.review")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    said = {"seen": request.POST.get("seen", ""), "note": request.POST.get("note", "")[:500]}
    run, by = run_of(request, pk), reader(request)
    return _taken(
        request,
        pk,
        lambda: services.review(run=run, by=by, at=clock.now(), **said),
        _("The list has passed review."),
    )


@change("allowances.view")
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    run, by, reason = run_of(request, pk), reader(request), request.POST.get("reason", "")[:500]
    return _taken(
        request,
        pk,
        lambda: services.return_run(run=run, reason=reason, by=by, at=clock.now()),
        _("The list is returned."),
    )


@change("allowances.check")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    visible = queries.runs_visible_to(reader(request), on=clock.today())
    runs = visible.order_by().values("pk")
    recoveries = queries.recoveries_visible_to(reader(request), on=clock.today()).values("pk")
    objections = Objection.objects.filter(
        Q(notice__run__in=runs) | Q(payment__run__in=runs) | Q(recovery__in=recoveries)
    )
    objection = get_object_or_404(objections.select_related("notice", "payment", "recovery"), pk=pk)
    form = AnswerForm(request.POST, objection=objection)
    if objection.recovery_id:
        back = "allowances:recovery", objection.recovery_id
    else:
        back = "allowances:steps", (objection.notice or objection.payment).run_id
    if not form.is_valid():
        faults = (str(fault) for faults in form.errors.values() for fault in faults)
        messages.error(request, " ".join(faults))
        return redirect(*back)
    decide = {"objection": objection, "decision": form.decision(), "by": reader(request)}
    return _taken(
        request,
        back,
        lambda: services.answer_objection(at=clock.now(), **decide),
        _("The objection is answered."),
    )
