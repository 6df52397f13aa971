from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place
from huiju.kernel.errors import DomainError
from huiju.policies import rules
from huiju.policies.enums import AfterEnd, Confidence, Government, RelationKind, TextExtent, Unit
from huiju.policies.models import Aspect, Attachment, Document, Parameter

FIRST_YEAR, LAST_YEAR = 1949, 2100


def day_field(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def day_after(last_day: date | None) -> date | None:
    return last_day + timedelta(days=1) if last_day else None


def place_field() -> forms.Field:
    return forms.ModelChoiceField(
        Place.objects.filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT]).order_by("path"),
        label=gettext_lazy("Applies in"),
        required=False,
        empty_label=gettext_lazy("Whole country"),
    )


class ParameterFilter(forms.Form):
    is_filter = True

    words = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=80)
    standing = forms.ChoiceField(
        label=gettext_lazy("Needs attention"),
        choices=[
            ("", gettext_lazy("All")),
            ("waiting", gettext_lazy("Values await confirmation")),
            ("review", gettext_lazy("Review is overdue")),
        ],
        required=False,
    )


class LibraryFilter(forms.Form):
    is_filter = True

    words = forms.CharField(
        label=gettext_lazy("Words of title or text, number, initials"), required=False
    )
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
    effective_on = day_field(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy("As the document itself says; empty if it names no day."),
    )
    last_day = day_field(
        label=gettext_lazy("Last day in force"),
        required=False,
        help_text=gettext_lazy("Only if the document itself names it."),
    )
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

    def entry(self) -> dict[str, Any]:
        """The cleaned fields under the names of a `DocumentEntry`."""
        given = dict(self.cleaned_data)
        return {"ends_on": day_after(given.pop("last_day")), **given}


class AttachmentForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Text or annex"))


class TextForm(forms.Form):
    """The words of a document as somebody proof-read them."""

    body = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 22}),
        help_text=gettext_lazy(
            "One paragraph a line. Lines that begin with 第一条, 一、, （一） or 1. become clauses"
            " that can be cited and linked."
        ),
    )
    extent = forms.ChoiceField(label=gettext_lazy("Extent"), choices=TextExtent.choices)
    source_note = forms.CharField(
        label=gettext_lazy("Where it was taken from"), max_length=200, required=False
    )
    attachment = forms.ModelChoiceField(
        Attachment.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, document: Document, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["attachment"].queryset = document.attachments.all()


class RelationForm(forms.Form):
    """What a document does to another one."""

    kind = forms.ChoiceField(label=gettext_lazy("Relation"), choices=RelationKind.choices)
    target = forms.ModelChoiceField(
        Document.objects.order_by("-year", "number", "pk"), label=gettext_lazy("Other document")
    )
    since = day_field(
        label=gettext_lazy("Since"),
        required=False,
        help_text=gettext_lazy("Leave empty if the day is not known: nothing is guessed."),
    )
    article = forms.CharField(label=gettext_lazy("Article"), max_length=60, required=False)
    quote = forms.CharField(
        label=gettext_lazy("Text of the source"), max_length=300, required=False
    )
    confidence = forms.ChoiceField(label=gettext_lazy("Confidence"), choices=Confidence.choices)
    source_note = forms.CharField(label=gettext_lazy("Source note"), max_length=200, required=False)


class TargetForm(forms.Form):
    """A number a document wants to be reached by a day."""

    title = forms.CharField(label=gettext_lazy("Target"), max_length=100)
    figure = forms.CharField(
        label=gettext_lazy("Figure"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Code of the figure that measures it; empty if none does."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=Unit.choices)
    value = forms.CharField(label=gettext_lazy("Value"))
    due_on = day_field(label=gettext_lazy("To be reached by"))
    place = forms.ModelChoiceField(
        Place.objects.filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT]).order_by("path"),
        label=gettext_lazy("Applies in"),
    )
    baseline_value = forms.IntegerField(label=gettext_lazy("Starting value"), required=False)
    baseline_on = day_field(label=gettext_lazy("Starting day"), required=False)
    article = forms.CharField(label=gettext_lazy("Article"), max_length=60, required=False)
    quote = forms.CharField(
        label=gettext_lazy("Text of the source"), max_length=300, required=False
    )
    confidence = forms.ChoiceField(label=gettext_lazy("Confidence"), choices=Confidence.choices)
    source_note = forms.CharField(label=gettext_lazy("Source note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "value" in given and "unit" in given:
            try:
                given["value"] = rules.number_from(given["value"], given["unit"])
            except (DomainError, ValueError):
                self.add_error("value", _("Not a whole number of this unit."))
        return given


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
        ends_on = day_after(given.pop("last_day"))
        return {"parameter": self.parameter, "ends_on": ends_on, **given}


class EndingForm(CitationForm):
    last_day = day_field(label=gettext_lazy("Last day"))
    after = forms.ChoiceField(label=gettext_lazy("Afterwards"), choices=AfterEnd.choices)

    field_order = ("last_day", "after")


class RefusalForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason for refusal"), max_length=200)


class ReviewForm(forms.Form):
    """Somebody looked again and found a parameter unchanged."""

    until = day_field(label=gettext_lazy("Unchanged, look again by"))
    note = forms.CharField(label=gettext_lazy("What was looked at"), max_length=200)


class KnownOn(forms.Form):
    is_filter = True

    known_on = day_field(label=gettext_lazy("As known on"), required=False)
