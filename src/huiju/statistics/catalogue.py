"""Every figure of the house, by code, and the names of the parts figures are split into."""

from django.utils.translation import gettext as _

from huiju.kernel.figures import UNRECORDED, Figure
from huiju.registry import figures as registry
from huiju.registry.enums import EmployerKind, Level

FIGURES: dict[str, Figure] = {figure.code: figure for figure in registry.FIGURES}

# Dimensions whose parts are choices; the parts of others are names already.
CHOICES = {"level": Level, "employer_kind": EmployerKind}


def label(dimension: str, part: str) -> str:
    """The name of one part of a figure."""
    if part == UNRECORDED:
        return _("Not recorded")
    if dimension in CHOICES and part in CHOICES[dimension].values:
        return str(CHOICES[dimension](part).label)
    return part
