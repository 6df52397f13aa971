"""From spans to months: which months count, and on which day's facts."""

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from huiju.allowances.enums import LevelPick, MonthRule
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.spans import Spans, best
from huiju.allowances.rules.stages import day, whole


def month_parts(spans: Table, months: Table) -> Table:
    """The part of each span in each month it touches, a whole month in one part where nothing changes.

    Adds month, month_days, least_days, decides_on and days (of the part) to the spans' columns.
    """
    calendar = months.select(
        "scheme",
        "month",
        "least_days",
        "decides_on",
        closes_on=months.ends_on,
        month_days=months.days,
    )
    touching = [
        spans.scheme == calendar.scheme,
        spans.starts_on < calendar.closes_on,
        spans.ends_on > calendar.month,
    ]
    parts = spans.join(calendar, touching, rname="calendar_{name}")
    cut = parts.mutate(
        starts_on=ibis.greatest(parts.starts_on, parts.month),
        ends_on=ibis.least(parts.ends_on, parts.closes_on),
    ).drop("closes_on")
    return cut.mutate(days=cut.ends_on.delta(cut.starts_on, unit="day"))


def counted_months(spans: Spans, months: Table, policy: Policy) -> Table:
    """One row per person and month that counts in full, with the facts of the day that decides it.

    Adds counted_on. `days` becomes the person's eligible days in the month, over all districts; under
    on_day only the deciding day matters and days stays that of its part.
    """
    if policy.month_rule == MonthRule.ON_DAY:
        parts = month_parts(spans.together, months)
        deciding = parts.filter(_.starts_on <= _.decides_on, _.decides_on < _.ends_on)
        return deciding.mutate(counted_on=deciding.decides_on)
    alone, parts = month_parts(spans.alone, months), month_parts(spans.several, months)
    undivided = alone.union(parts.filter(_.days == _.month_days)).filter(_.days >= _.least_days)
    broken = parts.filter(_.days < _.month_days)
    deciding = undivided.union(_deciding(broken, policy.level_pick).select(undivided.columns))
    if policy.level_pick == LevelPick.LAST_DAY:
        return deciding.mutate(counted_on=day(deciding.ends_on - ibis.interval(days=1)))
    return deciding.mutate(counted_on=deciding.starts_on)


def _deciding(broken: Table, pick: LevelPick) -> Table:
    """Of the parts of each month with enough eligible days, the one whose first or last day decides."""
    together = ibis.window(group_by=["person", "month"])
    summed = broken.mutate(days=whole(broken.days.sum().over(together)))
    earned = summed.filter(_.days >= _.least_days)
    order: dict[LevelPick, list[Column]] = {
        LevelPick.HIGHEST: [earned.level.desc(), earned.starts_on],
        LevelPick.FIRST_DAY: [earned.starts_on],
        LevelPick.LAST_DAY: [earned.starts_on.desc()],
    }
    return best(earned, among=["person", "month"], order=order[pick])
