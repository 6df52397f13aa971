"""Spans: stretches of days [starts_on, ends_on) in which nothing changes."""

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from huiju.allowances.enums import LEVELS_BY_RANK, Effect
from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.stages import Stages, day

LOWEST = min(LEVELS_BY_RANK)
SPAN = [
    "scheme",
    "person",
    "starts_on",
    "ends_on",
    "level",
    "district",
    "cert_ref",
    "post_ref",
]


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


@dataclass(frozen=True)
class Spans:
    """Disjoint spans of days on which people hold a certificate, are in post and not on leave.

    `alone`: of people with a single one, which is nearly everybody: no month of theirs has two parts.
    `several`: of all others. Columns of both: scheme, person, starts_on, ends_on, level, district,
    cert_ref, post_ref.
    """

    alone: Table
    several: Table

    @property
    def together(self) -> Table:
        return self.alone.union(self.several)


def eligible_spans(facts: Facts, policy: Policy, stages: Stages) -> Spans:
    """Who is paid for which days. A day is paid once: the highest certificate counts, and the post begun first."""
    held, crowd, of_crowd = held_by_crowd(facts, policy, stages)
    # not an anti join: engines that guess few spans in a month would do it last and the wrong way round
    alone = held.left_join(crowd, "person").filter(_.crossing.isnull()).select(SPAN)
    return Spans(alone, stages.keep("several", untangled_crowd(of_crowd, stages)))


def held_by_crowd(facts: Facts, policy: Policy, stages: Stages) -> tuple[Table, Table, Table]:
    """Stages: spans as held, of everybody; people with several or on leave; the spans of these."""
    held = stages.keep("held", held_in_post(facts, policy))
    leaves = stages.keep("away", leaves_within(facts.leaves, facts.months))
    crowd = stages.keep("crowd", with_several(held, leaves))
    return held, crowd, stages.keep("of_crowd", held.join(crowd, "person"))


def untangled_crowd(of_crowd: Table, stages: Stages) -> Table:
    """The disjoint spans of people with several; only those that cross are cut."""
    crossing = stages.keep("crossing", of_crowd.filter(_.crossing))
    apart = of_crowd.filter(~_.crossing)
    return apart.select(SPAN).union(_untangled(crossing, stages.named("away")).select(SPAN))


def held_in_post(facts: Facts, policy: Policy) -> Table:
    """Every certificate with every post of its holder, for the days on which both count."""
    counted = facts.posts.mutate(
        begun_on=facts.posts.starts_on,
        starts_on=counted_from(facts.posts.starts_on, policy.post_effect),
    )
    posts = within(counted, facts.months)
    certificates = facts.certificates.select(
        "person",
        "level",
        "cert_ref",
        held_from=counted_from(facts.certificates.starts_on, policy.cert_effect),
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


def leaves_within(leaves: Table, months: Table) -> Table:
    """The leaves that touch the months asked for; most people's are long over."""
    window = months.aggregate(opens_on=months.month.min(), closes_on=months.ends_on.max())
    framed = leaves.cross_join(window)
    lasting = framed.ends_on.isnull() | (framed.ends_on > framed.opens_on)
    return framed.filter(framed.starts_on < framed.closes_on, lasting).select(leaves.columns)


def with_several(held: Table, leaves: Table) -> Table:
    """People with more than one span or with a leave, and whether these may be `crossing` one another.

    Two spans one after the other do not cross. Three or more are looked at closely in any case.
    """
    counted = held.group_by("person").agg(
        spans=_.count(), last_starts_on=_.starts_on.max(), first_ends_on=_.ends_on.min()
    )
    more = counted.filter(_.spans > 1).select(
        "person", crossing=(_.spans > 2) | (_.last_starts_on < _.first_ends_on)
    )
    away = leaves.select("person", crossing=ibis.literal(True))
    return more.union(away).group_by("person").agg(crossing=_.crossing.any())


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
