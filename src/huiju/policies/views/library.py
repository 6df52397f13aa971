import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
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
from huiju.policies.enums import Confidence, Holds
from huiju.policies.forms import AttachmentForm, DocumentForm, LibraryFilter, RefusalForm
from huiju.policies.models import Attachment, Document
from huiju.policies.permissions import may_propose_anywhere, may_write
from huiju.policies.queries import DocumentFilter
from huiju.policies.rules import words
from huiju.policies.rules.validity import Validity
from huiju.policies.services import DocumentEntry
from huiju.ui import tables

HOLDS_KINDS: dict[str, str] = {
    Holds.IN_FORCE: "good",
    Holds.AMENDED: "active",
    Holds.REPEALED: "bad",
    Holds.SUPERSEDED: "bad",
    Holds.EXPIRED: "bad",
    Holds.NOT_YET: "wait",
    Holds.UNKNOWN: "wait",
}
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
    asked = DocumentFilter(**{name: given for name, given in form.cleaned_data.items() if given})
    context = {
        "filters": form,
        "may_record": may_propose_anywhere(reader(request), on=clock.today()),
    }
    found = queries.documents(asked)
    if asked.words:
        context |= _results(request, found, asked.words)
    else:
        rows = DocumentTable(found.order_by("-year", "number", "pk"))
        context["table"] = tables.listed(request, rows, folded=("issued_on",))
    return render(request, "policies/library.html", context)


def _results(request: HttpRequest, found: QuerySet[Document], asked: str) -> dict[str, Any]:
    """A page of documents that hold the words, the best first, each with its standing and clauses."""
    keys = queries.best_first(found, asked)
    results = Paginator(keys, tables.page_size(request.GET)).get_page(request.GET.get("page"))
    known = queries.documents().in_bulk(list(results.object_list))
    shown = [known[key] for key in results.object_list]
    hits, standing = queries.hits(shown, asked), queries.validities(shown, on=clock.today())
    rows = [
        {"document": document, "hits": hits.get(document.pk, []), **_holds(standing[document.pk])}
        for document in shown
    ]
    return {"results": results, "rows": rows, "words": asked}


def _holds(standing: Validity) -> dict[str, Any]:
    return {
        "holds": Holds(standing.kind).label,
        "holds_kind": HOLDS_KINDS.get(Holds(standing.kind), ""),
    }


@page("policies.view")
def document(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.select_related("aspect", "place"), pk=pk)
    return _document_page(request, found, AttachmentForm())


def _document_page(
    request: HttpRequest, document: Document, form: AttachmentForm, status: int = 200
) -> HttpResponse:
    on = clock.today()
    values = queries.values_citing(document).order_by("parameter__code", "starts_on", "pk")
    context = {
        "document": document,
        "attachments": document.attachments.select_related("file").order_by("pk"),
        "values": values,
        "targets": queries.targets().filter(document=document).order_by("due_on", "pk"),
        "text": queries.current_text(document),
        "clauses": _clauses(document, request.GET.get("q", "")),
        "may_write": may_write(reader(request), document.place, on=on),
        "form": form,
        "confidence_kind": CONFIDENCE_KINDS.get(Confidence(document.confidence), "wait"),
        **_standing(document, on),
    }
    return render(request, "policies/document.html", context, status=status)


def _standing(document: Document, on: date) -> dict[str, Any]:
    """Whether a document holds, because of what, and what that leaves behind."""
    standing = queries.validities([document], on=on)[document.pk]
    family = queries.family_of(document)
    relations = queries.relations_of(document).order_by("since", "pk")
    return {
        **_holds(standing),
        "standing": standing,
        "relations": relations,
        "refusal": RefusalForm(),
        "drawing": queries.drawing_of(family, on=on) if family.relations else None,
        "left": [
            value for value in queries.values_left_behind(on=on) if value.document_id == document.pk
        ]
        if standing.is_over
        else [],
    }


def _clauses(document: Document, asked: str) -> list[dict[str, Any]]:
    """The clauses of a document, cut at the words asked for."""
    sought = words.words_asked(asked)
    return [
        {"clause": clause, "pieces": words.marked(clause.text, sought, around=len(clause.text))}
        for clause in queries.clauses(document)
    ]


@page("policies.propose")
def document_new(request: HttpRequest) -> HttpResponse:
    return render(request, "policies/document_form.html", {"form": DocumentForm()})


@change("policies.propose")
def record_document(request: HttpRequest) -> HttpResponse:
    form = DocumentForm(request.POST)
    if form.is_valid():
        entry = DocumentEntry(**form.entry())
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
