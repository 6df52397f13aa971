"""An office's own PostgreSQL, named by HUIJU_DATABASE_URL: reached, new enough, ours to set up."""

from urllib.parse import urlsplit

import psycopg

from huiju.config.instance import APP, Instance
from huiju.config.postgres import PostgresUnavailable
from huiju.config.words import gettext as _

OLDEST = 15
SECONDS = 10


def check_address(instance: Instance) -> None:
    """Refuse an address that names no database. Raises PostgresUnavailable."""
    try:
        asked = psycopg.conninfo.conninfo_to_dict(instance.database_url)
        port = urlsplit(instance.database_url).port
    except (psycopg.ProgrammingError, ValueError):
        asked, port = {}, None
    if not asked.get("dbname") or port == 0 or "://" not in instance.database_url:
        raise PostgresUnavailable(
            _(
                "HUIJU_DATABASE_URL cannot be read. Write it as"
                " postgresql://user:password@host:5432/database."
            )
        )


def check_for_setting_up(dsn: str, instance: Instance) -> None:
    """Refuse a server that is away, too old, or where we are no superuser. Raises PostgresUnavailable."""
    with _connected(dsn, instance) as connection:
        version = connection.info.server_version // 10000
        if version < OLDEST:
            raise PostgresUnavailable(
                _("The server is PostgreSQL %(found)d; Huiju needs %(oldest)d or later.")
                % {"found": version, "oldest": OLDEST}
            )
        user = connection.info.user
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if row.fetchone() != (True,):
            raise PostgresUnavailable(
                _(
                    "“%(user)s” is no superuser. To make or upgrade an instance, put a superuser"
                    " into HUIJU_DATABASE_URL; serving needs none."
                )
                % {"user": user}
            )


def check_for_serving(instance: Instance) -> None:
    """Refuse a database the serving role cannot sign in to. Raises PostgresUnavailable."""
    login = instance.login(APP)
    if not login.password:
        raise PostgresUnavailable(
            _(
                "The keys in %(home)s hold no password of “%(user)s”: this instance was not made for"
                " that database. Correct HUIJU_DATABASE_URL, or run “huiju init” with it."
            )
            % {"home": instance.home, "user": login.user}
        )
    dsn = psycopg.conninfo.make_conninfo(
        host=login.host,
        port=login.port or None,
        dbname=login.name,
        user=login.user,
        password=login.password,
    )
    _connected(dsn, instance).close()


def _connected(dsn: str, instance: Instance) -> psycopg.Connection:
    try:
        return psycopg.connect(dsn, connect_timeout=SECONDS)
    except psycopg.OperationalError as problem:
        raise PostgresUnavailable(why_not(problem, dsn)) from problem


def why_not(problem: psycopg.OperationalError, dsn: str = "") -> str:
    """Why nobody could sign in. The library gives no code for this, only the server's words."""
    said = str(problem)
    asked = psycopg.conninfo.conninfo_to_dict(dsn) if dsn else {}
    where = {name: asked.get(name) or "—" for name in ("host", "port", "user", "dbname")}
    reasons = (
        ({"password authentication failed"}, _("User or password is wrong (user “%(user)s”).")),
        ({"no password supplied"}, _("The server asks for a password (user “%(user)s”).")),
        ({"role", "does not exist"}, _("The server does not know the user “%(user)s”.")),
        (
            {"database", "does not exist"},
            _("The database “%(dbname)s” is not there. Create it, or correct the name."),
        ),
        ({"resolve host"}, _("The host “%(host)s” is not known. Check its name.")),
        ({"pg_hba.conf"}, _("The server does not let this machine in (pg_hba.conf).")),
    )
    silent = _("Nothing answers at “%(host)s”, port %(port)s. Is the server running there?")
    found = (sentence for words, sentence in reasons if all(word in said for word in words))
    reason = next(found, silent)
    whole = _("The database cannot be reached. %(reason)s (%(said)s)")
    return whole % {"reason": reason % where, "said": said.strip().splitlines()[0]}
