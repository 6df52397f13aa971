"""Sums without lines: people who are alike are computed once and counted.

What a month costs depends on the days of a span, its level and its district, not on who stands behind
it. So equal spans become one, that of a representative with a number of `people`, and the same shape
that makes people's lines makes the representatives'. Only months in which someone has two spans, or a
span among others begins or ends, are computed person by person.
"""

from collections.abc import Callable
from dataclasses import replace

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.enums import Granularity, MonthRule, Shape
from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.months import counted_months
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes.monthly import due_by_level
from huiju.allowances.rules.spans import SPAN, Spans, held_by_crowd, untangled_crowd
from huiju.allowances.rules.stages import Staged, Stages, day, whole

ALIKE = ["scheme", "starts_on", "ends_on", "level", "district"]
PART = ["scheme", "month", "district", "level"]
CUBE = ibis.schema(
    {
        "scheme": "int64",
        "month": "date",
        "district": "int64",
        "level": "int64",
        "counted_on": "date",
        "people": "int64",
    }
)

SEGMENTS = ibis.schema(
    {
        "scheme": "int64",
        "person": "int64",
        "starts_on": "date",
        "ends_on": "date",
        "level": "int64",
        "district": "int64",
        "people": "int64",
        "alone": "boolean",
    }
)
"""Spans with how many people each stands for; those that are `alone` share no month with another of theirs."""


def totals_by_level(facts: Facts, policy: Policy) -> Staged:
    """The sums of the lines of `monthly_by_level` by scheme, month, district and level, without the lines.

    Columns: scheme, month, district, level, people (lines), amount_fen (of those with a rate) and unrated
    (lines without one; no sum with any of these may be carried).
    """
    stages = Stages()
    spans = spans_of_alike(facts, policy, stages)
    lines = due_by_level(spans, stages.named("held"), facts, policy, stages)
    counted = _with_people(lines, stages.named("alike"))
    sums = counted.group_by(PART).agg(
        people=whole(_.people.sum()),
        amount_fen=whole((_.people * _.amount_fen.coalesce(0)).sum()),
        unrated=whole(ibis.ifelse(_.amount_fen.isnull(), _.people, 0).sum()),
    )
    return stages.result(sums)


TOTALS: dict[Shape, Callable[[Facts, Policy], Staged]] = {Shape.MONTHLY_BY_LEVEL: totals_by_level}


def head_counts(facts: Facts, policy: Policy) -> Staged:
    """How many people are due a whole month, by the day that decides its rate: what any rates can be tried on.

    Columns: scheme, month, district, level, counted_on, people. An amount is people × the rate in force on
    counted_on. Only where whole months are paid: single days are rounded person by person.
    """
    if policy.granularity != Granularity.MONTH:
        raise ValueError(policy.granularity)
    stages = Stages()
    spans = spans_of_alike(facts, policy, stages)
    months = counted_months(spans, facts.months, policy)
    counted = _with_people(months, stages.named("alike"))
    return stages.result(counted.group_by([*PART, "counted_on"]).agg(people=whole(_.people.sum())))


def segments(facts: Facts, policy: Policy) -> Staged:
    """Everybody's spans within the months asked for, those of alike people once; columns of `SEGMENTS`.

    Kept, they answer for whole months under every month rule and every pick of the deciding day
    (`counted_segments`); another effect of certificates or posts, or another circle of employers, needs others.
    """
    stages = Stages()
    whatever = replace(policy, granularity=Granularity.MONTH, month_rule=MonthRule.ANY_DAY)
    spans = spans_of_alike(facts, whatever, stages)
    alike = stages.named("alike").mutate(alone=ibis.literal(True))
    broken = spans.several.mutate(people=ibis.literal(1, "int64"), alone=ibis.literal(False))
    columns = list(SEGMENTS.names)
    return stages.result(ibis.union(alike.select(columns), broken.select(columns)))


def counted_segments(months: Table, policy: Policy) -> Staged:
    """The head counts that `head_counts` gives, from a table `segments`."""
    table = ibis.table(SEGMENTS, name="segments")
    spans = Spans(table.filter(_.alone), table.filter(~_.alone))
    counted = counted_months(spans, months, policy)
    return Staged((), counted.group_by([*PART, "counted_on"]).agg(people=whole(_.people.sum())))


def spans_of_alike(facts: Facts, policy: Policy, stages: Stages) -> Spans:
    """Spans as in `eligible_spans`, those that are judged alone with a representative for equal ones.

    The stage `alike` has the representatives: their negative number as person, and how many people they
    stand for. They have no references.
    """
    held, _crowd, of_crowd = held_by_crowd(facts, policy, stages)
    several = stages.keep("several", untangled_crowd(of_crowd, stages))
    if policy.granularity == Granularity.MONTH and policy.month_rule == MonthRule.ON_DAY:
        undivided, broken = several, several.limit(0)
    else:
        undivided, broken = _cut_at_months(several)
    # all, less those in a crowd: cheaper than looking for everybody in it
    added = [_equal(held, 1), _equal(of_crowd, -1), _equal(undivided, 1)]
    summed = ibis.union(*added).group_by(ALIKE).agg(people=whole(_.people.sum()))
    alike = stages.keep(
        "alike",
        summed.filter(_.people > 0).mutate(
            person=-1 - ibis.row_number().over(order_by=ALIKE),
            cert_ref=ibis.null("int64"),
            post_ref=ibis.null("int64"),
        ),
    )
    return Spans(alike.select(SPAN), stages.keep("broken", broken.select(SPAN)))


def _equal(spans: Table, sign: int) -> Table:
    return spans.group_by(ALIKE).agg(people=_.count() * sign)


def _cut_at_months(spans: Table) -> tuple[Table, Table]:
    """The whole months of each span, in which no other span has a day, and what remains before and after."""
    first = spans.starts_on.truncate("M")
    inner = spans.mutate(
        opens_on=ibis.ifelse(
            day(first) == spans.starts_on, spans.starts_on, day(first + ibis.interval(months=1))
        ),
        closes_on=day(spans.ends_on.truncate("M")),
    )
    long = inner.filter(_.opens_on < _.closes_on)
    short = inner.filter(_.opens_on >= _.closes_on).select(SPAN)
    before = long.filter(_.starts_on < _.opens_on).mutate(ends_on=_.opens_on).select(SPAN)
    after = long.filter(_.closes_on < _.ends_on).mutate(starts_on=_.closes_on).select(SPAN)
    months = long.mutate(starts_on=_.opens_on, ends_on=_.closes_on).select(SPAN)
    return months, ibis.union(short, before, after)


def _with_people(rows: Table, alike: Table) -> Table:
    """How many people each row stands for: one where it is somebody's own."""
    counted = rows.left_join(alike.select("person", "people"), "person")
    return counted.mutate(people=counted.people.coalesce(1))
