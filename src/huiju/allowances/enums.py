"""Choices of the allowance schemes, and what each is called."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from huiju.registry.enums import Level

# A rule compares levels by rank: the higher certificate counts.
LEVEL_RANKS: dict[str, int] = {level.value: rank for rank, level in enumerate(Level, start=1)}
LEVELS_BY_RANK: dict[int, Level] = {LEVEL_RANKS[level.value]: level for level in Level}


class Shape(TextChoices):
    """The ways in which a scheme may compute; `rules.SHAPES` holds the function of each."""

    MONTHLY_BY_LEVEL = "monthly_by_level", _("Fixed amount a month by certificate level")


class Granularity(TextChoices):
    """What is paid: whole months, or days."""

    MONTH = "month", _("Whole months")
    DAY = "day", _("Single days")


class MonthRule(TextChoices):
    """Which months count when whole months are paid."""

    ANY_DAY = "any_day", _("One eligible day earns the month")
    FULL_MONTH = "full_month", _("Every day of the month must be eligible")
    ON_DAY = "on_day", _("One day of the month decides")
    MIN_DAYS = "min_days", _("A least number of eligible days earns the month")


class LevelPick(TextChoices):
    """Which day gives level, rate and district of a whole month."""

    HIGHEST = "highest", _("The first day on which the highest level was held")
    FIRST_DAY = "first_day", _("The first eligible day")
    LAST_DAY = "last_day", _("The last eligible day")


class Effect(TextChoices):
    """From when a certificate or a post counts."""

    SAME_DAY = "same_day", _("From the same day")
    NEXT_MONTH = "next_month", _("From the first day of the following month")


class RecoveryKind(TextChoices):
    """How overpaid money comes back."""

    ALLOW_NEGATIVE = "allow_negative", _("The receivable shows at once")
    OFFSET = "offset", _("Set off against later payments, up to a share of each")


class RunState(TextChoices):
    """The life of a run. A computed month is a draft until it is approved and paid."""

    DRAFT = "draft", _("Draft")
    REPLACED = "replaced", _("Computed again")


MOVES: dict[str, set[str]] = {RunState.DRAFT: {RunState.REPLACED}}


class Difference(TextChoices):
    """How somebody's month differs from the month before."""

    NEW = "new", _("New")
    GONE = "gone", _("No longer")
    CHANGED = "changed", _("Amount changed")


class Why(TextChoices):
    """What a difference between two months comes from."""

    CERTIFICATE_APPROVED = "certificate_approved", _("A certificate began to count")
    CERTIFICATE_REVOKED = "certificate_revoked", _("The certificate was revoked")
    POST_BEGUN = "post_begun", _("A post began to count")
    POST_ENDED = "post_ended", _("The post ended")
    MOVED = "moved", _("In post in another district")
    LEVEL = "level", _("Another level")
    RATE = "rate", _("Another rate")
    DAYS = "days", _("Another number of days")
    FACTS = "facts", _("Facts were entered or corrected late")
