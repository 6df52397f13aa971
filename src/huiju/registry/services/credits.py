"""Hours of continuing education, as providers and authorities confirmed them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.registry.enums import CreditItem
from huiju.registry.models import Credit
from huiju.registry.models.clocks import MOST_TENTHS
from huiju.registry.services.facts import Refused
from huiju.registry.services.statements import Holding, Kind


class CreditHours(Refused):
    """No hours, more than a registration period can hold, or hours without the rule that recognises them."""

    code = "CREDIT_HOURS"


class CreditNotYet(Refused):
    """The day lies in the future."""

    code = "CREDIT_NOT_YET"


class CreditTwice(Refused):
    """The same evidence gave this person hours already, on another day or other hours."""

    code = "CREDIT_TWICE"


class CreditOfAnother(Refused):
    """The evidence gave somebody else hours."""

    code = "CREDIT_OF_ANOTHER"


@dataclass(frozen=True)
class CreditStatement:
    """Hours in tenths, on what day and by what; `evidence` is the number of the paper, of its provider."""

    item: str
    title: str
    provider: str
    earned_on: date
    tenths: int
    evidence: str
    basis: str = ""


def _check(holding: Holding, stated: CreditStatement, known: Credit | None) -> None:
    if not 0 < stated.tenths <= MOST_TENTHS:
        raise CreditHours(_("Hours are more than 0 and at most 400."))
    if stated.item == CreditItem.RECOGNISED and not stated.basis.strip():
        raise CreditHours(_("Name the rule by which the authority recognises these hours."))
    if stated.earned_on > holding.on:
        raise CreditNotYet(
            _("%(day)s lies in the future. Check the date.") % {"day": stated.earned_on}
        )
    if known and known.earned_on != stated.earned_on:
        raise CreditTwice(
            _("The evidence “%(number)s” gave hours on %(day)s already. Correct that entry.")
            % {"number": stated.evidence, "day": known.earned_on}
        )
    taken = Credit.objects.current().filter(provider=stated.provider, evidence=stated.evidence)
    own = [fact.pk for fact in holding.facts]
    if taken.exclude(pk__in=own).exists():
        raise _of_another(stated)


def _of_another(stated: CreditStatement) -> CreditOfAnother:
    return CreditOfAnother(
        _("The evidence “%(number)s” of %(provider)s gave somebody else hours. Compare the paper.")
        % {"number": stated.evidence, "provider": stated.provider}
    )


def _same(holding: Holding, stated: CreditStatement) -> Any:
    """Hours by the same evidence are the same fact."""
    key = stated.provider, stated.evidence
    return next((held for held in holding.facts if (held.provider, held.evidence) == key), None)


CREDITS = Kind(
    model=Credit,
    word="credit",
    check=_check,
    same=_same,
    values=lambda stated: dict(vars(stated)),
    claim=lambda stated: ((stated.provider, stated.evidence), _of_another(stated)),
)
