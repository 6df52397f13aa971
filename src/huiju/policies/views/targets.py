from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies import services
from huiju.policies.forms import TargetForm
from huiju.policies.models import Document
from huiju.policies.services import TargetEntry


@page("policies.propose")
def target_new(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document, pk=pk)
    context = {"document": found, "form": TargetForm()}
    return render(request, "policies/target_form.html", context)


@change("policies.propose")
def set_target(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Document, pk=pk)
    form = TargetForm(request.POST)
    if form.is_valid():
        entry = TargetEntry(document=found, **form.cleaned_data)
        try:
            services.set_target(entry=entry, by=reader(request), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Target recorded."))
            return redirect("policies:document", found.pk)
    context = {"document": found, "form": form}
    return render(request, "policies/target_form.html", context, status=422)
