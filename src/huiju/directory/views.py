from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiju.directory import queries, services
from huiju.directory.access import change, page, public_page
from huiju.directory.forms import GrantForm, PlaceFilter, UserFilter, UserForm
from huiju.directory.models import Grant, User
from huiju.directory.permissions import may_administer, may_grant
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Period
from huiju.ui import tables
from huiju.ui.templatetags.ui import last_day


class PlaceTable(tables.ListTable):
    """Places by code."""

    code = tables.Column(verbose_name=_("Code"))
    name = tables.Column(verbose_name=_("Name"))
    kind = tables.Column(verbose_name=_("Kind of place"))
    parent = tables.Column(verbose_name=_("Lies in"), orderable=False)
    starts_on = tables.date_column(verbose_name=_("Valid from"))
    ends_on = tables.TextColumn(last_day, cells="date", verbose_name=_("Valid until"))
    successor = tables.Column(verbose_name=_("Successor"), orderable=False)


class UserTable(tables.ListTable):
    """Accounts."""

    username = tables.Column(
        verbose_name=_("User name"),
        linkify=lambda record: reverse("directory:user", args=[record.pk]),
    )
    label = tables.Column(verbose_name=_("Desk"))
    roles = tables.Column(verbose_name=_("Roles"), orderable=False, empty_values=())
    is_active = tables.Column(verbose_name=_("Account"))
    last_login = tables.date_column(verbose_name=_("Last sign-in"))

    def render_is_active(self, value: bool) -> str:
        if value:
            return tables.badge(_("May sign in"), "good")
        return tables.badge(_("Account closed"), "bad")

    def render_roles(self, record: User) -> str:
        return "、".join(map(str, record.roles_held)) or "—"


@public_page
def password_forgotten(request: HttpRequest) -> HttpResponse:
    context = {"contact": settings.HELP_CONTACT}
    return render(request, "directory/password_forgotten.html", context)


@page("directory.view_places")
def places(request: HttpRequest) -> HttpResponse:
    form = PlaceFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = queries.places(on=asked.get("on"))
    if text := asked.get("text"):
        rows = rows.filter(Q(name__contains=text) | Q(code__startswith=text))
    if kind := asked.get("kind"):
        rows = rows.filter(kind=kind)
    table = tables.listed(request, PlaceTable(rows.order_by("code")))
    return render(request, "directory/places.html", {"table": table, "form": form})


@page("directory.account")
def account(request: HttpRequest) -> HttpResponse:
    grants = request.user.grants_on(clock.today())
    return render(request, "directory/account.html", {"grants": grants})


@page("directory.administer")
def users(request: HttpRequest) -> HttpResponse:
    form = UserFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = _administered(request)
    if text := asked.get("text"):
        rows = rows.filter(Q(username__contains=text) | Q(label__contains=text))
    if role := asked.get("role"):
        held = Grant.objects.in_force(clock.today()).filter(role=role)
        rows = rows.filter(pk__in=held.values("user"))
    rows = queries.with_roles(rows, on=clock.today())
    table = tables.listed(request, UserTable(rows.order_by("username")))
    return render(request, "directory/users.html", {"table": table, "form": form})


@page("directory.administer")
def new_user(request: HttpRequest) -> HttpResponse:
    return render(request, "directory/new_user.html", {"form": UserForm(initial=_from_today())})


@change("directory.administer")
def create_user(request: HttpRequest) -> HttpResponse:
    form = UserForm(request.POST)
    if not form.is_valid():
        return render(request, "directory/new_user.html", {"form": form}, status=422)
    password = services.one_time_password()
    asked = form.cleaned_data
    try:
        user = services.open_account(
            username=asked["username"],
            label=asked["label"],
            password=password,
            first=_appointment(asked),
            by=request.user,
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return render(request, "directory/new_user.html", {"form": form}, status=422)
    return _shown_once(request, user, password)


@page("directory.administer")
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    return _user_page(
        request,
        get_object_or_404(_administered(request), pk=user_id),
        GrantForm(initial=_from_today()),
    )


@change("directory.administer")
def grant_role(request: HttpRequest, user_id: int) -> HttpResponse:
    user, form = get_object_or_404(_administered(request), pk=user_id), GrantForm(request.POST)
    if form.is_valid():
        try:
            appointment = _appointment(form.cleaned_data)
            services.appoint(user=user, appointment=appointment, by=request.user)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Role granted."))
            return redirect("directory:user", user.pk)
    return _user_page(request, user, form, status=422)


@change("directory.administer")
def end_grant(request: HttpRequest, grant_id: int) -> HttpResponse:
    grant = get_object_or_404(Grant, pk=grant_id, user__in=_administered(request))
    try:
        services.end_grant(grant=grant, by=request.user, on=clock.today())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The role ended today."))
    return redirect("directory:user", grant.user_id)


@change("directory.administer")
def reset_password(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(_administered(request), pk=user_id)
    try:
        password = services.reset_password(user=user, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("directory:user", user.pk)
    return _shown_once(request, user, password)


@change("directory.administer")
def set_active(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(_administered(request), pk=user_id)
    try:
        services.set_active(user=user, active=not user.is_active, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The account is closed.") if user.is_active else _("The account is open again."),
        )
    return redirect("directory:user", user.pk)


def _administered(request: HttpRequest) -> QuerySet[User]:
    """The accounts this administrator sees."""
    return queries.users_administered_by(request.user, on=clock.today())


def _from_today() -> dict[str, object]:
    return {"starts_on": clock.today()}


def _appointment(asked: dict[str, Any]) -> services.Appointment:
    """A grant form's answers as the services take them: the period half-open."""
    last_day = asked["last_day"]
    ends_on = last_day + timedelta(days=1) if last_day else None
    period = Period(asked["starts_on"], ends_on)
    return services.Appointment(asked["role"], asked["where"], period, asked["reason"])


def _user_page(
    request: HttpRequest, user: User, form: GrantForm, status: int = 200
) -> HttpResponse:
    grants = user.grants.select_related("place", "organisation__place", "granted_by")
    shown = [
        (grant, may_grant(request.user, user, grant.place or grant.organisation))
        for grant in grants.order_by("-starts_on", "-pk")
    ]
    context = {
        "account": user,
        "grants": shown,
        "form": form,
        "today": clock.today(),
        "may_administer": may_administer(request.user, user),
    }
    return render(request, "directory/user.html", context, status=status)


def _shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The one page that ever shows a one-time password."""
    context = {"account": user, "password": password}
    response = render(request, "directory/one_time_password.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
