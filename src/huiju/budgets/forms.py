from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.budgets import queries, services
from huiju.budgets.enums import STAGE_STEPS, Kind, PayerKind
from huiju.budgets.models import Entry, FiscalYear, Line, Payer, Subject
from huiju.budgets.queries import LineFilter, PeriodFilter
from huiju.budgets.services import Claim, LineStatement, Share
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.kernel.errors import DomainError
from huiju.kernel.money import fen_from_yuan
from huiju.policies.models import Document

ALL = ("", gettext_lazy("All"))
OVERRIDE = "override"
LINE_STEPS = (Kind.SUPPLEMENT, Kind.CUT, Kind.TRANSFER)
Change = Callable[[], Any]


class YuanField(forms.CharField):
    """An amount of yuan with at most two decimals, as fen."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Amount (yuan)"))
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            return fen_from_yuan(text) if text else None
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def day_field(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def governments() -> Any:
    return Place.objects.filter(kind__in=[PlaceKind.CITY, PlaceKind.DISTRICT]).order_by("path")


def place_field(**options: Any) -> forms.Field:
    return forms.ModelChoiceField(governments(), **options)


def document_field() -> forms.Field:
    return forms.ModelChoiceField(
        Document.objects.order_by("-year", "number", "pk"),
        label=gettext_lazy("Document it rests on"),
        required=False,
        empty_label="—",
    )


class LineFilterForm(forms.Form):
    is_filter = True

    year = forms.ChoiceField(label=gettext_lazy("Fiscal year"), required=False)
    payer = forms.ModelChoiceField(
        Payer.objects.select_related("place").order_by("place__path", "kind"),
        label=gettext_lazy("Payer"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    place = place_field(
        label=gettext_lazy("Serves"), required=False, empty_label=gettext_lazy("All")
    )
    name = forms.CharField(label=gettext_lazy("Budget line"), required=False)
    subject = forms.ModelChoiceField(
        Subject.objects.order_by("code", "name"),
        label=gettext_lazy("Budget subject"),
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def __init__(self, asked: Any, *, today: date) -> None:
        """Without a year in the address the present one is asked for; empty asks for all."""
        given = {name: asked.get(name, "") for name in self.base_fields}
        super().__init__({**given, "year": asked.get("year", str(today.year))})
        numbers = FiscalYear.objects.order_by("-year").values_list("year", flat=True).distinct()
        years = sorted({*numbers, today.year}, reverse=True)
        choices = [ALL, *((str(year), str(year)) for year in years)]
        field: Any = self.fields["year"]
        field.choices = choices

    @property
    def asked(self) -> LineFilter:
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return LineFilter(**given | ({"year": int(given["year"])} if "year" in given else {}))


class PeriodFilterForm(forms.Form):
    is_filter = True

    what = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        choices=[ALL, ("budget", gettext_lazy("Changes of the budget")), *Kind.choices],
        required=False,
    )
    first = day_field(label=gettext_lazy("From"), required=False)
    last = day_field(label=gettext_lazy("Until"), required=False)
    place = place_field(
        label=gettext_lazy("Serves"), required=False, empty_label=gettext_lazy("All")
    )

    def __init__(self, asked: Any, *, today: date) -> None:
        """Without days in the address, the present year up to today."""
        given = {name: asked.get(name, "") for name in self.base_fields}
        if "first" not in asked and "last" not in asked:
            given |= {"first": date(today.year, 1, 1).isoformat(), "last": today.isoformat()}
        super().__init__(given)

    @property
    def asked(self) -> PeriodFilter:
        self.is_valid()
        return PeriodFilter(**{name: value for name, value in self.cleaned_data.items() if value})


class PlanForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("Fiscal year"), min_value=2000, max_value=2100)
    payer_kind = forms.ChoiceField(label=gettext_lazy("Kind of money"), choices=PayerKind.choices)
    government = place_field(label=gettext_lazy("Government of"), empty_label=None)
    name = forms.CharField(label=gettext_lazy("Budget line"), max_length=80)
    subject_code = forms.RegexField(
        r"^\d{3,12}$", label=gettext_lazy("Subject code"), max_length=12
    )
    subject_name = forms.CharField(label=gettext_lazy("Budget subject"), max_length=80)
    place = place_field(label=gettext_lazy("Serves"), empty_label=None)
    amount_fen = YuanField()
    document = document_field()

    def change(self, by: User, at: datetime) -> Change:
        stated = LineStatement(**self.cleaned_data)
        return partial(services.plan_line, stated=stated, by=by, at=at)


class KeyedForm(forms.Form):
    """A form whose second sending changes nothing: it was given its business key when it was opened."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    memo = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", f"hand:{uuid4().hex}")


class ChangeForm(KeyedForm):
    """One step of one line: more, less, to another line, committed, due, paid, and back."""

    step = forms.CharField(widget=forms.HiddenInput)
    amount_fen = YuanField()
    target = forms.ModelChoiceField(Line.objects.none(), label=gettext_lazy("To the line"))
    across = forms.BooleanField(label=gettext_lazy("Another payer's line is meant"), required=False)
    on = day_field(label=gettext_lazy("Day"))
    document = document_field()

    field_order = ("step", "amount_fen", "target", "across", "on", "memo", "document", "key")

    def __init__(self, *args: Any, line: Line, step: str, user: User, on: date) -> None:
        self.line, self.asked_for = line, step
        initial = {"step": step, "on": line.fiscal_year.nearest(on)}
        super().__init__(*args, initial=initial)
        if step == OVERRIDE:
            for name in ("on", "document"):
                del self.fields[name]
        if step == Kind.TRANSFER:
            year = line.fiscal_year.year
            others = queries.lines_visible_to(user, on=on).filter(fiscal_year__year=year)
            field: Any = self.fields["target"]
            field.queryset = others.exclude(pk=line.pk).order_by("payer__place__path", "name", "pk")
        else:
            del self.fields["target"], self.fields["across"]

    def change(self, by: User, at: datetime) -> Change:
        """The change that was asked for, not yet made."""
        given = self.cleaned_data
        share = Share(self.line, given["amount_fen"])
        if self.asked_for == OVERRIDE:
            return partial(
                services.request_override,
                line=self.line,
                amount_fen=given["amount_fen"],
                reason=given["memo"],
                by=by,
                at=at,
            )
        claim = Claim(given["key"], given["on"], "hand", given["memo"], given["document"])
        common = {"claim": claim, "by": by, "at": at}
        if self.asked_for == Kind.TRANSFER:
            target = {"target": given["target"], "across": given["across"]}
            return partial(services.transfer, source=share, **target, **common)
        if self.asked_for in STAGE_STEPS:
            return partial(services.enter_by_hand, kind=self.asked_for, share=share, **common)
        verb = services.supplement if self.asked_for == Kind.SUPPLEMENT else services.cut
        return partial(verb, share=share, **common)


class ReversalForm(KeyedForm):
    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        self.entry = entry
        super().__init__(*args, **kwargs)

    def change(self, by: User, at: datetime) -> Change:
        given = self.cleaned_data
        claim = Claim(given["key"], self.entry.on, "hand", given["memo"])
        return partial(services.reverse_by_hand, entry=self.entry, claim=claim, by=by, at=at)


class BeginForm(forms.Form):
    number = forms.IntegerField(label=gettext_lazy("Fiscal year"), min_value=2000, max_value=2100)
    government = place_field(label=gettext_lazy("Government of"), empty_label=None)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


def step_title(step: str) -> str:
    """What a step is called on its page."""
    return _("Ask for an override") if step == OVERRIDE else str(Kind(step).label)
