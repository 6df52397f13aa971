"""Forms for leaves, accounts and deaths. A last day is counted in."""

from datetime import timedelta
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from huiju.registry import services
from huiju.registry.enums import AccountReason, LeaveKind
from huiju.registry.forms.workers import DayField, ReasonForm
from huiju.registry.models import BankAccount, Death, Leave, Person
from huiju.registry.rules.accounts import account_number


class SpellForm(ReasonForm):
    """First and last day of something."""

    starts_on = DayField(label=_("Starts on"))
    last_day = DayField(label=_("Ends on"), required=False)

    def days(self) -> dict[str, Any]:
        """First day, and the day after the last one."""
        last_day = self.cleaned_data["last_day"]
        ends_on = last_day + timedelta(days=1) if last_day else None
        return {"starts_on": self.cleaned_data["starts_on"], "ends_on": ends_on}


def shown_days(fact: Leave | BankAccount) -> dict[str, Any]:
    """The days of a version as a form shows them."""
    last_day = fact.ends_on - timedelta(days=1) if fact.ends_on else None
    return {"starts_on": fact.starts_on, "last_day": last_day}


class LeaveForm(SpellForm):
    """Days on which somebody in post does not count."""

    kind = forms.ChoiceField(label=_("Kind of leave"), choices=LeaveKind)
    field_order = ("kind", "starts_on", "last_day", "reason")

    @classmethod
    def for_person(cls, _person: Person, data: Any = None) -> Self:
        return cls(data)

    @classmethod
    def of(cls, leave: Leave, data: Any = None) -> Self:
        return cls(data, initial={"kind": leave.kind, **shown_days(leave)})

    @property
    def statement(self) -> services.LeaveStatement:
        return services.LeaveStatement(kind=self.cleaned_data["kind"], **self.days())


class AccountForm(SpellForm):
    """Where somebody's money goes. The number on file is never shown here again."""

    bank = forms.ChoiceField(label=_("Bank"))
    branch = forms.CharField(label=_("Branch"), max_length=120, required=False)
    number = forms.CharField(label=_("Account number"), max_length=40)
    holder = forms.CharField(label=_("Account holder"), max_length=60)
    shared_reason = forms.CharField(
        label=_("Reason for a shared account"),
        max_length=200,
        required=False,
        help_text=_("Only where somebody else is paid into the same account."),
    )
    field_order = (
        *("bank", "branch", "number", "holder"),
        *("starts_on", "last_day", "shared_reason", "reason"),
    )
    kept = ""
    """The number on file, which an empty field leaves as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict.fromkeys(services.banks().values())
        self.fields["bank"].choices = [("", "—"), *((name, name) for name in names)]

    @classmethod
    def for_person(cls, person: Person, data: Any = None) -> Self:
        return cls(data, initial={"holder": person.name})

    @classmethod
    def of(cls, account: BankAccount, data: Any = None) -> Self:
        names = ("bank", "branch", "holder", "shared_reason")
        initial = {name: getattr(account, name) for name in names}
        form = cls(data, initial=initial | shown_days(account))
        form.fields["number"].required = False
        form.fields["number"].help_text = _("Empty: as it is (%(number)s).") % {
            "number": account.masked
        }
        form.kept = account.number
        return form

    def clean_number(self) -> str:
        if not (written := self.cleaned_data["number"]):
            return self.kept
        number, fault = account_number(written)
        if fault and fault != AccountReason.ACCOUNT_CHECK_DIGIT:
            raise forms.ValidationError(fault.label)
        return number

    @property
    def statement(self) -> services.AccountStatement:
        names = ("bank", "branch", "number", "holder", "shared_reason")
        said = {name: self.cleaned_data[name] for name in names}
        return services.AccountStatement(**said, **self.days())


class DeathForm(ReasonForm):
    """That a person died, and what shows it."""

    died_on = DayField(label=_("Died on"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=200,
        help_text=_("The certificate of death or of cremation, with its number."),
    )
    register = forms.CharField(label=_("Register"), max_length=60, required=False)
    field_order = ("died_on", "evidence", "register", "reason")

    @classmethod
    def for_person(cls, _person: Person, data: Any = None) -> Self:
        return cls(data)

    @classmethod
    def of(cls, death: Death, data: Any = None) -> Self:
        names = ("died_on", "evidence", "register")
        return cls(data, initial={name: getattr(death, name) for name in names})

    @property
    def statement(self) -> services.DeathStatement:
        names = ("died_on", "evidence", "register")
        return services.DeathStatement(**{name: self.cleaned_data[name] for name in names})
