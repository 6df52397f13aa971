"""Monthly shapes that multiply: steps of a pay grade, a share of an index, sub-grades inside a level."""

from dataclasses import replace

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from huiju.allowances.enums import LEVEL_RANKS, Circumstance, GradesBy
from huiju.allowances.rules.facts import DUE, RATES, Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes.modifiers import bounded, narrowed, of_kind
from huiju.allowances.rules.shapes.monthly import monthly_due
from huiju.allowances.rules.shapes.terms import Amounts, Terms
from huiju.allowances.rules.spans import best
from huiju.allowances.rules.stages import Staged, Stages, whole


def grade_steps(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """The value of one step, times the steps of the level; the higher level alone, never both."""
    stages = Stages()
    due = monthly_due(narrowed(facts, terms, stages), policy, stages)
    times = by_level(due.level, terms.steps)
    return stages.result(bounded(due.mutate(amount_fen=due.amount_fen * times), facts, terms))


def index_share(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """The index of the year before, times the level's per cent and 100 ± the district's band, rounded half up."""
    stages = Stages()
    counted = replace(narrowed(facts, terms, stages), rates=_index_rates(facts, terms))
    due = monthly_due(counted, policy, stages)
    told = of_kind(facts, Circumstance.INDEX, ("band",))
    newest = best(told, among=["scheme", "district"], order=[told.ref.desc()])
    bands = newest.select(band_scheme="scheme", band_district="district", band="amount_fen")
    of_district = [due.scheme == bands.band_scheme, due.district == bands.band_district]
    share = due.left_join(bands, of_district)
    pct = by_level(share.level, terms.percents) * (100 + share.band.coalesce(0))
    amount = (share.step_rate_fen * pct + 5000) // 10000
    exact = ibis.ifelse(share.amount_fen.isnull(), ibis.null("int64"), amount)
    return stages.result(bounded(share.mutate(amount_fen=exact)[list(DUE.names)], facts, terms))


def _index_rates(facts: Facts, terms: Terms) -> Table:
    """The index as the rate of every level, of the year in which it is paid."""
    index = of_kind(facts, Circumstance.INDEX, (terms.index,))
    levels = [
        index.select(
            "scheme",
            level=ibis.literal(LEVEL_RANKS[level], "int64"),
            district=ibis.null("int64"),
            starts_on=index.starts_on,
            ends_on=index.ends_on,
            rate_fen=index.amount_fen,
            rate_ref=index.ref,
        )
        for level, _pct in terms.percents
    ]
    return ibis.union(*levels)[list(RATES.names)] if len(levels) > 1 else levels[0]


def sub_grades(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """The level's rate, times the per cent of the sub-grade reached by months held or appraisals passed."""
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    due = monthly_due(counted, policy, stages)
    # a certificate registered twice is held since the first time
    held = counted.certificates.group_by("person", "cert_ref").agg(held_from=_.starts_on.min())
    graded = due.join(held, ["person", "cert_ref"])
    reached = months_between(graded.held_from, graded.counted_on.coalesce(graded.month))
    if terms.grades_by == GradesBy.APPRAISALS:
        graded = graded.left_join(_passed(graded, facts), ["person", "month"])
        reached = graded.passed.coalesce(0)
    scaled = graded.amount_fen * _per_cent(graded.level, reached, terms)
    due = graded.mutate(amount_fen=(scaled + 50) // 100)[list(DUE.names)]
    return stages.result(bounded(due, facts, terms))


def _passed(graded: Table, facts: Facts) -> Table:
    """How many appraisals somebody has passed since the certificate, by the month's beginning."""
    passed = of_kind(facts, Circumstance.APPRAISAL).select("person", passed_on="starts_on")
    rows = graded.select("person", "month", "held_from")
    since = [
        rows.person == passed.person,
        passed.passed_on >= rows.held_from,
        passed.passed_on <= rows.month,
    ]
    joined = rows.join(passed, since, rname="passed_{name}")
    return joined.group_by("person", "month").agg(passed=whole(_.count()))


def months_between(first: Column, last: Column) -> Column:
    """Whole months from one day to another."""
    months = (last.year() - first.year()) * 12 + last.month() - first.month()
    return months.cast("int64") - ibis.ifelse(last.day() < first.day(), 1, 0)


def by_level(level: Column, values: Amounts) -> Column:
    """The value of a level's rank; nothing for a level that is not named."""
    cases = [(level == LEVEL_RANKS[name], ibis.literal(value, "int64")) for name, value in values]
    return ibis.cases(*cases, else_=ibis.literal(0, "int64"))


def _per_cent(level: Column, reached: Column, terms: Terms) -> Column:
    cases = [
        ((level == LEVEL_RANKS[name]) & (reached >= least), ibis.literal(pct, "int64"))
        for name, grades in terms.grades
        for least, pct in sorted(grades, reverse=True)
    ]
    return ibis.cases(*cases, else_=ibis.literal(0, "int64"))
