"""The facts of a run as tables of the rules, read in one go as this transaction sees them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from huiju.allowances.enums import LEVEL_RANKS
from huiju.allowances.models import Run, Scheme
from huiju.allowances.rules import calendar
from huiju.allowances.rules.facts import CERTIFICATES, LEAVES, MONTHS, POSTED, POSTS, RATES
from huiju.allowances.terms import policy_of, rates_known
from huiju.directory.models import Place
from huiju.engine.run import read_facts
from huiju.engine.schemas import DAY, FACT_TABLES, WHOLE, FactTable
from huiju.kernel.periods import Month

LINES = FactTable(
    name="allowance_line",
    key="line",
    columns={"person": WHOLE, "month": DAY, "place": WHOLE, "amount_fen": WHOLE},
)


def known_facts(
    scheme: Scheme, districts: Sequence[Place], months: Sequence[Month], *, known_at: datetime
) -> dict[str, pa.Table]:
    """Certificates, posts, leaves, rates and months by name, as known at an instant.

    Posts in all districts are read, for a day may count in another one; `districts` have own rates.
    No leave is registered yet, so that table is empty.
    """
    policy = policy_of(scheme)
    rates = rates_known(scheme, districts, known_at=known_at)
    rows = [{"scheme": scheme.pk, **vars(month)} for month in calendar(policy, list(months))]
    return {
        "certificates": _certificates(known_at),
        "posts": _posts(scheme, districts, known_at),
        "leaves": LEAVES.to_pyarrow().empty_table(),
        "rates": pa.Table.from_pylist(rates, schema=RATES.to_pyarrow()),
        "months": pa.Table.from_pylist(rows, schema=MONTHS.to_pyarrow()),
    }


def posted_before(scheme: Scheme, runs: Sequence[Run]) -> pa.Table:
    """The rules' table of what these runs posted, for all their months."""
    if not runs:
        return POSTED.to_pyarrow().empty_table()
    keys = ", ".join(str(run.pk) for run in runs)
    lines = read_facts(LINES, where=f"run IN ({keys})")
    scheme_column = pa.array([scheme.pk] * lines.num_rows, pa.int64())
    columns = {"scheme": scheme_column, "person": lines["person"], "month": lines["month"]}
    columns |= {"district": lines["place"], "amount_fen": lines["amount_fen"]}
    return pa.table(columns, schema=POSTED.to_pyarrow())


def _believed(known_at: datetime) -> str:
    at = known_at.astimezone(UTC).isoformat()
    return f"known_from <= '{at}' AND (known_to IS NULL OR known_to > '{at}')"


def _certificates(known_at: datetime) -> pa.Table:
    rows = read_facts(FACT_TABLES["certificate"], where=_believed(known_at))
    ranks = pc.index_in(rows["level"], pa.array(LEVEL_RANKS))
    columns = {
        "person": rows["person"],
        "level": pc.add(ranks.cast(pa.int64()), 1),
        "starts_on": rows["approved_on"],
        "ends_on": rows["revoked_on"],
        "cert_ref": rows["certificate"],
    }
    return pa.table(columns, schema=CERTIFICATES.to_pyarrow())


def _posts(scheme: Scheme, districts: Sequence[Place], known_at: datetime) -> pa.Table:
    kinds = ", ".join(f"'{kind}'" for kind in scheme.employer_kinds)
    where = f"{_believed(known_at)} AND employer_kind IN ({kinds})"
    rows = read_facts(FACT_TABLES["post"], where=where)
    inside = Place.objects.filter(path__startswith=scheme.place.path, kind="district")
    places = dict(inside.values_list("code", "pk"))
    rows = rows.filter(pc.is_in(rows["district_code"], pa.array(places, pa.string())))
    order = pc.index_in(rows["district_code"], pa.array(places, pa.string()))
    columns = {
        "scheme": pa.array([scheme.pk] * rows.num_rows, pa.int64()),
        "person": rows["person"],
        "district": pa.array(places.values(), pa.int64()).take(order),
        "starts_on": rows["starts_on"],
        "ends_on": rows["ends_on"],
        "post_ref": rows["post"],
    }
    return pa.table(columns, schema=POSTS.to_pyarrow())
