"""Leave: days on which somebody in post does not count for pay."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.kernel.periods import Period
from huiju.registry.models import Leave
from huiju.registry.services.facts import Refused
from huiju.registry.services.statements import Holding, Kind


class LeaveEndsBeforeStart(Refused):
    """The last day lies before the first."""

    code = "LEAVE_ENDS_BEFORE_START"


class LeavesOverlap(Refused):
    """The days overlap another leave of the person."""

    code = "LEAVE_OVERLAP"


class LeaveOutsidePost(Refused):
    """Some of the days lie in no post of the person: taken, with a warning."""

    code = "LEAVE_OUTSIDE_POST"


@dataclass(frozen=True)
class LeaveStatement:
    """A spell of leave. `ends_on` is the first day back in post; None states no end."""

    kind: str
    starts_on: date
    ends_on: date | None = None

    @property
    def days(self) -> Period:
        return Period(self.starts_on, self.ends_on)


def _check(holding: Holding, stated: LeaveStatement, known: Leave | None) -> None:
    if stated.ends_on is not None and stated.ends_on <= stated.starts_on:
        raise LeaveEndsBeforeStart(
            _("The leave ends before it begins on %(day)s. Check both dates.")
            % {"day": stated.starts_on}
        )
    for other in holding.others(known):
        if Period(other.starts_on, other.ends_on).overlaps(stated.days):
            raise LeavesOverlap(
                _(
                    "The days overlap the leave “%(kind)s” that began on %(day)s. Let that one end"
                    " first, or correct it."
                )
                % {"kind": other.get_kind_display(), "day": other.starts_on}
            )


def _same(holding: Holding, stated: LeaveStatement) -> Any:
    """A leave of the same kind that begins the same day is the same fact."""
    return next(
        (
            held
            for held in holding.facts
            if (held.kind, held.starts_on) == (stated.kind, stated.starts_on)
        ),
        None,
    )


def _warning(holding: Holding, stated: LeaveStatement) -> Refused | None:
    spells = [Period(post.starts_on, post.ends_on) for post in holding.posts]
    if any(stated.starts_on in spell and _reaches(spell, stated.ends_on) for spell in spells):
        return None
    return LeaveOutsidePost(
        _(
            "No single post of the person covers all days of this leave. It was recorded; check its"
            " days and those of the posts."
        )
    )


def _reaches(spell: Period, ends_on: date | None) -> bool:
    if spell.ends_on is None:
        return True
    return ends_on is not None and ends_on <= spell.ends_on


LEAVES = Kind(
    model=Leave,
    word="leave",
    check=_check,
    same=_same,
    values=lambda stated: dict(vars(stated)),
    warning=_warning,
)
