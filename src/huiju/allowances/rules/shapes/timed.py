"""Monthly shapes bounded in time: for a limited term, or only where another scheme pays."""

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.enums import Circumstance
from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes.modifiers import bounded, narrowed, of_kind, paid_in_month
from huiju.allowances.rules.shapes.monthly import monthly_due
from huiju.allowances.rules.shapes.spells import spells
from huiju.allowances.rules.shapes.terms import Terms
from huiju.allowances.rules.stages import Staged, Stages, day


def monthly_term(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """By level for `most_months` calendar months from the first that could count, of which those worked are paid."""
    stages = Stages()
    return stages.result(bounded(term_due(facts, policy, terms, stages), facts, terms))


def term_due(facts: Facts, policy: Policy, terms: Terms, stages: Stages) -> Table:
    """The months of the term. It begins no earlier than the scheme, also for those in post before."""
    counted = narrowed(facts, terms, stages)
    due = monthly_due(counted, policy, stages)
    since = stages.keep("spells_ever", spells(counted, policy))
    if terms.first_month:
        opens = ibis.literal(terms.first_month)
        since = since.filter(_.ends_on > opens).mutate(starts_on=ibis.greatest(_.starts_on, opens))
    first = since.group_by("person").agg(first_on=_.starts_on.min())
    framed = due.join(first, "person")
    term_ends = day(framed.first_on.truncate("M") + ibis.interval(months=terms.most_months or 0))
    return framed.filter(framed.month < term_ends)[list(due.columns)]


def top_up(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """By level, in months in which the base scheme pays the person."""
    stages = Stages()
    due = monthly_due(narrowed(facts, terms, stages), policy, stages)
    paid = of_kind(facts, Circumstance.PAID, (terms.base,))
    return stages.result(bounded(due.semi_join(paid, paid_in_month(due, paid)), facts, terms))
