"""Deaths: from the day on no post of the person counts for pay."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.registry.models import Death
from huiju.registry.services.facts import Refused
from huiju.registry.services.statements import Holding, Kind


class DeathBeforeBirth(Refused):
    """The day of death lies before the day of birth."""

    code = "DEATH_BEFORE_BIRTH"


class DeathNotYet(Refused):
    """The day of death lies in the future."""

    code = "DATE_FUTURE"


class AnotherDeath(Refused):
    """The person is on file as having died on another day."""

    code = "DEATH_KNOWN"


@dataclass(frozen=True)
class DeathStatement:
    """That a person died, what shows it, and the register that told it."""

    died_on: date
    evidence: str
    register: str = ""


def _check(holding: Holding, stated: DeathStatement, known: Death | None) -> None:
    born_on = holding.person.born_on
    if born_on and stated.died_on < born_on:
        raise DeathBeforeBirth(
            _("The day of death %(day)s lies before the day of birth. Check both dates.")
            % {"day": stated.died_on}
        )
    if stated.died_on > holding.on:
        raise DeathNotYet(
            _("%(day)s lies in the future. Check the date.") % {"day": stated.died_on}
        )
    for other in holding.others(known):
        raise AnotherDeath(
            _(
                "The person is on file as having died on %(day)s. Find out which day is right and"
                " correct it on the person's page."
            )
            % {"day": other.died_on}
        )


def _same(holding: Holding, stated: DeathStatement) -> Any:
    """The death of the same day; what else a list says of it then corrects it."""
    return next((held for held in holding.facts if held.died_on == stated.died_on), None)


DEATHS = Kind(
    model=Death,
    word="death",
    check=_check,
    same=_same,
    values=lambda stated: dict(vars(stated)),
)
