"""Choices of statistics, and the words for what figures are counted in and split by."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Unit(TextChoices):
    """What a figure counts; the label is the measure word after the number."""

    PERSON = "person", _("people")
    ORGANISATION = "organisation", _("organisations")
    DOCUMENT = "document", _("documents")
    LINE = "line", _("lines")
    FEN = "fen", _("yuan")


class Dimension(TextChoices):
    """What a figure can be split by."""

    DISTRICT = "district", _("District")
    STREET = "street", _("Street or town")
    LEVEL = "level", _("Level")
    FIELD = "field", _("Service field")
    EMPLOYER_KIND = "employer_kind", _("Kind of employer")
    ASPECT = "aspect", _("Aspect")
    GOVERNMENT = "government", _("Level of government")
    MONTH = "month", _("Month")
    PAYER = "payer", _("Payer")
    SUBJECT = "subject", _("Budget subject")


class PublicationKind(TextChoices):
    """What is published together."""

    SERIES = "series", _("Figures of a day")
    BULLETIN = "bulletin", _("Yearly bulletin")


class Nearness(TextChoices):
    """How a round number in a text stands to the exact one behind it."""

    EXACT = "exact", _("exactly")
    NEARLY = "nearly", _("nearly")
    OVER = "over", _("more than")
    ABOUT = "about", _("about")


class Disclosure(TextChoices):
    """How a part of a figure is shown to readers who do not hold its area."""

    EXACT = "exact", _("as it is")
    FEWER = "fewer", _("fewer than the least number")
    COVERED = "covered", _("left out so that others cannot be computed")


class TargetState(TextChoices):
    """Where a target of a policy stands on a day."""

    REACHED = "reached", _("Reached")
    ON_THE_WAY = "on_the_way", _("On the way")
    MISSED = "missed", _("Missed")
