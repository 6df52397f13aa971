"""Forms in which officials change single records, each a page and a change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from huiju.directory.access import change, page
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry import services
from huiju.registry.forms import (
    CertificateForm,
    EndForm,
    NameForm,
    PostForm,
    ReasonForm,
    RevocationForm,
)
from huiju.registry.models import Certificate, IdentityDocument, Post
from huiju.registry.views.steps import Step, asked, done, entry_of, fact_of, person_of

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
    return asked(request, form, certificate.person, CORRECT_CERTIFICATE)


@change("registry.change")
def correct_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _certificate(request, pk)
    form = CertificateForm(request.POST)
    return done(
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
    return asked(request, RevocationForm(), person, REVOKE_CERTIFICATE)


@change("registry.change")
def revoke_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    certificate = _certificate(request, pk)
    form = RevocationForm(request.POST)
    return done(
        request,
        form,
        (certificate.person, REVOKE_CERTIFICATE),
        lambda entry: services.revoke_certificate(
            certificate=certificate, revoked_on=form.cleaned_data["revoked_on"], entry=entry
        ),
    )


@page("registry.change")
def new_post_form(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    form = PostForm(today=clock.today(), initial={"place": person.place.code})
    return asked(request, form, person, ADD_POST)


@change("registry.change")
def add_post(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    form = PostForm(request.POST, today=clock.today())
    return done(
        request,
        form,
        (person, ADD_POST),
        lambda entry: services.add_post(person=person, stated=form.statement, entry=entry),
    )


@page("registry.change")
def post_form(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    form = PostForm.of(post, today=clock.today())
    return asked(request, form, post.person, CORRECT_POST)


@change("registry.change")
def correct_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    form = PostForm(request.POST, today=clock.today())
    return done(
        request,
        form,
        (post.person, CORRECT_POST),
        lambda entry: services.correct_post(post=post, stated=form.statement, entry=entry),
    )


@page("registry.change")
def end_form(request: HttpRequest, pk: int) -> HttpResponse:
    return asked(request, EndForm(), _post(request, pk).person, END_POST)


@change("registry.change")
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    form = EndForm(request.POST)
    return done(
        request,
        form,
        (post.person, END_POST),
        lambda entry: services.end_post(
            post=post, last_day=form.cleaned_data["last_day"], entry=entry
        ),
    )


@page("registry.change")
def name_form(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    return asked(request, NameForm(initial={"name": person.name}), person, RENAME)


@change("registry.change")
def rename_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request, pk)
    form = NameForm(request.POST)
    return done(
        request,
        form,
        (person, RENAME),
        lambda entry: services.rename_person(
            person=person, name=form.cleaned_data["name"], entry=entry
        ),
    )


@change("registry.reveal")
def reveal_number(request: HttpRequest, pk: int) -> HttpResponse:
    document = fact_of(request, IdentityDocument.objects.all(), pk)
    form = ReasonForm(request.POST)
    form.full_clean()
    try:
        number = services.reveal_number(
            document=document, entry=entry_of(request, form.cleaned_data.get("reason", ""))
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:worker", document.person_id)
    context = {"document": document.get_type_display(), "person": document.person, "number": number}
    answer = render(request, "registry/number.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _certificate(request: HttpRequest, pk: int) -> Certificate:
    found: Certificate = fact_of(request, Certificate.objects.all(), pk)
    return found


def _post(request: HttpRequest, pk: int) -> Post:
    found: Post = fact_of(request, Post.objects.select_related("place", "employer"), pk)
    return found
