"""Forms for registrations and hours of continuing education. A last day is counted in."""

from datetime import timedelta
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from huiju.kernel import clock
from huiju.registry import queries, services
from huiju.registry.enums import CLOCK_SUGGESTIONS, ClockReason, CreditItem, Level, RegistrationKind
from huiju.registry.forms.workers import DayField, ReasonForm
from huiju.registry.models import Credit, Person, Registration
from huiju.registry.rules.clocks import plus_months
from huiju.registry.rules.registrations import tenths_of


class RegistrationForm(ReasonForm):
    """That a certificate was registered, with whom, and until when."""

    kind = forms.ChoiceField(label=_("Kind of registration"), choices=RegistrationKind)
    level = forms.ChoiceField(label=_("Level registered"), choices=Level)
    starts_on = DayField(label=_("Registered on"))
    last_day = DayField(
        label=_("Registered until"),
        required=False,
        help_text=_("Empty: for the period the policy sets."),
    )
    authority = forms.CharField(label=_("Registered with"), max_length=80)
    number = forms.CharField(label=_("Registration number"), max_length=40, required=False)
    field_order = ("kind", "level", "starts_on", "last_day", "authority", "number", "reason")

    @classmethod
    def for_person(cls, person: Person, data: Any = None) -> Self:
        """It begins with the level held, and as a renewal where somebody was registered before."""
        facts = queries.facts_of(person, known_at=clock.now())
        settled, _unsettled = queries.clock_terms(on=clock.today())
        held = queries.clocks_of(facts, on=clock.today(), settled=settled).level
        kind = RegistrationKind.RENEWAL if facts.registrations else RegistrationKind.FIRST
        return cls(data, initial={"level": held, "kind": kind})

    @classmethod
    def of(cls, registration: Registration, data: Any = None) -> Self:
        names = ("kind", "level", "starts_on", "authority", "number")
        initial = {name: getattr(registration, name) for name in names}
        return cls(data, initial=initial | {"last_day": registration.ends_on - timedelta(days=1)})

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if asked.get("starts_on") and not asked.get("last_day") and "last_day" not in self.errors:
            settled, _unsettled = queries.clock_terms(on=asked["starts_on"])
            if settled.period_months is None:
                self.add_error("last_day", _("Nobody has entered how long a registration lasts."))
            else:
                until = plus_months(asked["starts_on"], settled.period_months)
                asked["last_day"] = until - timedelta(days=1)
        return asked

    @property
    def statement(self) -> services.RegistrationStatement:
        asked = self.cleaned_data
        names = ("kind", "level", "starts_on", "authority", "number")
        return services.RegistrationStatement(
            **{name: asked[name] for name in names}, ends_on=asked["last_day"] + timedelta(days=1)
        )


class CreditForm(ReasonForm):
    """Hours of continuing education, and what shows them."""

    item = forms.ChoiceField(label=_("Earned by"), choices=CreditItem)
    title = forms.CharField(label=_("What was learnt"), max_length=120)
    provider = forms.CharField(label=_("Provider"), max_length=80)
    earned_on = DayField(label=_("Earned on"))
    hours = forms.CharField(label=_("Hours"), max_length=10)
    evidence = forms.CharField(label=_("Number of the evidence"), max_length=60)
    basis = forms.CharField(
        label=_("Rule by which it is recognised"),
        max_length=120,
        required=False,
        help_text=_("Document and article, where the authority recognises the hours."),
    )
    field_order = (
        *("item", "title", "provider", "earned_on", "hours", "evidence", "basis", "reason"),
    )

    @classmethod
    def for_person(cls, _person: Person, data: Any = None) -> Self:
        return cls(data, initial={"earned_on": clock.today()})

    @classmethod
    def of(cls, credit: Credit, data: Any = None) -> Self:
        names = ("item", "title", "provider", "earned_on", "hours", "evidence", "basis")
        return cls(data, initial={name: getattr(credit, name) for name in names})

    def clean_hours(self) -> int:
        tenths = tenths_of(self.cleaned_data["hours"])
        if tenths is None:
            raise forms.ValidationError(CLOCK_SUGGESTIONS[ClockReason.CREDIT_HOURS])
        return tenths

    @property
    def statement(self) -> services.CreditStatement:
        asked = self.cleaned_data
        names = ("item", "title", "provider", "earned_on", "evidence", "basis")
        return services.CreditStatement(
            **{name: asked[name] for name in names}, tenths=asked["hours"]
        )
