"""What the nightly watch found, and what somebody says to it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.allowances import queries, services
from huiju.allowances.enums import FindingState
from huiju.allowances.forms import ExplanationForm, FindingFilter
from huiju.allowances.models import Finding
from huiju.allowances.permissions import VIEW, may_explain
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.ui import tables

KINDS: dict[str, str] = {
    FindingState.OPEN: "wait",
    FindingState.EXPLAINED: "active",
    FindingState.RESOLVED: "gone",
}


class FindingTable(tables.ListTable):
    person = tables.Column(
        verbose_name=gettext_lazy("Name of the person"),
        linkify=("allowances:finding", [A("pk")]),
        order_by=("person__pinyin", "pk"),
    )
    kind = tables.Column(verbose_name=gettext_lazy("What was found"))
    detail = tables.Column(verbose_name=gettext_lazy("In detail"), orderable=False)
    owner = tables.Column(verbose_name=gettext_lazy("Who answers"), accessor="pk", orderable=False)
    first_seen_at = tables.date_column(verbose_name=gettext_lazy("First seen"))
    due_on = tables.Column(verbose_name=gettext_lazy("To be answered by"), empty_values=())
    state = tables.StateColumn(verbose_name=gettext_lazy("State"), kinds=KINDS)

    def render_owner(self, record: Finding) -> str:
        return f"{record.owner.label} · {record.place}"

    def render_due_on(self, record: Finding) -> SafeString | str:
        return clock_of(record, clock.today())


def clock_of(finding: Finding, today: date) -> SafeString | str:
    """The day by which it is to be answered, as a light while it is open."""
    if finding.due_on is None:
        return "—"
    if finding.state != FindingState.OPEN:
        return finding.due_on.isoformat()
    return tables.badge(finding.due_on.isoformat(), "bad" if finding.due_on < today else "wait")


@page(VIEW, logged="allowances.findings_read")
def findings(request: HttpRequest) -> HttpResponse:
    form = FindingFilter(request.GET)
    form.is_valid()
    found = queries.findings_visible_to(reader(request), on=clock.today())
    for name in ("kind", "state"):
        if asked := form.cleaned_data.get(name):
            found = found.filter(**{name: asked})
    if not form.cleaned_data.get("state"):
        found = found.exclude(state=FindingState.RESOLVED)
    table = FindingTable(found.order_by("due_on", "first_seen_at", "pk"))
    context = {"filters": form, "table": tables.listed(request, table)}
    return render(request, "allowances/findings.html", context)


@page(VIEW, logged="allowances.finding_read", of="allowances.Finding")
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    found = get_object_or_404(queries.findings_visible_to(user, on=today), pk=pk)
    context = {
        "finding": found,
        "state_kind": KINDS[found.state],
        "clock": clock_of(found, today),
        "form": ExplanationForm(),
        "may_explain": may_explain(user, found, on=today),
        "may_see_file": user.holds("registry.view"),
    }
    return render(request, "allowances/finding.html", context)


@change(VIEW)
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    found = get_object_or_404(queries.findings_visible_to(user, on=clock.today()), pk=pk)
    try:
        note = request.POST.get("note", "")
        services.explain(finding=found, note=note, by=user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The explanation is kept."))
    return redirect("allowances:finding", pk)
