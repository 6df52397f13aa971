"""The kinds of view, and the reach in which each runs.

Every URL leads to a `@page` (signed-in GET), a `@change` (signed-in POST) or a `@public_page`.
The kind, the action it needs and the reader's reach are set here and nowhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.enums import SEES_PEOPLE, PlaceKind, Role
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.rowsecurity import EVERYTHING, Reach, reach_set

View = Callable[..., HttpResponse]


def reach_of(user: User, *, on: date) -> Reach:
    """What a user's grants in force on a day let them see."""
    grants = [grant for grant in user.grants_on(on) if grant.role in SEES_PEOPLE]
    if any(grant.place and grant.place.kind == PlaceKind.CITY for grant in grants):
        return EVERYTHING
    places: set[int] = set()
    for grant in grants:
        if grant.place:
            inside = Place.objects.filter(path__startswith=grant.place.path)
            places.update(inside.values_list("pk", flat=True))
    organisations = {grant.organisation_id for grant in grants if grant.organisation_id}
    is_worker = any(grant.role == Role.WORKER for grant in user.grants_on(on))
    return Reach(
        places=frozenset(places),
        organisations=frozenset(organisations),
        person=user.person_ref if is_worker else None,
    )


@contextmanager
def reading_as(user: User) -> Iterator[None]:
    """A transaction in which the database shows what this user may see."""
    with reach_set(reach_of(user, on=clock.today())):
        yield


@contextmanager
def acting_as_system() -> Iterator[None]:
    """A transaction that sees everything: imports being applied, runs, published figures."""
    with reach_set(EVERYTHING):
        yield


def reader(request: HttpRequest) -> User:
    """The signed-in user of a request."""
    return cast(User, request.user)


def _guarded(request: HttpRequest, action: str, method: str) -> HttpResponse | None:
    """The answer to a request that may not go on, or None."""
    if request.method not in ({"GET", "HEAD"} if method == "GET" else {method}):
        return HttpResponseNotAllowed([method])
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.user.must_change_password and action != "directory.account":
        return redirect("account_change_password")
    if not request.user.holds(action):
        audit.record(actor=reader(request), action="directory.page_refused", subject=action)
        return render(
            request,
            "ui/refused.html",
            {"reason": _("Your roles do not include this page. Ask your administrator for it.")},
            status=403,
        )
    return None


def page(
    action: str,
    *,
    logged: str = "",
    of: str = "",
    first: Callable[[HttpRequest], None] | None = None,
) -> Callable[[View], View]:
    """A signed-in page: GET, in the reader's reach, in a read-only transaction that keeps nothing.

    `logged` names the event that records who read what, for pages on people's files; `of` is the
    model the address names by key, as events write it ("registry.Person"). `first` is work of a
    transaction of its own before the page: keeping what the page would compute each time.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if refusal := _guarded(request, action, "GET"):
                return refusal
            if logged:
                subject = ":".join([*filter(None, [of]), *(str(key) for key in kwargs.values())])
                audit.record(actor=reader(request), action=logged, subject=subject)
            if first:
                first(request)
            with reading_as(reader(request)):
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
                response = view(request, *args, **kwargs)
                transaction.set_rollback(True)
            return response

        guarded.audience, guarded.kind = action, "page"  # type: ignore[attr-defined]
        return guarded

    return decorate


def change(action: str, *, truth: str = "") -> Callable[[View], View]:
    """A signed-in change: POST, in the user's reach, in one transaction.

    Where the database falls silent, nobody knows whether the change was kept. `truth` names the page of
    the same keys that asks by key: the user is sent there and told what it finds.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if refusal := _guarded(request, action, "POST"):
                return refusal
            try:
                with reading_as(reader(request)):
                    return view(request, *args, **kwargs)
            except (InterfaceError, OperationalError):
                if not truth:
                    raise
                connection.close()
                return redirect(f"{reverse(truth, kwargs=kwargs)}?asked=again")

        guarded.audience, guarded.kind = action, "change"  # type: ignore[attr-defined]
        return guarded

    return decorate


def public_page(view: View) -> View:
    """A page for anyone: the database shows no row about people or money."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with reach_set(Reach()):
            return view(request, *args, **kwargs)

    guarded.audience, guarded.kind = "public", "public"  # type: ignore[attr-defined]
    return guarded
