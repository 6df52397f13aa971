import re

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from huiju.directory import queries
from huiju.directory.enums import PlaceKind, Role

USER_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


class DayField(forms.DateField):
    """A day, by the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GrantForm(forms.Form):
    """A role somewhere for a time; the last day is counted in."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)
    where = forms.CharField(
        label=_("Place or organisation"),
        max_length=120,
        help_text=_("Code or full name of a place, or an organisation’s credit code or full name."),
    )
    starts_on = DayField(label=_("From"))
    last_day = DayField(
        label=_("Until"), required=False, help_text=_("Empty: until further notice.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_where(self) -> object:
        try:
            return queries.place_or_organisation(self.cleaned_data["where"])
        except queries.WhereUnknown as problem:
            raise forms.ValidationError(str(problem)) from problem


class UserForm(GrantForm):
    """A new account with its first role."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=[RegexValidator(USER_NAME.pattern + r"\Z")],
        help_text=_("Lower-case letters, digits, dot, hyphen; it begins with a letter."),
    )
    label = forms.CharField(
        label=_("Desk"),
        max_length=60,
        help_text=_("The desk, not the human at it, for example 思明区民政局经办."),
    )

    field_order = ("username", "label")


class PlaceFilter(forms.Form):
    """What a list of places can be narrowed to."""

    is_filter = True

    text = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind of place"), required=False, choices=[("", _("All")), *PlaceKind.choices]
    )
    on = DayField(label=_("Valid on"), required=False)


class UserFilter(forms.Form):
    """What a list of accounts can be narrowed to."""

    is_filter = True

    text = forms.CharField(label=_("User name or desk"), required=False, max_length=60)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All")), *Role.choices]
    )
