"""Every figure is the same on every engine: value, parts and digest, with ties and nulls."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from huiju.allowances.tests.factories import compute, make_run_line, make_scheme
from huiju.engine import lake
from huiju.engine.run import DUCKDB, POSTGRES, EngineUnavailable, execute
from huiju.engine.schemas import FACT_TABLES, every_version
from huiju.kernel.periods import Month
from huiju.policies.enums import Government
from huiju.policies.tests.factories import make_document
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.tests.factories import (
    LATER,
    ON,
    ask,
    make_certificate,
    make_certified,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db

OTHER_ENGINES = [DUCKDB, "lake"]


@pytest.fixture
def awkward_city() -> None:
    """Ties between certificates and posts, missing attributes, corrections and revocations."""
    tied = make_certified()
    make_certificate(tied, "intermediate", approved_on=date(2013, 8, 1))
    make_certificate(tied, "senior", approved_on=date(2015, 12, 31), revoked_on=date(2015, 12, 31))
    make_post(tied, "350206001", overlap_reason="兼任", employer=None, established=True)
    make_post(tied, "350205", overlap_reason="兼任", starts_on=date(2015, 12, 31), kind="agency")
    nowhere = make_person(kept_by="350200", field="")
    make_certificate(nowhere, approved_on=ON)
    make_certificate(make_person(field="禁毒, “戒毒”\n社区康复"), approved_on=ON + timedelta(1))
    corrected = make_person(kept_by="350213")
    make_certificate(corrected, "intermediate", superseded_at=LATER)
    make_certificate(corrected, recorded_at=LATER)
    make_post(corrected, "350213", ends_on=ON)
    make_certificate(make_person(kept_by="350211"), voided=True)
    make_certificate(make_person(kept_by="350212"), recorded_at=LATER + timedelta(microseconds=1))
    for government in Government.values:
        make_document(issued_on=ON, year=ON.year, government=government)
    make_certified("assistant", "350206")
    run = compute(make_scheme(), Month(2015, 12), at=LATER - timedelta(2), where="350206")
    make_run_line(run, month=date(2015, 11, 1))


@pytest.fixture(params=OTHER_ENGINES)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, object]:
    """Where else to compute: DuckDB over PostgreSQL's rows, or over a lake written from them."""
    if request.param == DUCKDB:
        return {"engine": DUCKDB}
    request.getfixturevalue("awkward_city")
    lake.export(tmp_path, city="350200", at=LATER + timedelta(days=1))
    return {"engine": DUCKDB, "lake": tmp_path}


@pytest.mark.usefixtures("awkward_city")
@pytest.mark.parametrize("code", FIGURES)
def test_figures_are_the_same_on_every_engine(code, other):
    figure = FIGURES[code]
    questions = [queries.Question(figure, ON, at) for at in (LATER - timedelta(1), LATER, None)]

    here = [queries.cube(question) for question in questions]
    there = [queries.cube(question, **other) for question in questions]

    assert here == there
    assert here[-1].cells


@pytest.mark.usefixtures("awkward_city")
@pytest.mark.parametrize("code", FIGURES)
def test_a_figure_is_the_sum_of_its_parts(code):
    question = queries.Question(FIGURES[code], ON)

    cube = queries.cube(question)

    assert cube.at() == queries.answer(question)
    for dimension in FIGURES[code].by:
        parts = cube.by(dimension)
        assert sum(part.value for part in parts) == cube.at().value
        assert parts == [queries.answer(part.question) for part in parts]


@pytest.mark.usefixtures("awkward_city")
@pytest.mark.parametrize("name", FACT_TABLES)
def test_fact_tables_travel_to_duckdb_whole(name, other):
    table = every_version(name).order_by(FACT_TABLES[name].key)

    assert execute(table, **other).to_pylist() == execute(table, engine=POSTGRES).to_pylist()


def test_an_engine_that_is_not_installed_is_refused_by_name():
    with pytest.raises(EngineUnavailable, match="spark"):
        queries.answer(ask(), engine="spark")
