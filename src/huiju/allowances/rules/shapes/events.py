"""Shapes that pay on a day: once, every year, on a claim, for a title, against receipts, to an organisation."""

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.enums import Circumstance, Every
from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes.modifiers import FAR, bounded, meeting, narrowed, of_kind
from huiju.allowances.rules.shapes.scaled import by_level
from huiju.allowances.rules.shapes.spells import (
    as_due,
    at_rate,
    first_of,
    in_months,
    spells,
    standing,
)
from huiju.allowances.rules.shapes.terms import Terms
from huiju.allowances.rules.spans import best
from huiju.allowances.rules.stages import Staged, Stages, day, whole


def once_by_level(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """Once a person: on the claim, or without claims on the first day in post with a certificate."""
    stages = Stages()
    return stages.result(bounded(once_due(facts, policy, terms, stages), facts, terms))


def once_due(facts: Facts, policy: Policy, terms: Terms, stages: Stages) -> Table:
    """The amount of the highest level held that day, by the terms' amounts or else by rate."""
    counted = narrowed(facts, terms, stages)
    of = stages.keep("spells", spells(counted, policy))
    if terms.claim_months is None:
        days = _first_days(of, counted, facts, terms)
    else:
        days = claims(facts, terms).select("person", "counted_on")
    held = standing(days, of, counted)
    if terms.claim_months is not None:
        held = held.filter(held.counted_on < _after(held.starts_on, terms.claim_months))
    once = first_of(meeting(held, facts, terms, "counted_on"), ["person"])
    asked = in_months(once, counted)
    if terms.amounts:
        return as_due(asked.mutate(amount_fen=by_level(asked.level, terms.amounts)))
    return at_rate(asked, counted, stages)


def _first_days(of: Table, counted: Facts, facts: Facts, terms: Terms) -> Table:
    """Days of which one is the first that counts: a spell or a condition begins, or a leave is over."""
    back = counted.leaves.filter(counted.leaves.ends_on.notnull())
    days = of.select("person", counted_on="starts_on").union(
        back.select("person", counted_on="ends_on")
    )
    if not terms.conditions:
        return days
    met = of_kind(facts, Circumstance.CONDITION, terms.conditions)
    return days.union(met.select("person", counted_on="starts_on"))


def yearly_by_level(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """In the month in which `after_months` in one post with a certificate are complete, and every year after."""
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    of = stages.keep("spells", spells(counted, policy))
    anchors = of.group_by("scheme", "person", "post_ref").agg(anchor=_.starts_on.min())
    months = counted.months.select("scheme", "month", closes_on="ends_on")
    both = anchors.join(months, "scheme")
    passed = (both.month.year() - both.anchor.year()) * 12 + both.month.month()
    passed = passed - both.anchor.month() - terms.after_months
    complete = both.filter((passed >= 0) & (passed % 12 == 0))
    days = complete.mutate(counted_on=day(complete.closes_on - ibis.interval(days=1)))
    held = standing(days, of, counted)
    same = days.select("person", "post_ref", "counted_on")
    due = at_rate(
        in_months(held.semi_join(same, ["person", "post_ref", "counted_on"]), counted),
        counted,
        stages,
    )
    return stages.result(bounded(due, facts, terms))


def new_hire(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """Once on a claim: service in one post, the certificate in time, and the commitment kept as far as is known.

    Someone who leaves before the commitment ends is due nothing any more: the difference is the recovery.
    """
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    of = spells(counted, policy)
    hired = of.mutate(served_on=_after(of.begun_on, terms.service_months)).filter(
        of.approved_on < _after(of.begun_on, terms.cert_within_months)
    )
    if terms.hired_from:
        hired = hired.filter(_.begun_on >= terms.hired_from)
    met = hired.mutate(starts_on=ibis.greatest(_.starts_on, _.served_on))
    kept = stages.keep("spells", met.filter(_.starts_on < _.ends_on))
    held = standing(claims(facts, terms), kept, counted)
    in_time = held.filter(
        held.counted_on < _after(held.starts_on, terms.claim_months or 0),
        held.post_until >= _after(held.counted_on, terms.commitment_months),
    )
    once = first_of(meeting(in_time, facts, terms, "counted_on"), ["person"])
    due = at_rate(in_months(once, counted), counted, stages)
    return stages.result(bounded(due, facts, terms))


def title_stipend(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """A fixed amount for a title: every month of it, every year, or once; a month is paid once."""
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    held = of_kind(facts, Circumstance.TITLE, (terms.title,))
    months = counted.months.select("scheme", "month", closes_on="ends_on")
    both = held.join(months, "scheme")
    begun = day(both.starts_on.truncate("M"))
    covered = both.filter(
        both.starts_on < both.closes_on,
        both.ends_on.coalesce(FAR) > both.month,
        both.month >= begun,
    )
    since = (covered.month.year() - covered.starts_on.year()) * 12
    since = since + covered.month.month() - covered.starts_on.month()
    if terms.most_months is not None:
        covered = covered.filter(since < terms.most_months)
    if terms.every != Every.MONTH:
        covered = covered.filter(since == 0 if terms.every == Every.ONCE else since % 12 == 0)
    once = best(
        covered,
        among=["scheme", "person", "month", "district"],
        order=[covered.starts_on, covered.ref],
    )
    paid = once.mutate(counted_on=ibis.greatest(once.starts_on, once.month))
    return _fixed(paid.drop("amount_fen", "level"), facts, terms, stages)


def cost_refund(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """The receipts of a month, their share rounded half up; the ceiling bounds them."""
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    receipts = of_kind(facts, Circumstance.RECEIPT, terms.items).rename(counted_on="starts_on")
    asked = in_months(receipts, counted)
    sums = asked.group_by("scheme", "person", "month", "district").agg(
        cost_fen=whole(_.amount_fen.sum()), counted_on=_.counted_on.max()
    )
    due = as_due(sums.mutate(amount_fen=(sums.cost_fen * terms.refund_pct + 50) // 100))
    return stages.result(bounded(due, facts, terms))


def organisation_grant(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """Once to an organisation that claims it and meets every condition that day."""
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    met = meeting(claims(facts, terms), facts, terms, "counted_on")
    once = first_of(met.mutate(cert_ref=ibis.literal(0, "int64")), ["person"])
    return _fixed(
        in_months(once.drop("cert_ref", "level", "amount_fen"), counted), facts, terms, stages
    )


def residence_supplement(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """A fixed amount for each kind of event of people of an origin; each kind once."""
    stages = Stages()
    counted = narrowed(facts, terms, stages)
    origin = of_kind(facts, Circumstance.RESIDENCE, (terms.residence,)).select(
        "person", opens_on="starts_on", closes_on="ends_on"
    )
    codes = tuple(code for code, _fen in terms.events)
    events = of_kind(facts, Circumstance.EVENT, codes).rename(counted_on="starts_on")
    held = [
        events.person == origin.person,
        origin.opens_on <= events.counted_on,
        origin.closes_on.coalesce(FAR) > events.counted_on,
    ]
    of_origin = events.semi_join(origin, held).mutate(cert_ref=events.ref)
    once = in_months(first_of(of_origin, ["person", "code"]), counted)
    cases = [(once.code == code, ibis.literal(fen, "int64")) for code, fen in terms.events]
    paid = once.mutate(paid_fen=ibis.cases(*cases, else_=ibis.literal(0, "int64")))
    sums = paid.group_by("scheme", "person", "month", "district").agg(
        amount_fen=whole(_.paid_fen.sum()), counted_on=_.counted_on.max()
    )
    return stages.result(bounded(as_due(sums), facts, terms))


def claims(facts: Facts, terms: Terms) -> Table:
    """Claims as events; of one batch where the terms name it."""
    found = of_kind(facts, Circumstance.CLAIM, (terms.batch,) if terms.batch else ())
    return found.rename(counted_on="starts_on")


def _fixed(rows: Table, facts: Facts, terms: Terms, stages: Stages) -> Staged:
    paid = rows.mutate(amount_fen=ibis.literal(terms.amount_fen, "int64"))
    return stages.result(bounded(as_due(paid), facts, terms))


def _after(moment: ibis.Column, months: int) -> ibis.Column:
    return day(moment + ibis.interval(months=months))
