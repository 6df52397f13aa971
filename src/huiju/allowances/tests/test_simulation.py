"""A what-if question on live facts and on a lake: costs, who gains and loses, and lines that run dry."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from huiju.allowances.rules.whatif import WhatIfInvalid, what_if
from huiju.allowances.tests.factories import AT, make_funding, make_scheme
from huiju.budgets.tests.factories import make_entry, make_line
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.engine import lake
from huiju.kernel.errors import DomainError
from huiju.registry.tests.factories import (
    make_certificate,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db

ASKED = {
    "scheme": "test",
    "first_month": "2015-09",
    "recorded_until": "2015-10",
    "last_month": "2015-12",
}


def make_city():
    """Two certified in 思明区, one of them with an agency, and a social worker in 湖里区."""
    scheme = make_scheme()
    for level, where, employer in (
        ("assistant", "350203", None),
        ("assistant", "350203", "agency"),
        ("intermediate", "350206", None),
    ):
        person = make_person()
        make_certificate(person, level=level)
        fields = (
            {"employer": make_organisation(kind=employer, place=place(where))} if employer else {}
        )
        make_post(person, place=place(where), **fields)
    return scheme


def answer(*words):
    output = StringIO()
    with translation.override("zh-hans"):
        call_command("allowances_tunnel", *words, stdout=output)
    return json.loads(output.getvalue())


@pytest.fixture
def ask(tmp_path):
    def asked(who, *words, **changes):
        scenario = tmp_path / "scenario.json"
        scenario.write_text(json.dumps(ASKED | changes))
        return answer(str(scenario), "--as", who.username, *words)

    return asked


def by_month(found):
    return {(row["month"], row["district"]): row["amount_fen"] for row in found["totals"]}


def test_unchanged_it_costs_what_a_run_does_and_nobody_gains(ask):
    make_city()

    found = ask(make_user("city", "350200"))

    assert found["total_fen"] == found["before_fen"] == 4 * (20000 + 30000)
    assert by_month(found)["2015-12", "350206"] == 30000
    assert [(row["gaining"], row["losing"], row["unchanged"]) for row in found["people"]] == [
        (0, 0, 1),
        (0, 0, 1),
    ]


def test_another_circle_of_employers_and_another_rate_say_who_gains(ask):
    make_city()
    rates = [{"level": "intermediate", "from": "2015-10-01", "fen": 25000}]

    found = ask(
        make_user("city", "350200"),
        policy={"employer_kinds": ["community", "agency"]},
        rates=rates,
    )

    assert by_month(found)["2015-12", "350203"] == 40000
    assert by_month(found)["2015-10", "350206"] == 25000
    assert found["people"] == [
        {
            "district": "350203",
            "gaining": 1,
            "losing": 0,
            "unchanged": 1,
            "gained_fen": 40000,
            "lost_fen": 0,
        },
        {
            "district": "350206",
            "gaining": 0,
            "losing": 1,
            "unchanged": 0,
            "gained_fen": 0,
            "lost_fen": 5000,
        },
    ]


def test_a_district_is_answered_for_itself(ask):
    make_city()

    found = ask(make_user("district", "350203"))

    assert {row["district"] for row in found["totals"] + found["people"]} == {"350203"}
    assert found["total_fen"] == 4 * 20000


def test_a_split_shares_every_total_to_the_fen(ask):
    make_city()

    found = ask(make_user("finance", "350203"), split={"city": 2, "district": 1})

    assert found["totals"][0]["payers"] == {"city": 13333, "district": 6667}


def test_a_line_runs_dry_in_the_month_it_cannot_bear(ask):
    scheme = make_city()
    line = make_line(government="350203", amount_fen=75000)
    make_funding(scheme, line)
    make_entry(line, 20000)

    found = ask(make_user("finance", "350203"), last_month="2016-01")

    assert found["lines"] == [
        {
            "line": str(line),
            "year": year,
            "money_fen": 55000,
            "cost_fen": cost,
            "dry_in": dry,
            "stated": year == 2015,
        }
        for year, cost, dry in ((2015, 80000, "2015-11"), (2016, 20000, None))
    ]
    assert found["totals"][0]["payers"] == {str(line.payer): 20000}


def test_a_lake_gives_the_same_answer(ask, tmp_path):
    make_city()
    lake.export(tmp_path / "lake", city="350200", at=AT)
    user = make_user("city", "350200")
    words = ["--as-of", "2015-11-02"]
    change = {"policy": {"employer_kinds": ["agency"], "post_effect": "next_month"}}

    here = ask(user, *words, **change)
    there = ask(user, *words, "--lake", str(tmp_path / "lake"), **change)

    assert there == here
    assert here["total_fen"] == 80000


def test_a_folder_without_files_is_no_lake(ask, tmp_path):
    make_scheme()

    with pytest.raises(CommandError, match="数据湖缺少 fact_certificate"):
        ask(make_user("city", "350200"), "--lake", str(tmp_path))


def test_who_may_not_simulate_is_told(ask):
    make_city()

    with pytest.raises(DomainError, match="试算"):
        ask(make_user("street", "350203001"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": 1}, "colour"),
        ({"scheme": "other"}, "scheme"),
        ({"last_month": "2015-08"}, "last_month"),
        ({"last_month": "2025-09"}, "last_month"),
        ({"last_month": None}, "last_month"),
        ({"policy": {"month_rule": "never"}}, "month_rule"),
        ({"policy": {"recovery_pct": 5}}, "recovery_pct"),
        ({"policy": {"rule_day": 32}}, "rule_day"),
        ({"policy": {"employer_kinds": []}}, "employer_kinds"),
        ({"rates": [{"level": "assistant", "from": "2015-10-01", "fen": 2.5}]}, "rates"),
        ({"rates": [{"level": "assistant", "from": "2015-10-01", "fen": -1}]}, "rates"),
        ({"split": {"city": 0}}, "split"),
        ({"split": {"moon": 1}}, "moon"),
        ({"exit_permille": 1001}, "exit_permille"),
        ({"entry_permille": True}, "entry_permille"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_by_name(ask, change, named):
    make_scheme()

    with pytest.raises(CommandError, match=named):
        ask(make_user("city", "350200"), **change)


def test_ten_years_are_the_most():
    assert len(what_if(ASKED | {"last_month": "2025-08"}).future) == 118

    with pytest.raises(WhatIfInvalid):
        what_if(ASKED | {"last_month": "2025-09"})
