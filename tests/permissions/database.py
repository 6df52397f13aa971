"""The test database as its owner sees it."""

import psycopg
from django.db import connection

from huiju.config.instance import OWNER, Instance


def as_owner() -> psycopg.Connection:
    """A connection as the owning role, which the tests themselves never use."""
    login = Instance.from_environment().login(OWNER)
    return psycopg.connect(
        host=login.host,
        port=login.port,
        dbname=connection.settings_dict["NAME"],
        user=login.user,
        password=login.password,
        options=login.options,
    )
