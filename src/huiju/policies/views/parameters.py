from collections.abc import Iterable
from datetime import date, timedelta
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
from huiju.policies import queries, services, terms
from huiju.policies.enums import Due
from huiju.policies.forms import (
    EndingForm,
    KnownOn,
    ParameterFilter,
    ParameterForm,
    RefusalForm,
    ReviewForm,
    ValueForm,
)
from huiju.policies.models import Parameter, ParameterValue
from huiju.policies.permissions import (
    may_decide,
    may_propose_anywhere,
    may_review,
    may_write,
)
from huiju.policies.services import Ending, ParameterEntry, ValueEntry
from huiju.ui import tables

STRIP = 720
"""Width of a drawn timeline."""


class ParameterTable(tables.ListTable):
    name = tables.Column(
        verbose_name=gettext_lazy("Name"), linkify=("policies:parameter", [A("pk")])
    )
    code = tables.code_column(verbose_name=gettext_lazy("Code"))
    unit = tables.Column(verbose_name=gettext_lazy("Unit"))
    owner = tables.Column(verbose_name=gettext_lazy("Office in charge"))
    waiting = tables.NumberColumn(verbose_name=gettext_lazy("Awaiting confirmation"))
    review_on = tables.date_column(verbose_name=gettext_lazy("Review by"))
    due = tables.StateColumn(
        verbose_name=gettext_lazy("Review"),
        kinds={Due.OVERDUE: "bad", Due.SOON: "wait"},
        labels=dict(Due.choices),
        orderable=False,
    )


@page("policies.view")
def parameters(request: HttpRequest) -> HttpResponse:
    form = ParameterFilter(request.GET)
    form.is_valid()
    found = queries.parameters_asked_for(**form.cleaned_data, on=clock.today())
    rows = found.order_by("code")
    return render(
        request,
        "policies/parameters.html",
        {
            "filters": form,
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
    values = queries.values_known(found, on=known_on).order_by("place__path", "-starts_on", "pk")
    waiting = queries.values_awaiting().filter(parameter=found).order_by("proposed_at", "pk")
    lines, evidence = timelines(found, values, today), queries.evidence_of(list(values))
    context = {
        "parameter": found,
        "filters": form,
        "known_on": known_on,
        "is_past": known_on < today,
        "values": [(value, evidence[value.pk]) for value in values],
        "timelines": lines,
        "reviews": queries.reviews(found),
        "review": ReviewForm(),
        "may_review": may_review(reader(request), found, on=today),
        "waiting": _decidable(waiting, reader(request)),
        "is_stale": found.review_on is not None and found.review_on < today,
        "may_propose": may_propose_anywhere(reader(request), on=today),
    }
    return render(request, "policies/parameter.html", context)


def timelines(
    parameter: Parameter, values: Iterable[ParameterValue], today: date
) -> list[dict[str, Any]]:
    """For the whole country and each place with values of its own: every day's answer, drawn and told."""
    known = list(values)
    if not known:
        return []
    ends = [value.ends_on for value in known if value.ends_on]
    first = min(value.starts_on for value in known)
    last = max([today, *ends, *(value.starts_on for value in known)]) + timedelta(days=180)
    scale = STRIP / ((last - first).days + 1)
    places = {value.place_id: value.place for value in known}
    found = []
    for place in sorted(places.values(), key=lambda place: place.path if place else ""):
        stretches = terms.stretches(parameter, known, place=place, days=(first, last))
        strip = [
            {
                "stretch": each,
                "x": round((each.starts_on - first).days * scale),
                "width": max(2, round(((each.ends_on or last) - each.starts_on).days * scale)),
            }
            for each in stretches
        ]
        found.append({"place": place, "strip": strip})
    return found


@change("policies.propose")
def confirm_unchanged(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Parameter, pk=pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say until when it is unchanged, and what was looked at."))
        return redirect("policies:parameter", found.pk)
    try:
        services.confirm_unchanged(
            parameter=found, **form.cleaned_data, by=reader(request), at=clock.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Reviewed: unchanged. The next review is noted."))
    return redirect("policies:parameter", found.pk)


@page("policies.confirm")
def awaiting(request: HttpRequest) -> HttpResponse:
    rows = queries.values_awaiting().order_by("proposed_at", "pk")
    context = {"waiting": _decidable(rows, reader(request))}
    return render(request, "policies/awaiting.html", context)


def _decidable(values: Any, user: User) -> list[dict[str, Any]]:
    on, proposed = clock.today(), list(values)
    evidence = queries.evidence_of(proposed)
    return [
        {
            "value": value,
            "evidence": evidence[value.pk],
            "permit": may_decide(user, value, on=on),
            "refusal": RefusalForm(auto_id=f"%s_{value.pk}"),
        }
        for value in proposed
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
