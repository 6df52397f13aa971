"""Parameters for one day. No value in force is an error that names the parameter, never a default."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from huiju.directory.models import Place
from huiju.kernel.errors import DomainError
from huiju.policies import rules
from huiju.policies.models import Parameter, ParameterValue


class NoValueInForce(DomainError):
    """A parameter has no value on a day: never had one, was repealed, or is unknown since then."""


class UnknownParameter(DomainError):
    """A code names no parameter of this instance."""


@dataclass(frozen=True)
class Stretch:
    """Days [starts_on, ends_on) with one answer: `kind` is in_force, repealed, unknown or never.

    `value` is the one in force, else None and `reason` says why in one sentence. `last` is the value
    whose end is told of.
    """

    starts_on: date
    ends_on: date | None
    value: ParameterValue | None
    reason: str = ""
    kind: str = rules.IN_FORCE
    last: ParameterValue | None = None

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None


@dataclass(frozen=True)
class Answer:
    """What the library says of a parameter on a day: the kind, the value if any, and the sentence."""

    kind: str
    value: ParameterValue | None
    sentence: str


def value_at(
    code: str, *, on: date, place: Place | None = None, known_at: datetime | None = None
) -> int:
    """The value in force on a day in a place, as a whole number of the parameter's unit.

    The place's own value goes before that of the place around it, up to the whole country's.
    `known_at` asks for what was known at an instant; None for what is known now.
    Raises UnknownParameter or NoValueInForce.
    """
    return value_in_force(code, on=on, place=place, known_at=known_at).value


def value_in_force(
    code: str, *, on: date, place: Place | None = None, known_at: datetime | None = None
) -> ParameterValue:
    """The same with its citation. Raises UnknownParameter or NoValueInForce."""
    answer = answer_at(code, on=on, place=place, known_at=known_at)
    if answer.value is None:
        raise NoValueInForce(answer.sentence)
    return answer.value


def answer_at(
    code: str, *, on: date, place: Place | None = None, known_at: datetime | None = None
) -> Answer:
    """In force, repealed, unknown or never entered: one of these for every day, with its sentence.

    Raises UnknownParameter.
    """
    parameter = parameter_of(code)
    versions = _versions(parameter, place, known_at)
    holds = rules.standing(_dated(versions, place), on=on)
    if holds.kind == rules.IN_FORCE and holds.value:
        value = versions[holds.value.ref]
        return Answer(holds.kind, value, _what_holds(value, on))
    return Answer(holds.kind, None, _why_none(parameter, holds, on))


def values_between(
    code: str, *, first: date, last: date, place: Place | None = None
) -> list[Stretch]:
    """What holds from `first` to `last` (both in), without a gap: each stretch has a value or a reason.

    Raises UnknownParameter.
    """
    parameter = parameter_of(code)
    versions = _versions(parameter, place, None)
    return stretches(parameter, versions.values(), place=place, days=(first, last))


def stretches(
    parameter: Parameter,
    values: Iterable[ParameterValue],
    *,
    place: Place | None,
    days: tuple[date, date],
) -> list[Stretch]:
    """The same over values at hand; those of other places than this one and around it are left out."""
    near = {*_around(place), None}
    versions = {value.pk: value for value in values if (value.place and value.place.code) in near}
    spans = rules.spans(_dated(versions, place), first=days[0], last=days[1])
    return [_stretch(parameter, span, versions) for span in spans]


def _stretch(
    parameter: Parameter, span: rules.Span, versions: dict[int, ParameterValue]
) -> Stretch:
    holds = span.standing
    value = versions[holds.value.ref] if holds.value else None
    if holds.kind == rules.IN_FORCE:
        return Stretch(span.starts_on, span.ends_on, value, last=value)
    reason = _why_none(parameter, holds, span.starts_on)
    return Stretch(span.starts_on, span.ends_on, None, reason, holds.kind, value)


def parameter_of(code: str) -> Parameter:
    """The parameter of a code. Raises UnknownParameter."""
    found: Parameter | None = Parameter.objects.filter(code=code).first()
    if found is None:
        raise UnknownParameter(
            _("There is no policy parameter with the code “%(code)s”. Import or define it first.")
            % {"code": code}
        )
    return found


def _around(place: Place | None) -> list[str]:
    """Codes of the place and the places around it, the nearest first."""
    return place.path.rstrip("/").split("/")[::-1] if place else []


def _versions(
    parameter: Parameter, place: Place | None, known_at: datetime | None
) -> dict[int, ParameterValue]:
    known = ParameterValue.objects.confirmed()
    if known_at is not None:
        known = ParameterValue.objects.known_at(known_at)
    applies = Q(place=None) | Q(place__code__in=_around(place))
    rows = known.filter(applies, parameter=parameter).select_related(
        "parameter", "place", "document"
    )
    return {row.pk: row for row in rows}


def _dated(versions: dict[int, ParameterValue], place: Place | None) -> list[rules.Dated]:
    nearest = {code: distance for distance, code in enumerate(_around(place))}
    return [
        rules.Dated(
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            after=row.after,
            distance=nearest[row.place.code] if row.place else len(nearest),
            ref=row.pk,
        )
        for row in versions.values()
    ]


def _what_holds(value: ParameterValue, on: date) -> str:
    return _("“%(name)s” is %(value)s on %(on)s, by %(document)s %(article)s.") % {
        "name": value.parameter.name,
        "value": value.shown,
        "on": on.isoformat(),
        "document": value.document.citation,
        "article": value.article,
    }


def _why_none(parameter: Parameter, holds: rules.Standing, on: date) -> str:
    facts = {
        "name": parameter.name,
        "on": on.isoformat(),
        "owner": parameter.owner,
        "since": holds.value.ends_on if holds.value else "",
    }
    if holds.kind == rules.REPEALED:
        return (
            _(
                "“%(name)s” has no value on %(on)s: it was repealed from %(since)s on."
                " Enter what replaced it, or ask %(owner)s."
            )
            % facts
        )
    if holds.kind == rules.UNKNOWN:
        return (
            _(
                "“%(name)s” has no value on %(on)s: what holds since %(since)s is unknown."
                " Enter the value with its document; %(owner)s is in charge."
            )
            % facts
        )
    return (
        _(
            "“%(name)s” has no value on %(on)s: none was entered for that day."
            " Enter the value with its document; %(owner)s is in charge."
        )
        % facts
    )
