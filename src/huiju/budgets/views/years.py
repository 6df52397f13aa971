from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.budgets import queries, services
from huiju.budgets.enums import YearState
from huiju.budgets.forms import BeginForm, ReasonForm
from huiju.budgets.models import FiscalYear
from huiju.budgets.permissions import (
    may_carry,
    may_close,
    may_manage_somewhere,
    may_open,
    may_request_reopening,
)
from huiju.budgets.views.lines import YEAR_KINDS
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.ui import tables


class YearTable(tables.ListTable):
    year = tables.Column(
        verbose_name=gettext_lazy("Fiscal year"),
        linkify=("budgets:year", [A("pk")]),
        attrs=tables.UNBROKEN,
    )
    place = tables.Column(verbose_name=gettext_lazy("Government of"), order_by=("place__path",))
    state = tables.StateColumn(verbose_name=gettext_lazy("State"), kinds=YEAR_KINDS)
    changed_at = tables.date_column(verbose_name=gettext_lazy("Since"))
    changed_by = tables.Column(verbose_name=gettext_lazy("By"), orderable=False)


@page("budgets.view")
def years(request: HttpRequest) -> HttpResponse:
    return render(request, "budgets/years.html", _years(request, BeginForm()))


def _years(request: HttpRequest, form: BeginForm) -> dict[str, Any]:
    user, today = reader(request), clock.today()
    rows = queries.years_visible_to(user, on=today).order_by("-year", "place__path")
    return {
        "table": tables.listed(request, YearTable(rows)),
        "may_begin": may_manage_somewhere(user, on=today),
        "form": form,
    }


@change("budgets.manage")
def begin(request: HttpRequest) -> HttpResponse:
    form = BeginForm(request.POST)
    if form.is_valid():
        try:
            year = services.begin_year(**form.cleaned_data, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("budgets:year", year.pk)
    return render(request, "budgets/years.html", _years(request, form), status=422)


@page("budgets.view")
def year(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "budgets/year.html", _shown(request, _year(request, pk)))


def _year(request: HttpRequest, pk: int) -> FiscalYear:
    visible = queries.years_visible_to(reader(request), on=clock.today())
    found: FiscalYear = get_object_or_404(visible, pk=pk)
    return found


def _shown(request: HttpRequest, found: FiscalYear) -> dict[str, Any]:
    user, today = reader(request), clock.today()
    lines = queries.lines_visible_to(user, on=today).filter(fiscal_year=found)
    waiting = found.consents.filter(state="requested").select_related("requested_by").first()
    return {
        "year": found,
        "kind": YEAR_KINDS[found.state],
        "lines": lines.count(),
        "stages": queries.balance_sum(lines),
        "is_planned": found.state == YearState.PLANNING,
        "is_open": found.state == YearState.OPEN,
        "waiting": waiting,
        "reason": ReasonForm(),
        "may_open": may_open(user, found, on=today),
        "may_close": may_close(user, found, on=today),
        "may_carry": may_carry(user, found, on=today),
        "may_reopen": may_request_reopening(user, found, on=today),
    }


def _moved(
    request: HttpRequest, found: FiscalYear, move: Callable[..., Any], said: str
) -> HttpResponse:
    try:
        move(year=found, by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("budgets:year", found.pk)


@change("budgets.manage")
def open_year(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("The year is open: its lines can be committed.")
    return _moved(request, _year(request, pk), services.open_year, said)


@change("budgets.manage")
def close_year(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("The year is closed. Carry its balances and commitments forward next.")
    return _moved(request, _year(request, pk), services.close_year, said)


@change("budgets.manage")
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    found, by, at = _year(request, pk), reader(request), clock.now()
    if "confirmed" in request.POST:
        said = _("Carried forward.")
        return _moved(request, found, services.carry_forward, said)
    try:
        preview = services.preview(lambda: services.carry_forward(year=found, by=by, at=at))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("budgets:year", found.pk)
    if not preview.changes:
        messages.info(request, _("Everything has been carried forward already."))
        return redirect("budgets:year", found.pk)
    context = {**_shown(request, found), "preview": preview, "sent": []}
    return render(request, "budgets/year.html", context)


@change("budgets.request")
def request_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def ask(**call: Any) -> Any:
        return services.request_reopening(reason=reason, **call)

    said = _("Asked for. It counts once somebody else approves.")
    return _moved(request, _year(request, pk), ask, said)
