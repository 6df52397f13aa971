"""Spells: a certificate with a post for all days on which both count, also outside the months asked for."""

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.rules.facts import DUE, Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.rates import GROUND, rate_spans
from huiju.allowances.rules.shapes.modifiers import FAR
from huiju.allowances.rules.spans import best, counted_from
from huiju.allowances.rules.stages import Stages, day


def spells(facts: Facts, policy: Policy) -> Table:
    """Columns: scheme, person, district, level, both references, starts_on, ends_on, and since when post and certificate count."""
    posts = facts.posts.mutate(
        begun_on=facts.posts.starts_on,
        post_from=counted_from(facts.posts.starts_on, policy.post_effect),
        post_until=facts.posts.ends_on.coalesce(FAR),
    ).drop("starts_on", "ends_on")
    held = facts.certificates.select(
        "person",
        "level",
        "cert_ref",
        approved_on="starts_on",
        held_from=counted_from(facts.certificates.starts_on, policy.cert_effect),
        held_until=facts.certificates.ends_on.coalesce(FAR),
    )
    both = posts.join(held, "person")
    cut = both.mutate(
        starts_on=ibis.greatest(both.post_from, both.held_from),
        ends_on=ibis.least(both.post_until, both.held_until),
    )
    return cut.filter(_.starts_on < _.ends_on)


def standing(events: Table, of: Table, facts: Facts) -> Table:
    """The spell that counts on the day of each event: highest level, then the post begun first. None on leave.

    `events`: person, counted_on. Of several, one row per person and day remains.
    """
    days = events.select("person", "counted_on").distinct()
    reaches = [
        of.person == days.person,
        of.starts_on <= days.counted_on,
        of.ends_on > days.counted_on,
    ]
    held = of.join(days, reaches, rname="event_{name}").drop("event_person")
    leaves = facts.leaves
    away = [
        held.person == leaves.person,
        leaves.starts_on <= held.counted_on,
        leaves.ends_on.isnull() | (leaves.ends_on > held.counted_on),
    ]
    present = held.anti_join(leaves, away)
    order = [present.level.desc(), present.begun_on, present.post_ref, present.cert_ref]
    return best(present, among=["person", "counted_on"], order=order)


def in_months(rows: Table, facts: Facts) -> Table:
    """Rows whose counted_on lies in a month asked for, with that month."""
    dated = rows.mutate(month=day(rows.counted_on.truncate("M")))
    return dated.semi_join(facts.months, ["scheme", "month"])


def first_of(rows: Table, among: list[str]) -> Table:
    """The first event of each key."""
    return best(rows, among=among, order=[rows.counted_on, rows.cert_ref])


def at_rate(rows: Table, facts: Facts, stages: Stages) -> Table:
    """The rate in force on the day of each event, in full; as rows of `facts.DUE`."""
    kept = stages.keep("events", rows)
    rates = rate_spans(kept, facts, stages)
    in_force = [
        *(kept[key] == rates[key] for key in GROUND),
        kept.counted_on >= rates.starts_on,
        kept.counted_on < rates.ends_on,
    ]
    rated = kept.join(rates, in_force, rname="rate_{name}")
    missing = ibis.ifelse(rated.rate_fen.isnull(), rated.counted_on, ibis.null("date"))
    return as_due(rated.mutate(amount_fen=rated.rate_fen, unrated_on=missing))


def as_due(rows: Table) -> Table:
    """Rows of `facts.DUE`; what an event has no word for is null."""
    known = rows.mutate(step_parts=ibis.literal(1, "int64"))
    if "rate_fen" in rows.columns:
        known = known.mutate(step_rate_fen=known.rate_fen)
    blank = {name: ibis.null(kind) for name, kind in DUE.items() if name not in known.columns}
    return known.mutate(**blank)[list(DUE.names)].cast(dict(DUE.items()))
