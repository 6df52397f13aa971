"""Money asked back: what people owe, proposals, decisions, and what has come in; and a month computed again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.allowances import queries, services
from huiju.allowances.enums import RecoveryState
from huiju.allowances.forms import (
    AnswerForm,
    KnownOnForm,
    NoteForm,
    ProposalForm,
    RecoveryFilter,
    RepaymentForm,
    WithdrawalForm,
)
from huiju.allowances.models import Recovery, RecoveryPart
from huiju.allowances.permissions import (
    CHECK,
    PAY,
    REVIEW,
    VIEW,
    may_answer,
    may_approve_recovery,
    may_propose_recovery,
    may_record_repayment,
    may_withdraw_recovery,
)
from huiju.allowances.queries import Owed
from huiju.allowances.views.runs import run_of
from huiju.directory.access import change, page, reader
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.registry.models import Person
from huiju.registry.queries import WorkerFilter, workers_asked_for
from huiju.ui import tables

KINDS: dict[str, str] = {
    RecoveryState.PROPOSED: "wait",
    RecoveryState.APPROVED: "active",
    RecoveryState.WITHDRAWN: "gone",
}
LONGEST = 100
"""Debts named on the page; the count is of all."""
NAMED = 200
"""Differences named of a month computed again; the sums are of all."""


class RecoveryTable(tables.ListTable):
    person = tables.Column(
        verbose_name=gettext_lazy("Name of the person"),
        linkify=("allowances:recovery", [A("pk")]),
        order_by=("person__pinyin", "pk"),
    )
    scheme = tables.Column(verbose_name=gettext_lazy("Scheme"))
    place = tables.Column(verbose_name=gettext_lazy("District"), order_by=("place__code", "pk"))
    amount_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Asked back, yuan"), total=True)
    left_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Not come in, yuan"), total=True)
    objections_until = tables.date_column(verbose_name=gettext_lazy("Objections until"))
    state = tables.StateColumn(verbose_name=gettext_lazy("State"), kinds=KINDS)


@page(VIEW, logged="allowances.recoveries_read")
def recoveries(request: HttpRequest) -> HttpResponse:
    user, today = reader(request), clock.today()
    form = RecoveryFilter(request.GET)
    form.is_valid()
    found = queries.recoveries_visible_to(user, on=today)
    if state := form.cleaned_data.get("state"):
        found = found.filter(state=state)
    if name := form.cleaned_data.get("name"):
        people = workers_asked_for(Person.objects.all(), WorkerFilter(on=today, text=name))
        found = found.filter(person__in=people.values("pk"))
    owed = [each for each in queries.debts_visible_to(user, on=today) if each.open_fen]
    context = {
        "filters": form,
        "owed": [
            (each, may_propose_recovery(user, each.place, on=today)) for each in owed[:LONGEST]
        ],
        "owed_count": len(owed),
        "owed_fen": sum(each.open_fen for each in owed),
        "table": tables.listed(request, RecoveryTable(found.order_by("-proposed_at", "-pk"))),
    }
    return render(request, "allowances/recoveries.html", context)


@page(CHECK, logged="allowances.debt_read", of="registry.Person")
def recovery_new(request: HttpRequest, pk: int, scheme: int, place: int) -> HttpResponse:
    owed = _owed(request, pk, scheme, place)
    return _proposal(request, owed, ProposalForm(owed=owed), 200)


@change(CHECK)
def propose_recovery(request: HttpRequest, pk: int, scheme: int, place: int) -> HttpResponse:
    owed = _owed(request, pk, scheme, place)
    form = ProposalForm(request.POST, owed=owed)
    if form.is_valid():
        try:
            made = services.propose_recovery(order=form.order(), by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Proposed. The payee sees it and may object."))
            return redirect("allowances:recovery", made.pk)
    return _proposal(request, owed, form, 422)


def _owed(request: HttpRequest, pk: int, scheme: int, place: int) -> Owed:
    """What the person of the address owes there. Raises Http404 where it is nothing, or not the reader's."""
    seen = queries.debts_visible_to(reader(request), on=clock.today())
    for each in seen:
        if (each.person.pk, each.scheme.pk, each.place.pk) == (pk, scheme, place):
            return each
    raise Http404


def _proposal(request: HttpRequest, owed: Owed, form: ProposalForm, status: int) -> HttpResponse:
    context = {
        "owed": owed,
        "form": form,
        "lines": queries.lines_owed(owed.person, owed.scheme, owed.place)[:NAMED],
        "may_propose": may_propose_recovery(reader(request), owed.place, on=clock.today()),
    }
    return render(request, "allowances/recovery_new.html", context, status=status)


@page(VIEW, logged="allowances.recovery_read", of="allowances.Recovery")
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _recovery(request, pk), RepaymentForm(), 200)


def _shown(
    request: HttpRequest, found: Recovery, repayment: RepaymentForm, status: int
) -> HttpResponse:
    user, today = reader(request), clock.today()
    context = {
        "recovery": found,
        "state_kind": KINDS[found.state],
        "lines": queries.lines_owed(found.person, found.scheme, found.place)[:NAMED],
        "parts": _parts(found),
        "objections": _objections(found, user),
        "may_approve": may_approve_recovery(user, found, on=today),
        "may_withdraw": may_withdraw_recovery(user, found, on=today),
        "may_record": may_record_repayment(user, found, on=today),
        "note_form": NoteForm(),
        "withdrawal_form": WithdrawalForm(),
        "repayment_form": repayment,
    }
    return render(request, "allowances/recovery.html", context, status=status)


def _parts(recovery: Recovery) -> list[tuple[RecoveryPart, bool]]:
    """What has come in, and whether it counts."""
    standing = set(queries.parts_standing().filter(recovery=recovery).values_list("pk", flat=True))
    parts = recovery.parts.select_related("payment__run__place", "recorded_by")
    return [(part, part.pk in standing) for part in parts.order_by("recorded_at", "pk")]


def _objections(recovery: Recovery, user: User) -> list[Any]:
    found = recovery.objections.select_related("answered_by", "recovery")
    return [
        (each, may_answer(user, each, on=clock.today()), AnswerForm(objection=each))
        for each in found.order_by("made_at", "pk")
    ]


@change(REVIEW)
def approve_recovery(request: HttpRequest, pk: int) -> HttpResponse:
    words = request.POST.get("note", "")[:500]
    try:
        services.approve_recovery(
            recovery=_recovery(request, pk), by=reader(request), at=clock.now(), words=words
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Approved. It is set off against the next payments."))
    return redirect("allowances:recovery", pk)


@change(VIEW)
def withdraw_recovery(request: HttpRequest, pk: int) -> HttpResponse:
    form = WithdrawalForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        services.withdraw_recovery(
            recovery=_recovery(request, pk), words=words, by=reader(request), at=clock.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The recovery is withdrawn."))
    return redirect("allowances:recovery", pk)


@change(PAY)
def record_repayment(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _recovery(request, pk), RepaymentForm(request.POST)
    if form.is_valid():
        try:
            services.record_repayment(
                recovery=found, repaid=form.repayment(), by=reader(request), at=clock.now()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The repayment is entered."))
            return redirect("allowances:recovery", pk)
    return _shown(request, found, form, 422)


def _recovery(request: HttpRequest, pk: int) -> Recovery:
    visible = queries.recoveries_visible_to(reader(request), on=clock.today())
    found: Recovery = get_object_or_404(visible, pk=pk)
    return found


@page(VIEW, logged="allowances.month_again_read", of="allowances.Run")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """A run's month as known on a day: the list of back-pay and of what is to be recovered."""
    run, today = run_of(request, pk), clock.today()
    form = KnownOnForm(request.GET, since=clock.day_of(run.known_at), on=today)
    context: dict[str, Any] = {"run": run, "month": Month.of(run.month), "filters": form}
    if form.is_valid():
        day = form.cleaned_data["known_on"]
        known_at = min(clock.end_of(day), clock.now())
        try:
            found = services.month_again(run=run, known_at=known_at)
        except DomainError as refusal:
            context["refusal"] = str(refusal)
        else:
            named = [*found.arrears, *found.recoveries][:NAMED]
            people = Person.objects.in_bulk([each.person for each in named])
            context |= {
                "again": found,
                "known_on": day,
                "rows": [(people.get(each.person), each) for each in named],
                "left_out": len(found.differences) - len(named),
            }
    return render(request, "allowances/again.html", context)
