"""Forms in which officials change single records, each a page and a change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry import queries, services
from huiju.registry.forms import (
    CertificateForm,
    EndForm,
    NameForm,
    PostForm,
    ReasonForm,
    RevocationForm,
)
from huiju.registry.models import Certificate, IdentityDocument, Person, Post


@dataclass(frozen=True)
class Step:
    """A change as its page is headed, and where its form goes."""

    title: Any
    route: str


CORRECT_CERTIFICATE = Step(_("Correct the certificate"), "registry:correct_certificate")
REVOKE_CERTIFICATE = Step(_("Revoke the certificate"), "registry:revoke_certificate")
ADD_POST = Step(_("Add a post"), "registry:add_post")
CORRECT_POST = Step(_("Correct the post"), "registry:correct_post")
END_POST = Step(_("End the post"), "registry:end_post")
RENAME = Step(_("Change the name"), "registry:rename")


@page("registry.change")
def certificate_form(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _certificate(request, pk)
    form = CertificateForm.of(certificate)
    return _asked(request, form, certificate.person, CORRECT_CERTIFICATE)


@change("registry.change")
def correct_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _certificate(request, pk)
    form = CertificateForm(request.POST)
    return _done(
        request,
        form,
        (certificate.person, CORRECT_CERTIFICATE),
        lambda entry: services.correct_certificate(
            certificate=certificate, stated=form.statement, entry=entry
        ),
    )


@page("registry.change")
def revocation_form(request: HttpRequest, pk: int) -> HttpResponse:
    person = _certificate(request, pk).person
    return _asked(request, RevocationForm(), person, REVOKE_CERTIFICATE)


@change("registry.change")
def revoke_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _certificate(request, pk)
    form = RevocationForm(request.POST)
    return _done(
        request,
        form,
        (certificate.person, REVOKE_CERTIFICATE),
        lambda entry: services.revoke_certificate(
            certificate=certificate, revoked_on=form.cleaned_data["revoked_on"], entry=entry
        ),
    )


@page("registry.change")
def new_post_form(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = PostForm(today=clock.today(), initial={"place": person.place.code})
    return _asked(request, form, person, ADD_POST)


@change("registry.change")
def add_post(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = PostForm(request.POST, today=clock.today())
    return _done(
        request,
        form,
        (person, ADD_POST),
        lambda entry: services.add_post(person=person, stated=form.statement, entry=entry),
    )


@page("registry.change")
def post_form(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    form = PostForm.of(post, today=clock.today())
    return _asked(request, form, post.person, CORRECT_POST)


@change("registry.change")
def correct_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    form = PostForm(request.POST, today=clock.today())
    return _done(
        request,
        form,
        (post.person, CORRECT_POST),
        lambda entry: services.correct_post(post=post, stated=form.statement, entry=entry),
    )


@page("registry.change")
def end_form(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, EndForm(), _post(request, pk).person, END_POST)


@change("registry.change")
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    form = EndForm(request.POST)
    return _done(
        request,
        form,
        (post.person, END_POST),
        lambda entry: services.end_post(
            post=post, last_day=form.cleaned_data["last_day"], entry=entry
        ),
    )


@page("registry.change")
def name_form(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    return _asked(request, NameForm(initial={"name": person.name}), person, RENAME)


@change("registry.change")
def rename_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = NameForm(request.POST)
    return _done(
        request,
        form,
        (person, RENAME),
        lambda entry: services.rename_person(
            person=person, name=form.cleaned_data["name"], entry=entry
        ),
    )


@change("registry.reveal")
def reveal_number(request: HttpRequest, pk: int) -> HttpResponse:
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    document = get_object_or_404(
        IdentityDocument.objects.select_related("person__place"), pk=pk, person__in=visible
    )
    form = ReasonForm(request.POST)
    form.full_clean()
    try:
        number = services.reveal_number(
            document=document, entry=_entry(request, form.cleaned_data.get("reason", ""))
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:worker", document.person_id)
    context = {"document": document, "person": document.person, "number": number}
    answer = render(request, "registry/number.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _person(request: HttpRequest, pk: int) -> Person:
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    return get_object_or_404(visible.select_related("place"), pk=pk)


def _certificate(request: HttpRequest, pk: int) -> Certificate:
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    rows = Certificate.objects.select_related("person__place")
    return get_object_or_404(rows, pk=pk, person__in=visible)


def _post(request: HttpRequest, pk: int) -> Post:
    visible = queries.workers_visible_to(reader(request), on=clock.today())
    rows = Post.objects.select_related("person__place", "place", "employer")
    return get_object_or_404(rows, pk=pk, person__in=visible)


def _entry(request: HttpRequest, reason: str) -> services.Entry:
    return services.Entry(at=clock.now(), by=reader(request), reason=reason)


def _asked(request: HttpRequest, form: forms.Form, person: Person, step: Step) -> HttpResponse:
    match = request.resolver_match
    context = {
        "form": form,
        "person": person,
        "title": step.title,
        "url": reverse(step.route, kwargs=match.kwargs if match else {}),
        "back": reverse("registry:worker", args=[person.pk]),
    }
    return render(request, "registry/change.html", context)


def _done(
    request: HttpRequest,
    form: forms.Form,
    about: tuple[Person, Step],
    take: Callable[[services.Entry], Any],
) -> HttpResponse:
    """Take the step and go back to the person; or show the form again with what is wrong."""
    person, step = about
    if form.is_valid():
        try:
            take(_entry(request, form.cleaned_data["reason"]))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded. The version before stays in the history."))
            return redirect("registry:worker", person.pk)
    return _asked(request, form, person, step)
