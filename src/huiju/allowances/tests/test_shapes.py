"""Every shape and modifier against worksheets worked out by hand, and what their terms refuse."""

import pytest
from django.utils import translation

from huiju.allowances.enums import Shape
from huiju.allowances.rules import SHAPES
from huiju.allowances.rules.shapes.payers import shares
from huiju.allowances.rules.shapes.terms import Terms
from huiju.allowances.shape_terms.fields import DESCRIPTIONS
from huiju.allowances.shape_terms.reading import TermsInvalid, read_terms
from huiju.allowances.tests.shape_cases import (
    CASES,
    HIRED,
    MODIFIERS,
    SIMING,
    case,
    cert,
    person,
    post,
    rate,
)
from huiju.allowances.worksheets import replay

HALVES = (("city", 50), ("district", 50))
WORKSHEETS = {**CASES, **MODIFIERS}


def answered(worksheet):
    """What each run of a case posts."""
    answer = replay([{"id": "W", **worksheet}])["W"]
    assert "error" not in answer, answer
    return {run: answer[run]["p"] for run in answer}


@pytest.fixture(scope="module")
def all_answers():
    """All worksheets replayed together: it is making the engine that takes time."""
    return replay([{"id": name, **worksheet} for name, (worksheet, _paid) in WORKSHEETS.items()])


@pytest.mark.parametrize("name", WORKSHEETS)
def test_a_worksheet_is_answered_as_by_hand(name, all_answers):
    paid = WORKSHEETS[name][1]

    answers = {run: answer["p"] for run, answer in all_answers[name].items()}

    lines = {run: answer["lines"] for run, answer in answers.items()}
    assert lines == {run: [[run, SIMING, paid[run]]] if run in paid else [] for run in answers}
    assert {run: answer["pay"] for run, answer in answers.items() if answer["pay"]} == paid


def test_every_shape_has_a_worksheet_a_description_and_a_function():
    shown = {worksheet["shape"] for worksheet, _paid in CASES.values()}

    assert shown == set(Shape.values) == set(SHAPES) == set(DESCRIPTIONS)


def test_leaving_before_the_commitment_ends_takes_the_hiring_subsidy_back():
    worksheet = case(
        "new_hire",
        HIRED,
        cert(date="2024-06-22"),
        {**post(from_="2024-02-01"), "id": "j"},
        {**post(from_="2024-02-01", to="2025-03-31"), "id": "j", "recorded": "2025-04-02"},
        rate(500000),
        person("claim", date="2025-03-05"),
        months=("2025-03", "2025-04"),
    )

    answers = answered(worksheet)

    assert answers["2025-03"]["lines"] == [["2025-03", SIMING, 500000]]
    assert answers["2025-04"]["lines"] == [["2025-03", SIMING, -500000]]


def test_payers_bear_their_shares_to_the_fen():
    worksheet, _paid = CASES["R16"]

    assert answered(worksheet)["2025-01"]["payers"] == {"city": 6600, "district": 13401}


@pytest.mark.parametrize("amount", [0, 1, 99, 100, 20001, -20001])
def test_shares_make_the_amount(amount):
    terms = Terms(payers=(("*", (("a", 33), ("b", 33), ("c", 34))),))

    assert sum(shares(amount, SIMING, terms).values()) == amount


def test_of_equal_remainders_the_name_that_sorts_first_gets_the_fen():
    """The database keeps the payers in an order of its own."""
    one, other = (Terms(payers=(("*", split),)) for split in (HALVES, HALVES[::-1]))

    assert shares(101, SIMING, one) == shares(101, SIMING, other) == {"city": 51, "district": 50}


def test_every_condition_must_hold():
    worksheet = case(
        "once_by_level",
        {"conditions": ["inspected", "projects"]},
        cert(),
        post(),
        rate(150000),
        person("condition", condition="inspected", from_="2025-01-01"),
        person("condition", condition="projects", from_="2025-03-10"),
        months=("2025-01", "2025-02", "2025-03"),
    )

    lines = [line for answer in answered(worksheet).values() for line in answer["lines"]]

    assert lines == [["2025-03", SIMING, 150000]]


def test_a_band_is_of_its_own_worksheet():
    banded, paid = CASES["R7"]
    plain = {**banded, "facts": [f for f in banded["facts"] if f["type"] != "band"]}

    answers = replay([{"id": "A", **banded}, {"id": "B", **plain}])

    assert [answers[name]["2025-01"]["p"]["pay"] for name in "AB"] == [625506, 568642]
    assert paid == {"2025-01": 625506}


def test_a_shape_that_multiplies_pays_no_single_days():
    worksheet, _paid = CASES["R7"]
    by_days = {**worksheet, "policy": {**worksheet["policy"], "granularity": "day"}}

    answer = replay([{"id": "W", **by_days}])["W"]

    assert answer["error"]["field"] == "terms.granularity"


def test_a_missing_index_stops_the_run():
    worksheet, _paid = CASES["R7"]
    without = {**worksheet, "facts": [f for f in worksheet["facts"] if f["type"] != "index"]}

    answer = replay([{"id": "W", **without}])["W"]["2025-01"]

    assert answer["error"]["on"] == "2025-01-01"


@pytest.mark.parametrize(
    ("shape", "terms", "field"),
    [
        ("monthly_term", {}, "most_months"),
        ("monthly_term", {"most_months": "3"}, "most_months"),
        ("monthly_by_level", {"most_months": 3}, "most_months"),
        ("monthly_by_level", {"start": "birth"}, "start"),
        ("monthly_by_level", {"stops": ["whim"]}, "stops"),
        ("monthly_by_level", {"ceiling_fen": 1, "ceiling_per": "ever"}, "ceiling_per"),
        ("monthly_by_level", {"last_month": "2025-13"}, "last_month"),
        ("co_funded", {"payers": {"*": {"city": 60, "district": 50}}}, "payers"),
        ("grade_steps", {"start": "approval", "steps": {"assistant": 1}}, "start"),
        ("grade_steps", {"start": "appointment", "steps": {"master": 1}}, "steps"),
        ("sub_grades", {"grades": {"assistant": [1]}}, "grades"),
        ("new_hire", {**HIRED, "hired_from": "2017"}, "hired_from"),
        ("monthly_by_level", {"conditions": ["inspected"]}, "conditions"),
        ("cost_refund", {"items": ["exam"], "ceiling_fen": 1, "stops": ["death"]}, "stops"),
        ("sub_grades", {"grades": {"assistant": [[0, 100]]}, "grades_by": "age"}, "grades_by"),
    ],
)
def test_a_wrong_term_is_named(shape, terms, field):
    with pytest.raises(TermsInvalid) as refusal, translation.override("zh-hans"):
        read_terms(shape, terms, lookback_months=12)

    assert refusal.value.field == field
    assert f"({field})" in str(refusal.value) or f"（{field}）" in str(refusal.value)
