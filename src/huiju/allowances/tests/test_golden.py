"""Worksheets written with the contract in hand: each policy field, and each pair that meets."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from django.utils import translation

from huiju.allowances.tests import oracle
from huiju.allowances.worksheets import replay

GOLDEN = Path(__file__).parent / "golden"
POLICY = {
    "scheme_start": "2025-01",
    "granularity": "month",
    "month_rule": {"kind": "any_day"},
    "level_pick": "highest",
    "cert_effect": "same_day",
    "post_effect": "same_day",
    "lookback_months": None,
    "recovery": {"kind": "offset", "pct": 50},
}
RATES = [
    {"type": "rate", "level": level, "district": "*", "from": "2020-01-01", "amount": amount}
    for level, amount in [("assistant", 20000), ("intermediate", 30000), ("senior", 50000)]
]
WORKSHEETS = [
    pytest.param(worksheet, id=f"{path.stem}: {worksheet['name']}")
    for path in sorted(GOLDEN.glob("*.yaml"))
    for worksheet in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def as_json(value):
    """Days as texts, and the key `on`: YAML reads them as dates and as true."""
    if isinstance(value, dict):
        return {"on" if key is True else key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return str(value) if isinstance(value, date) else value


def full_case(worksheet):
    """The case in the contract's form: every fact has all its fields."""
    rates = [] if worksheet.get("rates") == "none" else RATES
    facts = []
    for n, said in enumerate([*rates, *worksheet["facts"]]):
        usual = {"id": f"f{n}", "recorded": "2024-12-01", "void": False}
        person = {} if said["type"] in {"rate", "merge"} else {"person": "p"}
        end = {"to": None} if said["type"] in {"post", "leave", "rate", "hold"} else {}
        facts.append({**usual, **person, **end, **said})
    return as_json(
        {
            "id": "W",
            "policy": {**POLICY, **worksheet.get("policy", {})},
            "people": worksheet.get("people", ["p"]),
            "facts": facts,
            "runs": worksheet["runs"],
        }
    )


@pytest.mark.parametrize("worksheet", WORKSHEETS)
def test_worksheet(worksheet):
    case = full_case(worksheet)

    with translation.override("zh-hans"):
        answers = replay([case])

    assert answers == {"W": worksheet["answer"]}
    assert worksheet["source"]


@pytest.mark.parametrize("worksheet", WORKSHEETS)
def test_the_second_opinion_gives_the_same_answer(worksheet):
    answers = oracle.replay([full_case(worksheet)])["W"]

    stopped = {run for run, answer in answers.items() if "stopped" in answer}
    kept = {run: answer for run, answer in answers.items() if run not in stopped}
    expected = {run: found for run, found in worksheet["answer"].items() if "error" not in found}
    assert kept == expected
