"""Every component in every state on one page: what the accessibility test and a designer look at."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from huiju.directory.access import page
from huiju.kernel.permits import YES, no
from huiju.ui import tables

LEVELS = [
    ("assistant", _("Assistant social worker")),
    ("intermediate", _("Social worker of the middle level")),
    ("senior", _("Senior social worker")),
]
PEOPLE = [
    (
        "林晓明",
        "350201199003071236",
        "intermediate",
        date(2014, 6, 22),
        "筼筜街道西堤社区居委会",
        30000,
    ),
    (
        "欧阳建国",
        "350201198511120017",
        "assistant",
        date(2012, 6, 17),
        "嘉莲街道莲西社区居委会",
        20000,
    ),
    (
        "䶮小妹",
        "350201197809264520",
        "senior",
        date(2021, 8, 26),
        "厦门市湖里区霞辉老年社会服务中心",
        30000,
    ),
    (
        "陈月英",
        "350201198204153341",
        "assistant",
        date(2015, 6, 14),
        "鼓浪屿街道龙头社区居委会",
        -20000,
    ),
]
FIELDS = ("name", "id_no", "level", "approved_on", "employer", "amount_fen")
DISTRICTS = {
    "思明区": 702,
    "湖里区": 641,
    "集美区": 428,
    "海沧区": 371,
    "同安区": 352,
    "翔安区": 269,
}


class SampleTable(tables.ListTable):
    name = tables.Column(verbose_name=_("Name of the person"))
    id_no = tables.masked_id_column(verbose_name=_("Identity number"))
    level = tables.StateColumn(
        verbose_name=_("Level"),
        kinds={"senior": "sea", "intermediate": "active"},
        labels=dict(LEVELS),
    )
    approved_on = tables.date_column(verbose_name=_("Approved on"))
    employer = tables.Column(verbose_name=_("Employer"))
    amount_fen = tables.MoneyColumn(verbose_name=_("Allowance (yuan)"), total=True)


class SampleFilter(forms.Form):
    q = forms.CharField(label=_("Name or pinyin"), required=False)
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("All")), *LEVELS], required=False)
    since = forms.DateField(
        label=_("Approved since"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    employer = forms.CharField(label=_("Employer"), required=False)
    remark = forms.CharField(label=_("Remark"), required=False)


class SampleForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the person"), help_text=_("As printed on the identity document.")
    )
    level = forms.ChoiceField(label=_("Level"), choices=LEVELS)
    kind = forms.ChoiceField(
        label=_("Established post"),
        widget=forms.RadioSelect,
        choices=[("1", _("Yes, it is")), ("0", _("No, it is not"))],
    )
    approved_on = forms.DateField(
        label=_("Approved on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    agreed = forms.BooleanField(label=_("Checked against the original certificate"))
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea({"rows": 3}))


class SampleUpload(forms.Form):
    file = forms.FileField(label=_("Roster file"))


@page("ui.view")
def style_guide(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/style_guide.html", samples(request))


def samples(request: HttpRequest) -> dict[str, Any]:
    rows = [dict(zip(FIELDS, person, strict=True)) for person in PEOPLE]
    return {
        "table": tables.listed(request, SampleTable(rows)),
        "filters": SampleFilter(request.GET or None),
        "form": SampleForm({"level": "assistant", "approved_on": "31.2.2015"}),
        "upload": SampleUpload(),
        "may": YES,
        "may_not": no(_("You cannot approve this run: you submitted it, somebody else must.")),
        "districts": DISTRICTS,
        "chart": {
            "xAxis": {"type": "category", "data": list(DISTRICTS)},
            "yAxis": {"type": "value"},
            "series": [{"type": "bar", "barMaxWidth": 36, "data": list(DISTRICTS.values())}],
        },
    }
