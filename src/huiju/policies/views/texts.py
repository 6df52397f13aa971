from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.directory.access import change, page, reader
from huiju.documents import services as files
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import queries, services
from huiju.policies.enums import TextExtent
from huiju.policies.forms import TextForm
from huiju.policies.models import Document
from huiju.policies.services import TextEntry


@page("policies.propose")
def text_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document, pk=pk)
    given: dict[str, Any] = {}
    if text := queries.current_text(found):
        given = {"body": text.body, "extent": text.extent, "source_note": text.source_note}
    problem = ""
    if asked := request.GET.get("attachment", ""):
        attachment = get_object_or_404(found.attachments.select_related("file"), pk=asked)
        try:
            given = {"body": files.text_of(attachment.file), "extent": TextExtent.WHOLE}
        except DomainError as refusal:
            problem = str(refusal)
        given |= {"attachment": attachment.pk, "source_note": attachment.file.name}
    form = TextForm(initial=given, document=found)
    context = {"document": found, "form": form, "problem": problem}
    return render(request, "policies/text_form.html", context)


@change("policies.propose")
def record_text(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.select_related("place"), pk=pk)
    form = TextForm(request.POST, document=found)
    if form.is_valid():
        entry = TextEntry(**form.cleaned_data)
        try:
            services.record_text(document=found, entry=entry, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Text recorded. Its clauses can be cited and found."))
            return redirect("policies:document", found.pk)
    context = {"document": found, "form": form}
    return render(request, "policies/text_form.html", context, status=422)
