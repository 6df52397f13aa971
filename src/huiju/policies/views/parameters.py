from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.directory.access import change, page, reader
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import queries, services
from huiju.policies.forms import EndingForm, KnownOn, ParameterForm, RefusalForm, ValueForm
from huiju.policies.models import Parameter, ParameterValue
from huiju.policies.permissions import (
    may_decide,
    may_propose_anywhere,
    may_write,
)
from huiju.policies.services import Ending, ParameterEntry, ValueEntry
from huiju.ui import tables


class ParameterTable(tables.ListTable):
    name = tables.Column(
        verbose_name=gettext_lazy("Name"), linkify=("policies:parameter", [A("pk")])
    )
    code = tables.code_column(verbose_name=gettext_lazy("Code"))
    unit = tables.Column(verbose_name=gettext_lazy("Unit"))
    owner = tables.Column(verbose_name=gettext_lazy("Office in charge"))
    waiting = tables.NumberColumn(verbose_name=gettext_lazy("Awaiting confirmation"))
    review_on = tables.date_column(verbose_name=gettext_lazy("Review by"))


@page("policies.view")
def parameters(request: HttpRequest) -> HttpResponse:
    rows = queries.parameters().order_by("code")
    return render(
        request,
        "policies/parameters.html",
        {
            "table": tables.listed(request, ParameterTable(rows)),
            "may_define": may_write(reader(request), None, on=clock.today()),
            "may_decide": reader(request).holds("policies.confirm"),
        },
    )


@page("policies.view")
def parameter(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Parameter, pk=pk)
    today, form = clock.today(), KnownOn(request.GET)
    known_on = (form.is_valid() and form.cleaned_data["known_on"]) or today
    values = queries.values_known(found, on=known_on)
    waiting = queries.values_awaiting().filter(parameter=found).order_by("proposed_at", "pk")
    context = {
        "parameter": found,
        "filters": form,
        "known_on": known_on,
        "is_past": known_on < today,
        "values": values.order_by("place__path", "-starts_on", "pk"),
        "waiting": _decidable(waiting, reader(request)),
        "is_stale": found.review_on is not None and found.review_on < today,
        "may_propose": may_propose_anywhere(reader(request), on=today),
    }
    return render(request, "policies/parameter.html", context)


@page("policies.confirm")
def awaiting(request: HttpRequest) -> HttpResponse:
    rows = queries.values_awaiting().order_by("proposed_at", "pk")
    context = {"waiting": _decidable(rows, reader(request))}
    return render(request, "policies/awaiting.html", context)


def _decidable(values: Any, user: User) -> list[dict[str, Any]]:
    on = clock.today()
    return [
        {
            "value": value,
            "permit": may_decide(user, value, on=on),
            "refusal": RefusalForm(auto_id=f"%s_{value.pk}"),
        }
        for value in values
    ]


@page("policies.propose")
def parameter_new(request: HttpRequest) -> HttpResponse:
    return render(request, "policies/parameter_form.html", {"form": ParameterForm()})


@change("policies.propose")
def define_parameter(request: HttpRequest) -> HttpResponse:
    form = ParameterForm(request.POST)
    if form.is_valid():
        entry = ParameterEntry(**form.cleaned_data)
        try:
            defined = services.define_parameter(entry=entry, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Parameter recorded."))
            return redirect("policies:parameter", defined.pk)
    return render(request, "policies/parameter_form.html", {"form": form}, status=422)


@page("policies.propose")
def value_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Parameter, pk=pk)
    context = {"parameter": found, "form": ValueForm(parameter=found)}
    return render(request, "policies/value_form.html", context)


@change("policies.propose")
def propose_value(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Parameter, pk=pk)
    form = ValueForm(request.POST, parameter=found)
    if form.is_valid():
        entry = ValueEntry(**form.entry())
        try:
            services.propose_value(entry=entry, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Value entered. It counts once someone else confirms it."))
            return redirect("policies:parameter", found.pk)
    context = {"parameter": found, "form": form}
    return render(request, "policies/value_form.html", context, status=422)


@page("policies.propose")
def ending_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_confirmed(), pk=pk)
    context = {"value": found, "parameter": found.parameter, "form": EndingForm()}
    return render(request, "policies/ending_form.html", context)


@change("policies.propose")
def end_value(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_confirmed(), pk=pk)
    form = EndingForm(request.POST)
    if form.is_valid():
        ending = Ending(**form.cleaned_data)
        try:
            services.end_value(value=found, ending=ending, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("End entered. It counts once someone else confirms it."))
            return redirect("policies:parameter", found.parameter_id)
    context = {"value": found, "parameter": found.parameter, "form": form}
    return render(request, "policies/ending_form.html", context, status=422)


def _confirmed() -> Any:
    return ParameterValue.objects.confirmed().select_related("parameter", "place", "document")


@change("policies.confirm")
def confirm_value(request: HttpRequest, pk: int) -> HttpResponse:
    value = get_object_or_404(ParameterValue.objects.select_related("parameter"), pk=pk)
    try:
        services.confirm_value(value=value, by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Value confirmed. It counts from now on."))
    return redirect("policies:parameter", value.parameter_id)


@change("policies.confirm")
def refuse_value(request: HttpRequest, pk: int) -> HttpResponse:
    value = get_object_or_404(ParameterValue.objects.select_related("parameter"), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        services.refuse_value(value=value, reason=reason, by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Value refused."))
    return redirect("policies:parameter", value.parameter_id)
