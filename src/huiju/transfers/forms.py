from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import Place
from huiju.transfers.enums import Mode, Outcome
from huiju.transfers.rules.columns import Sheet


class UploadForm(forms.Form):
    """A file, what it is, which office sends it and for which day."""

    sheet = forms.ChoiceField(label=_("What it is"))
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Office"), empty_label=None)
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.et"}),
    )
    as_of = forms.DateField(
        label=_("Known on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: today. For an old list, the day on which it was true."),
    )

    def __init__(self, *args: Any, sheets: dict[str, Sheet], places: list[Place], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(code, sheet.title) for code, sheet in sheets.items()]
        field: Any = self.fields["place"]
        field.queryset = Place.objects.filter(pk__in=[place.pk for place in places])
        self.initial.setdefault("place", places[0].pk if places else None)
        self.initial.setdefault("sheet", "roster")


class RowFilterForm(forms.Form):
    """Which rows of an import are shown."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("All")), *Outcome.choices]
    )
    reason = forms.ChoiceField(label=_("Fault"), required=False)

    def __init__(self, *args: Any, faults: list[tuple[str, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("All")), *faults]


class ModeForm(forms.Form):
    """How an import goes in."""

    mode = forms.ChoiceField(choices=Mode.choices)
