"""Terms as people read them: yuan, per cent, names of levels."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiju.allowances.shape_terms.fields import FIELDS, Field
from huiju.kernel import money
from huiju.registry.enums import Level

COMMA, STOP = "，", "；"
EVERYWHERE = "*"


def worded(name: str, value: Any) -> str:
    """A term's JSON value in words; null is unknown. The value has been read before (`reading.read_terms`)."""
    if value is None:
        return _("Unknown")
    field = FIELDS[name]
    return WORDED.get(field.kind, _plain)(field, value)


def number_worded(number: int, unit: str) -> str:
    """A number of fen, per cent, months or steps."""
    if unit == "fen":
        return _("%(yuan)s yuan") % {"yuan": money.yuan(number)}
    if unit == "pct":
        return f"{number}%"
    if unit == "months":
        return ngettext("%(count)d month", "%(count)d months", number) % {"count": number}
    if unit == "steps":
        return ngettext("%(count)d step", "%(count)d steps", number) % {"count": number}
    return str(number)


def _number(field: Field, value: int) -> str:
    return number_worded(value, field.unit)


def _plain(field: Field, value: Any) -> str:
    return str(value)


def _choice(field: Field, value: str) -> str:
    return str(field.choices(value).label) if field.choices else value


def _list(field: Field, value: list[str]) -> str:
    return "、".join(_choice(field, each) for each in value)


def _by_level(field: Field, value: dict[str, int]) -> str:
    held = [level for level in Level if level.value in value]
    return COMMA.join(f"{level.label} {_number(field, value[level.value])}" for level in held)


def _by_name(field: Field, value: dict[str, int]) -> str:
    return COMMA.join(f"{key} {_number(field, each)}" for key, each in value.items())


def _grades(field: Field, value: dict[str, list[list[int]]]) -> str:
    def of_level(pairs: list[list[int]]) -> str:
        return COMMA.join(_from(least, pct) for least, pct in sorted(pairs))

    held = [level for level in Level if level.value in value]
    return STOP.join(f"{level.label} {of_level(value[level.value])}" for level in held)


def _from(least: int, pct: int) -> str:
    if least == 0:
        return _("at first %(pct)d%%") % {"pct": pct}
    return _("from %(least)d on %(pct)d%%") % {"least": least, "pct": pct}


def _payers(field: Field, value: dict[str, dict[str, int]]) -> str:
    everywhere = _("whole area")
    return STOP.join(
        f"{everywhere if key == EVERYWHERE else key}：{_by_name(field, split)}"
        for key, split in value.items()
    )


WORDED: Mapping[str, Callable[[Field, Any], str]] = {
    "whole": _number,
    "fen": _number,
    "choice": _choice,
    "texts": _list,
    "choices": _list,
    "by_level": _by_level,
    "by_name": _by_name,
    "grades": _grades,
    "payers": _payers,
}
