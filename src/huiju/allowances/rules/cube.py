"""Head counts of the months on record and of those ahead, and rates tried on them: many tables of rates at
once, without computing who is due anew.

The tables are `cube` (columns of `totals.head_counts`) and `tried` (columns of the rates, and `trial`, the
number of the table of rates a row belongs to).
"""

from collections.abc import Sequence

import ibis

from huiju.allowances.rules.computing import FACT_TABLES, Computer, Row, Rows
from huiju.allowances.rules.facts import MONTHS, RATES
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.projection import Assumptions, project
from huiju.allowances.rules.statements import (
    counted_segments_statement,
    head_counts_statement,
    segments_statement,
)
from huiju.allowances.rules.totals import CUBE, SEGMENTS
from huiju.allowances.rules.tunnel import canonical, one_of_each

KEPT = {"segments": SEGMENTS, "months": MONTHS}
TRIED = {"cube": CUBE, "tried": ibis.schema({**RATES, "trial": "int64"})}
TRIALS = """
WITH changes AS (
    SELECT scheme, level, starts_on AS since FROM tried
     UNION
    SELECT scheme, level, ends_on FROM tried WHERE ends_on IS NOT NULL
),
-- between two days on which any rate changes, all days cost the same
counts AS (
    SELECT cube.scheme, cube.month, cube.district, cube.level, changes.since, sum(cube.people)::BIGINT AS people
      FROM cube
      ASOF LEFT JOIN changes
        ON cube.scheme = changes.scheme AND cube.level = changes.level AND cube.counted_on >= changes.since
     GROUP BY ALL
),
days AS (SELECT DISTINCT scheme, level, district, since FROM counts),
trials AS (SELECT DISTINCT trial FROM tried),
offered AS (
    SELECT tried.trial, days.scheme, days.level, days.district, days.since,
           -- a district's own rate goes first, then the one begun last, then the newest
           arg_max({'fen': tried.rate_fen},
                   {'own': tried.district IS NOT NULL, 'since': tried.starts_on, 'ref': tried.rate_ref}) AS rate
      FROM days
      JOIN tried ON tried.scheme = days.scheme AND tried.level = days.level
       AND (tried.district IS NULL OR tried.district = days.district)
       AND tried.starts_on <= days.since
       AND (tried.ends_on IS NULL OR tried.ends_on > days.since)
     GROUP BY ALL
)
SELECT trials.trial, counts.scheme, counts.month, counts.district, counts.level,
       sum(counts.people)::BIGINT AS people,
       sum(counts.people * coalesce(offered.rate.fen, 0))::BIGINT AS amount_fen,
       sum(CASE WHEN offered.rate.fen IS NULL THEN counts.people ELSE 0 END)::BIGINT AS unrated
  FROM trials
 CROSS JOIN counts
  LEFT JOIN offered
    ON offered.trial = trials.trial AND offered.scheme = counts.scheme AND offered.level = counts.level
   AND offered.district = counts.district AND offered.since = counts.since
 GROUP BY ALL
"""


def counted(computer: Computer, policy: Policy, facts: Rows) -> list[Row]:
    """The head counts of the months of `facts`, for a policy of whole months."""
    return computer.rows(head_counts_statement(policy), facts, FACT_TABLES)


def segmented(computer: Computer, policy: Policy, facts: Rows) -> list[Row]:
    """Everybody's spans in the months of `facts`, for every rule of whole months; columns of `totals.SEGMENTS`."""
    return computer.rows(segments_statement(policy), facts, FACT_TABLES)


def counted_again(
    computer: Computer, policy: Policy, segments: Sequence[Row], months: Sequence[Row]
) -> list[Row]:
    """What `counted` gives, from segments instead of from facts."""
    tables = {"segments": list(segments), "months": list(months)}
    return computer.rows(counted_segments_statement(policy), tables, KEPT)


def ahead(
    computer: Computer,
    policy: Policy,
    future: Sequence[Row],
    assumed: Assumptions,
    past: Sequence[Row],
) -> list[Row]:
    """The head counts of future months of one scheme, from those of its last month on record."""
    if not past or not future:
        return []
    newest = max(row["month"] for row in past)
    cells: dict[tuple[int, int], int] = {}
    for row in canonical([row for row in past if row["month"] == newest]):
        cell = row["district"], row["level"]
        cells[cell] = cells.get(cell, 0) + row["people"]
    facts: Rows = {"rates": [], "months": list(future)} | one_of_each(
        past[0]["scheme"], list(cells)
    )
    earned = {
        (row["month"], row["district"], row["level"]): row
        for row in counted(computer, policy, facts)
    }
    months = sorted(row["month"] for row in future)
    return [
        earned[month, district, level] | {"people": flow.people}
        for month, flows in zip(months, project(cells, len(months), assumed), strict=True)
        for (district, level), flow in flows.items()
        if (month, district, level) in earned
    ]


def priced(computer: Computer, cube: Sequence[Row], rates: Sequence[Row]) -> list[Row]:
    """Totals of head counts under one table of rates; columns as in `totals.totals_by_level`."""
    tried = [row | {"trial": 0} for row in rates]
    if not tried:  # nothing is offered, and still everybody counts
        blank = dict.fromkeys(RATES.names) | {"scheme": -1, "trial": 0}
        tried = [blank]
    found = computer.rows(TRIALS, {"cube": list(cube), "tried": tried}, TRIED)
    return canonical([{key: row[key] for key in row if key != "trial"} for row in found])
