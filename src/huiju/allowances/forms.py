from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances import queries
from huiju.allowances.enums import RunState
from huiju.allowances.models import Scheme
from huiju.allowances.services import RunOrder
from huiju.directory import queries as directory
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.periods import Month
from huiju.registry.enums import Level

ALL = ("", gettext_lazy("All"))


class MonthField(forms.CharField):
    """A month as the browser's month input sends it: 2015-10."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"type": "month"}), **options)

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as fault:
            raise forms.ValidationError(_("Write a month such as 2015-10.")) from fault


class RunFilter(forms.Form):
    is_filter = True

    month = MonthField(label=gettext_lazy("Month"), required=False)
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=gettext_lazy("District"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State of the run"), choices=[ALL, *RunState.choices], required=False
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = directory.districts(on=on).order_by("code")


class LinesFilter(forms.Form):
    is_filter = True

    name = forms.CharField(label=gettext_lazy("Name or pinyin"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level"), choices=[ALL, *Level.choices], required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Lines for"),
        choices=[
            ALL,
            ("month", gettext_lazy("This month")),
            ("corrections", gettext_lazy("Earlier months (differences)")),
        ],
        required=False,
    )


class ComputeForm(forms.Form):
    scheme = forms.ModelChoiceField(
        Scheme.objects.order_by("code"), label=gettext_lazy("Scheme"), empty_label=None
    )
    month = MonthField(label=gettext_lazy("Month"))
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=gettext_lazy("District"),
        required=False,
        empty_label=gettext_lazy("All districts I compute for"),
    )
    known_on = forms.DateField(
        label=gettext_lazy("Facts as known on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        help_text=gettext_lazy("Leave empty to use everything known now."),
    )

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.districts = queries.computable_districts(user, on=on)
        self.fields["place"].queryset = self.districts

    def clean_known_on(self) -> date | None:
        day: date | None = self.cleaned_data["known_on"]
        if day and day > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def order(self, at: datetime) -> RunOrder:
        """What was asked for; without a day, facts as known at the instant of asking."""
        asked = self.cleaned_data
        day = asked["known_on"]
        known_at = min(clock.end_of(day), at) if day else at
        places = [asked["place"]] if asked["place"] else list(self.districts)
        return RunOrder(asked["scheme"], places, asked["month"], known_at)
