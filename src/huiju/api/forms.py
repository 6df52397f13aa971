from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """A token for one program."""

    name = forms.CharField(
        label=_("Program"),
        max_length=60,
        help_text=_("What uses the token, for example 数据汇总脚本."),
    )
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=366, initial=90, help_text=_("1 to 366.")
    )
