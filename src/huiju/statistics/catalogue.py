"""Every figure of the house, by code, and the names of the parts figures are split into."""

from decimal import Decimal

from django.utils.translation import gettext as _

from huiju.allowances import figures as allowances
from huiju.kernel.figures import UNRECORDED, Figure
from huiju.policies import figures as policies
from huiju.policies.enums import Government
from huiju.registry import figures as registry
from huiju.registry.enums import EmployerKind, Level
from huiju.statistics.enums import Unit

FIGURES: dict[str, Figure] = {
    figure.code: figure for figure in (*registry.FIGURES, *policies.FIGURES, *allowances.FIGURES)
}

# Dimensions whose parts are choices; the parts of others are names already.
CHOICES = {"level": Level, "employer_kind": EmployerKind, "government": Government}


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
