"""The facts of a run as tables of the rules, read in one go as this transaction sees them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from huiju.allowances.enums import LEVEL_RANKS, Circumstance, Establishment, Shape
from huiju.allowances.models import Run, Scheme
from huiju.allowances.queries.merged import held_people, posted_as_one, without
from huiju.allowances.rules import calendar
from huiju.allowances.rules.facts import (
    CERTIFICATES,
    CIRCUMSTANCES,
    LEAVES,
    MONTHS,
    POSTED,
    POSTS,
    RATES,
)
from huiju.allowances.terms import policy_of, rates_known, schemes_asked, terms_of
from huiju.directory.models import Place
from huiju.engine.run import read_facts
from huiju.engine.schemas import DAY, FACT_TABLES, WHOLE, FactTable
from huiju.kernel.periods import Month

LINES = FactTable(
    name="allowance_line",
    key="line",
    columns={"person": WHOLE, "month": DAY, "place": WHOLE, "amount_fen": WHOLE},
)

ESTABLISHED = {
    None: "",
    Establishment.WITHIN: " AND established",
    Establishment.OUTSIDE: " AND NOT established",
}
NOT_CANCELLED = "(run, person) NOT IN (SELECT run_id, person_id FROM allowances_payment WHERE state = 'cancelled')"


def known_facts(
    scheme: Scheme, districts: Sequence[Place], months: Sequence[Month], *, known_at: datetime
) -> dict[str, pa.Table]:
    """Certificates, posts, leaves, rates and months by name, as known at an instant.

    Posts in all districts are read, for a day may count in another one; `districts` have own rates.
    A post of somebody who died ends on that day: the fact table says so. Whoever is held has no posts.
    """
    policy = policy_of(scheme)
    rates = rates_known(scheme, districts, known_at=known_at)
    rows = [{"scheme": scheme.pk, **vars(month)} for month in calendar(policy, list(months))]
    return {
        "certificates": _certificates(known_at),
        "posts": without(_posts(scheme, known_at), held_people(scheme, known_at=known_at)),
        "leaves": _leaves(known_at),
        "rates": pa.Table.from_pylist(rates, schema=RATES.to_pyarrow()),
        "months": pa.Table.from_pylist(rows, schema=MONTHS.to_pyarrow()),
        "circumstances": pa.concat_tables(
            [_index(scheme, known_at), *_paid_elsewhere(scheme, known_at)]
        ),
    }


def posted_before(scheme: Scheme, runs: Sequence[Run], *, known_at: datetime) -> pa.Table:
    """The rules' table of what these runs posted, for all their months, by the file believed at an instant.

    What a run posted to somebody whose payment was cancelled counts as never posted, and nothing is
    taken back from, or paid to, people who are held.
    """
    posted = posted_as_one(_standing(scheme, runs), known_at=known_at)
    return without(posted, held_people(scheme, known_at=known_at))


def _standing(scheme: Scheme, runs: Sequence[Run]) -> pa.Table:
    if not runs:
        return POSTED.to_pyarrow().empty_table()
    keys = ", ".join(str(run.pk) for run in runs)
    lines = read_facts(LINES, where=f"run IN ({keys}) AND {NOT_CANCELLED}")
    scheme_column = pa.array([scheme.pk] * lines.num_rows, pa.int64())
    columns = {"scheme": scheme_column, "person": lines["person"], "month": lines["month"]}
    columns |= {"district": lines["place"], "amount_fen": lines["amount_fen"]}
    return pa.table(columns, schema=POSTED.to_pyarrow())


def _index(scheme: Scheme, known_at: datetime) -> pa.Table:
    """The published index a scheme takes a share of: the values of its parameter, on the days they are in force."""
    if scheme.shape != Shape.INDEX_SHARE:
        return CIRCUMSTANCES.to_pyarrow().empty_table()
    rows = [
        {
            "scheme": scheme.pk,
            "kind": Circumstance.INDEX.value,
            "code": terms_of(scheme).index,
            "starts_on": rate["starts_on"],
            "ends_on": rate["ends_on"],
            "amount_fen": rate["rate_fen"],
            "ref": rate["rate_ref"],
        }
        for rate in rates_known(scheme, [], known_at=known_at)
    ]
    return pa.Table.from_pylist(rows, schema=CIRCUMSTANCES.to_pyarrow())


def _paid_elsewhere(scheme: Scheme, known_at: datetime) -> Iterator[pa.Table]:
    """For each scheme that decides here: who is paid for which month by its runs, as believed at an instant."""
    for other in Scheme.objects.filter(code__in=schemes_asked(terms_of(scheme))).order_by("pk"):
        runs = Run.objects.current().filter(scheme=other, computed_at__lte=known_at)
        posted = posted_as_one(_standing(other, list(runs.order_by("pk"))), known_at=known_at)
        sums = posted.group_by(["person", "month"]).aggregate([("amount_fen", "sum")])
        paid = sums.filter(pc.greater(sums["amount_fen_sum"], 0))
        one = pa.scalar(1, pa.int32())  # made here: Arrow's first value loads pandas
        next_day = pc.add(paid["month"].cast(pa.int32()), one).cast(pa.date32())
        said = {"person": paid["person"], "starts_on": paid["month"], "ends_on": next_day}
        for name, value in (
            ("scheme", scheme.pk),
            ("kind", Circumstance.PAID.value),
            ("code", other.code),
        ):
            said[name] = pa.array([value] * paid.num_rows)
        yield pa.table(
            {
                name: said[name].cast(kind) if name in said else pa.nulls(paid.num_rows, kind)
                for name, kind in zip(
                    CIRCUMSTANCES.names, CIRCUMSTANCES.to_pyarrow().types, strict=True
                )
            }
        )


def _believed(known_at: datetime) -> str:
    at = known_at.astimezone(UTC).isoformat()
    return f"known_from <= '{at}' AND (known_to IS NULL OR known_to > '{at}')"


def _certificates(known_at: datetime) -> pa.Table:
    used = ("certificate", "person", "level", "approved_on", "revoked_on")
    rows = read_facts(FACT_TABLES["certificate"], where=_believed(known_at), only=used)
    ranks = pc.index_in(rows["level"], pa.array(LEVEL_RANKS))
    columns = {
        "person": rows["person"],
        "level": pc.add(ranks.cast(pa.int64()), 1),
        "starts_on": rows["approved_on"],
        "ends_on": rows["revoked_on"],
        "cert_ref": rows["certificate"],
    }
    return pa.table(columns, schema=CERTIFICATES.to_pyarrow())


def _leaves(known_at: datetime) -> pa.Table:
    rows = read_facts(FACT_TABLES["leave"], where=_believed(known_at))
    columns = {name: rows[name] for name in LEAVES.names}
    return pa.table(columns, schema=LEAVES.to_pyarrow())


def _posts(scheme: Scheme, known_at: datetime) -> pa.Table:
    kinds = ", ".join(f"'{kind}'" for kind in scheme.employer_kinds)
    where = f"{_believed(known_at)} AND employer_kind IN ({kinds})"
    # where nobody has said whether a post is on the establishment, it counts under neither
    where += ESTABLISHED[terms_of(scheme).establishment]
    used = ("post", "person", "district_code", "starts_on", "ends_on")
    rows = read_facts(FACT_TABLES["post"], where=where, only=used)
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
