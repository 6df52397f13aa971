"""What readers ask of figures, and what is to be published."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiju.kernel import clock
from huiju.kernel.figures import Figure
from huiju.statistics.catalogue import label
from huiju.statistics.enums import Dimension


def day_field(title: Any) -> forms.DateField:
    """A day that may stay empty, with the browser's own calendar."""
    return forms.DateField(
        label=title, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class DayForm(forms.Form):
    """The day of the figures, and the day whose knowledge they show; empty means today.

    Links to published numbers name the instant of their knowledge in `known_at`, which stays while
    the question is narrowed. A day that somebody enters goes before it.
    """

    on = day_field(_("Date of the figures"))
    known_on = day_field(_("As known on"))
    known_at = forms.DateTimeField(required=False, widget=forms.HiddenInput())

    def known(self) -> datetime | None:
        """The instant of knowledge: the end of the day entered, else the one of the link."""
        if day := self.cleaned_data.get("known_on"):
            return clock.end_of(day) - timedelta(microseconds=1)
        at: datetime | None = self.cleaned_data.get("known_at")
        return at


class PlaceForm(forms.Form):
    """The day and the place of the dashboard."""

    on = day_field(_("Date of the figures"))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = forms.ChoiceField(label=_("Place"), required=False, choices=places)


class FigureForm(DayForm):
    """A day, and for each dimension of a figure the part it is narrowed to."""

    def __init__(self, *args: Any, figure: Figure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figure = figure
        for dimension in figure.by:
            self.fields[dimension] = forms.CharField(
                label=Dimension(dimension).label, required=False, widget=forms.Select()
            )

    def filters(self) -> dict[str, str]:
        """The parts asked for, by dimension."""
        asked = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return {name: asked[name] for name in Dimension.values if asked.get(name)}

    def offer(self, parts: Mapping[str, list[str]]) -> None:
        """Let the reader choose among these parts and the one asked for, by dimension."""
        for name in self.figure.by:
            offered = {*parts.get(name, ()), self.cleaned_data[name]} - {""}
            named = [(part, label(name, part)) for part in sorted(offered)]
            self.fields[name].widget.choices = [("", _("All")), *named]


class PublishForm(forms.Form):
    """The day whose figures are published."""

    on = forms.DateField(
        label=_("Date of the figures"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class BulletinForm(forms.Form):
    """The year whose bulletin is asked for."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
