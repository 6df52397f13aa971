from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.allowances import queries
from huiju.allowances.forms import PersonFilter
from huiju.allowances.models import RunLine
from huiju.allowances.queries import LineFilter
from huiju.allowances.views.runs import STATE_KINDS
from huiju.directory.access import page, reader
from huiju.kernel import clock
from huiju.registry import queries as registry
from huiju.ui import tables


class NatureColumn(tables.Column):  # type: ignore[misc]
    """Whether a line is for its run's own month, paid in arrears or taken back."""

    def __init__(self) -> None:
        label = gettext_lazy("Kind of line")
        super().__init__(verbose_name=label, accessor="pk", orderable=False)

    def render(self, record: RunLine) -> SafeString:
        if not record.is_correction:
            return tables.badge(gettext_lazy("The month itself"))
        if record.amount_fen < 0:
            return tables.badge(gettext_lazy("Recovered"), "bad")
        return tables.badge(gettext_lazy("Paid in arrears"), "wait")


class PersonTable(tables.ListTable):
    run = tables.month_column(
        verbose_name=gettext_lazy("Run"),
        accessor="run__month",
        linkify=("allowances:run", [A("run_id")]),
    )
    month = tables.month_column(verbose_name=gettext_lazy("For the month"))
    nature = NatureColumn()
    scheme = tables.Column(verbose_name=gettext_lazy("Scheme"), accessor="run__scheme")
    place = tables.Column(verbose_name=gettext_lazy("District"), order_by=("place__code", "pk"))
    level = tables.Column(verbose_name=gettext_lazy("Level"))
    step_due_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Due"))
    step_posted_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Posted before"))
    amount_fen = tables.MoneyColumn(
        verbose_name=gettext_lazy("Yuan"), total=True, linkify=("allowances:line", [A("pk")])
    )
    state = tables.StateColumn(
        verbose_name=gettext_lazy("State of the run"), accessor="run__state", kinds=STATE_KINDS
    )

    folded = ("step_due_fen", "step_posted_fen")


@page("allowances.view", logged="allowances.person_read", of="registry.Person")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    found = get_object_or_404(registry.workers_visible_to(user, on=today), pk=pk)
    lines = queries.lines_about(found, reader=user, on=today)
    years = queries.totals_by_year(lines)
    form = PersonFilter(request.GET, years=[each.year for each in years])
    form.is_valid()
    rows = queries.lines_asked_for(lines, LineFilter(on=today, **form.cleaned_data))
    rows = rows.order_by("-run__month", "-month", "pk")
    context = {
        "person": found,
        "years": years,
        "filters": form,
        "table": tables.listed(request, PersonTable(rows), folded=PersonTable.folded),
        "may_see_file": user.holds("registry.view"),
    }
    return render(request, "allowances/person.html", context)
