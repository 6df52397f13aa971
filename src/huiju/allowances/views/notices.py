from typing import Any

from allauth.core import ratelimit
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huiju.allowances import queries, services
from huiju.allowances.forms import NoticeFilter, ObjectionForm
from huiju.allowances.models import Notice
from huiju.allowances.services import ObjectionWords
from huiju.directory.access import acting_as_system, public_page
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.ui.tables import page_size

WRONG_CODES = "slip_not_confirmed"
OBJECTED = "notice_objected"


def _notice(token: str) -> Notice:
    found = queries.open_notice(token, on=clock.today())
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, notice: Notice, form: ObjectionForm, status: int) -> HttpResponse:
    shown, filters = queries.public_notice(notice), NoticeFilter(request.GET)
    words = filters.cleaned_data["q"].strip() if filters.is_valid() else ""
    people = shown.naming(words)
    context = {
        "shown": shown,
        "filters": filters,
        "page": Paginator(people, page_size(request.GET)).get_page(request.GET.get("page")),
        "month": Month.of(notice.run.month),
        "form": form,
        "received": "received" in request.GET,
    }
    return render(request, "allowances/notice.html", context, status=status)


@public_page
def slip(request: HttpRequest) -> HttpResponse:
    """Confirms a slip; after some wrong codes an address has to wait, as everybody's guesses are counted."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    code = request.POST.get("code", "")[:100]
    context: dict[str, Any] = {"code": code, "confirmed": None, "wait": False}
    if code and not ratelimit.consume(request, action=WRONG_CODES, dry_run=True):
        context["wait"] = True
        return render(request, "allowances/slip.html", context, status=429)
    if code:
        context["confirmed"] = queries.confirmed_slip(code)
        if context["confirmed"] is None:
            ratelimit.consume(request, action=WRONG_CODES)
    return render(request, "allowances/slip.html", context)


@public_page
def notice(request: HttpRequest, token: str) -> HttpResponse:
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    found = _notice(token)
    if request.method != "POST":
        return _shown(request, found, ObjectionForm(), 200)
    form = ObjectionForm(request.POST)
    if form.is_valid() and not ratelimit.consume(request, action=OBJECTED):
        form.add_error(None, _("Too many objections came from your address. Try again in an hour."))
        return _shown(request, found, form, 429)
    if form.is_valid():
        try:
            with acting_as_system():
                said = ObjectionWords(**form.cleaned_data)
                services.object_to_notice(notice=found, said=said, at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{request.path}?received")
    return _shown(request, found, form, 422)
