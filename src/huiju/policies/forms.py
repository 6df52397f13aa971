from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place
from huiju.kernel.errors import DomainError
from huiju.policies import rules
from huiju.policies.enums import AfterEnd, Confidence, Government, Unit
from huiju.policies.models import Aspect, Document, Parameter

FIRST_YEAR, LAST_YEAR = 1949, 2100


def day_field(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def place_field() -> forms.Field:
    return forms.ModelChoiceField(
        Place.objects.filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT]).order_by("path"),
        label=gettext_lazy("Applies in"),
        required=False,
        empty_label=gettext_lazy("Whole country"),
    )


class LibraryFilter(forms.Form):
    is_filter = True

    words = forms.CharField(label=gettext_lazy("Title, number or issuer"), required=False)
    aspect = forms.ModelChoiceField(
        Aspect.objects.order_by("position"),
        label=gettext_lazy("Aspect"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    government = forms.ChoiceField(
        label=gettext_lazy("Level of government"),
        choices=[("", gettext_lazy("All")), *Government.choices],
        required=False,
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    issuer = forms.CharField(label=gettext_lazy("Issuer"), required=False)


class DocumentForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    number = forms.CharField(label=gettext_lazy("Document number"), max_length=60, required=False)
    aliases = forms.CharField(
        label=gettext_lazy("Other numbers"),
        required=False,
        help_text=gettext_lazy("Other ways in which offices cite it, separated by “;”."),
    )
    issuer = forms.CharField(label=gettext_lazy("Issuer"), max_length=100)
    issued_on = day_field(
        label=gettext_lazy("Date of issue"),
        required=False,
        help_text=gettext_lazy("Leave empty if only the year is known."),
    )
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    government = forms.ChoiceField(
        label=gettext_lazy("Level of government"), choices=Government.choices
    )
    place = place_field()
    aspect = forms.ModelChoiceField(
        Aspect.objects.order_by("position"), label=gettext_lazy("Aspect")
    )
    confidence = forms.ChoiceField(label=gettext_lazy("Confidence"), choices=Confidence.choices)
    source_note = forms.CharField(label=gettext_lazy("Source note"), max_length=200, required=False)

    def clean_aliases(self) -> list[str]:
        text = self.cleaned_data["aliases"].replace("；", ";")
        return [alias.strip() for alias in text.split(";") if alias.strip()]


class AttachmentForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Text or annex"))


class ParameterForm(forms.Form):
    code = forms.RegexField(
        r"^[a-z0-9_]+(\.[a-z0-9_]+)+$",
        label=gettext_lazy("Code"),
        max_length=80,
        help_text=gettext_lazy("Small letters, digits and underscores, with points between."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=Unit.choices)
    owner = forms.CharField(label=gettext_lazy("Office in charge"), max_length=60)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=200, required=False)
    review_on = day_field(label=gettext_lazy("Review by"), required=False)


class CitationForm(forms.Form):
    """What a value or its ending rests on."""

    document = forms.ModelChoiceField(
        Document.objects.order_by("-year", "number", "pk"), label=gettext_lazy("Document")
    )
    article = forms.CharField(label=gettext_lazy("Article"), max_length=60, required=False)
    quote = forms.CharField(
        label=gettext_lazy("Text of the source"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Word for word: whoever confirms compares the value with it."),
    )


class ValueForm(CitationForm):
    value = forms.CharField(label=gettext_lazy("Value"))
    place = place_field()
    starts_on = day_field(label=gettext_lazy("First day"))
    last_day = day_field(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave empty while it is in force until further notice."),
    )
    after = forms.ChoiceField(
        label=gettext_lazy("Afterwards"),
        choices=[("", "—"), *AfterEnd.choices],
        required=False,
    )
    confidence = forms.ChoiceField(label=gettext_lazy("Confidence"), choices=Confidence.choices)
    source_note = forms.CharField(label=gettext_lazy("Source note"), max_length=200, required=False)

    def __init__(self, *args: Any, parameter: Parameter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.parameter = parameter
        self.fields["value"].help_text = parameter.get_unit_display()
        self.order_fields(["value", "place", "starts_on", "last_day", "after"])

    def clean_value(self) -> int:
        text = self.cleaned_data["value"]
        try:
            return rules.number_from(text, self.parameter.unit)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        except ValueError as problem:
            raise forms.ValidationError(
                _("“%(text)s” is not a whole number of this unit.") % {"text": text}
            ) from problem

    def entry(self) -> dict[str, Any]:
        """The cleaned fields under the names of a `ValueEntry`."""
        given = dict(self.cleaned_data)
        last_day = given.pop("last_day")
        ends_on = last_day + timedelta(days=1) if last_day else None
        return {"parameter": self.parameter, "ends_on": ends_on, **given}


class EndingForm(CitationForm):
    last_day = day_field(label=gettext_lazy("Last day"))
    after = forms.ChoiceField(label=gettext_lazy("Afterwards"), choices=AfterEnd.choices)

    field_order = ("last_day", "after")


class RefusalForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason for refusal"), max_length=200)


class KnownOn(forms.Form):
    is_filter = True

    known_on = day_field(label=gettext_lazy("As known on"), required=False)
