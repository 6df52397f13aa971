"""Every shape against an independent reading, day by day, on random worksheets."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.allowances.enums import Shape
from huiju.allowances.tests import shape_oracle
from huiju.allowances.tests.shape_worlds import random_policy, random_terms, random_world
from huiju.allowances.worksheets import replay

WORLDS = 25


def expected(case):
    """What the run must post for "p"; None where a rate is missing."""
    try:
        return shape_oracle.due(case)
    except shape_oracle.NoRate:
        return None


def answered(answer):
    run = answer.get("R1", answer)
    if "error" in run:
        assert run["error"].get("parameter") == "rate", run
        return None
    return {(month, district): fen for month, district, fen in run["p"]["lines"]}


@pytest.mark.parametrize("shape", Shape.values)
@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_shape_agrees_with_a_day_by_day_reading(shape, seed):
    random = Random(seed)
    terms, policy = random_terms(random, shape), random_policy(random)
    worlds = [{"id": f"W{n}", **random_world(random, shape, terms, policy)} for n in range(WORLDS)]

    answers = replay(worlds)

    wanted = {world["id"]: expected(world) for world in worlds}
    assert {name: answered(answer) for name, answer in answers.items()} == wanted


def test_the_random_worlds_pay_in_every_shape():
    """Otherwise the test above could not fail."""
    random, paid = Random(2015), {}
    for shape in Shape.values:
        for _number in range(60):
            terms, policy = random_terms(random, shape), random_policy(random)
            world = random_world(random, shape, terms, policy)
            paid[shape] = paid.get(shape, 0) + bool(expected(world))

    assert min(paid.values()) >= 3, paid
