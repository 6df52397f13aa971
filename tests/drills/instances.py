"""Throw-away instances for drills: one prepared base, and copies of it that may be killed."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from huiju.config.instance import APP, OWNER, Instance
from huiju.config.lifecycle import ensure_key_ring
from huiju.config.postgres import Server, ensure_roles, ensure_roles_and_database

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tests.drills.settings"
BYTECODE = ROOT / "var" / "drill" / "bytecode"
PREPARED = "drilled"
SOURCES = (
    "src/huiju/*/migrations/*.py",
    "src/huiju/allowances/tests/*.py",
    "src/huiju/kernel/*.py",
    "tests/drills/*.py",
)


@dataclass(frozen=True)
class Ground:
    """An instance of its own folder on which flows are run and killed."""

    home: Path

    @property
    def instance(self) -> Instance:
        return Instance(self.home)

    @property
    def server(self) -> Server:
        return Server(self.instance)

    @property
    def environment(self) -> dict[str, str]:
        own = {"HUIJU_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": SETTINGS}
        own |= {"HUIJU_DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
        # a drill starts Python often: what it compiled is kept, whatever the machine's habit
        own |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(BYTECODE)}
        return os.environ | own

    def run(self, *words: str, role: str = APP) -> None:
        """A command of Python in the instance's environment."""
        environment = self.environment | {"HUIJU_DATABASE_ROLE": role}
        subprocess.run([sys.executable, *words], check=True, env=environment)

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self.server.superuser_dsn(database), autocommit=True)

    def reset(self) -> None:
        """The database as it was prepared."""
        name, owner, app = (
            sql.Identifier(self.instance.database_name),
            sql.Identifier(self.instance.role(OWNER)),
            sql.Identifier(self.instance.role(APP)),
        )
        create = "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy"
        with self.connect("postgres") as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            server.execute(sql.SQL(create).format(name, owner, sql.Identifier(PREPARED)))
            server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, app))

    def remove(self) -> None:
        self.server.stop()
        shutil.rmtree(self.server.folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def base_ground(people: int, seed: int, *, dump: Path | None = None) -> Ground:
    """The instance with the town in it, stopped. Made once for each state of the sources.

    `dump` is a file of pg_dump with schema and places; without one they are made by migrating.
    """
    digest = hashlib.sha256(f"{people} {seed}".encode())
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    ground = Ground(ROOT / "var" / "drill" / f"base-{people}")
    stamp = ground.home / "stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return ground
    if ground.home.exists():
        ground.remove()
    _build(ground, dump)
    ground.run("-m", "tests.drills.prepare", str(people), str(seed))
    with ground.connect("postgres") as server:
        server.execute(f"ALTER DATABASE {ground.instance.database_name} RENAME TO {PREPARED}")
    ground.server.stop()
    stamp.write_text(digest.hexdigest())
    return ground


def _build(ground: Ground, dump: Path | None) -> None:
    ground.home.mkdir(parents=True)
    ground.server.start()
    with ground.connect("postgres") as server:
        # what is killed are processes, not the machine: what a process gave to the system is kept
        server.execute("ALTER SYSTEM SET fsync = off")
        server.execute("ALTER SYSTEM SET full_page_writes = off")
        server.execute("SELECT pg_reload_conf()")
    dsn = ground.server.superuser_dsn()
    ensure_key_ring(ground.instance)
    if dump is None:
        ensure_roles_and_database(dsn, ground.instance)
        ground.run("-m", "django", "migrate", "--noinput", "-v", "0", role=OWNER)
        ground.run("-m", "django", "load_places")
        return
    ensure_roles(dsn, ground.instance)
    with ground.connect("postgres") as server:
        server.execute(f"CREATE DATABASE {ground.instance.database_name} TEMPLATE template0")
    program = ground.server.binaries / "bin" / "pg_restore"
    words = [str(program), "-d", ground.server.superuser_dsn(ground.instance.database_name)]
    subprocess.run([*words, str(dump)], check=True)
    ensure_roles_and_database(dsn, ground.instance)


def copy_of(base: Ground, name: str) -> Ground:
    """A copy of a stopped instance, started, with its own socket."""
    ground = Ground(base.home.parent / name)
    if ground.home.exists():
        ground.remove()
    ground.home.mkdir(parents=True)
    shutil.copytree(base.instance.keys, ground.instance.keys)
    for answer in base.home.glob("answer-*"):
        shutil.copy(answer, ground.home)
    ground.server._make_folders()
    subprocess.run(
        ["cp", "-a", "--reflink=auto", str(base.server.data), str(ground.server.data)],
        check=True,
    )
    settings = ground.server.data / "postgresql.auto.conf"
    old, new = (str(each.instance.socket_folder) for each in (base, ground))
    settings.write_text(settings.read_text().replace(old, new))
    ground.server.start()
    return ground
