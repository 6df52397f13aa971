"""Spark answers as PostgreSQL and DuckDB do: every figure, fact table and allowance rule.

A session takes long to start: these tests are few, share one, and stand in one file so that one
process runs them.
"""

import json
from dataclasses import fields, replace
from datetime import timedelta
from enum import Enum
from inspect import isclass
from io import StringIO
from itertools import cycle, product

import pyarrow as pa
import pytest
from django.conf import settings
from django.core.management import call_command
from pyarrow import parquet

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule, Shape
from huiju.allowances.rules import SHAPES, Policy, named_facts
from huiju.allowances.rules.computing import FACT_TABLES as RULE_TABLES
from huiju.allowances.rules.computing import Computer
from huiju.allowances.rules.statements import statement_policy
from huiju.allowances.tests.test_parity import facts_of_some_cases, in_order, policy
from huiju.allowances.tests.test_simulation import ASKED, make_city
from huiju.directory.tests.factories import make_user
from huiju.engine import lake, spark
from huiju.engine.run import DUCKDB, SPARK, execute
from huiju.engine.schemas import FACT_TABLES, every_version
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.tests.factories import LATER, ON, ask, make_awkward_city, make_certified

if spark.lacking():
    pytest.skip("no Spark here: `make setup-spark`, Java 17", allow_module_level=True)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spark,
    pytest.mark.xdist_group("spark"),
]
CHOICES = {
    "granularity": Granularity,
    "month_rule": MonthRule,
    "level_pick": LevelPick,
    "cert_effect": Effect,
    "post_effect": Effect,
}


@pytest.fixture(autouse=True, scope="module")
def quick_java():
    """Compile in the simpler way: these queries are many and small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        spark.new_session()
        yield


@pytest.fixture
def awkward_lake(tmp_path):
    make_awkward_city()
    lake.export(tmp_path, city="350200", at=LATER + timedelta(days=1))
    return tmp_path


def test_figures_are_the_same_on_spark(awkward_lake):
    questions = [queries.Question(figure, ON, LATER) for figure in FIGURES.values()]
    questions += [replace(ask(), known_at=at) for at in (LATER - timedelta(1), None)]

    differing = [
        (question.figure.code, question.known_at)
        for question in questions
        if queries.cube(question) != queries.cube(question, engine=SPARK, lake=awkward_lake)
    ]

    assert differing == []


def test_a_part_named_with_quotes_and_line_feeds_is_the_same_on_spark(awkward_lake):
    part = ask(on=ON + timedelta(1), field="禁毒, “戒毒”\n社区康复")

    here, there = queries.answer(part), queries.answer(part, engine=SPARK, lake=awkward_lake)

    assert (there.value, there.digest) == (here.value, here.digest)
    assert here.value == 1


def test_fact_tables_travel_to_spark_whole(awkward_lake):
    tables = {name: every_version(name).order_by(table.key) for name, table in FACT_TABLES.items()}

    here = {name: execute(table).to_pylist() for name, table in tables.items()}
    there = {
        name: execute(table, engine=SPARK, lake=awkward_lake).to_pylist()
        for name, table in tables.items()
    }

    assert there == here
    assert all(here.values())


def test_a_table_without_rows_counts_nought_on_spark():
    amount = ask(FIGURES["allowances.amount"])

    assert queries.cube(amount, engine=SPARK).at().value == 0


def test_figure_computes_on_spark_from_the_live_tables_and_leaves_nothing_behind():
    make_certified(), make_certified("intermediate", "350206")
    words = ["figure", "registry.certified", "--on", "2015-12-31", "--by", "district"]

    answers = {}
    for engine in (DUCKDB, SPARK):
        out = StringIO()
        call_command(*words, "--engine", engine, stdout=out)
        answers[engine] = json.loads(out.getvalue())

    assert answers[SPARK] == answers[DUCKDB] | {"engine": SPARK}
    assert answers[SPARK]["by"] == {"思明区": 1, "湖里区": 1}
    assert list(settings.HUIJU_HOME.glob("lake-*")) == []


def on_spark(staged, folder, tables):
    """The rows of a rule over rows handed to it, which travel as Parquet."""
    session = spark.new_session()
    session.conf.set("spark.sql.shuffle.partitions", 1)
    session.conf.set("spark.sql.codegen.wholeStage", False)
    for name, schema in RULE_TABLES.items():
        path = folder / f"{name}.parquet"
        parquet.write_table(pa.Table.from_pylist(tables[name], schema=schema.to_pyarrow()), path)
        spark.show(session, name, dict(schema.items()), path)
    return spark.in_stages(session, staged.stages, staged.table).toArrow().to_pylist()


def kinds_of_policy():
    """A policy for each way of counting months, and among them every pair of effects."""
    counted = product(Granularity, MonthRule, LevelPick)
    names = ("granularity", "month_rule", "level_pick")
    kinds = {statement_policy(policy(**dict(zip(names, ways, strict=True)))) for ways in counted}
    for kind, effects in zip(sorted(kinds, key=repr), cycle(product(Effect, Effect)), strict=False):
        yield replace(kind, cert_effect=effects[0], post_effect=effects[1])


def test_every_field_of_a_policy_that_makes_a_statement_is_tried():
    chosen = {field.name: field.type for field in fields(Policy) if isclass(field.type)}

    assert {name: kind for name, kind in chosen.items() if issubclass(kind, Enum)} == CHOICES


def test_rules_give_the_same_lines_on_spark(tmp_path):
    """The one shape that Spark computes, for the wind tunnel; lines of the others come from DuckDB alone."""
    facts = facts_of_some_cases()

    differing, lines = [], 0
    for kind in kinds_of_policy():
        here = Computer().due(kind, facts)
        there = on_spark(SHAPES[Shape.MONTHLY_BY_LEVEL](named_facts(), kind), tmp_path, facts)
        lines += len(here)
        if in_order(there) != in_order(here):
            differing.append(kind)

    assert differing == []
    assert lines > 500


def test_a_simulation_is_the_same_on_spark(tmp_path):
    make_city()
    lake.export(tmp_path / "lake", city="350200", at=LATER)
    scenario = tmp_path / "scenario.json"
    asked = ASKED | {"policy": {"employer_kinds": ["agency", "community"]}, "entry_permille": 500}
    asked |= {"rates": [{"level": "assistant", "from": "2015-10-01", "fen": 25000}]}
    scenario.write_text(json.dumps(asked))
    who = make_user("city", "350200").username

    answers = {}
    for engine in (DUCKDB, SPARK):
        out = StringIO()
        words = [str(scenario), "--as", who, "--lake", str(tmp_path / "lake"), "--engine", engine]
        call_command("allowances_tunnel", *words, "--as-of", "2015-11-02", stdout=out)
        answers[engine] = json.loads(out.getvalue())

    assert answers[SPARK] == answers[DUCKDB] | {"engine": SPARK}
    assert answers[SPARK]["total_fen"] > answers[SPARK]["before_fen"] > 0
