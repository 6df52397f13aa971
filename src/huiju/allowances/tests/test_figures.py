from datetime import UTC, date, datetime

import ibis
import pytest

from huiju.allowances import figures
from huiju.allowances.tests.factories import compute, make_scheme
from huiju.engine.run import execute
from huiju.kernel.periods import Month
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db
COLUMNS = {"line": "int64", "month": "date", "district": "string", "level": "string"}
COLUMNS |= {"amount_fen": "int64", "known_to": "timestamp('UTC', 6)"}
LINES = ibis.table(COLUMNS, name="fact_allowance_line")
CURRENT = {"allowance_line": LINES.filter(LINES.known_to.isnull())}


def in_post(level="assistant"):
    person = make_person()
    make_certificate(person, level=level)
    return make_post(person)


def value(figure, on):
    records = figure.records(CURRENT, on)
    by_level = records.group_by("district", "level").agg(value=figure.measure(records))
    answer = execute(by_level.order_by("district", "level"))
    return [tuple(row.values()) for row in answer.to_pylist()]


def test_figures_count_lines_of_the_month_and_leave_out_runs_computed_again():
    scheme = make_scheme()
    in_post()
    compute(scheme)
    in_post("intermediate")
    compute(scheme, at=datetime(2015, 11, 3, tzinfo=UTC))
    compute(scheme, Month(2015, 11), at=datetime(2015, 11, 4, tzinfo=UTC))

    october = date(2015, 10, 31)

    assert value(figures.lines, october) == [
        ("思明区", "assistant", 1),
        ("思明区", "intermediate", 1),
    ]
    assert value(figures.amount, october) == [
        ("思明区", "assistant", 20000),
        ("思明区", "intermediate", 30000),
    ]
    assert value(figures.amount_of_the_year, date(2015, 12, 31)) == [
        ("思明区", "assistant", 40000),
        ("思明区", "intermediate", 60000),
    ]


def test_a_month_taken_back_counts_without_a_level():
    scheme = make_scheme()
    post = in_post()
    compute(scheme)
    post.superseded_at = datetime(2015, 11, 20, tzinfo=UTC)
    post.save(update_fields=["superseded_at"])
    compute(scheme, Month(2015, 11), at=datetime(2015, 12, 2, tzinfo=UTC))

    answer = value(figures.amount, date(2015, 10, 1))

    assert answer == [("思明区", "assistant", 20000), ("思明区", "unrecorded", -20000)]
