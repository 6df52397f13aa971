"""Shapes made of others: once and monthly together, and levels of local certificates."""

from dataclasses import replace

from huiju.allowances.enums import Every
from huiju.allowances.rules.facts import DUE, Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes.events import once_by_level, once_due
from huiju.allowances.rules.shapes.modifiers import bounded
from huiju.allowances.rules.shapes.monthly import monthly_by_level
from huiju.allowances.rules.shapes.terms import Terms
from huiju.allowances.rules.shapes.timed import term_due
from huiju.allowances.rules.stages import Staged, Stages

KEY = ["scheme", "person", "month", "district"]


def mixture(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """Once by the terms' amounts, and monthly for a term by rate; of one month one row with the sum.

    Its facts are those of the monthly part where there is one. The ceiling bounds both together.
    """
    stages = Stages()
    monthly = stages.keep("monthly_part", term_due(facts, policy, terms, stages))
    once_stages = Stages()
    alone = once_due(facts, policy, replace(terms), once_stages)
    for name, table in once_stages.kept.items():
        stages.kept.setdefault(name, table)
    once = stages.keep("once_part", alone)
    both = monthly.outer_join(once, KEY, rname="once_{name}")
    chosen = {name: both[name].coalesce(both[f"once_{name}"]) for name in DUE.names}
    chosen["amount_fen"] = both.amount_fen.coalesce(0) + both.once_amount_fen.coalesce(0)
    due = both.mutate(**chosen)[list(DUE.names)]
    unrated = due.unrated_on.notnull()
    rows = due.mutate(amount_fen=unrated.ifelse(None, due.amount_fen).cast("int64"))
    return stages.result(bounded(rows, facts, terms))


def local_levels(facts: Facts, policy: Policy, terms: Terms) -> Staged:
    """By level once or monthly; a local certificate has a rank of 0 or less, below every national one."""
    if terms.every == Every.MONTH:
        return monthly_by_level(facts, policy, terms)
    return once_by_level(facts, policy, terms)
