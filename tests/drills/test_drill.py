"""A sample of the drill of the money; `make drill-money` strikes every statement."""

import subprocess
from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from huiju.config.instance import Instance
from huiju.config.postgres import Server, superuser_dsn
from tests.drills.drill import Hand, grounds, is_faulty, sample, strike_all
from tests.drills.striking import AFTER, PROCESS, Point

PEOPLE, POINTS = 90, 3
INSERTED = "INSERT INTO "


@pytest.fixture(scope="module")
def hands(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Hand]]:
    """A slot; its schema is that of the tests' own database, which spares migrating again."""
    dump = tmp_path_factory.mktemp("drill") / "schema.dump"
    instance = Instance.from_environment()
    program = Server(instance).binaries / "bin" / "pg_dump"
    source = make_conninfo(superuser_dsn(instance), dbname=connection.settings_dict["NAME"])
    words = [str(program), "-Fc", "-f", str(dump), "-d", source]
    subprocess.run(words, check=True)
    with grounds(1, people=PEOPLE, dump=dump) as made:
        yield made


def statements_of(hand: Hand, flow: str) -> list[str]:
    found: list[str] = hand.ask(flow=flow)["statements"]
    return found


@pytest.mark.parametrize("flow", ["back_pay", "bank_file", "answer"])
def test_a_killed_flow_loses_and_doubles_nothing(hands: list[Hand], flow: str) -> None:
    points = [(flow, point) for point in sample(statements_of(hands[0], flow), POINTS)]

    answers = list(strike_all(hands, points))

    assert len(answers) == POINTS
    assert [answer for answer in answers if is_faulty(answer)] == []


def test_a_flow_without_a_transaction_is_found_at_fault(hands: list[Hand]) -> None:
    statements = statements_of(hands[0], "spoilt_answer")
    kept = next(
        n
        for n, said in enumerate(statements, 1)
        if said.startswith(INSERTED + '"allowances_bankanswer"')
    )
    noted = next(
        n
        for n, said in enumerate(statements, 1)
        if said.startswith(INSERTED + '"allowances_bankresult"')
    )

    answers = list(
        strike_all(hands, [("spoilt_answer", Point(n, AFTER, PROCESS)) for n in (kept, noted)])
    )

    # pressed again the answer is taken for known: payments and postings never come
    assert all(map(is_faulty, answers))
    assert all(answer["reached"] and answer["lost"] for answer in answers)
    assert not any(answer["totals_equal"] for answer in answers)
