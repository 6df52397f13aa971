from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances import queries
from huiju.allowances.enums import FindingState, RecoveryState, RunState, Watched
from huiju.allowances.models import Objection, Run, RunLine, Scheme
from huiju.allowances.queries import Owed
from huiju.allowances.services import Decision, FundingEntry, RecoveryOrder, Repayment, RunOrder
from huiju.budgets import queries as budgets
from huiju.budgets.models import Line, Split
from huiju.directory import queries as directory
from huiju.directory.models import Place, User
from huiju.kernel import clock, money
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.registry.enums import Level
from huiju.registry.models import Person
from huiju.registry.queries import found_by

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


class PersonFilter(forms.Form):
    is_filter = True

    year = forms.TypedChoiceField(
        label=gettext_lazy("Year of the run"), coerce=int, empty_value=None, required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Lines for"),
        choices=[
            ALL,
            ("month", gettext_lazy("The month of the run")),
            ("corrections", gettext_lazy("Earlier months (differences)")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [ALL, *((year, year) for year in years)]


class FindingFilter(forms.Form):
    is_filter = True

    kind = forms.ChoiceField(
        label=gettext_lazy("What was found"), choices=[ALL, *Watched.choices], required=False
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("Cause not gone")), *FindingState.choices],
        required=False,
    )


class ExplanationForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why this is in order, or what is done about it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Opinion"), max_length=500, required=False)


class KnownOnForm(forms.Form):
    is_filter = True

    known_on = forms.DateField(
        label=gettext_lazy("Facts as known on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, since: date, on: date, **kwargs: Any) -> None:
        """`since`: the day the month was computed; before it nothing was posted."""
        super().__init__(*args, **kwargs)
        self.since, self.on = since, on

    def clean_known_on(self) -> date:
        asked: date = self.cleaned_data["known_on"] or self.on
        if not self.since <= asked <= self.on:
            raise forms.ValidationError(
                _("Choose a day from %(first)s, when the month was computed, to today.")
                % {"first": self.since.isoformat()}
            )
        return asked


class RecoveryFilter(forms.Form):
    is_filter = True

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[ALL, *RecoveryState.choices], required=False
    )
    name = forms.CharField(label=gettext_lazy("Name or pinyin"), required=False, max_length=60)


class ProposalForm(forms.Form):
    """How much one person is asked to give back, and the reason they read."""

    yuan = forms.CharField(label=gettext_lazy("Yuan to be given back"), max_length=20)
    reason = forms.CharField(
        label=gettext_lazy("Reason told to the payee"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, owed: Owed, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"yuan": money.yuan(owed.open_fen).replace(",", "")})
        super().__init__(*args, **kwargs)
        self.owed = owed

    def clean_yuan(self) -> int:
        return fen_of(self.cleaned_data["yuan"])

    def order(self) -> RecoveryOrder:
        asked, owed = self.cleaned_data, self.owed
        return RecoveryOrder(owed.person, owed.scheme, owed.place, asked["yuan"], asked["reason"])


class RepaymentForm(forms.Form):
    yuan = forms.CharField(label=gettext_lazy("Yuan paid back"), max_length=20)
    received_on = forms.DateField(
        label=gettext_lazy("Paid back on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    voucher = forms.CharField(label=gettext_lazy("Number of the voucher"), max_length=60)

    def clean_yuan(self) -> int:
        return fen_of(self.cleaned_data["yuan"])

    def repayment(self) -> Repayment:
        asked = self.cleaned_data
        return Repayment(asked["yuan"], asked["received_on"], asked["voucher"])


class WithdrawalForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("Why it is withdrawn"), max_length=500)


def fen_of(text: str) -> int:
    """An amount in yuan as somebody types it, in fen. Raises ValidationError."""
    try:
        return money.fen_from_yuan(text)
    except DomainError as fault:
        raise forms.ValidationError(str(fault)) from fault


class ReturnForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is wrong with the list"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    contact = forms.CharField(
        label=gettext_lazy("How to reach you"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only the office that answers sees it."),
    )


class PaymentObjectionForm(ObjectionForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is wrong with the payment")


class RecoveryObjectionForm(ObjectionForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What is wrong with the recovery")


class NoticeFilter(forms.Form):
    is_filter = True

    q = forms.CharField(label=gettext_lazy("Surname or employer"), max_length=60, required=False)


class AnswerForm(forms.Form):
    """How an objection is decided; upheld, the list is returned unless one allowance is stopped."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("rejected", gettext_lazy("Not upheld")),
            ("return", gettext_lazy("Upheld: return the list")),
            ("hold", gettext_lazy("Upheld: stop one person's allowance")),
        ],
    )
    person = forms.CharField(
        label=gettext_lazy("Whose allowance is stopped"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Name or whole identity number, of somebody on this list."),
    )
    words = forms.CharField(label=gettext_lazy("Words of the answer"), max_length=1000)

    def __init__(self, data: Any = None, *, objection: Objection) -> None:
        super().__init__(data, auto_id=f"%s_{objection.pk}")
        if objection.notice is None:
            follows = _("Upheld: the facts are corrected, a later month pays the difference")
            if objection.recovery_id:
                follows = _("Upheld: the recovery is withdrawn")
            self.fields["outcome"].choices = [("rejected", _("Not upheld")), ("upheld", follows)]
            del self.fields["person"]
            return
        lines = RunLine.objects.filter(run=objection.notice.run_id)
        self.listed = Person.objects.filter(pk__in=lines.values("person"))

    def clean_person(self) -> Person | None:
        """The one person of the list who is meant."""
        if not (written := self.cleaned_data["person"]):
            return None
        found = list(self.listed.filter(found_by(written)))
        meant = [person for person in found if person.name == written] or found
        if len(meant) == 1:
            return meant[0]
        raise forms.ValidationError(
            _("Several people of this list have that name. Write the identity number.")
            if found
            else _("Nobody on this list has that name or number.")
        )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            asked.get("outcome") == "hold"
            and "person" not in self.errors
            and not asked.get("person")
        ):
            self.add_error("person", _("Choose whose allowance is stopped."))
        return asked

    def decision(self) -> Decision:
        asked = self.cleaned_data
        hold = asked.get("person") if asked["outcome"] == "hold" else None
        return Decision(asked["outcome"] != "rejected", asked["words"], hold)


class FundingForm(forms.Form):
    """Out of which lines a run's scheme is paid this year."""

    split = forms.ModelChoiceField(
        Split.objects.none(),
        label=gettext_lazy("Sharing plan"),
        required=False,
        empty_label=gettext_lazy("None: one line pays everything"),
    )
    lines = forms.ModelMultipleChoiceField(Line.objects.none(), label=gettext_lazy("Budget lines"))
    assumption = forms.CharField(
        label=gettext_lazy("Assumption"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("What no source settles about who pays. It is shown with the run."),
    )

    def __init__(self, *args: Any, run: Run, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.year = run, on.year
        lines = budgets.lines_visible_to(user, on=on).filter(fiscal_year__year=on.year)
        self.fields["lines"].queryset = lines.order_by("payer", "name")
        self.fields["split"].queryset = Split.objects.filter(ends_on=None).order_by("code")

    def entry(self) -> FundingEntry:
        asked = self.cleaned_data
        return FundingEntry(
            scheme=self.run.scheme,
            place=self.run.place,
            year=self.year,
            lines=list(asked["lines"]),
            split=asked["split"],
            assumption=asked["assumption"],
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


class TemplateForm(forms.Form):
    template = forms.ChoiceField(label=gettext_lazy("Bank's template"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [
            (template.code, template.name) for template in queries.bank_templates()
        ]


class BankAnswerForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The bank's answer"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


class ReasonForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=200)
