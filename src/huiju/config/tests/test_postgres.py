"""The embedded server: started means that it answers, whatever became of the one before."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huiju.config.instance import Instance
from huiju.config.postgres import PostgresUnavailable, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(Instance(tmp_path_factory.mktemp("cluster")), durable=False)
    made.start()
    yield made
    made.stop()


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_a_server_started_right_after_a_kill_answers_at_once(server: Server) -> None:
    for _n in range(3):
        with psycopg.connect(server.superuser_dsn()):  # somebody is at work when it dies
            before = postmaster(server)
            os.kill(before, signal.SIGKILL)

            server.start()

        psycopg.connect(server.superuser_dsn()).close()
        assert postmaster(server) != before


def test_a_server_that_seems_to_run_but_lets_nobody_in_is_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.stop()
    seems, really = [True, True], Server.running
    monkeypatch.setattr(Server, "running", lambda self: seems.pop() if seems else really(self))

    server.start()

    psycopg.connect(server.superuser_dsn()).close()
    assert not seems


def test_a_server_that_cannot_start_says_so_with_its_log(tmp_path: Path) -> None:
    broken = Server(Instance(tmp_path), durable=False)
    broken.start()
    broken.stop()
    with (broken.data / "postgresql.auto.conf").open("a") as settings:
        settings.write("no_such_setting = 'x'\n")

    with pytest.raises(PostgresUnavailable, match="no_such_setting"):
        broken.start()
