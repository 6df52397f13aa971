"""The list of social workers, one worker's page, and everybody's own page."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from huiju.directory.access import page, reader
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.registry import permissions, queries
from huiju.registry.enums import ClockState
from huiju.registry.forms import KnownForm, WorkerFilterForm
from huiju.registry.models import Certificate, IdentityDocument, Merge, Person, Post
from huiju.registry.rules.clocks import hours_in_words
from huiju.registry.views.listing import WorkerTable
from huiju.ui import tables

CLOCK_KINDS: dict[str, str] = {
    ClockState.DONE: "good",
    ClockState.SOON: "wait",
    ClockState.MISSING: "bad",
    ClockState.UNKNOWN: "",
}


@page("registry.view")
def workers(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form = WorkerFilterForm(request.GET, today=today)
    visible = queries.workers_visible_to(reader(request), on=today)
    asked = queries.workers_asked_for(visible, form.asked)
    rows = queries.with_standing(asked.order_by("pinyin"))
    table = tables.listed(request, WorkerTable(rows, on=form.asked.on), folded=WorkerTable.folded)
    may_export = reader(request).holds("transfers.export")
    may_change = reader(request).holds("registry.change")
    context = {"form": form, "table": table, "may_export": may_export, "may_change": may_change}
    return render(request, "registry/workers.html", context)


@page("registry.view", logged="registry.person_read", of="registry.Person")
def worker(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    visible = queries.workers_visible_to(user, on=today).select_related("place")
    if (survivor := queries.file_key_of(pk)) != pk and visible.filter(pk=survivor).exists():
        return redirect(reverse("registry:worker", args=[survivor]) + f"?merged={pk}")
    person = get_object_or_404(visible, pk=pk)
    return render(request, "registry/worker.html", _file(request, user, person))


@page("registry.view_self", logged="registry.own_file_read")
def me(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    if user.person_ref is None:
        return render(request, "registry/no_file.html")
    key = queries.file_key_of(user.person_ref)
    person = get_object_or_404(Person.objects.on_file().select_related("place"), pk=key)
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
        "documents": _documents(person, known_at),
        "merges": [] if day else [_merge(user, merge) for merge in queries.merges_of(person)],
        "merged": _key(request.GET.get("merged", "")),
        "form": form,
        "day": day,
        **_rows(user, facts),
        "in_post": facts.in_post(today),
        **_clocks(user, facts, today, known_at if day else None),
        **_accounts(user, person, facts),
        "timeline": queries.person_timeline(person, known_at=known_at),
        "may_change": permissions.may_change(user, person),
        "may_reveal": permissions.may_reveal(user, person),
        "may_see_allowances": user.holds("allowances.view"),
        "own": permissions.is_own(user, person),
    }


def _key(said: str) -> str:
    """The key of a record in an address; whatever else stands there is not repeated."""
    return said if said.isdecimal() else ""


def _rows(user: User, facts: queries.Facts) -> dict[str, Any]:
    """The facts open to everybody who sees the file, with what may be done to each."""
    return {
        "certificates": [_certificate(user, fact) for fact in facts.certificates],
        "posts": [_post(user, fact) for fact in facts.posts],
        "leaves": [_fact(user, fact) for fact in facts.leaves],
        "deaths": [_fact(user, fact) for fact in facts.deaths],
        "registrations": [_fact(user, fact) for fact in reversed(facts.registrations)],
    }


def _accounts(user: User, person: Person, facts: queries.Facts) -> dict[str, Any]:
    """The accounts and the history, which tells them only to those who may see them."""
    permit = permissions.may_see_account(user, person)
    return {
        "accounts": [_fact(user, fact) for fact in facts.accounts] if permit else [],
        "may_see_account": permit,
        "changes": queries.history(person, with_accounts=bool(permit)),
    }


def _clocks(
    user: User, facts: queries.Facts, on: date, known_at: datetime | None
) -> dict[str, Any]:
    """The three clocks, and each record of hours with what it counts for and what may be done to it."""
    page = queries.clocks_page(facts, on=on, known_at=known_at)
    hours = page.clocks.hours
    return {
        "clocks": page,
        "clock_kinds": {
            "certificate": CLOCK_KINDS[page.clocks.certificate],
            "registration": CLOCK_KINDS[page.clocks.registration.clock],
        },
        "hours": {
            name: hours_in_words(tenths)
            for name, tenths in (
                ("earned", hours.earned_tenths),
                ("needed", hours.needed_tenths or 0),
                ("missing", hours.missing_tenths),
            )
        },
        "credits": [
            _fact(user, credit) | {"reason": reason.label if reason else ""}
            for credit, reason in reversed(page.credits)
        ],
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


def _documents(person: Person, known_at: datetime) -> QuerySet[IdentityDocument]:
    """The documents of every record then believed to make up the file."""
    records = queries.members_at(person, known_at=known_at)
    return IdentityDocument.objects.defer("number").filter(person__in=records).order_by("pk")


def _merge(user: User, merge: Merge) -> dict[str, Any]:
    permit = permissions.may_merge(user, merge.from_person, merge.into_person)
    return {"fact": merge, "permit": permit}


def _fact(user: User, fact: Any) -> dict[str, Any]:
    return {"fact": fact, "may_correct": permissions.may_correct_fact(user, fact)}
