import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.directory.access import change, page, reader
from huiju.documents import services as files
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import queries, services
from huiju.policies.enums import Confidence
from huiju.policies.forms import AttachmentForm, DocumentForm, LibraryFilter
from huiju.policies.models import Attachment, Document
from huiju.policies.permissions import may_propose_anywhere, may_write
from huiju.policies.queries import DocumentFilter
from huiju.policies.services import DocumentEntry
from huiju.ui import tables

CONFIDENCE_KINDS: dict[str, str] = {Confidence.OFFICIAL: "good", Confidence.SECONDARY: "active"}


class DocumentTable(tables.ListTable):
    title = tables.Column(
        verbose_name=gettext_lazy("Title"), linkify=("policies:document", [A("pk")])
    )
    number = tables.Column(verbose_name=gettext_lazy("Document number"))
    issuer = tables.Column(verbose_name=gettext_lazy("Issuer"))
    year = tables.Column(verbose_name=gettext_lazy("Year"))
    issued_on = tables.date_column(verbose_name=gettext_lazy("Date of issue"))
    government = tables.Column(verbose_name=gettext_lazy("Level of government"))
    aspect = tables.Column(verbose_name=gettext_lazy("Aspect"), order_by=("aspect__position", "pk"))
    confidence = tables.StateColumn(verbose_name=gettext_lazy("Confidence"), kinds=CONFIDENCE_KINDS)


@page("policies.view")
def documents(request: HttpRequest) -> HttpResponse:
    form = LibraryFilter(request.GET)
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    found = queries.documents(DocumentFilter(**asked)).order_by("-year", "number", "pk")
    return render(
        request,
        "policies/library.html",
        {
            "filters": form,
            "table": tables.listed(request, DocumentTable(found), folded=("issued_on",)),
            "may_record": may_propose_anywhere(reader(request), on=clock.today()),
        },
    )


@page("policies.view")
def document(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.select_related("aspect", "place"), pk=pk)
    return _document_page(request, found, AttachmentForm())


def _document_page(
    request: HttpRequest, document: Document, form: AttachmentForm, status: int = 200
) -> HttpResponse:
    context = {
        "document": document,
        "attachments": document.attachments.select_related("file").order_by("pk"),
        "values": queries.values_citing(document).order_by("parameter__code", "starts_on", "pk"),
        "may_write": may_write(reader(request), document.place, on=clock.today()),
        "form": form,
        "confidence_kind": CONFIDENCE_KINDS.get(Confidence(document.confidence), "wait"),
    }
    return render(request, "policies/document.html", context, status=status)


@page("policies.propose")
def document_new(request: HttpRequest) -> HttpResponse:
    return render(request, "policies/document_form.html", {"form": DocumentForm()})


@change("policies.propose")
def record_document(request: HttpRequest) -> HttpResponse:
    form = DocumentForm(request.POST)
    if form.is_valid():
        entry = DocumentEntry(**form.cleaned_data)
        try:
            recorded = services.record_document(entry=entry, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Document recorded."))
            return redirect("policies:document", recorded.pk)
    return render(request, "policies/document_form.html", {"form": form}, status=422)


@change("policies.propose")
def attach_file(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.select_related("aspect", "place"), pk=pk)
    form = AttachmentForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.attach_file(
                document=found,
                name=file.name,
                content=file.read(),
                by=reader(request),
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("File attached."))
            return redirect("policies:document", found.pk)
    return _document_page(request, found, form, status=422)


@page("policies.view")
def attachment(request: HttpRequest, pk: int) -> Any:
    found = get_object_or_404(Attachment.objects.select_related("file"), pk=pk)
    return FileResponse(
        io.BytesIO(files.open_file(found.file)),
        as_attachment=True,
        filename=found.file.name,
        content_type=found.file.media_type,
    )
