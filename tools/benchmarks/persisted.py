"""Row 2: a month computed and kept in PostgreSQL, against COPY of the same rows and building their keys.

persisted.py          in the instance of HUIJU_HOME, as the serving role
"""

import json
import time
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402

from huiju.allowances import queries, services  # noqa: E402
from huiju.allowances.models import RunLine, Scheme  # noqa: E402
from huiju.allowances.services import RunOrder  # noqa: E402
from huiju.config.instance import OWNER, Instance  # noqa: E402
from huiju.directory.access import acting_as_system  # noqa: E402
from huiju.directory.models import User  # noqa: E402
from huiju.kernel import clock  # noqa: E402
from huiju.kernel.bulkreferences import references  # noqa: E402
from huiju.kernel.periods import Month  # noqa: E402


def computed(month: Month) -> tuple[float, int]:
    """Seconds from reading the facts to commit, and the lines kept."""
    official = User.objects.get(username="bench")
    with acting_as_system():
        places = list(queries.computable_districts(official, on=clock.today()))
        scheme = Scheme.objects.get()
    order = RunOrder(scheme, places, month, clock.now())
    started = time.perf_counter()
    with acting_as_system():
        runs = services.compute_runs(order=order, by=official, at=clock.now())
    seconds = time.perf_counter() - started
    with acting_as_system():
        return seconds, RunLine.objects.filter(run__in=runs).count()


def copied() -> float:
    """Seconds for COPY of the newest month's rows into an empty table, then its keys, indexes and foreign keys."""
    login = Instance.from_environment().login(OWNER)
    dsn = {"host": login.host, "dbname": login.name, "user": login.user, "password": login.password}
    with psycopg.connect(**dsn) as owner:
        owner.execute("SELECT set_config('huiju.reach', 'all', true)")
        select = "SELECT * FROM allowances_runline WHERE month = (SELECT max(month) FROM allowances_runline)"
        with owner.cursor().copy(f"COPY ({select}) TO STDOUT") as source:
            rows = b"".join(bytes(block) for block in source)
        owner.execute("CREATE TABLE twin (LIKE allowances_runline INCLUDING CONSTRAINTS)")
        started = time.perf_counter()
        with owner.cursor().copy("COPY twin FROM STDIN") as target:
            target.write(rows)
        owner.execute(
            "ALTER TABLE twin ADD PRIMARY KEY (id), ADD UNIQUE (run_id, person_id, month)"
        )
        owner.execute("CREATE INDEX ON twin (person_id)")
        for reference in references(RunLine):
            owner.execute(
                f"ALTER TABLE twin ADD FOREIGN KEY ({reference.column}) REFERENCES {reference.target}"
            )
        seconds = time.perf_counter() - started
        owner.rollback()
    return seconds


def main() -> dict[str, Any]:
    with acting_as_system():
        months = RunLine.objects.values_list("month", flat=True).distinct().count()
    computed(Month(2025, 1).plus(months))  # compiles the rules, which a server does once
    seconds, lines = computed(Month(2025, 2).plus(months))
    return {"seconds": seconds, "baseline": copied(), "lines": lines}


if __name__ == "__main__":
    print(json.dumps(main()))
    connection.close()
