"""Every figure is the same on every engine: value, parts and digest, with ties and nulls."""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from huiju.engine import lake, spark
from huiju.engine.run import (
    DUCKDB,
    POSTGRES,
    SPARK,
    EngineUnavailable,
    LakeIncomplete,
    LakeOfSeveralCities,
    execute,
)
from huiju.engine.schemas import FACT_TABLES, every_version
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.tests.factories import LATER, ON, ask, make_awkward_city

pytestmark = pytest.mark.django_db

OTHER_ENGINES = [DUCKDB, "lake"]


@pytest.fixture
def awkward_city() -> None:
    make_awkward_city()


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


def test_an_engine_that_is_not_installed_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with pytest.raises(EngineUnavailable, match="spark") as refused:
        queries.answer(ask(), engine=SPARK)

    assert refused.value.lacks == spark.PYSPARK


def test_a_lake_without_a_table_is_refused_by_the_name_of_the_table(tmp_path):
    make_awkward_city()
    lake.export(tmp_path, city="350200", at=LATER)
    shutil.rmtree(tmp_path / "fact_post")

    with pytest.raises(LakeIncomplete, match="fact_post"):
        queries.answer(ask(), engine=DUCKDB, lake=tmp_path)


def test_cities_whose_numbers_may_be_the_same_are_not_computed_as_one(tmp_path):
    for city in ("350200", "350500"):
        lake.export(tmp_path, city=city, at=LATER)

    with pytest.raises(LakeOfSeveralCities, match="city=350200, city=350500"):
        queries.answer(ask(), engine=DUCKDB, lake=tmp_path)


def test_a_lake_of_a_city_without_allowances_answers_nought(tmp_path):
    lake.export(tmp_path, city="350200", at=LATER)

    answer = queries.answer(ask(FIGURES["allowances.amount"]), engine=DUCKDB, lake=tmp_path)

    assert (answer.value, answer.keys) == (0, ())
