from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.allowances import queries, services
from huiju.allowances.enums import RunState
from huiju.allowances.forms import ComputeForm, LinesFilter, RunFilter
from huiju.allowances.models import Run
from huiju.allowances.permissions import may_compute, may_compute_somewhere
from huiju.allowances.queries import LineFilter
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.ui import tables

STATE_KINDS: dict[str, str] = {
    RunState.DRAFT: "wait",
    RunState.NOTICED: "wait",
    RunState.APPROVED: "good",
    RunState.REPLACED: "gone",
}


class RunTable(tables.ListTable):
    month = tables.month_column(
        verbose_name=gettext_lazy("Month"), linkify=("allowances:run", [A("pk")])
    )
    place = tables.Column(verbose_name=gettext_lazy("District"), order_by=("place__code", "pk"))
    scheme = tables.Column(verbose_name=gettext_lazy("Scheme"))
    state = tables.StateColumn(verbose_name=gettext_lazy("State of the run"), kinds=STATE_KINDS)
    revision = tables.NumberColumn(verbose_name=gettext_lazy("Revision"))
    people = tables.NumberColumn(verbose_name=gettext_lazy("People paid"))
    total_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Yuan"), total=True)
    computed_at = tables.date_column(verbose_name=gettext_lazy("Computed"))
    computed_by = tables.Column(verbose_name=gettext_lazy("Computed by"))


class LineTable(tables.ListTable):
    person = tables.Column(
        verbose_name=gettext_lazy("Name of the person"),
        linkify=("allowances:person", [A("person_id")]),
        order_by=("person__pinyin", "pk"),
    )
    month = tables.month_column(verbose_name=gettext_lazy("For the month"))
    level = tables.Column(verbose_name=gettext_lazy("Level"))
    employer = tables.Column(
        verbose_name=gettext_lazy("Employer"), accessor="post__employer", orderable=False
    )
    step_due_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Due"))
    step_posted_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Posted before"))
    amount_fen = tables.MoneyColumn(
        verbose_name=gettext_lazy("Yuan"),
        total=True,
        linkify=("allowances:line", [A("pk")]),
    )


@page("allowances.view")
def runs(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form = RunFilter(request.GET, on=today)
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    if "month" in asked:
        asked["month"] = asked["month"].first_day
    found = queries.runs_visible_to(reader(request), on=today)
    found = found.filter(**asked) if "state" in asked else found.current().filter(**asked)
    rows = found.order_by("-month", "place__code", "-revision")
    context = {
        "filters": form,
        "table": tables.listed(request, RunTable(rows), folded=("scheme", "revision")),
        "may_compute": may_compute_somewhere(reader(request), on=today),
    }
    return render(request, "allowances/runs.html", context)


@page("allowances.view", logged="allowances.run_read", of="allowances.Run")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    today = clock.today()
    found = run_of(request, pk)
    form = LinesFilter(request.GET)
    form.is_valid()
    asked = LineFilter(on=today, **form.cleaned_data)
    lines = queries.lines_asked_for(queries.lines_of(found), asked)
    rows = lines.order_by("person__pinyin", "month", "pk")
    context = {
        "run": found,
        "state_kind": STATE_KINDS.get(found.state, ""),
        "month": Month.of(found.month),
        "filters": form,
        "table": tables.listed(request, LineTable(rows), folded=("step_posted_fen",)),
        "may_compute": may_compute(reader(request), [found.place], on=today),
        "again": {
            "scheme": found.scheme_id,
            "month": Month.of(found.month),
            "place": found.place_id,
        },
    }
    return render(request, "allowances/run.html", context)


@page("allowances.view", logged="allowances.comparison_read", of="allowances.Run")
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    found = run_of(request, pk)
    compared = queries.compared_with_month_before(found)
    context = {
        "run": found,
        "comparison": compared,
        "month": Month.of(found.month),
        "month_before": Month.of(found.month).plus(-1),
    }
    return render(request, "allowances/comparison.html", context)


@page("allowances.compute")
def compute_new(request: HttpRequest) -> HttpResponse:
    user, today = reader(request), clock.today()
    last_month = Month.of(today).plus(-1)
    form = ComputeForm(user=user, on=today, initial={"month": last_month, **request.GET.dict()})
    return render(request, "allowances/compute.html", {"form": form})


@change("allowances.compute")
def compute(request: HttpRequest) -> HttpResponse:
    user, at = reader(request), clock.now()
    form = ComputeForm(request.POST, user=user, on=clock.day_of(at))
    if not form.is_valid():
        return render(request, "allowances/compute.html", {"form": form}, status=422)
    try:
        made = services.compute_runs(order=form.order(at), by=user, at=at)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return render(request, "allowances/compute.html", {"form": form}, status=422)
    messages.success(request, _("%(count)d districts computed.") % {"count": len(made)})
    if len(made) == 1:
        return redirect("allowances:run", made[0].pk)
    return redirect(f"{_runs_address(made[0].month)}")


def run_of(request: HttpRequest, pk: int) -> Run:
    runs = queries.runs_visible_to(reader(request), on=clock.today())
    found: Run = get_object_or_404(runs, pk=pk)
    return found


def _runs_address(month: date) -> Any:
    return f"{redirect('allowances:runs').url}?month={Month.of(month)}"
