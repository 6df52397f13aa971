"""The rules are the same expressions on PostgreSQL as on DuckDB: ties, nulls, gaps and all."""

from random import Random

import pytest
from django.db import connection

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule
from huiju.allowances.rules import Policy, monthly_by_level, named_facts, totals_by_level
from huiju.allowances.rules.computing import FACT_TABLES, Computer
from huiju.allowances.tests.worksheet_cases import random_case
from huiju.allowances.worksheets.cases import read_case
from huiju.allowances.worksheets.knowledge import knowledge_at
from huiju.allowances.worksheets.reading import Entry
from huiju.allowances.worksheets.tables import FactRows, Names
from huiju.kernel.periods import Month

SQL_TYPES = {"int64": "bigint", "date": "date"}


def policy(**fields):
    usual = {
        "scheme_start": Month(2024, 11),
        "granularity": Granularity.MONTH,
        "month_rule": MonthRule.ANY_DAY,
        "level_pick": LevelPick.HIGHEST,
        "cert_effect": Effect.SAME_DAY,
        "post_effect": Effect.NEXT_MONTH,
        "lookback_months": None,
        "recovery_pct": None,
    }
    return Policy(**usual | fields)


def facts_of_some_cases(seed=2015):
    """The rows of two dozen random cases: each is a scheme of its own."""
    random, rows = Random(seed), FactRows(Names(), Names())
    facts = {name: [] for name in FACT_TABLES}
    for scheme in range(24):
        case = read_case(Entry.of("", {"id": "W", **random_case(random)}))
        run = case.runs[-1]
        known = knowledge_at(case, run)
        facts["months"] += rows.months(scheme, case, run)
        facts["certificates"] += rows.certificates(scheme, known)
        facts["posts"] += rows.posts(scheme, known)
        facts["leaves"] += rows.leaves(scheme, known)
        facts["rates"] += rows.rates(scheme, known)
    return facts


def in_postgres(statement, facts):
    with connection.cursor() as cursor:
        for name, schema in FACT_TABLES.items():
            columns = ", ".join(
                f"{column} {SQL_TYPES[str(kind)]}" for column, kind in schema.items()
            )
            cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
            marks = ", ".join(["%s"] * len(schema.names))
            rows = [[row[column] for column in schema.names] for row in facts[name]]
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        cursor.execute(statement)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def in_order(rows):
    return sorted(
        rows, key=lambda row: [row[key] for key in ("scheme", "person", "month", "district")]
    )


def by_part(rows):
    return sorted(
        rows, key=lambda row: [row[key] for key in ("scheme", "month", "district", "level")]
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        policy(),
        policy(level_pick=LevelPick.LAST_DAY, cert_effect=Effect.NEXT_MONTH),
        policy(month_rule=MonthRule.ON_DAY, post_effect=Effect.SAME_DAY),
        policy(granularity=Granularity.DAY),
    ],
    ids=["highest", "last_day", "on_day", "days"],
)
def test_due_is_equal_row_for_row(asked):
    facts = facts_of_some_cases()

    here = Computer().due(asked, facts)
    there = in_postgres(monthly_by_level(named_facts(), asked).sql("postgres"), facts)

    assert len(here) > 50
    assert in_order(there) == in_order(here)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [policy(), policy(month_rule=MonthRule.ON_DAY), policy(granularity=Granularity.DAY)],
    ids=["any_day", "on_day", "days"],
)
def test_totals_are_equal_row_for_row(asked):
    facts = facts_of_some_cases()

    here = Computer().totals(asked, facts)
    there = in_postgres(totals_by_level(named_facts(), asked).sql("postgres"), facts)

    assert len(here) > 50
    assert by_part(there) == by_part(here)
