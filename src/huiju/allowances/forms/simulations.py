"""The form of the wind tunnel."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule, ScenarioFault
from huiju.allowances.forms import MonthField
from huiju.allowances.models import Scheme
from huiju.allowances.rules.whatif import WhatIfInvalid, what_if
from huiju.directory.models import Place
from huiju.kernel.errors import DomainError
from huiju.kernel.money import fen_from_yuan, yuan
from huiju.kernel.periods import Month
from huiju.registry.enums import EmployerKind, Level

AS_IT_IS = ("", gettext_lazy("As the scheme has it"))
MONTHS_ASKED = ("first_month", "recorded_until", "last_month")
CHOICES_OF_POLICY = {
    "granularity": Granularity.choices,
    "month_rule": MonthRule.choices,
    "level_pick": LevelPick.choices,
    "cert_effect": Effect.choices,
    "post_effect": Effect.choices,
}
RULE_NUMBERS = {
    "rule_day": gettext_lazy("Deciding day of the month"),
    "rule_days": gettext_lazy("Least number of days"),
}


class SimulationForm(forms.Form):
    """A what-if question as the page asks it: rates in yuan, everything else as the scheme has it when empty."""

    is_filter = True

    scheme = forms.ModelChoiceField(
        Scheme.objects.none(),
        label=gettext_lazy("Scheme"),
        empty_label=None,
        to_field_name="code",
    )
    first_month = MonthField(label=gettext_lazy("First month simulated"))
    recorded_until = MonthField(label=gettext_lazy("Facts until"))
    last_month = MonthField(label=gettext_lazy("Projected until"))
    rates_from = MonthField(label=gettext_lazy("New rates from"))
    employer_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of employers"),
        choices=EmployerKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None ticked: as the scheme has it."),
    )
    entry_permille = forms.IntegerField(
        label=gettext_lazy("Entering in a year, ‰"), min_value=0, max_value=5000, initial=0
    )
    exit_permille = forms.IntegerField(
        label=gettext_lazy("Leaving in a year, ‰"), min_value=0, max_value=1000, initial=0
    )
    city = forms.IntegerField(
        label=gettext_lazy("Parts paid by the city"), min_value=0, max_value=1000, required=False
    )
    district = forms.IntegerField(
        label=gettext_lazy("Parts paid by the district"),
        min_value=0,
        max_value=1000,
        required=False,
    )

    def __init__(
        self, data: Any, *, rates: Mapping[str, int], schemes: Iterable[Scheme], on: date
    ) -> None:
        """`rates`: the city's rates now in fen by level; a level left at its rate does not change."""
        super().__init__(data)
        self.rates, self.on = rates, on
        codes = [scheme.code for scheme in schemes]
        self.fields["scheme"].queryset = Scheme.objects.filter(code__in=codes).order_by("code")
        for level in Level:
            field = forms.CharField(label=level.label, required=False)
            self.fields[f"rate_{level.value}"] = field
        for name, choices in CHOICES_OF_POLICY.items():
            label = Scheme._meta.get_field(name).verbose_name
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[AS_IT_IS, *choices], required=False
            )
        for name, label in RULE_NUMBERS.items():
            self.fields[name] = forms.IntegerField(
                label=label, min_value=1, max_value=31, required=False
            )

    @property
    def sliders(self) -> list[tuple[Any, int]]:
        """Each level's field, and its rate now in yuan or 0."""
        return [(self[f"rate_{level}"], self.rates.get(level, 0) // 100) for level in Level]

    @property
    def others(self) -> list[Any]:
        return [field for field in self if not field.name.startswith("rate_")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for level in Level:
            name = f"rate_{level.value}"
            try:
                text = cleaned.get(name) or ""
                cleaned[name] = fen_from_yuan(text) if text.strip() else None
            except DomainError as fault:
                self.add_error(name, str(fault))
        if not self.errors and cleaned["recorded_until"] > Month.of(self.on):
            self.add_error("recorded_until", str(ScenarioFault.NOT_YET.label))
        if not self.errors:
            try:
                what_if(self.asked())
            except WhatIfInvalid as invalid:
                name = {"split": "city"}.get(invalid.entry, invalid.entry)
                self.add_error(
                    name if name in self.fields else "last_month", str(invalid.fault.label)
                )
        return cleaned

    def asked(self) -> dict[str, Any]:
        """The question as a scenario file has it."""
        said = self.cleaned_data
        policy = {
            name: said[name]
            for name in (*CHOICES_OF_POLICY, *RULE_NUMBERS, "employer_kinds")
            if said.get(name)
        }
        levels = {level.value: said.get(f"rate_{level.value}") for level in Level}
        first_day = said["rates_from"].first_day.isoformat()
        return {
            "scheme": said["scheme"].code,
            **{name: str(said[name]) for name in MONTHS_ASKED},
            "policy": policy,
            "rates": [
                {"level": level, "from": first_day, "fen": fen}
                for level, fen in levels.items()
                if fen is not None and fen != self.rates.get(level)
            ],
            "entry_permille": said["entry_permille"],
            "exit_permille": said["exit_permille"],
            "split": {
                name: said[name]
                for name in ("city", "district")
                if said["city"] or said["district"]
                if said[name] is not None
            },
        }


class ScenarioForm(forms.Form):
    """The name of a simulation to be kept, and the place it is kept for."""

    name = forms.CharField(label=gettext_lazy("Name of the simulation"), max_length=80)
    place = forms.ModelChoiceField(
        Place.objects.none(), label=gettext_lazy("Kept for"), empty_label=None
    )

    def __init__(self, *args: Any, keepers: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [place.pk for place in keepers]
        self.fields["place"].queryset = Place.objects.filter(pk__in=keys).order_by("code")


def address_of(asked: Mapping[str, Any]) -> str:
    """The query string by which the page asks a saved question again."""
    months = {name: asked[name] for name in ("scheme", *MONTHS_ASKED)}
    rates = asked.get("rates", [])
    flat = {f"rate_{row['level']}": yuan(row["fen"]) for row in rates}
    from_month = rates[0]["from"][:7] if rates else asked["recorded_until"]
    shares = {name: asked.get(name, 0) for name in ("entry_permille", "exit_permille")}
    words = months | shares | asked.get("policy", {}) | asked.get("split", {}) | flat
    return urlencode(words | {"rates_from": from_month}, doseq=True)
