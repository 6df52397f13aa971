"""Every figure of the house by code, the names of the parts figures are split into, and what targets measure by them."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huiju.allowances import figures as allowances
from huiju.budgets import figures as budgets
from huiju.budgets.enums import PayerKind
from huiju.directory.enums import PlaceKind
from huiju.kernel.figures import UNRECORDED, Figure
from huiju.policies import figures as policies
from huiju.policies import queries as policy_queries
from huiju.policies.enums import Government
from huiju.policies.models import Target
from huiju.registry import figures as registry
from huiju.registry.enums import EmployerKind, Level
from huiju.statistics.enums import Unit
from huiju.statistics.queries import Aim, Question

FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        *registry.FIGURES,
        *policies.FIGURES,
        *budgets.FIGURES,
        *allowances.FIGURES,
    )
}

# Dimensions whose parts are choices; the parts of others are names already.
CHOICES = {
    "level": Level,
    "employer_kind": EmployerKind,
    "government": Government,
    "payer": PayerKind,
}


def label(dimension: str, part: str) -> str:
    """The name of one part of a figure."""
    if part == UNRECORDED:
        return _("Not recorded")
    if dimension in CHOICES and part in CHOICES[dimension].values:
        return str(CHOICES[dimension](part).label)
    return part


def shown(value: int, unit: str) -> int | Decimal:
    """A value as people read it: money in yuan with two decimals, everything else as it is."""
    return Decimal(value).scaleb(-2).quantize(Decimal("0.01")) if unit == Unit.FEN else value


def known_targets() -> QuerySet[Target]:
    """Every target, the first due first."""
    return policy_queries.targets().order_by("due_on", "pk")


def aim_of(target: Target, on: date, known_at: datetime | None = None) -> Aim | None:
    """The figure that measures a target in its place, and what it is to reach; None if there is none."""
    figure = FIGURES.get(target.figure)
    if figure is None or figure.unit != target.unit:
        return None
    question = Question(figure, on, known_at)
    if target.place.kind == PlaceKind.DISTRICT:
        if "district" not in figure.by:
            return None
        question = question.narrowed(district=target.place.name)
    since = target.baseline_on or target.document.issued_on or date(target.document.year, 1, 1)
    return Aim(question, target.value, since)


def aims(on: date, known_at: datetime | None = None) -> list[Aim]:
    """What the targets that a figure measures are to reach."""
    return [aim for each in known_targets() if (aim := aim_of(each, on, known_at))]
