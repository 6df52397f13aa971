"""Registrations of certificates, as their authorities made them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.kernel.periods import Period
from huiju.registry.models import Certificate, Person, Registration
from huiju.registry.services.facts import Refused
from huiju.registry.services.statements import Holding, Kind


class RegistrationsOverlap(Refused):
    """The days overlap another registration of the person."""

    code = "REGISTRATION_OVERLAP"


class RegistrationEndsBeforeStart(Refused):
    """The last valid day lies before the day of registration."""

    code = "REGISTRATION_ENDS_BEFORE_START"


class RegistrationWithoutCertificate(Refused):
    """No certificate of the level is held on the day: taken, with a warning."""

    code = "REGISTRATION_WITHOUT_CERTIFICATE"


@dataclass(frozen=True)
class RegistrationStatement:
    """A registration; `ends_on` is the first day on which it is no longer valid."""

    kind: str
    level: str
    starts_on: date
    ends_on: date
    authority: str
    number: str = ""


def _check(holding: Holding, stated: RegistrationStatement, known: Registration | None) -> None:
    if stated.ends_on <= stated.starts_on:
        raise RegistrationEndsBeforeStart(
            _("The registration ends before it begins on %(day)s. Check both dates.")
            % {"day": stated.starts_on}
        )
    days = Period(stated.starts_on, stated.ends_on)
    for other in holding.others(known):
        if Period(other.starts_on, other.ends_on).overlaps(days):
            raise RegistrationsOverlap(
                _(
                    "The days overlap the registration that began on %(day)s. Correct that one first: it ends"
                    " where this one begins."
                )
                % {"day": other.starts_on}
            )


def _same(holding: Holding, stated: RegistrationStatement) -> Any:
    """A registration that begins the same day is the same fact."""
    return next((held for held in holding.facts if held.starts_on == stated.starts_on), None)


def _warning(holding: Holding, stated: RegistrationStatement) -> Refused | None:
    records = Person.objects.in_files_of([holding.person]).values("pk")
    held = Certificate.objects.current().filter(
        person__in=records, level=stated.level, approved_on__lte=stated.starts_on
    )
    if held.exists():
        return None
    return RegistrationWithoutCertificate(
        _(
            "No certificate of this level is on file for %(day)s. It was recorded; check level, date and"
            " certificate."
        )
        % {"day": stated.starts_on}
    )


REGISTRATIONS = Kind(
    model=Registration,
    word="registration",
    check=_check,
    same=_same,
    values=lambda stated: dict(vars(stated)),
    warning=_warning,
)
