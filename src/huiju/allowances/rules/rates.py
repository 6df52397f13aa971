"""Which rate is in force for a level in a district on a day."""

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.spans import best, pieces, within
from huiju.allowances.rules.stages import Stages

GROUND = ["scheme", "level", "district"]


def rate_spans(spans: Table, facts: Facts, stages: Stages) -> Table:
    """Per level and district of the spans, all days of the months asked for, cut where the rate changes.

    A district's own rate goes before the city's even when it is older; among those the one that begins
    last wins. Days without a rate have a null rate_fen and rate_ref, which no run may carry. Columns:
    scheme, level, district, starts_on, ends_on, rate_fen, rate_ref.
    """
    wanted = stages.keep("wanted", spans.select(GROUND).distinct())
    offered = stages.keep("offered", _offered(wanted, facts))
    always = facts.months.group_by("scheme").agg(starts_on=_.month.min(), ends_on=_.ends_on.max())
    columns = [*GROUND, "starts_on", "ends_on"]
    days = wanted.join(always, "scheme").select(columns).union(offered.select(columns))
    cut = pieces(days, *GROUND)
    covers = [
        *(cut[key] == offered[key] for key in GROUND),
        cut.starts_on >= offered.starts_on,
        cut.ends_on <= offered.ends_on,
    ]
    rated = cut.left_join(offered, covers, rname="offered_{name}")
    nearest = best(
        rated,
        among=[*GROUND, "starts_on"],
        order=[rated.own.desc(), rated.since.desc(), rated.rate_ref.desc()],
    )
    return stages.keep("rates_in_force", nearest.select(*columns, "rate_fen", "rate_ref"))


def _offered(wanted: Table, facts: Facts) -> Table:
    """Each rate in each district it speaks of, and whether it is the district's own."""
    rates = facts.rates.mutate(
        since=facts.rates.starts_on, own=ibis.ifelse(facts.rates.district.isnull(), 0, 1)
    ).rename(rate_district="district")
    speaks = [
        wanted.scheme == rates.scheme,
        wanted.level == rates.level,
        rates.rate_district.isnull() | (rates.rate_district == wanted.district),
    ]
    offered = wanted.join(rates, speaks, rname="rate_{name}")
    return within(
        offered.select(*GROUND, "starts_on", "ends_on", "since", "own", "rate_fen", "rate_ref"),
        facts.months,
    )
