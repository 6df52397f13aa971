"""The terms of a shape as fields of a form: an input for each, several lines where a term is a list."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances.shape_terms.fields import FIELDS, Field
from huiju.allowances.shape_terms.wording import EVERYWHERE
from huiju.kernel import money
from huiju.kernel.errors import DomainError
from huiju.registry.enums import Level

Lines = list[list[str]]

UNITS = {
    "fen": gettext_lazy("yuan"),
    "pct": gettext_lazy("%"),
    "months": gettext_lazy("months"),
    "steps": gettext_lazy("steps"),
}
HELP = {
    "texts": gettext_lazy("One on each line."),
    "by_name": gettext_lazy("One on each line: name, space, yuan."),
    "grades": gettext_lazy("One on each line: level, from how many, per cent. Spaces between."),
    "payers": gettext_lazy("One on each line: district or *, payer, per cent. Spaces between."),
}


def input_names(name: str) -> list[str]:
    """The names of a term's inputs: one, or one for each level."""
    if FIELDS[name].kind == "by_level":
        return [f"term_{name}_{level.value}" for level in Level]
    return [f"term_{name}"]


def inputs_of(name: str) -> dict[str, forms.Field]:
    """The form fields of a term."""
    field = FIELDS[name]
    label = f"{field.label}（{UNITS[field.unit]}）" if field.unit in UNITS else field.label
    if field.kind == "by_level":
        labels = [f"{label} · {level.label}" for level in Level]
        names = input_names(name)
        return {
            each: forms.CharField(label=text, required=False, widget=_narrow())
            for each, text in zip(names, labels, strict=True)
        }
    return {input_names(name)[0]: _input(field, label)}


def _input(field: Field, label: Any) -> forms.Field:
    if field.kind == "choices" and field.choices:
        return forms.MultipleChoiceField(
            label=label,
            choices=field.choices.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    if field.kind == "choice" and field.choices:
        choices = [("", "—"), *field.choices.choices]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    if field.kind in HELP:
        return forms.CharField(
            label=label,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=HELP[field.kind],
        )
    kinds = {"month": "month", "day": "date"}
    widget = forms.TextInput(attrs={"type": kinds[field.kind]} if field.kind in kinds else {})
    return forms.CharField(label=label, required=False, widget=widget)


def _narrow() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal"})


def shown_in(name: str, value: Any) -> dict[str, Any]:
    """What a term's inputs hold for a JSON value."""
    field, names = FIELDS[name], input_names(name)
    if value is None:
        return {}
    if field.kind == "by_level":
        return {f"term_{name}_{level}": _shown(field, each) for level, each in value.items()}
    return {names[0]: SHOWN.get(field.kind, _as_it_is)(field, value)}


def read_from(name: str, given: Mapping[str, Any]) -> Any:
    """A term's JSON value from what was typed; None where nothing was. Raises ValidationError in words."""
    field, names = FIELDS[name], input_names(name)
    if field.kind == "by_level":
        typed = {level.value: given.get(each) for level, each in zip(Level, names, strict=True)}
        return {level: number(field, each) for level, each in typed.items() if each} or None
    text = given.get(names[0])
    if not text:
        return None
    return TYPED.get(field.kind, _as_it_is)(field, text)


def number(field: Field, text: str) -> int:
    """A whole number, or yuan as fen."""
    if field.unit == "fen":
        try:
            return money.fen_from_yuan(text)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
    try:
        return int(text.removesuffix("%"))
    except ValueError as fault:
        raise forms.ValidationError(
            _("“%(text)s” is no whole number. Write digits alone.") % {"text": text}
        ) from fault


def _as_it_is(field: Field, value: Any) -> Any:
    return value


def _shown(field: Field, value: int) -> str:
    return money.yuan(value).replace(",", "") if field.unit == "fen" else str(value)


def _split(text: str, parts: int) -> Lines:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for line in lines:
        if len(line) != parts:
            raise forms.ValidationError(
                _("The line “%(line)s” needs %(parts)d parts with spaces between.")
                % {"line": " ".join(line), "parts": parts}
            )
    return lines


def _level(text: str) -> str:
    for level in Level:
        if text in (level.value, str(level.label)):
            return level.value
    raise forms.ValidationError(
        _("“%(text)s” is no level. Write one of: %(levels)s.")
        % {"text": text, "levels": "、".join(str(level.label) for level in Level)}
    )


def _names(field: Field, text: str) -> dict[str, int]:
    return {name: number(field, amount) for name, amount in _split(text, 2)}


def _grades(field: Field, text: str) -> dict[str, list[list[int]]]:
    grades: dict[str, list[list[int]]] = {}
    for level, least, pct in _split(text, 3):
        grades.setdefault(_level(level), []).append([number(field, least), number(field, pct)])
    return grades


def _payers(field: Field, text: str) -> dict[str, dict[str, int]]:
    payers: dict[str, dict[str, int]] = {}
    for district, payer, pct in _split(text, 3):
        key = EVERYWHERE if district == "*" else district
        payers.setdefault(key, {})[payer] = number(field, pct)
    return payers


TYPED: Mapping[str, Callable[[Field, Any], Any]] = {
    "whole": number,
    "fen": number,
    "texts": lambda field, text: [line.strip() for line in text.splitlines() if line.strip()],
    "by_name": _names,
    "grades": _grades,
    "payers": _payers,
}
SHOWN: Mapping[str, Callable[[Field, Any], Any]] = {
    "whole": _shown,
    "fen": _shown,
    "texts": lambda field, value: "\n".join(value),
    "by_name": lambda field, value: "\n".join(
        f"{name} {_shown(field, each)}" for name, each in value.items()
    ),
    "grades": lambda field, value: "\n".join(
        f"{Level(level).label} {least} {pct}"
        for level, pairs in value.items()
        for least, pct in pairs
    ),
    "payers": lambda field, value: "\n".join(
        f"{district} {payer} {pct}"
        for district, split in value.items()
        for payer, pct in split.items()
    ),
}
