"""The fields of a monthly scheme's policy, and the months it asks for."""

from dataclasses import dataclass
from datetime import date

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule
from huiju.kernel.periods import Month


@dataclass(frozen=True)
class Policy:
    """What a monthly scheme's regulation settles.

    `month_rule`, `rule_day` (for on_day), `rule_days` (for min_days) and `level_pick` speak of whole
    months and mean nothing where days are paid. `lookback_months` is how many months before a run's
    month are computed again; None is all since `scheme_start`. `recovery_pct` is the share of a run's credits that
    may go against a debt (offset); None lets a payment be negative instead (allow_negative).
    """

    scheme_start: Month
    granularity: Granularity
    month_rule: MonthRule
    level_pick: LevelPick
    cert_effect: Effect
    post_effect: Effect
    lookback_months: int | None
    recovery_pct: int | None
    rule_day: int = 1
    rule_days: int = 1


@dataclass(frozen=True)
class CalendarMonth:
    """A row of the months table. `ends_on` is the first day of the next month.

    `least_days` eligible days earn the month, except under on_day, where `decides_on` must be one.
    """

    month: date
    ends_on: date
    days: int
    least_days: int
    decides_on: date


def months_computed(policy: Policy, month: Month) -> list[Month]:
    """The months a run for `month` computes: its own, and those looked back upon; never later ones."""
    first = policy.scheme_start
    if policy.lookback_months is not None:
        first = max(first, month.plus(-policy.lookback_months))
    count = (month.year - first.year) * 12 + month.number - first.number + 1
    return [first.plus(offset) for offset in range(count)]


def calendar(policy: Policy, months: list[Month]) -> list[CalendarMonth]:
    """The months as rows, with what the month rule asks of each."""
    return [
        CalendarMonth(
            month=month.first_day,
            ends_on=month.next.first_day,
            days=month.days,
            least_days=_least_days(policy, month),
            decides_on=month.first_day.replace(day=min(policy.rule_day, month.days)),
        )
        for month in months
    ]


def _least_days(policy: Policy, month: Month) -> int:
    """Under min_days a month shorter than the rule asks for can never be earned."""
    if policy.month_rule == MonthRule.FULL_MONTH:
        return month.days
    return policy.rule_days if policy.month_rule == MonthRule.MIN_DAYS else 1
