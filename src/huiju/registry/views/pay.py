"""Registrations, hours, leaves, accounts and deaths on a person's page: recorded, corrected, withdrawn, revealed.

All have the same six pages; `word` says of which one an address speaks.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from huiju.directory.access import change, page
from huiju.kernel.errors import DomainError
from huiju.registry import services
from huiju.registry.forms import (
    AccountForm,
    CreditForm,
    DeathForm,
    LeaveForm,
    ReasonForm,
    RegistrationForm,
)
from huiju.registry.models import BankAccount
from huiju.registry.views.steps import Step, asked, done, entry_of, fact_of, person_of


@dataclass(frozen=True)
class Paper:
    """A kind of fact with its form and the headings of its three changes."""

    kind: services.Kind
    form: Any
    add: Step
    correct: Step
    withdraw: Step


PAPERS = {
    "registration": Paper(
        services.REGISTRATIONS,
        RegistrationForm,
        Step(_("Record a registration"), "registry:add_registration"),
        Step(_("Correct the registration"), "registry:correct_registration"),
        Step(_("Withdraw the registration"), "registry:withdraw_registration"),
    ),
    "credit": Paper(
        services.CREDITS,
        CreditForm,
        Step(_("Record hours"), "registry:add_credit"),
        Step(_("Correct the hours"), "registry:correct_credit"),
        Step(_("Withdraw the hours"), "registry:withdraw_credit"),
    ),
    "leave": Paper(
        services.LEAVES,
        LeaveForm,
        Step(_("Record a leave"), "registry:add_leave"),
        Step(_("Correct the leave"), "registry:correct_leave"),
        Step(_("Withdraw the leave"), "registry:withdraw_leave"),
    ),
    "account": Paper(
        services.ACCOUNTS,
        AccountForm,
        Step(_("Record an account"), "registry:add_account"),
        Step(_("Correct the account"), "registry:correct_account"),
        Step(_("Withdraw the account"), "registry:withdraw_account"),
    ),
    "death": Paper(
        services.DEATHS,
        DeathForm,
        Step(_("Record a death"), "registry:add_death"),
        Step(_("Correct the death"), "registry:correct_death"),
        Step(_("Withdraw the death"), "registry:withdraw_death"),
    ),
}


@page("registry.change")
def new_form(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    person, paper = person_of(request, pk), PAPERS[word]
    return asked(request, paper.form.for_person(person), person, paper.add)


@change("registry.change")
def add(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    person, paper = person_of(request, pk), PAPERS[word]
    form = paper.form.for_person(person, request.POST)

    def take(entry: services.Entry) -> None:
        _fact, warning = services.state(
            paper.kind, person=person, stated=form.statement, entry=entry
        )
        if warning:
            messages.warning(request, warning)

    return done(request, form, (person, paper.add), take)


@page("registry.change")
def correction_form(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    fact, paper = _fact(request, pk, word), PAPERS[word]
    return asked(request, paper.form.of(fact), fact.person, paper.correct)


@change("registry.change")
def correct(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    fact, paper = _fact(request, pk, word), PAPERS[word]
    form = paper.form.of(fact, request.POST)
    return done(
        request,
        form,
        (fact.person, paper.correct),
        lambda entry: services.correct(paper.kind, held=fact, stated=form.statement, entry=entry),
    )


@page("registry.change")
def withdrawal_form(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    return asked(request, ReasonForm(), _fact(request, pk, word).person, PAPERS[word].withdraw)


@change("registry.change")
def withdraw(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    fact, paper = _fact(request, pk, word), PAPERS[word]
    return done(
        request,
        ReasonForm(request.POST),
        (fact.person, paper.withdraw),
        lambda entry: services.withdraw(paper.kind, held=fact, entry=entry),
    )


@change("registry.reveal")
def reveal_account(request: HttpRequest, pk: int) -> HttpResponse:
    account: BankAccount = _fact(request, pk, "account")
    form = ReasonForm(request.POST)
    form.full_clean()
    try:
        entry = entry_of(request, form.cleaned_data.get("reason", ""))
        number = services.reveal_account(account=account, entry=entry)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:worker", account.person_id)
    title = f"{account.bank} {account.branch}".strip()
    context = {"document": title, "person": account.person, "number": number}
    answer = render(request, "registry/number.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _fact(request: HttpRequest, pk: int, word: str) -> Any:
    return fact_of(request, PAPERS[word].kind.model.objects.all(), pk)
