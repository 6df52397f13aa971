"""Files that go out: templates, result files, exports."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.access import change, page
from huiju.directory.models import Place
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.transfers import permissions, queries, services, tasks
from huiju.transfers.sheets import NoSuchSheet, listing_named, sheet_named
from huiju.transfers.views.listing import ExportTable
from huiju.ui import tables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return answer


@page("transfers.import")
def template(request: HttpRequest, code: str) -> HttpResponse:
    try:
        sheet = sheet_named(code)
    except NoSuchSheet as unknown:
        raise Http404 from unknown
    return workbook(services.template(sheet), str(sheet.title))


@page("transfers.view", logged="transfers.result_read", of="transfers.Import")
def result(request: HttpRequest, import_id: int) -> HttpResponse:
    visible = queries.imports_visible_to(request.user, on=clock.today())
    found = get_object_or_404(visible, pk=import_id)
    sheet = sheet_named(found.sheet)
    rows = queries.records_of(sheet, found, outcome=request.GET.get("outcome", ""))
    name = f"{found.file_name.rsplit('.', 1)[0]}-{_('results')}"
    return workbook(services.result_file(sheet, rows), name)


@page("transfers.export")
def exports(request: HttpRequest) -> HttpResponse:
    rows = queries.exports_of(request.user).order_by("-asked_at")
    table = tables.listed(request, ExportTable(rows))
    return render(request, "transfers/exports.html", {"table": table})


@change("transfers.export")
def ask_export(request: HttpRequest, code: str) -> HttpResponse:
    try:
        listing = listing_named(code)
        filters = {
            name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"
        }
        export = services.ask_export(
            listing=listing,
            filters=filters,
            place=_office(request),
            by=request.user,
            at=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        tasks.write_asked.defer(export_id=export.pk)
        messages.success(request, _("The file is being written. It will be in this list."))
    return redirect("transfers:exports")


def _office(request: HttpRequest) -> Place:
    held = directory.places_held(request.user, "transfers.export", on=clock.today())
    return held[0] if held else directory.city()


@page("transfers.export", logged="transfers.export_fetched", of="transfers.Export")
def export_file(request: HttpRequest, export_id: int) -> HttpResponse:
    export = get_object_or_404(queries.exports_of(request.user), pk=export_id)
    permissions.may_fetch(request.user, export).require()
    listing = listing_named(export.listing)
    name = f"{listing.title}-{clock.day_of(export.asked_at)}"
    return workbook(services.open_kept(export.digest), name)
