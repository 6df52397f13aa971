from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule, Shape
from huiju.allowances.forms import ALL, MonthField
from huiju.allowances.forms.terms import input_names, inputs_of, read_from, shown_in
from huiju.allowances.models import Scheme
from huiju.allowances.services import SchemeEntry
from huiju.allowances.services.schemes import SchemeInvalid
from huiju.allowances.shape_terms.fields import DESCRIPTIONS, FIELDS
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place
from huiju.kernel.periods import Month
from huiju.policies.enums import Confidence
from huiju.policies.models import Document
from huiju.registry.enums import EmployerKind

# the scheme's own column says which employers count
NOT_ASKED = {"employer_kinds"}
# what the table asks for and a shape that looks at no certificates and posts never reads
NEVER_LOOKED_AT: dict[str, Any] = {
    "granularity": Granularity.MONTH,
    "month_rule": MonthRule.ANY_DAY,
    "rule_day": 1,
    "rule_days": 1,
    "level_pick": LevelPick.HIGHEST,
    "cert_effect": Effect.SAME_DAY,
    "post_effect": Effect.SAME_DAY,
}
FIRST_MONTH = "first_month"
MONTHS = (FIRST_MONTH, "last_month")


class SchemeFilter(forms.Form):
    is_filter = True

    name = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=80)
    shape = forms.ChoiceField(
        label=gettext_lazy("Way of computing"), choices=[ALL, *Shape.choices], required=False
    )


class ShapeForm(forms.Form):
    """The first step of a new scheme; its answer is in the address."""

    shape = forms.ChoiceField(label=gettext_lazy("Way of computing"), choices=Shape.choices)


class SchemeForm(forms.Form):
    """A scheme of one shape: its own fields, then an input for each of its terms."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and _; it never changes."),
        error_messages={"invalid": gettext_lazy("Use small letters, digits and _ alone.")},
    )
    name = forms.CharField(label=gettext_lazy("Scheme"), max_length=80)
    place = forms.ModelChoiceField(
        Place.objects.filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT]).order_by("path"),
        label=gettext_lazy("Applies in"),
        empty_label=None,
    )
    employer_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of employers"),
        choices=EmployerKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    first_month = MonthField(label=gettext_lazy("First month"), required=False)
    last_month = MonthField(label=gettext_lazy("Last month"), required=False)
    rate_code = forms.CharField(
        label=gettext_lazy("Rate parameter"),
        max_length=60,
        help_text=gettext_lazy(
            "A level's rate is the parameter of this code, a dot and the level."
        ),
    )
    granularity = forms.ChoiceField(label=gettext_lazy("What is paid"), choices=Granularity.choices)
    month_rule = forms.ChoiceField(
        label=gettext_lazy("Which months count"), choices=MonthRule.choices
    )
    rule_day = forms.IntegerField(
        label=gettext_lazy("The day that decides"), min_value=1, max_value=31, initial=1
    )
    rule_days = forms.IntegerField(
        label=gettext_lazy("Least number of days"), min_value=1, max_value=31, initial=1
    )
    level_pick = forms.ChoiceField(label=gettext_lazy("Deciding day"), choices=LevelPick.choices)
    cert_effect = forms.ChoiceField(
        label=gettext_lazy("A certificate counts"), choices=Effect.choices
    )
    post_effect = forms.ChoiceField(label=gettext_lazy("A post counts"), choices=Effect.choices)
    lookback_months = forms.IntegerField(
        label=gettext_lazy("Months looked back"),
        min_value=0,
        max_value=600,
        required=False,
        help_text=gettext_lazy("Empty: all since the first month."),
    )
    recovery_pct = forms.IntegerField(
        label=gettext_lazy("Share set off"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Per cent of later payments. Empty: the payment may be negative."),
    )
    document = forms.ModelChoiceField(
        Document.objects.order_by("-year", "number", "pk"),
        label=gettext_lazy("Document it rests on"),
        required=False,
        empty_label="—",
    )
    confidence = forms.ChoiceField(label=gettext_lazy("Confidence"), choices=Confidence.choices)
    unknown = forms.MultipleChoiceField(
        label=gettext_lazy("Stated to be unknown"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing is computed until these are entered; nothing is assumed."),
    )
    owner = forms.CharField(label=gettext_lazy("Whom to ask"), max_length=80, required=False)
    unknowns = forms.CharField(
        label=gettext_lazy("What no source settles"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sources = forms.CharField(
        label=gettext_lazy("Where the terms are written"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line: name of the term, space, document and article."),
    )

    def __init__(self, *args: Any, shape: str, scheme: Scheme | None = None, **kwargs: Any) -> None:
        if scheme:
            kwargs["initial"] = _initial(scheme)
        super().__init__(*args, **kwargs)
        self.shape, self.scheme = shape, scheme
        description = DESCRIPTIONS[shape]
        asked = dict.fromkeys((*description.terms, *description.modifiers))
        self.needed = [FIELDS[name].label for name in description.needs]
        self.terms = [name for name in asked if name not in NOT_ASKED]
        for name in self.terms:
            self.fields |= inputs_of(name)
        choices: list[Any] = [(FIRST_MONTH, self.fields[FIRST_MONTH].label)]
        # a modifier stated to be unknown stays so until somebody says otherwise
        held = scheme.terms if scheme else {}
        stated = [name for name in self.terms if name in held and held[name] is None]
        choices += [
            (name, FIELDS[name].label) for name in dict.fromkeys((*description.terms, *stated))
        ]
        self.fields["unknown"].choices = choices
        last = ("document", "confidence", "unknown", "owner", "unknowns", "sources")
        own = [name for name in self.fields if name not in last]
        self.order_fields([*own, *last])
        self.not_asked = {} if description.in_post else NEVER_LOOKED_AT
        without = [] if description.has_rates else ["rate_code"]
        for name in (*self.not_asked, *without):
            del self.fields[name]
        if scheme:
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if self.scheme is None and Scheme.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another scheme has this code already."))
        return code

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        unknown = asked.get("unknown", [])
        has_first = asked.get(FIRST_MONTH) or self.errors.get(FIRST_MONTH)
        if not has_first and FIRST_MONTH not in unknown:
            words = _("Enter the first month, or state below that it is unknown.")
            self.add_error(FIRST_MONTH, words)
        asked["terms"] = self._terms(asked, unknown)
        asked["named"] = self._sources(asked.get("sources", ""))
        return asked

    def _terms(self, asked: dict[str, Any], unknown: list[str]) -> dict[str, Any]:
        held = self.scheme.terms if self.scheme else {}
        terms: dict[str, Any] = {name: held[name] for name in NOT_ASKED if name in held}
        terms |= {name: None for name in unknown if name != FIRST_MONTH}
        for name in self.terms:
            try:
                value = read_from(name, asked)
            except forms.ValidationError as fault:
                self.add_error(input_names(name)[0], fault)
                continue
            if value is not None and name in terms:
                words = _("Either enter it, or state that it is unknown.")
                self.add_error(input_names(name)[0], words)
            elif value is not None:
                terms[name] = value
        return terms

    def _sources(self, text: str) -> dict[str, str]:
        by_label = {str(FIELDS[name].label): name for name in self.terms}
        found = {}
        for line in filter(None, map(str.strip, text.splitlines())):
            label = next((each for each in by_label if line.startswith(each)), "")
            words = line.removeprefix(label).strip(" ：:")
            if not label or not words:
                self.add_error(
                    "sources",
                    _(
                        "The line “%(line)s” does not begin with the name of a term, or ends with it."
                    )
                    % {"line": line},
                )
                continue
            found[by_label[label]] = words
        return found

    def entry(self) -> SchemeEntry:
        asked = self.cleaned_data
        left = (
            "unknown",
            "named",
            "sources",
            *MONTHS,
            *(n for n in asked if n.startswith("term_")),
        )
        values = {name: value for name, value in asked.items() if name not in left}
        months = {name: asked[name].first_day if asked[name] else None for name in MONTHS}
        values |= self.not_asked
        if "rate_code" not in values:
            values["rate_code"] = f"{values['code']}.rate"
        return SchemeEntry(shape=self.shape, sources=asked["named"], **months, **values)

    def tell(self, refusal: SchemeInvalid) -> None:
        """Show a refusal at the input it is about, else on top."""
        name = refusal.field
        inputs = [name] if name in self.fields else []
        if name in self.terms:
            inputs = input_names(name)
        self.add_error(inputs[0] if inputs else None, str(refusal))


def _initial(scheme: Scheme) -> dict[str, Any]:
    own = {name: getattr(scheme, name) for name in SchemeForm.base_fields if hasattr(scheme, name)}
    for name in MONTHS:
        own[name] = str(Month.of(own[name])) if own[name] else ""
    for name, value in scheme.terms.items():
        own |= shown_in(name, value)
    unknown = [name for name, value in scheme.terms.items() if value is None]
    own["unknown"] = unknown if scheme.first_month else [FIRST_MONTH, *unknown]
    own["sources"] = "\n".join(
        f"{FIELDS[name].label} {words}" for name, words in scheme.sources.items()
    )
    return own
