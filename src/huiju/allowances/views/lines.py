from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from huiju.allowances import queries
from huiju.allowances.models import RunLine
from huiju.directory.access import page, reader
from huiju.kernel import clock

# What the page of a derivation reads beside the line.
DERIVED_FROM = (
    "run__scheme__document",
    "run__place",
    "person",
    "place",
    "certificate",
    "post__employer",
    "post__place",
    "rate__parameter",
    "rate__document",
)


@page("allowances.view", logged="allowances.line_read", of="allowances.RunLine")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    runs = queries.runs_visible_to(reader(request), on=clock.today())
    lines = RunLine.objects.filter(run__in=runs.values("pk")).select_related(*DERIVED_FROM)
    found = get_object_or_404(lines, pk=pk)
    context = {
        "line": found,
        "line_page": "allowances:line",
        "scheme": found.run.scheme,
        "derivation": queries.derivation_of(found),
    }
    return render(request, "allowances/line.html", context)
