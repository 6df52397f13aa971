"""The decision that two records are one human, with what must be chosen for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiju.registry import queries, services
from huiju.registry.forms.workers import ReasonForm
from huiju.registry.models import Person

LABELS = {
    "name": _("Name"),
    "sex": _("Sex"),
    "born_on": _("Born"),
    "phone": _("Phone"),
    "field": _("Service field"),
}


def shown(person: Person, name: str) -> str:
    """A person's own value as a page prints it; telephones masked."""
    value = getattr(person, name)
    if name == "sex":
        return str(person.get_sex_display() or "—")
    if name == "phone" and value:
        return f"{value[:3]}****{value[-4:]}"
    return str(value or "—")


def differing(from_person: Person, into_person: Person) -> list[str]:
    """The columns in which two records differ and which the survivor can take over."""
    return [
        name
        for name in services.VALUES
        if getattr(from_person, name) and getattr(from_person, name) != getattr(into_person, name)
    ]


class MergeForm(ReasonForm):
    """One choice for each conflict and each value that differs, and the reason."""

    other = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, from_person: Person, into_person: Person) -> None:
        super().__init__(data, initial={"other": from_person.pk})
        self.conflicts = queries.conflicts_of(queries.sides_of(from_person, into_person))
        self.differing = differing(from_person, into_person)
        for conflict in self.conflicts:
            self.fields[conflict.key] = _conflict_field(conflict)
        for name in self.differing:
            self.fields[f"value-{name}"] = _value_field(name, from_person, into_person)
        self.order_fields([*(key for key in self.fields if key != "reason"), "reason"])

    @property
    def choices(self) -> dict[str, str]:
        """For each conflict, which fact holds."""
        return {conflict.key: self.cleaned_data[conflict.key] for conflict in self.conflicts}

    @property
    def values(self) -> set[str]:
        """The columns to take over from the record that is merged away."""
        return {
            name
            for name in self.differing
            if self.cleaned_data[f"value-{name}"] == services.KEEP_FROM
        }


class ApartForm(ReasonForm):
    """The decision that two records are two humans."""

    other = forms.IntegerField(widget=forms.HiddenInput)


def _conflict_field(conflict: queries.Conflict) -> forms.ChoiceField:
    kind = conflict.from_fact._meta.model_name
    choices = [
        ("", _("Choose …")),
        (
            services.KEEP_INTO,
            _("%(fact)s (of the file kept)") % {"fact": _told(conflict.into_fact)},
        ),
        (
            services.KEEP_FROM,
            _("%(fact)s (of the other file)") % {"fact": _told(conflict.from_fact)},
        ),
    ]
    if conflict.may_keep_both:
        choices.append((services.KEEP_BOTH, _("Both, as a second post")))
    return forms.ChoiceField(label=CONFLICT_LABELS[kind], choices=choices)


CONFLICT_LABELS = {
    "certificate": _("Two certificates of one level: which one holds?"),
    "post": _("Two posts overlap: which one holds?"),
    "leave": _("Two leaves overlap: which one holds?"),
    "bankaccount": _("Two accounts on the same days: which one holds?"),
    "registration": _("Two registrations on the same days: which one holds?"),
    "death": _("Two days of death: which one holds?"),
}


def _told(fact: Any) -> str:
    """A fact in a word, with its number where that tells it from another."""
    number = getattr(fact, "certificate_no", "")
    return f"{fact} {number}".strip()


def _value_field(name: str, from_person: Person, into_person: Person) -> forms.ChoiceField:
    choices = [
        (services.KEEP_INTO, shown(into_person, name)),
        (services.KEEP_FROM, shown(from_person, name)),
    ]
    return forms.ChoiceField(label=LABELS[name], choices=choices, initial=services.KEEP_INTO)
