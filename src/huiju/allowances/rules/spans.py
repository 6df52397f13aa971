"""Spans: stretches of days [starts_on, ends_on) in which nothing changes."""

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from huiju.allowances.enums import LEVELS_BY_RANK, Effect
from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.stages import Stages, day

LOWEST = min(LEVELS_BY_RANK)


def counted_from(first: Column, effect: Effect) -> Column:
    """The day itself, or the first day of the following month (also for the 1st of a month)."""
    if effect == Effect.SAME_DAY:
        return first
    return day(first.truncate("M") + ibis.interval(months=1))


def within(spans: Table, months: Table) -> Table:
    """The part of each span that lies in the months asked for of its scheme, with a known end."""
    window = months.group_by("scheme").agg(opens_on=_.month.min(), closes_on=_.ends_on.max())
    framed = spans.join(window, "scheme")
    cut = framed.mutate(
        starts_on=ibis.greatest(framed.starts_on, framed.opens_on),
        ends_on=ibis.least(framed.ends_on.coalesce(framed.closes_on), framed.closes_on),
    )
    return cut.filter(_.starts_on < _.ends_on).drop("opens_on", "closes_on")


def pieces(spans: Table, *keys: str) -> Table:
    """Per key, the stretches between neighbouring first and end days of its spans.

    Within a piece every span of the key either covers all days or none. Columns: the keys, starts_on,
    ends_on (null after the last day of an open span).
    """
    begin = spans.select(*keys, day=spans.starts_on)
    end = spans.select(*keys, day=spans.ends_on)
    days = begin.union(end, distinct=True).filter(_.day.notnull())
    in_order = ibis.window(group_by=list(keys), order_by="day")
    neighbours = days.mutate(ends_on=days.day.lead().over(in_order))
    return neighbours.filter(_.ends_on.notnull()).rename(starts_on="day")


def best(rows: Table, *, among: list[str], order: list[Column]) -> Table:
    """One row per `among`: the first in `order`, which must end in a unique key."""
    ranked = rows.mutate(place=ibis.row_number().over(group_by=among, order_by=order))
    return ranked.filter(_.place == 0).drop("place")


def eligible_spans(
    facts: Facts, stages: Stages, *, cert_effect: Effect, post_effect: Effect
) -> Table:
    """Days on which a person holds a certificate, is in post and not on leave, as disjoint spans.

    A day is paid once: the highest certificate counts, and the post begun first. Columns: scheme, person,
    starts_on, ends_on, level, district, cert_ref, post_ref.
    """
    held = stages.keep("held", _held_in_post(facts, cert_effect, post_effect))
    several = stages.keep("several", _with_several(held, facts.leaves))
    simple = held.anti_join(several, "person")
    tangled = stages.keep("tangled", held.semi_join(several, "person"))
    columns = [name for name in held.columns if name != "begun_on"]
    spans = simple.select(columns).union(_untangled(tangled, facts.leaves).select(columns))
    return stages.keep("spans", spans)


def _held_in_post(facts: Facts, cert_effect: Effect, post_effect: Effect) -> Table:
    """Every certificate with every post of its holder, for the days on which both count."""
    counted = facts.posts.mutate(
        begun_on=facts.posts.starts_on, starts_on=counted_from(facts.posts.starts_on, post_effect)
    )
    posts = within(counted, facts.months)
    certificates = facts.certificates.select(
        "person",
        "level",
        "cert_ref",
        held_from=counted_from(facts.certificates.starts_on, cert_effect),
        held_until=facts.certificates.ends_on,
    )
    held = posts.join(_not_surpassed(certificates, facts.months), "person")
    both = held.mutate(
        starts_on=ibis.greatest(held.starts_on, held.held_from),
        ends_on=ibis.least(held.ends_on, held.held_until.coalesce(held.ends_on)),
    )
    return both.filter(_.starts_on < _.ends_on).drop("held_from", "held_until")


def _not_surpassed(certificates: Table, months: Table) -> Table:
    """Without certificates below one of the same person that counts in all months asked for.

    They can decide no day; left in, everybody once promoted would have to be untangled.
    """
    window = months.aggregate(opens_on=months.month.min(), closes_on=months.ends_on.max())
    framed = certificates.cross_join(window)
    throughout = framed.filter(
        framed.held_from <= framed.opens_on,
        framed.held_until.isnull() | (framed.held_until >= framed.closes_on),
        framed.level > LOWEST,
    ).select("person", "level")
    surpassed = [certificates.person == throughout.person, certificates.level < throughout.level]
    return certificates.anti_join(throughout, surpassed)


def _with_several(held: Table, leaves: Table) -> Table:
    """People whose spans may cross one another or a leave."""
    counted = held.group_by("person").agg(spans=_.count())
    return (
        counted.filter(_.spans > 1).select("person").union(leaves.select("person"), distinct=True)
    )


def _untangled(held: Table, leaves: Table) -> Table:
    """Cut spans of the same person so that one remains for each day, and none for a day of leave."""
    columns = ["person", "starts_on", "ends_on"]
    cut = pieces(held.select(columns).union(leaves.select(columns)), "person")
    covers = [
        held.person == cut.person,
        held.starts_on <= cut.starts_on,
        held.ends_on >= cut.ends_on,
    ]
    candidates = held.join(cut, covers, lname="held_{name}", rname="").drop(
        "held_person", "held_starts_on", "held_ends_on"
    )
    on_leave = [
        candidates.person == leaves.person,
        candidates.starts_on >= leaves.starts_on,
        candidates.ends_on <= leaves.ends_on.coalesce(candidates.ends_on),
    ]
    present = candidates.anti_join(leaves, on_leave)
    return best(
        present,
        among=["person", "starts_on"],
        order=[present.level.desc(), present.begun_on, present.post_ref, present.cert_ref],
    )
