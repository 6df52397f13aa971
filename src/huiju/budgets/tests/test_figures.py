"""Figures against records that count and records that must not, on both engines."""

from datetime import date

import pytest

from huiju.budgets import figures, services
from huiju.budgets.services import Share
from huiju.budgets.tests.factories import AT, ON, SIMING, claim, finance, make_entry, make_line
from huiju.engine.run import DUCKDB, POSTGRES, execute
from huiju.engine.schemas import Facts

pytestmark = pytest.mark.django_db


def value(figure, on, *, by="", engine=POSTGRES):
    rows = figure.records(Facts(known_at=None), on)
    if not by:
        return execute(rows.aggregate(value=figure.measure(rows)), engine=engine).to_pylist()[0][
            "value"
        ]
    parts = execute(rows.group_by(by).agg(value=figure.measure(rows)), engine=engine).to_pylist()
    return {part[by]: part["value"] for part in parts}


@pytest.mark.parametrize("engine", [POSTGRES, DUCKDB])
def test_a_year_s_budget_commitments_and_payments_by_a_day(engine):
    line, district = make_line(amount_fen=100_000), make_line(government=SIMING, amount_fen=50_000)
    make_line(year=2016, amount_fen=7)
    services.cut(share=Share(line, 1_000), claim=claim(), by=finance(), at=AT)
    make_entry(line, 30_000)
    make_entry(line, 20_000, "make_due")
    make_entry(line, 15_000, "pay", on=date(2015, 7, 1))
    make_entry(district, 40_000)

    assert value(figures.planned, ON, engine=engine) == 149_000
    assert value(figures.planned, ON, by="district", engine=engine) == {
        "厦门市": 99_000,
        "思明区": 50_000,
    }
    assert value(figures.planned, ON, by="payer", engine=engine) == {
        "city": 99_000,
        "district": 50_000,
    }
    assert value(figures.committed, ON, engine=engine) == 50_000
    assert value(figures.paid, ON, engine=engine) == 0
    assert value(figures.paid, date(2015, 7, 1), engine=engine) == 15_000
    assert value(figures.planned, date(2014, 12, 31), engine=engine) == 0
