from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import RunState
from huiju.allowances.models import Notice
from huiju.allowances.permissions import PAY, VIEW
from huiju.allowances.services import archiving
from huiju.allowances.views.runs import run_of
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month


@change(PAY, truth="allowances:bank")
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        archiving.archive(run=run_of(request, pk), by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The papers are filed and the month is archived."))
    return redirect("allowances:bank", pk)


@page(VIEW, logged="allowances.papers_read", of="allowances.Run")
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_of(request, pk)
    if not run.has_payments:
        raise Http404
    is_kept = run.state == RunState.ARCHIVED
    content = archiving.archived_papers(run) if is_kept else queries.payment_sheet(run).pdf()
    return pdf(content, f"{run.scheme}-{run.place}-{Month.of(run.month)}.pdf")


@page(VIEW)
def notice_board(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_of(request, pk)
    notice = Notice.objects.filter(run=run, round=run.round).select_related("run__place").first()
    if notice is None:
        raise Http404
    return pdf(queries.notice_sheet(notice).pdf(), f"{run.place}-{Month.of(run.month)}-公示.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer
