from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import queries, services
from huiju.policies.forms import RelationForm
from huiju.policies.models import Document, Relation
from huiju.policies.services import RelationEntry


@page("policies.propose")
def relation_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document, pk=pk)
    context = {"document": found, "form": RelationForm()}
    return render(request, "policies/relation_form.html", context)


@change("policies.propose")
def record_relation(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document.objects.select_related("place"), pk=pk)
    form = RelationForm(request.POST)
    if form.is_valid():
        entry = RelationEntry(document=found, **form.cleaned_data)
        try:
            services.record_relation(entry=entry, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Relation recorded."))
            return redirect("policies:document", found.pk)
    context = {"document": found, "form": form}
    return render(request, "policies/relation_form.html", context, status=422)


@change("policies.propose")
def withdraw_relation(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Relation.objects.select_related("document__place"), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        services.withdraw_relation(
            relation=found, reason=reason, by=reader(request), at=clock.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Relation taken back."))
    return redirect("policies:document", found.document_id)


@page("policies.view")
def left_behind(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    values = queries.values_left_behind(on=on)
    standing = queries.validities({value.document for value in values}, on=on)
    rows = [(value, standing[value.document_id]) for value in values]
    return render(request, "policies/left_behind.html", {"rows": rows})
