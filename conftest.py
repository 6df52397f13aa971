"""One PostgreSQL cluster, one migrated template, one clone per test process.

The template is named after the migrations it holds, so it is built once and cloned in tenths of a
second. Tests run as the serving role: the second wall stands in every test.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings as properties
from psycopg import sql

from huiju.config.instance import APP, OWNER, Instance
from huiju.config.lifecycle import ensure_key_ring
from huiju.config.postgres import Server, ensure_database, ensure_roles, superuser_dsn

ROOT = Path(__file__).resolve().parent
TEMPLATE_PREFIX = "huiju_template_"
# half of hypothesis' own number: properties draw anew in every run
properties.register_profile("suite", max_examples=50)
properties.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that no process ends the day alone with one of them."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("slow", "spark", "browser"))))


@contextmanager
def _one_at_a_time(instance: Instance) -> Iterator[None]:
    instance.home.mkdir(parents=True, exist_ok=True)
    with (instance.home / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _superuser_dsn(instance: Instance) -> str:
    if instance.embedded:
        Server(instance, durable=False).start()
    return superuser_dsn(instance)


def _template_name() -> str:
    digest = hashlib.sha256()
    sources = [*ROOT.glob("src/huiju/*/migrations/*.py"), *ROOT.glob("src/huiju/kernel/*.py")]
    for path in sorted([*sources, ROOT / "requirements" / "dev.txt"]):
        digest.update(path.read_bytes())
    return TEMPLATE_PREFIX + digest.hexdigest()[:12]


def _build_template(dsn: str, instance: Instance, template: str) -> None:
    building = f"building_{template}"
    with psycopg.connect(dsn, autocommit=True) as server:
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if known.fetchone():
            return
        _drop(server, building)
    ensure_roles(dsn, instance)
    ensure_database(dsn, instance, building)
    settings = {"DJANGO_SETTINGS_MODULE": "huiju.config.settings_test"}
    target = {"HUIJU_DATABASE_ROLE": OWNER, "HUIJU_TEST_DATABASE": building}
    ensure_key_ring(instance)
    for words in (["migrate", "--noinput", "-v", "0"], ["load_places"]):
        command = [sys.executable, "-m", "django", *words, "--skip-checks"]
        subprocess.run(command, check=True, env=os.environ | settings | target)
    with psycopg.connect(dsn, autocommit=True) as server:
        names = sql.Identifier(building), sql.Identifier(template)
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _drop(server: psycopg.Connection, name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    server.execute(statement)


class Clone:
    """This process's own database, made anew from the template whenever it was written to."""

    def __init__(self, dsn: str, instance: Instance, template: str) -> None:
        self.dsn, self.instance, self.template = dsn, instance, template
        self.name = f"huiju_test_{os.getpid()}"

    def make(self) -> None:
        connections.close_all()
        with psycopg.connect(self.dsn, autocommit=True) as server:
            _drop(server, self.name)
            create = "CREATE DATABASE {} OWNER {} TEMPLATE {}"
            owner = self.instance.role(OWNER)
            names = [sql.Identifier(name) for name in (self.name, owner, self.template)]
            server.execute(sql.SQL(create).format(*names))
            grant = "GRANT CONNECT ON DATABASE {} TO {}"
            app = sql.Identifier(self.instance.role(APP))
            server.execute(sql.SQL(grant).format(sql.Identifier(self.name), app))

    def drop(self) -> None:
        connections.close_all()
        with psycopg.connect(self.dsn, autocommit=True) as server:
            _drop(server, self.name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Replaces pytest-django's: clone the template and point the default connection at it."""
    instance = Instance.from_environment()
    template = _template_name()
    with django_db_blocker.unblock():
        with _one_at_a_time(instance):
            dsn = _superuser_dsn(instance)
            _build_template(dsn, instance, template)
            clone = Clone(dsn, instance, template)
            clone.make()
        connection.settings_dict.update(NAME=clone.name, PASSWORD=instance.login(APP).password)
        written = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda _case: clone.make()
        yield
        TransactionTestCase._fixture_teardown = written
        clone.drop()


@pytest.fixture(autouse=True)
def whole_reach(request: pytest.FixtureRequest) -> None:
    """Tests with a database see everything, unless they read as somebody."""
    uses = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if uses or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if "live_server" in uses else "db")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
