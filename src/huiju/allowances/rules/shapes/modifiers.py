"""Modifiers every shape understands: which facts count, and what bounds the amount."""

from dataclasses import replace
from datetime import date

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from huiju.allowances.enums import CeilingPer, Circumstance, Effect, Start, Stop
from huiju.allowances.rules.facts import CERTIFICATES, LEAVES, POSTS, Facts
from huiju.allowances.rules.shapes.terms import PLAIN, Terms
from huiju.allowances.rules.spans import counted_from
from huiju.allowances.rules.stages import Stages, day, whole

FAR = date(9999, 12, 31)
STARTS = {
    Start.REGISTRATION: Circumstance.REGISTRATION,
    Start.APPOINTMENT: Circumstance.APPOINTMENT,
}


def of_kind(facts: Facts, kind: Circumstance, codes: tuple[str, ...] = ()) -> Table:
    """The circumstances of one kind, of some codes alone where these are given."""
    found = facts.circumstances.filter(_.kind == kind.value)
    return found.filter(_.code.isin(codes)) if codes else found


def narrowed(facts: Facts, terms: Terms, stages: Stages) -> Facts:
    """The facts that count under the terms. Days for which payment stops are like days of leave."""
    if terms == PLAIN:
        return facts
    certificates, posts, leaves = _started(facts, terms), facts.posts, facts.leaves
    if Stop.MOVED_DISTRICT in terms.stops:
        posts = stages.keep("posts_not_moved", _not_moved(posts))
    reasons = tuple(stop for stop in terms.stops if stop != Stop.MOVED_DISTRICT)
    if reasons:
        ended = of_kind(facts, Circumstance.ENDED, reasons).select(LEAVES.names)
        leaves = stages.keep("leaves_and_stops", leaves.union(ended))
    if certificates is not facts.certificates:
        certificates = stages.keep("certificates_started", certificates)
    months = facts.months
    if terms.last_month:
        months = stages.keep("months_in_force", months.filter(_.month <= terms.last_month))
    return replace(facts, certificates=certificates, posts=posts, leaves=leaves, months=months)


def _started(facts: Facts, terms: Terms) -> Table:
    held = facts.certificates
    if terms.start == Start.APPROVAL:
        return held
    if terms.start == Start.MONTH_AFTER:
        return held.mutate(starts_on=counted_from(held.starts_on, Effect.NEXT_MONTH))
    passed = of_kind(facts, STARTS[terms.start]).select(
        "person", of_level="level", opens_on="starts_on", closes_on="ends_on"
    )
    speaks = passed.of_level.isnull() | (held.level == passed.of_level)
    both = held.join(passed, [held.person == passed.person, speaks], rname="passed_{name}")
    cut = both.mutate(
        starts_on=ibis.greatest(both.starts_on, day(both.opens_on.truncate("M"))),
        ends_on=ibis.least(both.ends_on.coalesce(FAR), both.closes_on.coalesce(FAR)),
    )
    return cut.filter(_.starts_on < _.ends_on)[list(CERTIFICATES.names)]


def _not_moved(posts: Table) -> Table:
    """Posts in the district in which somebody's first post was."""
    window = ibis.window(group_by="person", order_by=["starts_on", "post_ref"])
    first = posts.mutate(first_district=posts.district.first().over(window))
    return first.filter(_.district == _.first_district)[list(POSTS.names)]


def meeting(rows: Table, facts: Facts, terms: Terms, on: str) -> Table:
    """Rows of people (or organisations) for whom every condition holds on the day of the row."""
    for number, code in enumerate(terms.conditions):
        found = of_kind(facts, Circumstance.CONDITION, (code,)).select(
            "person", opens_on="starts_on", closes_on="ends_on"
        )
        met = found.view() if number else found
        held = [
            rows.person == met.person,
            met.opens_on <= rows[on],
            met.closes_on.isnull() | (met.closes_on > rows[on]),
        ]
        rows = rows.semi_join(met, held)
    return rows


def bounded(due: Table, facts: Facts, terms: Terms) -> Table:
    """What is due without what another scheme pays, and up to the ceiling."""
    if terms.exclusive_with:
        paid = of_kind(facts, Circumstance.PAID, terms.exclusive_with)
        due = due.anti_join(paid, paid_in_month(due, paid))
    if terms.ceiling_fen is None:
        return due
    keys = {
        CeilingPer.MONTH: ["person", "month"],
        CeilingPer.YEAR: ["person", "year"],
        CeilingPer.EVER: ["person"],
    }[CeilingPer(terms.ceiling_per)]
    dated = due.mutate(year=due.month.year())
    so_far = ibis.window(group_by=keys, order_by=["month", "district"], preceding=(None, 0))
    before = whole(dated.amount_fen.coalesce(0).sum().over(so_far)) - dated.amount_fen.coalesce(0)
    left = ibis.greatest(terms.ceiling_fen - before, 0)
    return dated.mutate(amount_fen=_at_most(dated.amount_fen, left)).drop("year")


def paid_in_month(due: Table, paid: Table) -> list[Column]:
    """The predicates of a join with payments that reach into the month of a row."""
    ends = day(due.month + ibis.interval(months=1))
    return [
        due.person == paid.person,
        paid.starts_on < ends,
        paid.ends_on.isnull() | (paid.ends_on > due.month),
    ]


def _at_most(amount: Column, most: Column) -> Column:
    """A missing amount stays missing: engines would take the ceiling for the lesser."""
    return ibis.ifelse(amount.isnull(), amount, ibis.least(amount, most))
