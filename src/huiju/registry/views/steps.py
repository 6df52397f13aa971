"""A change of a person's file as a page with a form, and as what its answer does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiju.directory.access import reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry import queries, services
from huiju.registry.models import Person


@dataclass(frozen=True)
class Step:
    """A change as its page is headed, and where its form goes."""

    title: Any
    route: str


def person_of(request: HttpRequest, pk: int) -> Person:
    """A person the reader sees, or 404."""
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    return get_object_or_404(visible.select_related("place"), pk=pk)


def fact_of(request: HttpRequest, rows: QuerySet[Any], pk: int) -> Any:
    """A fact in a file the reader sees, or 404; `person` is whose file it stands in."""
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    in_reach = Q(person__in=visible) | Q(person__survivor__in=visible)
    fact = get_object_or_404(
        rows.select_related("person__place", "person__survivor__place"), in_reach, pk=pk
    )
    fact.person = fact.person.survivor or fact.person
    return fact


def entry_of(request: HttpRequest, reason: str) -> services.Entry:
    """Who records now, and why."""
    return services.Entry(at=clock.now(), by=reader(request), reason=reason)


def asked(request: HttpRequest, form: forms.Form, person: Person, step: Step) -> HttpResponse:
    """The page with the form of a step."""
    match = request.resolver_match
    context = {
        "form": form,
        "person": person,
        "title": step.title,
        "url": reverse(step.route, kwargs=match.kwargs if match else {}),
        "back": reverse("registry:worker", args=[person.pk]),
    }
    return render(request, "registry/change.html", context)


def done(
    request: HttpRequest,
    form: forms.Form,
    about: tuple[Person, Step],
    take: Callable[[services.Entry], Any],
) -> HttpResponse:
    """Take the step and go back to the person; or show the form again with what is wrong."""
    person, step = about
    if form.is_valid():
        try:
            take(entry_of(request, form.cleaned_data["reason"]))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded. The version before stays in the history."))
            return redirect("registry:worker", person.pk)
    return asked(request, form, person, step)
