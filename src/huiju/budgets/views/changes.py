from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.budgets import queries
from huiju.budgets.enums import STAGE_STEPS, Kind
from huiju.budgets.forms import LINE_STEPS, OVERRIDE, ChangeForm, ReversalForm, step_title
from huiju.budgets.models import Entry, Line
from huiju.budgets.permissions import may_change
from huiju.budgets.views.previewing import answered
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.permits import YES, Permit, no

STEPS = (*LINE_STEPS, *STAGE_STEPS, OVERRIDE)


def _line(request: HttpRequest, pk: int) -> Line:
    visible = queries.lines_visible_to(reader(request), on=clock.today())
    found: Line = get_object_or_404(visible, pk=pk)
    return found


def _form(request: HttpRequest, found: Line, *data: Any) -> ChangeForm:
    step = (data[0] if data else request.GET).get("step", Kind.SUPPLEMENT.value)
    if step not in STEPS:
        raise Http404
    return ChangeForm(*data, line=found, step=step, user=reader(request), on=clock.today())


def _shown(found: Line, form: ChangeForm) -> dict[str, Any]:
    stages = queries.stages_of([found.pk])[found.pk]
    return {"line": found, "form": form, "stages": stages, "title": step_title(form.asked_for)}


@page("budgets.request")
def change_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = _line(request, pk)
    return render(request, "budgets/change.html", _shown(found, _form(request, found)))


@change("budgets.request")
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    found, at = _line(request, pk), clock.now()
    form = _form(request, found, request.POST)
    if form.asked_for == OVERRIDE:
        return _ask_override(request, found, form)
    made, context = answered(request, form, at)
    if made is not None:
        return redirect("budgets:line", found.pk)
    status = 200 if context.get("preview") else 422
    return render(request, "budgets/change.html", {**_shown(found, form), **context}, status=status)


def _ask_override(request: HttpRequest, found: Line, form: ChangeForm) -> HttpResponse:
    if form.is_valid():
        try:
            form.change(reader(request), clock.now())()
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Asked for. It counts once somebody else approves."))
            return redirect("budgets:line", found.pk)
    return render(request, "budgets/change.html", _shown(found, form), status=422)


@page("budgets.view")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    found = _entry(request, pk)
    return render(request, "budgets/entry.html", _entry_shown(request, found))


@change("budgets.manage")
def reverse(request: HttpRequest, pk: int) -> HttpResponse:
    found, at = _entry(request, pk), clock.now()
    form = ReversalForm(request.POST, entry=found)
    made, context = answered(request, form, at)
    if made is not None:
        return redirect("budgets:entry", made.pk)
    status = 200 if context.get("preview") else 422
    shown = {**_entry_shown(request, found), **context}
    return render(request, "budgets/entry.html", shown, status=status)


def _entry(request: HttpRequest, pk: int) -> Entry:
    visible = queries.entries_visible_to(reader(request), on=clock.today())
    rows = visible.select_related("by", "document", "reverses", "reversed_by")
    found: Entry = get_object_or_404(rows, pk=pk)
    return found


def _entry_shown(request: HttpRequest, found: Entry) -> dict[str, Any]:
    postings = list(queries.postings_of(found))
    return {
        "entry": found,
        "postings": postings,
        "reversed_by": getattr(found, "reversed_by", None),
        "may_reverse": _may_reverse(request, found, [posting.line for posting in postings]),
        "form": ReversalForm(entry=found),
    }


def _may_reverse(request: HttpRequest, found: Entry, lines: list[Line]) -> Permit:
    if found.kind == Kind.REVERSE or hasattr(found, "reversed_by"):
        return no(_("This entry is a reversal, or has been reversed."))
    permits = [may_change(reader(request), line, on=clock.today()) for line in lines]
    return next((permit for permit in permits if not permit), YES)
