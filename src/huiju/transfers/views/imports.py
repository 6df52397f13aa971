"""Uploading a file, reading what was found, applying it or taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system, change, page
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.transfers import permissions, queries, services, tasks
from huiju.transfers.enums import ImportState, Mode, Outcome
from huiju.transfers.forms import ModeForm, RowFilterForm, UploadForm
from huiju.transfers.models import Import
from huiju.transfers.sheets import all_sheets, sheet_named
from huiju.transfers.views.listing import ImportTable, RowTable
from huiju.ui import tables

WORKING = (ImportState.WAITING, ImportState.APPLYING)
NOTHING_YET = (ImportState.WAITING, ImportState.REJECTED, ImportState.DISCARDED)


@page("transfers.view")
def imports(request: HttpRequest) -> HttpResponse:
    rows = queries.imports_visible_to(request.user, on=clock.today()).order_by("-at")
    table = tables.listed(request, ImportTable(rows))
    may = permissions.may_import_anywhere(request.user)
    return render(request, "transfers/imports.html", {"table": table, "may_import": may})


@page("transfers.import")
def new_import(request: HttpRequest) -> HttpResponse:
    form = _upload_form(request)
    return render(request, "transfers/new.html", {"form": form, "sheets": all_sheets()})


@change("transfers.import")
def upload(request: HttpRequest) -> HttpResponse:
    form = _upload_form(request)
    if not form.is_valid():
        context = {"form": form, "sheets": all_sheets()}
        return render(request, "transfers/new.html", context, status=422)
    given = form.cleaned_data
    sent = services.Upload(
        name=given["file"].name,
        content=given["file"].read(),
        place=given["place"],
        as_of=given["as_of"] or clock.today(),
    )
    sheet = sheet_named(given["sheet"])
    kept = services.stage_import(upload=sent, sheet=sheet, by=request.user, at=clock.now())
    tasks.read_uploaded.defer(import_id=kept.pk)
    return redirect("transfers:import", kept.pk)


def _upload_form(request: HttpRequest) -> UploadForm:
    places = directory.places_held(request.user, "transfers.import", on=clock.today())
    sent: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    return UploadForm(*sent, sheets=all_sheets(), places=places)


@page("transfers.view", logged="transfers.import_read", of="transfers.Import")
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    found = _found(request, import_id)
    context: dict[str, Any] = {"upload": found, "sheet": sheet_named(found.sheet)}
    context["working"] = found.state in WORKING
    context["file_faults"] = queries.file_faults(found)
    context |= _permits(request, found)
    if found.state not in NOTHING_YET and found.counts:
        context |= _rows(request, found)
    answer = render(request, "transfers/import.html", context)
    if request.htmx.trigger == "progress" and not context["working"]:
        answer["HX-Refresh"] = "true"  # the work is done: show what came of it
    return answer


def _found(request: HttpRequest, import_id: int) -> Import:
    visible = queries.imports_visible_to(request.user, on=clock.today())
    found: Import = get_object_or_404(visible.select_related("progress"), pk=import_id)
    return found


def _permits(request: HttpRequest, found: Import) -> dict[str, Any]:
    undoable = sheet_named(found.sheet).undo is not None
    return {
        "may_apply_good": permissions.may_apply(request.user, found, mode=Mode.GOOD_ROWS),
        "may_apply_all": permissions.may_apply(request.user, found, mode=Mode.ALL),
        "may_undo": permissions.may_undo(request.user, found, undoable=undoable),
        "may_retry": permissions.may_retry(request.user, found),
        "may_discard": permissions.may_discard(request.user, found),
    }


def _rows(request: HttpRequest, found: Import) -> dict[str, Any]:
    sheet = sheet_named(found.sheet)
    counted = queries.fault_counts(found)
    words = [
        (word, f"{sheet.reasons[word][0]}（{number}）")
        for word, number in counted
        if word in sheet.reasons
    ]
    form = RowFilterForm(request.GET or None, faults=words)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = queries.rows_of(
        found, outcome=chosen.get("outcome", ""), reason=chosen.get("reason", "")
    )
    table = tables.listed(
        request, RowTable(rows.order_by("place_in_file"), sheet=sheet, upload=found)
    )
    counts = [(label, value, found.counts.get(value, 0)) for value, label in Outcome.choices]
    return {"table": table, "filters": form, "counts": counts, "outcome": chosen.get("outcome")}


@change("transfers.import")
def apply(request: HttpRequest, import_id: int) -> HttpResponse:
    found = _found(request, import_id)
    form = ModeForm(request.POST)
    mode = form.cleaned_data["mode"] if form.is_valid() else Mode.GOOD_ROWS
    try:
        services.begin_applying(upload=found, mode=mode, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        tasks.apply_chosen.defer(import_id=found.pk, at=_recorded_at(found).isoformat())
    return redirect("transfers:import", found.pk)


@change("transfers.import")
def retry(request: HttpRequest, import_id: int) -> HttpResponse:
    found = _found(request, import_id)
    try:
        found = services.retry_import(upload=found, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        if found.state == ImportState.WAITING:
            tasks.read_uploaded.defer(import_id=found.pk)
        else:
            tasks.apply_chosen.defer(import_id=found.pk, at=_recorded_at(found).isoformat())
    return redirect("transfers:import", found.pk)


def _recorded_at(found: Import) -> Any:
    """Now; or noon of the day an older list stands for."""
    is_old = found.as_of < clock.day_of(found.at)
    return clock.noon_of(found.as_of) if is_old else clock.now()


@change("transfers.import")
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    found = _found(request, import_id)
    sheet = sheet_named(found.sheet)
    try:
        with acting_as_system():
            services.undo_import(upload=found, sheet=sheet, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The import was taken back."))
    return redirect("transfers:import", found.pk)


@change("transfers.import")
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    found = _found(request, import_id)
    try:
        services.discard_import(upload=found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The upload was thrown away. Nothing had been changed."))
    return redirect("transfers:imports")
