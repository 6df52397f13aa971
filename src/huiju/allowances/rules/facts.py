"""The tables a scheme is computed from, as known at one instant, and the table of what is due.

Keys (`scheme`, `person`, `district`, every `…_ref`) are integers that mean something to the caller alone:
primary keys in a run, positions in a worksheet. Several schemes of one policy can be computed at once; a `person` belongs
to one scheme, so someone in two schemes goes by two keys. `level` is the certificate level's rank, `ends_on` the first
day no longer in (null: open), and amounts are fen.
"""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table

CERTIFICATES = ibis.schema(
    {
        "person": "int64",
        "level": "int64",
        "starts_on": "date",
        "ends_on": "date",
        "cert_ref": "int64",
    }
)
POSTS = ibis.schema(
    {
        "scheme": "int64",
        "person": "int64",
        "district": "int64",
        "starts_on": "date",
        "ends_on": "date",
        "post_ref": "int64",
    }
)
LEAVES = ibis.schema({"person": "int64", "starts_on": "date", "ends_on": "date"})
RATES = ibis.schema(
    {
        "scheme": "int64",
        "level": "int64",
        "district": "int64",
        "starts_on": "date",
        "ends_on": "date",
        "rate_fen": "int64",
        "rate_ref": "int64",
    }
)
MONTHS = ibis.schema(
    {
        "scheme": "int64",
        "month": "date",
        "ends_on": "date",
        "days": "int64",
        "least_days": "int64",
        "decides_on": "date",
    }
)
# What only some shapes ask for: a registration, an appointment, a claim, a published index …
# (`enums.Circumstance`). `code` says which one, `level` is its rank where it speaks of a level.
CIRCUMSTANCES = ibis.schema(
    {
        "scheme": "int64",
        "person": "int64",
        "kind": "string",
        "code": "string",
        "level": "int64",
        "district": "int64",
        "starts_on": "date",
        "ends_on": "date",
        "amount_fen": "int64",
        "ref": "int64",
    }
)
DUE = ibis.schema(
    {
        "scheme": "int64",
        "person": "int64",
        "month": "date",
        "district": "int64",
        "level": "int64",
        "counted_on": "date",
        "cert_ref": "int64",
        "post_ref": "int64",
        "rate_ref": "int64",
        "step_days": "int64",
        "step_month_days": "int64",
        "step_rate_fen": "int64",
        "step_parts": "int64",
        "step_fen_days": "int64",
        "unrated_on": "date",
        "amount_fen": "int64",
    }
)
POSTED = ibis.schema(
    {
        "scheme": "int64",
        "person": "int64",
        "month": "date",
        "district": "int64",
        "amount_fen": "int64",
    }
)
LINES = ibis.schema({"scheme": "int64", "person": "int64", "amount_fen": "int64"})
DEBTS = ibis.schema({"scheme": "int64", "person": "int64", "debt_fen": "int64"})
RECOVERIES = ibis.schema({"scheme": "int64", "recovery_pct": "int64"})


@dataclass(frozen=True)
class Facts:
    """Certificates, posts, leaves, rates (district null: the whole city) and the months asked for.

    Of posts begun on one day the lesser reference goes first; of rates beginning on one day the
    greater one is the newer. Circumstances are asked for by some shapes alone.
    """

    certificates: Table
    posts: Table
    leaves: Table
    rates: Table
    months: Table
    circumstances: Table


def named_facts() -> Facts:
    """The tables by name only, for an expression compiled before there is data."""
    return Facts(
        certificates=ibis.table(CERTIFICATES, name="certificates"),
        posts=ibis.table(POSTS, name="posts"),
        leaves=ibis.table(LEAVES, name="leaves"),
        rates=ibis.table(RATES, name="rates"),
        months=ibis.table(MONTHS, name="months"),
        circumstances=ibis.table(CIRCUMSTANCES, name="circumstances"),
    )
