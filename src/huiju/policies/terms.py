"""Parameters for one day. No value in force is an error that names the parameter, never a default."""

from dataclasses import dataclass
from datetime import date, datetime

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
    """Days [starts_on, ends_on) with one value, or without (`value` None) and why in one sentence."""

    starts_on: date
    ends_on: date | None
    value: ParameterValue | None
    reason: str = ""


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
    parameter = parameter_of(code)
    versions = _versions(parameter, place, known_at)
    holds = rules.standing(_dated(versions, place), on=on)
    if holds.kind != rules.IN_FORCE or holds.value is None:
        raise NoValueInForce(_why_none(parameter, holds, on))
    return versions[holds.value.ref]


def values_between(
    code: str, *, first: date, last: date, place: Place | None = None
) -> list[Stretch]:
    """What holds from `first` to `last` (both in), without a gap: each stretch has a value or a reason.

    Raises UnknownParameter.
    """
    parameter = parameter_of(code)
    versions = _versions(parameter, place, None)
    return [
        Stretch(span.starts_on, span.ends_on, versions[span.standing.value.ref])
        if span.standing.kind == rules.IN_FORCE and span.standing.value
        else Stretch(
            span.starts_on, span.ends_on, None, _why_none(parameter, span.standing, span.starts_on)
        )
        for span in rules.spans(_dated(versions, place), first=first, last=last)
    ]


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
