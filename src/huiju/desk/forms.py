"""What readers ask of the desk's pages."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from huiju.desk.enums import ACTION_WORDS
from huiju.directory.models import User


def day_field(label: Any) -> forms.DateField:
    """A day that may stay empty, with the browser's own calendar."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class TrailFilter(forms.Form):
    """Which events of the audit trail to show; days are inclusive."""

    first_day = day_field(_("From day"))
    last_day = day_field(_("To day"))
    actor = forms.ModelChoiceField(
        User.objects.none(), label=_("Account"), required=False, empty_label=_("All")
    )
    action = forms.ChoiceField(
        label=_("What was done"),
        required=False,
        choices=[("", _("All")), *sorted(ACTION_WORDS.items())],
    )
    subject = forms.CharField(
        label=_("To what"),
        required=False,
        help_text=_('For example <code translate="no">registry.Person:17</code>'),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = cast("forms.ModelChoiceField[User]", self.fields["actor"])
        accounts.queryset = User.objects.order_by("label", "pk")
