"""Choices of the policy library, and the life of a parameter's value."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Government(TextChoices):
    """The level of government a document comes from."""

    NATION = "nation", _("National")
    PROVINCE = "province", _("Provincial")
    CITY = "city", _("City level")
    DISTRICT = "district", _("District level")
    OTHER = "other", _("Other source")


class Confidence(TextChoices):
    """How sure we are of what a document or a value says."""

    OFFICIAL = "O", _("Official text seen")
    SECONDARY = "S", _("Secondary source")
    INFERRED = "I", _("Inferred")
    KNOWN = "K", _("Known, text not seen")


class Unit(TextChoices):
    """What one whole number of a parameter's value is."""

    FEN = "fen", _("yuan")
    BASIS_POINT = "basis_point", _("%")
    MONTH = "month", _("months")
    DAY = "day", _("days")
    WORKING_DAY = "working_day", _("working days")
    HOUR = "hour", _("credit hours")
    POINT = "point", _("points")
    PERSON = "person", _("people")


class AfterEnd(TextChoices):
    """What is known of the time after a value's last day."""

    REPEALED = "repealed", _("Repealed")
    UNKNOWN = "unknown", _("Unknown")


class ValueState(TextChoices):
    """Whether a value's version counts."""

    PROPOSED = "proposed", _("Awaiting confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Sent back")
    SUPERSEDED = "superseded", _("Superseded")


MOVES: dict[str, set[str]] = {
    ValueState.PROPOSED: {ValueState.CONFIRMED, ValueState.REFUSED},
    ValueState.CONFIRMED: {ValueState.SUPERSEDED},
}
