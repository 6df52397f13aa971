"""Each role on every path: what it answers is what `audiences.txt` says, word for word.

A new path without a declared audience, or without a row in the table, fails here.
"""

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from huiju.api import services as tokens
from huiju.directory.enums import ACTIONS
from huiju.kernel import clock
from tests.permissions.routes import ask, routes, told
from tests.permissions.world import make_world

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).parent / "audiences.txt"
ROUTES = routes()
SIGNED_IN = [
    *("city", "district", "street", "agency", "worker"),
    *("reviewer", "finance", "auditor", "administrator", "nobody"),
]
COLUMNS = ["visitor", *SIGNED_IN]


def table():
    """The agreed answers: {route: {role: word}}; a word may be followed by what a stranger gets."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    rows = [line for line in lines if line and not line[0].startswith("#")]
    return {name: dict(zip(COLUMNS, words, strict=True)) for name, *words in rows}


@pytest.fixture
def world(db):
    """The world, its figures kept as after the first look at them: every role then reads them."""
    made, client = make_world(), Client()
    client.force_login(made.readers["city"])
    for name in ("desk:home", "statistics:dashboard", "statistics:targets"):
        client.get(reverse(name))
    return made


def answers_to(role, world, half, asked=ROUTES):
    """What routes answer one caller about one half of the city; nothing is kept."""
    client, token = Client(raise_request_exception=False), ""
    if role != "visitor":
        client.force_login(world.readers[role])
        token = tokens.create_token(user=world.readers[role], name="walk", days=1, at=clock.now())[
            1
        ]
    found = {}
    for route in asked:
        with transaction.atomic():
            found[route.name] = told(ask(client, route, half, token))
            transaction.set_rollback(True)
    return found


def test_every_path_declares_its_audience():
    known = {"public", "signed_in"}.union(*ACTIONS.values())

    undeclared = {route.name: route.audience for route in ROUTES if route.audience not in known}

    assert undeclared == {}


def test_every_path_has_one_row_in_the_table():
    names = [line.split()[0] for line in TABLE.read_text().splitlines() if line and line[0] != "#"]

    assert sorted(names) == [route.name for route in ROUTES]


def surprises(world, roles, half, place, asked=ROUTES):
    """Where the site answers otherwise than agreed: (role, route) → what it answers. `place`: 0 here, -1 there."""
    rows = table()
    return {
        (role, name): answer
        for role in roles
        for name, answer in answers_to(role, world, half, asked).items()
        if answer != rows[name][role].split("/")[place]
    }


@pytest.mark.parametrize("roles", [COLUMNS[::2], COLUMNS[1::2]], ids=" ".join)
def test_each_path_answers_each_role_as_agreed(world, roles):
    assert surprises(world, roles, world.here, 0) == {}


def test_what_lies_outside_the_reach_is_not_there(world):
    rows = table()
    about_records = [route for route in ROUTES if "/" in "".join(rows[route.name].values())]
    roles = ["district", "street", "agency", "worker", "finance", "auditor"]

    assert surprises(world, roles, world.there, -1, about_records) == {}


def test_a_page_changes_nothing_and_a_change_is_not_read(world, client):
    """allauth's pages take both; public pages and calls are tested elsewhere."""
    client.force_login(world.readers["city"])
    ours = [route for route in ROUTES if route.kind in {"page", "change"}]

    answers = {
        route.name: told(
            (client.get if route.kind == "change" else client.post)(route.url(world.here))
        )
        for route in ours
    }

    assert set(answers.values()) == {"wrong"}, answers
