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
    ORGANISATION = "organisation", _("organisations")


class AfterEnd(TextChoices):
    """What is known of the time after a value's last day."""

    REPEALED = "repealed", _("Repealed")
    UNKNOWN = "unknown", _("Unknown")


class TextExtent(TextChoices):
    """How much of a document its recorded text is."""

    WHOLE = "whole", _("Whole text")
    EXCERPT = "excerpt", _("Excerpt")
    NOTES = "notes", _("Notes, not the wording")


class RelationKind(TextChoices):
    """What one document does to another."""

    SUPERSEDES = "supersedes", _("supersedes")
    AMENDS = "amends", _("amends")
    REPEALS = "repeals", _("repeals")
    IMPLEMENTS = "implements", _("implements")


PASSIVE = {
    RelationKind.SUPERSEDES: _("superseded by"),
    RelationKind.AMENDS: _("amended by"),
    RelationKind.REPEALS: _("repealed by"),
    RelationKind.IMPLEMENTS: _("implemented by"),
}


class Holds(TextChoices):
    """Whether a document holds on a day. Derived by `rules.validity`, never typed."""

    IN_FORCE = "in_force", _("In force")
    AMENDED = "amended", _("In force, amended")
    REPEALED = "repealed", _("Repealed")
    SUPERSEDED = "superseded", _("Superseded by another document")
    EXPIRED = "expired", _("Past its last day")
    NOT_YET = "not_yet", _("Not yet in force")
    UNKNOWN = "unknown", _("Not known whether in force")
    NO_POLICY = "no_policy", _("A source, not a policy")


class QuoteCheck(TextChoices):
    """What became of comparing a quotation with the library's text of the document."""

    FOUND = "found", _("The quotation stands word for word in the clause.")
    ELSEWHERE = "elsewhere", _("The quotation stands in the document, but not in the clause cited.")
    ABSENT = (
        "absent",
        _("The quotation is not in the library's text of the document. Compare again."),
    )
    NO_QUOTE = "no_quote", _("Nothing is quoted, so there is nothing to compare the value with.")
    NO_TEXT = (
        "no_text",
        _("The library has no wording of the document. Compare with the paper itself."),
    )


class Due(TextChoices):
    """How near the day is by which a parameter is to be looked at again."""

    OVERDUE = "overdue", _("Review overdue")
    SOON = "soon", _("Review due soon")


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


class ListReason(TextChoices):
    """What can be wrong with a row of a list of policies, beside what can be wrong with any row."""

    PLACE_UNKNOWN = (
        "PLACE_UNKNOWN",
        _("The place is neither the city nor a district of it."),
    )
    NUMBER_INVALID = "NUMBER_INVALID", _("The value is not a whole number of its unit.")
    VALUES_OVERLAP = (
        "VALUES_OVERLAP",
        _("Two values of one parameter are in force on the same day."),
    )
    VALUE_GAP = (
        "VALUE_GAP",
        _("Between this value and the next there are days without a value."),
    )


LIST_SUGGESTIONS = {
    ListReason.PLACE_UNKNOWN: _("Write the district's name or code, or “全国”."),
    ListReason.NUMBER_INVALID: _("Write yuan or percent with at most two decimals, else a whole number; “不明” if unknown."),
    ListReason.VALUES_OVERLAP: _("Put the last day of the older value on the day before the newer one."),
    ListReason.VALUE_GAP: _("Enter the value of those days, or say “不明” where the older one ends."),
}  # fmt: skip
