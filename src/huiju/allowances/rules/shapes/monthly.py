"""A fixed amount a month by certificate level: the shape the other monthly ones are made of."""

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.enums import Granularity
from huiju.allowances.rules.facts import DUE, Facts
from huiju.allowances.rules.months import counted_months, month_parts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.rates import GROUND, rate_spans
from huiju.allowances.rules.shapes.modifiers import bounded, narrowed
from huiju.allowances.rules.shapes.terms import PLAIN, Terms
from huiju.allowances.rules.spans import Spans, best, eligible_spans
from huiju.allowances.rules.stages import Staged, Stages, whole


def monthly_by_level(facts: Facts, policy: Policy, terms: Terms = PLAIN) -> Staged:
    """What is due to each person for each month: a fixed amount a month by certificate level.

    One row per person, month and district with the columns of `facts.DUE`. In whole months `counted_on` is the
    day that gave level, rate and district. In days `counted_on` is null, `step_fen_days` is the sum of
    rate × eligible days, `amount_fen` that sum ÷ days of the month, rounded half up once, and the references
    are those of the first of `step_parts` parts in which nothing changes. Where a rate is missing `amount_fen` is
    null and `unrated_on` the first day without one; no run may carry such a row.
    """
    stages = Stages()
    due = monthly_due(narrowed(facts, terms, stages), policy, stages)
    return stages.result(bounded(due, facts, terms))


def monthly_due(facts: Facts, policy: Policy, stages: Stages) -> Table:
    """The same as rows to go on with."""
    spans = eligible_spans(facts, policy, stages)
    return due_by_level(spans, stages.named("held"), facts, policy, stages)


def due_by_level(
    spans: Spans, ground: Table, facts: Facts, policy: Policy, stages: Stages
) -> Table:
    """The lines of these spans. `ground` has every scheme, level and district of theirs."""
    rates = rate_spans(ground, facts, stages)
    if policy.granularity == Granularity.DAY:
        parts = month_parts(spans.together, facts.months)
        return _by_days(day_parts(parts, rates))
    return _by_months(counted_months(spans, facts.months, policy), rates)


def _by_months(counted: Table, rates: Table) -> Table:
    """The rate of the day that decides, in full."""
    in_force = [
        *(counted[key] == rates[key] for key in GROUND),
        counted.counted_on >= rates.starts_on,
        counted.counted_on < rates.ends_on,
    ]
    rated = counted.join(rates, in_force, rname="rate_{name}")
    unrated = rated.rate_fen.isnull()
    return rated.mutate(
        step_days=rated.days,
        step_month_days=rated.month_days,
        step_rate_fen=rated.rate_fen,
        step_parts=ibis.literal(1, "int64"),
        step_fen_days=ibis.null("int64"),
        unrated_on=ibis.ifelse(unrated, rated.counted_on, ibis.null("date")),
        amount_fen=rated.rate_fen,
    )[list(DUE.names)].cast(dict(DUE.items()))


def day_parts(parts: Table, rates: Table) -> Table:
    """The month parts cut again where the rate changes: each has one certificate, post and rate.

    Columns as in `parts`, and rate_fen, rate_ref (null where no rate is in force), days of the piece.
    """
    in_force = [
        *(parts[key] == rates[key] for key in GROUND),
        parts.starts_on < rates.ends_on,
        parts.ends_on > rates.starts_on,
    ]
    rated = parts.join(rates, in_force, rname="rate_{name}")
    cut = rated.mutate(
        starts_on=ibis.greatest(rated.starts_on, rated.rate_starts_on),
        ends_on=ibis.least(rated.ends_on, rated.rate_ends_on),
    )
    return cut.mutate(days=cut.ends_on.delta(cut.starts_on, unit="day"))


def _by_days(cut: Table) -> Table:
    """Each eligible day is its rate ÷ days of the month; summed exactly, rounded once per district."""
    alone = cut.filter(_.days == _.month_days)
    shared = cut.filter(_.days < _.month_days)
    single = alone.mutate(
        step_days=alone.days,
        step_parts=ibis.literal(1, "int64"),
        step_fen_days=alone.rate_fen * alone.days,
        unrated_on=_unrated_on(alone),
    )
    together = ibis.window(group_by=["person", "month", "district"])
    summed = shared.mutate(
        step_days=whole(shared.days.sum().over(together)),
        step_parts=shared.count().over(together),
        step_fen_days=whole((shared.rate_fen * shared.days).sum().over(together)),
        unrated_on=_unrated_on(shared).min().over(together),
    )
    first = best(summed, among=["person", "month", "district"], order=[summed.starts_on])
    due = single.union(first.select(single.columns))
    exact = (due.step_fen_days * 2 + due.month_days) // (due.month_days * 2)
    return due.mutate(
        counted_on=ibis.null("date"),
        step_month_days=due.month_days,
        step_rate_fen=due.rate_fen,
        amount_fen=ibis.ifelse(due.unrated_on.isnull(), exact, ibis.null("int64")),
    )[list(DUE.names)].cast(dict(DUE.items()))


def _unrated_on(parts: Table) -> ibis.Column:
    return ibis.ifelse(parts.rate_fen.isnull(), parts.starts_on, ibis.null("date"))
