from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.allowances import queries, services
from huiju.allowances.enums import Shape
from huiju.allowances.forms.schemes import SchemeFilter, SchemeForm, ShapeForm
from huiju.allowances.models import Scheme
from huiju.allowances.permissions import may_define_schemes, may_define_somewhere
from huiju.allowances.shape_terms.fields import DESCRIPTIONS
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.enums import Confidence
from huiju.ui import tables

SURE: dict[str, str] = {Confidence.OFFICIAL: "good", Confidence.SECONDARY: "wait"}


class SchemeTable(tables.ListTable):
    name = tables.Column(
        verbose_name=gettext_lazy("Scheme"), linkify=("allowances:scheme", [A("pk")])
    )
    shape = tables.Column(verbose_name=gettext_lazy("Way of computing"))
    place = tables.Column(verbose_name=gettext_lazy("Applies in"), order_by=("place__code", "pk"))
    first_month = tables.month_column(verbose_name=gettext_lazy("First month"))
    last_month = tables.month_column(verbose_name=gettext_lazy("Last month"))
    confidence = tables.StateColumn(verbose_name=gettext_lazy("Confidence"), kinds=SURE)
    computed = tables.NumberColumn(verbose_name=gettext_lazy("Months computed"))
    code = tables.code_column(verbose_name=gettext_lazy("Code"))


@page("allowances.view")
def schemes(request: HttpRequest) -> HttpResponse:
    form = SchemeFilter(request.GET)
    form.is_valid()
    asked = {"words": form.cleaned_data.get("name"), "shape": form.cleaned_data.get("shape")}
    rows = queries.schemes(**{name: each or "" for name, each in asked.items()}).order_by("code")
    context = {
        "filters": form,
        "table": tables.listed(request, SchemeTable(rows), folded=("last_month", "code")),
        "may_define": may_define_somewhere(reader(request), on=clock.today()),
    }
    return render(request, "allowances/schemes.html", context)


@page("allowances.view")
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    today = clock.today()
    found = get_object_or_404(Scheme.objects.select_related("place", "document"), pk=pk)
    context = {
        "page": queries.scheme_page(found, on=today),
        "scheme": found,
        "sure": SURE.get(found.confidence, ""),
        "may_define": may_define_schemes(reader(request), found.place, on=today),
        "today": today,
    }
    return render(request, "allowances/scheme.html", context)


@page("policies.propose")
def scheme_new(request: HttpRequest) -> HttpResponse:
    chosen = ShapeForm(request.GET) if "shape" in request.GET else ShapeForm()
    if not chosen.is_bound or not chosen.is_valid():
        context = {"form": chosen, "shapes": _shapes()}
        return render(request, "allowances/scheme_shape.html", context)
    return _shown(request, SchemeForm(shape=chosen.cleaned_data["shape"]))


@change("policies.propose")
def define_scheme(request: HttpRequest) -> HttpResponse:
    chosen = ShapeForm(request.GET)
    if not chosen.is_valid():
        context = {"form": chosen, "shapes": _shapes()}
        return render(request, "allowances/scheme_shape.html", context, status=422)
    return _defined(request, SchemeForm(request.POST, shape=chosen.cleaned_data["shape"]))


@page("policies.propose")
def scheme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Scheme, pk=pk)
    return _shown(request, SchemeForm(shape=found.shape, scheme=found))


@change("policies.propose")
def change_scheme(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Scheme, pk=pk)
    return _defined(request, SchemeForm(request.POST, shape=found.shape, scheme=found))


def _defined(request: HttpRequest, form: SchemeForm) -> HttpResponse:
    if not form.is_valid():
        return _shown(request, form, status=422)
    try:
        made = services.define_scheme(entry=form.entry(), by=reader(request), at=clock.now())
    except services.SchemeInvalid as refusal:
        form.tell(refusal)
        return _shown(request, form, status=422)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, form, status=422)
    messages.success(request, _("Scheme saved."))
    return redirect("allowances:scheme", made.pk)


def _shown(request: HttpRequest, form: SchemeForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "scheme": form.scheme,
        "shape": Shape(form.shape),
        "words": DESCRIPTIONS[form.shape].words,
        "needed": [str(name) for name in form.needed],
    }
    return render(request, "allowances/scheme_form.html", context, status=status)


def _shapes() -> list[dict[str, Any]]:
    """Every shape with what it does."""
    return [{"label": shape.label, "words": DESCRIPTIONS[shape].words} for shape in Shape]
