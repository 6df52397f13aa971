"""What somebody reads about their own allowances, and says against a payment."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.allowances import queries, services
from huiju.allowances.enums import PaymentState
from huiju.allowances.forms import PaymentObjectionForm, RecoveryObjectionForm
from huiju.allowances.models import Payment, Recovery
from huiju.allowances.permissions import (
    VIEW_SELF,
    may_have_slip,
    may_object,
    may_object_to_recovery,
)
from huiju.allowances.services import ObjectionWords
from huiju.allowances.views.lines import DERIVED_FROM
from huiju.allowances.views.papers import pdf
from huiju.allowances.views.people import NatureColumn
from huiju.allowances.views.recoveries import KINDS as RECOVERY_KINDS
from huiju.allowances.views.runs import STATE_KINDS
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.ui import tables

PAYMENT_KINDS: dict[str, str] = {
    PaymentState.WITHHELD: "bad",
    PaymentState.NO_ACCOUNT: "bad",
    PaymentState.DUE: "wait",
    PaymentState.SENT: "active",
    PaymentState.PAID: "good",
    PaymentState.RETURNED: "bad",
    PaymentState.REISSUED: "gone",
    PaymentState.CANCELLED: "gone",
}


class OwnTable(tables.ListTable):
    run = tables.month_column(verbose_name=gettext_lazy("Run"), accessor="run__month")
    month = tables.month_column(verbose_name=gettext_lazy("For the month"))
    nature = NatureColumn()
    scheme = tables.Column(verbose_name=gettext_lazy("Scheme"), accessor="run__scheme")
    place = tables.Column(verbose_name=gettext_lazy("District"), order_by=("place__code", "pk"))
    level = tables.Column(verbose_name=gettext_lazy("Level"))
    amount_fen = tables.MoneyColumn(
        verbose_name=gettext_lazy("Yuan"), linkify=("allowances:my_line", [A("pk")])
    )
    state = tables.StateColumn(
        verbose_name=gettext_lazy("State of the run"), accessor="run__state", kinds=STATE_KINDS
    )


@page(VIEW_SELF, logged="allowances.own_read")
def me(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    if user.person_ref is None:
        return render(request, "registry/no_file.html")
    lines = queries.own_lines(user)
    rows = lines.order_by("-run__month", "-month", "pk")
    payments = queries.own_payments(user).order_by("-month", "place", "-issue", "pk")
    context = {
        "years": queries.totals_by_year(lines),
        "payments": [(each, PAYMENT_KINDS[each.state]) for each in payments],
        "recoveries": [
            (each, RECOVERY_KINDS[each.state])
            for each in queries.own_recoveries(user).order_by("-proposed_at", "-pk")
        ],
        "table": tables.listed(request, OwnTable(rows)),
    }
    return render(request, "allowances/me.html", context)


@page(VIEW_SELF, logged="allowances.own_line_read", of="allowances.RunLine")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    lines = queries.own_lines(reader(request)).select_related(*DERIVED_FROM)
    found = get_object_or_404(lines, pk=pk)
    context = {
        "line": found,
        "line_page": "allowances:my_line",
        "scheme": found.run.scheme,
        "state_kind": STATE_KINDS.get(found.run.state, ""),
        "derivation": queries.derivation_of(found),
    }
    return render(request, "allowances/my_line.html", context)


@page(VIEW_SELF, logged="allowances.own_payment_read", of="allowances.Payment")
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    return _shown(request, found, PaymentObjectionForm(), 200)


@change(VIEW_SELF)
def object_to_payment(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _own(request, pk), PaymentObjectionForm(request.POST)
    if form.is_valid():
        said = ObjectionWords(**form.cleaned_data)
        try:
            services.object_to_payment(payment=found, said=said, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Your objection has been received. The answer stands here.")
            )
            return redirect("allowances:my_payment", pk)
    return _shown(request, found, form, 422)


@page(VIEW_SELF, logged="allowances.own_slip_read", of="allowances.Payment")
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    if not may_have_slip(found):
        raise Http404
    sheet = queries.slip_sheet(found, request.build_absolute_uri(reverse("notices:slip")))
    return pdf(sheet.pdf(), f"{found.scheme}-{Month.of(found.month)}.pdf")


@page(VIEW_SELF, logged="allowances.own_recovery_read", of="allowances.Recovery")
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    return _recovery_shown(request, _own_recovery(request, pk), RecoveryObjectionForm(), 200)


@change(VIEW_SELF)
def object_to_recovery(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _own_recovery(request, pk), RecoveryObjectionForm(request.POST)
    if form.is_valid():
        said = ObjectionWords(**form.cleaned_data)
        try:
            services.object_to_recovery(
                recovery=found, said=said, by=reader(request), at=clock.now()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Your objection has been received. The answer stands here.")
            )
            return redirect("allowances:my_recovery", pk)
    return _recovery_shown(request, found, form, 422)


def _own_recovery(request: HttpRequest, pk: int) -> Recovery:
    found: Recovery = get_object_or_404(queries.own_recoveries(reader(request)), pk=pk)
    return found


def _recovery_shown(
    request: HttpRequest, found: Recovery, form: RecoveryObjectionForm, status: int
) -> HttpResponse:
    user = reader(request)
    context = {
        "recovery": found,
        "state_kind": RECOVERY_KINDS[found.state],
        "left_fen": queries.outstanding([found])[found.pk],
        "lines": queries.lines_owed(found.person, found.scheme, found.place),
        "parts": queries.parts_standing()
        .filter(recovery=found)
        .select_related("payment")
        .order_by("recorded_at", "pk"),
        "objections": found.objections.order_by("-made_at", "-pk"),
        "may_object": may_object_to_recovery(user, found, on=clock.today()),
        "form": form,
    }
    return render(request, "allowances/my_recovery.html", context, status=status)


def _own(request: HttpRequest, pk: int) -> Payment:
    found: Payment = get_object_or_404(queries.own_payments(reader(request)), pk=pk)
    return found


def _shown(
    request: HttpRequest, found: Payment, form: PaymentObjectionForm, status: int
) -> HttpResponse:
    user = reader(request)
    lines = queries.own_lines(user).filter(run=found.run_id).order_by("-month", "pk")
    context = {
        "payment": found,
        "state_kind": PAYMENT_KINDS[found.state],
        "lines": lines,
        "objections": found.objections.order_by("-made_at", "-pk"),
        "may_have_slip": may_have_slip(found),
        "may_object": may_object(user, found, on=clock.today()),
        "form": form,
    }
    return render(request, "allowances/my_payment.html", context, status=status)
