"""Records that may be one human: the ranked list, two files side by side, and the decision."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry import permissions, queries, services
from huiju.registry.forms import ApartForm, MergeForm, ReasonForm
from huiju.registry.forms.merges import LABELS, shown
from huiju.registry.models import IdentityDocument, Merge, Person
from huiju.registry.views.steps import Step, asked, done, entry_of, person_of

UNMERGE = Step(_("Part the two records again"), "registry:unmerge")
SHOWN_AT_ONCE = 100


@page("registry.change")
def duplicates(request: HttpRequest) -> HttpResponse:
    """The likeliest pairs; those who keep both files can decide."""
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    found = queries.merge_candidates(visible)
    context = {"candidates": found[:SHOWN_AT_ONCE], "count": len(found)}
    return render(request, "registry/duplicates.html", context)


@page("registry.change")
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    if not request.GET.get("with", "").isdecimal():
        visible = queries.workers_visible_to(reader(request), on=clock.today())
        found = [
            candidate
            for candidate in queries.merge_candidates(visible)
            if person in (candidate.one, candidate.other)
        ]
        context = {"candidates": found, "count": len(found), "person": person}
        return render(request, "registry/duplicates.html", context)
    other = person_of(request, int(request.GET["with"]))
    form = MergeForm(None, from_person=other, into_person=person)
    return _side_by_side(request, person, other, form)


@change("registry.change")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    person, other = person_of(request, pk), _other(request)
    form = MergeForm(request.POST, from_person=other, into_person=person)
    if form.is_valid():
        try:
            services.merge_people(
                from_person=other,
                into_person=person,
                choices=form.choices,
                values=form.values,
                entry=entry_of(request, form.cleaned_data["reason"]),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Both records are one file now. This can be taken back."))
            return redirect("registry:worker", person.pk)
    return _side_by_side(request, person, other, form)


@change("registry.change")
def tell_apart(request: HttpRequest, pk: int) -> HttpResponse:
    person, other = person_of(request, pk), _other(request)
    form = ApartForm(request.POST)
    form.full_clean()
    try:
        entry = entry_of(request, form.cleaned_data.get("reason", ""))
        services.tell_apart(one=person, other=other, entry=entry)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Remembered as two different people."))
    return redirect("registry:duplicates")


@page("registry.change")
def unmerge_form(request: HttpRequest, pk: int) -> HttpResponse:
    return asked(request, ReasonForm(), _merge(request, pk).into_person, UNMERGE)


@change("registry.change")
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    held = _merge(request, pk)
    form = ReasonForm(request.POST)
    return done(
        request,
        form,
        (held.into_person, UNMERGE),
        lambda entry: services.unmerge_people(merge=held, entry=entry),
    )


def _other(request: HttpRequest) -> Person:
    key = request.POST.get("other", "")
    if not key.isdecimal():
        raise Http404
    return person_of(request, int(key))


def _merge(request: HttpRequest, pk: int) -> Merge:
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    rows = Merge.objects.select_related("into_person__place", "from_person__place")
    return get_object_or_404(rows, pk=pk, into_person__survivor__in=visible)


def _side_by_side(
    request: HttpRequest, person: Person, other: Person, form: forms.Form
) -> HttpResponse:
    sides = queries.sides_of(other, person)
    own = [(LABELS[name], shown(person, name), shown(other, name)) for name in LABELS]
    facts = [
        (kind._meta.model_name, sides.into_facts[kind], sides.from_facts[kind])
        for kind in sides.into_facts
        if permissions.may_see_account(reader(request), person)
        or kind._meta.model_name != "bankaccount"
    ]
    context: dict[str, Any] = {
        "person": person,
        "other": other,
        "form": form,
        "apart": ApartForm(initial={"other": other.pk}),
        "likenesses": queries.likenesses_of(person, other),
        "rows": own,
        "numbers": [_masked_numbers(side) for side in (person, other)],
        "facts": facts,
        "permit": permissions.may_merge(reader(request), person, other),
    }
    return render(request, "registry/comparison.html", context)


def _masked_numbers(person: Person) -> list[str]:
    records = Person.objects.in_files_of([person]).values("pk")
    documents = IdentityDocument.objects.defer("number").filter(person__in=records)
    return [str(document) for document in documents.order_by("pk")]
