"""The list of social workers, one worker's page, and everybody's own page."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from huiju.directory.access import page, reader
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.registry import permissions, queries
from huiju.registry.forms import KnownForm, WorkerFilterForm
from huiju.registry.models import Certificate, Person, Post
from huiju.registry.views.listing import WorkerTable
from huiju.ui import tables


@page("registry.view")
def workers(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form = WorkerFilterForm(request.GET, today=today)
    visible = queries.workers_visible_to(reader(request), on=today)
    asked = queries.workers_asked_for(visible, form.asked)
    rows = queries.with_standing(asked.order_by("pinyin"))
    table = tables.listed(request, WorkerTable(rows, on=form.asked.on), folded=WorkerTable.folded)
    may_export = reader(request).holds("transfers.export")
    context = {"form": form, "table": table, "may_export": may_export}
    return render(request, "registry/workers.html", context)


@page("registry.view", logged="registry.person_read", of="registry.Person")
def worker(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    visible = queries.workers_visible_to(user, on=today)
    person = get_object_or_404(visible.select_related("place"), pk=pk)
    return render(request, "registry/worker.html", _file(request, user, person))


@page("registry.view_self", logged="registry.own_file_read")
def me(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    if user.person_ref is None:
        raise Http404
    person = get_object_or_404(Person.objects.on_file().select_related("place"), pk=user.person_ref)
    return render(request, "registry/worker.html", _file(request, user, person))


def _file(request: HttpRequest, user: User, person: Person) -> dict[str, Any]:
    """What a person's page shows, as known today or on the day the address asks for."""
    form = KnownForm(request.GET)
    day: date | None = form.cleaned_data["known"] if form.is_valid() else None
    known_at = clock.end_of(day) if day else clock.now()
    facts = queries.facts_of(person, known_at=known_at)
    today = day or clock.today()
    return {
        "person": person,
        "documents": person.documents.defer("number").order_by("pk"),
        "form": form,
        "day": day,
        "certificates": [_certificate(user, fact) for fact in facts.certificates],
        "posts": [_post(user, fact) for fact in facts.posts],
        "in_post": any(post.in_force(today) for post in facts.posts),
        "timeline": queries.person_timeline(person, known_at=known_at),
        "changes": queries.history(person),
        "may_change": permissions.may_change(user, person),
        "may_reveal": permissions.may_reveal(user, person),
        "own": user.person_ref == person.pk,
    }


def _certificate(user: User, certificate: Certificate) -> dict[str, Any]:
    """A certificate with what may be done to it."""
    return {
        "fact": certificate,
        "may_correct": permissions.may_correct_certificate(user, certificate),
        "may_revoke": permissions.may_revoke_certificate(user, certificate),
    }


def _post(user: User, post: Post) -> dict[str, Any]:
    return {
        "fact": post,
        "may_correct": permissions.may_correct_post(user, post),
        "may_end": permissions.may_end_post(user, post),
    }
