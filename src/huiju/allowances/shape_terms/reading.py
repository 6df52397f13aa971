"""Terms from JSON: every value is checked, and a wrong one is named by its field."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances.enums import LEVEL_RANKS, Granularity, Shape, Start
from huiju.allowances.rules.shapes.terms import Terms
from huiju.allowances.shape_terms.fields import DESCRIPTIONS, FIELDS, WHOLE_MONTHS, Field
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month


class TermsInvalid(DomainError):
    """A term is missing, unknown or wrong; `field` is its name."""

    def __init__(self, field: str, problem: str) -> None:
        label = FIELDS[field].label if field in FIELDS else field
        super().__init__(
            _("Term “%(label)s” (%(field)s): %(problem)s")
            % {"label": label, "field": field, "problem": problem}
        )
        self.field = field


def read_terms(shape: str, values: object, *, lookback_months: int | None) -> Terms:
    """The terms of a shape. Raises TermsInvalid with the field.

    A term that is null is stated to be unknown: it need not be said, and nothing may be computed (`unknown_terms`).
    """
    if not isinstance(values, dict):
        raise TermsInvalid("terms", _("an object in braces is expected here."))
    described = DESCRIPTIONS[Shape(shape)]
    given = {name: value for name, value in values.items() if value is not None}
    for name in sorted(set(values) - {*described.modifiers, *described.terms}):
        raise TermsInvalid(name, _("this way of computing has no such term."))
    for name in described.needs:
        if name not in values:
            raise TermsInvalid(name, _("this way of computing cannot do without it."))
    read = {name: READ[FIELDS[name].kind](name, value) for name, value in given.items()}
    terms = Terms(**read)
    _check_together(shape, terms, lookback_months, known=set(given))
    return terms


def check_granularity(shape: str, granularity: str) -> None:
    """Raises TermsInvalid where a shape that multiplies a month's amount is to pay single days."""
    if shape in WHOLE_MONTHS and granularity == Granularity.DAY:
        raise TermsInvalid("granularity", _("this way of computing pays whole months alone."))


def unknown_terms(values: Mapping[str, Any]) -> list[str]:
    """The terms stated to be unknown, as nobody has seen what the policy says of them."""
    return [name for name, value in values.items() if value is None]


def _check_together(
    shape: str, terms: Terms, lookback_months: int | None, *, known: set[str]
) -> None:
    if (
        terms.ceiling_fen is not None
        and terms.ceiling_per != "month"
        and lookback_months is not None
    ):
        raise TermsInvalid(
            "ceiling_per",
            _("a ceiling over several months needs all months looked back upon."),
        )
    earned = terms.start in {Start.APPOINTMENT, Start.REGISTRATION}
    if shape == Shape.GRADE_STEPS and "start" in known and not earned:
        raise TermsInvalid("start", _("steps are earned by appointment or registration."))


def _one_of(names: Any) -> str:
    return _("one of %(choices)s is expected.") % {"choices": ", ".join(names)}


def _whole(name: str, value: object, field: Field | None = None) -> int:
    most = (field or FIELDS[name]).most
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise TermsInvalid(
            name, _("a whole number from 0 to %(most)d is expected.") % {"most": most}
        )
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TermsInvalid(name, _("a text is expected."))
    return value


def _month(name: str, value: object) -> date:
    try:
        return Month.parse(_text(name, value)).first_day
    except ValueError as fault:
        raise TermsInvalid(name, _("a month such as 2025-01 is expected.")) from fault


def _day(name: str, value: object) -> date:
    try:
        return date.fromisoformat(_text(name, value))
    except ValueError as fault:
        raise TermsInvalid(name, _("a day such as 2025-01-31 is expected.")) from fault


def _choice(name: str, value: object) -> Any:
    choices = FIELDS[name].choices
    if choices is None or value not in choices.values:
        raise TermsInvalid(name, _one_of(choices.values if choices else ()))
    return choices(value)


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or len(set(map(str, value))) < len(value):
        raise TermsInvalid(name, _("a list of different texts is expected."))
    return tuple(_text(name, each) for each in value)


def _choices(name: str, value: object) -> tuple[str, ...]:
    return tuple(_choice(name, each) for each in _texts(name, value))


def _by_name(name: str, value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict) or not value:
        raise TermsInvalid(name, _("names with whole numbers are expected."))
    return tuple((key, _whole(name, each)) for key, each in value.items())


def _by_level(name: str, value: object) -> tuple[tuple[str, int], ...]:
    read = _by_name(name, value)
    _levels_only(name, dict(read))
    return read


def _levels_only(name: str, values: Mapping[str, Any]) -> None:
    if not set(values) <= set(LEVEL_RANKS):
        raise TermsInvalid(name, _one_of(LEVEL_RANKS))


def _grades(name: str, value: object) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    """Level → list of [from how many months or appraisals, per cent of the level's rate]."""
    wrong = TermsInvalid(name, _("by level, pairs of a least number and a per cent are expected."))
    if not isinstance(value, dict) or not value:
        raise wrong
    _levels_only(name, value)
    for pairs in value.values():
        if not isinstance(pairs, list) or not all(
            isinstance(pair, list) and len(pair) == len(("least", "pct")) for pair in pairs
        ):
            raise wrong
    pair_field = Field(FIELDS[name].label, "whole", most=1000)
    return tuple(
        (level, tuple((_whole(name, a, pair_field), _whole(name, b, pair_field)) for a, b in pairs))
        for level, pairs in value.items()
    )


def _payers(name: str, value: object) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """District or * → payer → whole per cent, together a hundred."""
    if not isinstance(value, dict) or "*" not in value:
        raise TermsInvalid(name, _("payers for every district (*) are expected."))
    read = tuple((district, _by_name(name, split)) for district, split in value.items())
    for district, split in read:
        if sum(pct for _payer, pct in split) != 100:
            raise TermsInvalid(
                name, _("the shares of %(district)s do not make 100.") % {"district": district}
            )
    return read


READ: Mapping[str, Callable[[str, object], Any]] = {
    "whole": _whole,
    "fen": _whole,
    "text": _text,
    "month": _month,
    "day": _day,
    "choice": _choice,
    "texts": _texts,
    "choices": _choices,
    "by_level": _by_level,
    "by_name": _by_name,
    "grades": _grades,
    "payers": _payers,
}
