"""Kept figures are what the records say, whatever was written and whoever commits when."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiju.allowances.tests.factories import compute, make_scheme
from huiju.directory.access import reading_as
from huiju.directory.models import Place
from huiju.directory.tests.factories import make_user
from huiju.kernel.periods import Month
from huiju.policies.models import Aspect
from huiju.policies.tests.factories import make_document
from huiju.registry import services as registry
from huiju.registry.models import Certificate, Person, Post
from huiju.registry.services import Entry
from huiju.registry.tests.factories import make_row
from huiju.statistics import queries, services
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.models import FactChange, KeptFigure
from huiju.statistics.tests.factories import (
    LATER,
    ON,
    make_certificate,
    make_certified,
    make_person,
)

ALL = list(FIGURES.values())
VIEWS = """
WITH RECURSIVE under AS (
    SELECT view.relname AS fact, view.oid AS relation, view.relkind, view.relname
      FROM pg_class view WHERE view.relkind = 'v' AND view.relname LIKE 'fact\\_%'
     UNION
    SELECT under.fact, base.oid, base.relkind, base.relname
      FROM under
      JOIN pg_rewrite rule ON rule.ev_class = under.relation
      JOIN pg_depend needs ON needs.objid = rule.oid AND needs.refclassid = 'pg_class'::regclass
      JOIN pg_class base ON base.oid = needs.refobjid AND base.relkind IN ('r', 'v')
)
SELECT fact, relname FROM under WHERE relkind = 'r'
"""
TRIGGERS = """
SELECT trigger.tgargs, base.relname
  FROM pg_trigger trigger JOIN pg_class base ON base.oid = trigger.tgrelid
 WHERE trigger.tgname = 'facts_changed' AND trigger.tgenabled = 'O'
"""


def keep() -> int:
    return services.keep_figures(ALL, on=ON, at=LATER)


def as_shown() -> dict[str, set[object]]:
    """What pages are given: the cells of every figure."""
    return {
        code: {tuple(cell) for cell in rollup.cells}
        for code, rollup in queries.rollups(ALL, ON).items()
    }


def as_counted() -> dict[str, set[object]]:
    """The same cells from the records, each figure by itself in PostgreSQL."""
    return {
        figure.code: {
            (*(dict(cell.question.filters)[name] for name in figure.by), cell.value, len(cell.keys))
            for cell in queries.cube(queries.Question(figure, ON)).cells
        }
        for figure in ALL
    }


def entry() -> Entry:
    return Entry(at=LATER, by=make_user("city", "350200"), reason="测试更正", source="page")


def import_applied() -> None:
    registry.apply_roster([make_row(7), make_row(8)], by=None, at=LATER, import_id=7)


def import_undone() -> None:
    import_applied()
    keep()
    registry.undo_roster(import_id=7, by=None, at=LATER)


def certificate_revoked() -> None:
    registry.revoke_certificate(
        certificate=Certificate.objects.filter(superseded_at=None, revoked_on=None).first(),
        revoked_on=ON,
        entry=entry(),
    )


def post_ended() -> None:
    registry.end_post(
        post=Post.objects.filter(superseded_at=None, ends_on=None).first(),
        last_day=date(2015, 6, 30),
        entry=entry(),
    )


def run_computed() -> None:
    compute(make_scheme(), Month(2015, 12), at=LATER)


def raw_insert() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_certificate (fact, recorded_at, voided, source, reason, person_id,"
            " level, approved_on, certificate_no, management_no) SELECT gen_random_uuid(), now(),"
            " false, 'sql', '', max(id), 'senior', '2015-01-01', '', '' FROM registry_person"
            " WHERE id NOT IN (SELECT person_id FROM registry_certificate WHERE level = 'senior')"
        )


def field_corrected() -> None:
    Person.objects.update(field="禁毒")


def place_renamed() -> None:
    Place.objects.filter(code="350203").update(name="新思明区")


def aspect_renamed() -> None:
    Aspect.objects.update(title=Concat(Value("新的"), "title"))


def document_entered() -> None:
    make_document(issued_on=ON, year=ON.year)


def person_certified() -> None:
    make_certified("intermediate", "350206")


WRITES = [
    import_applied,
    import_undone,
    certificate_revoked,
    post_ended,
    run_computed,
    raw_insert,
    field_corrected,
    place_renamed,
    aspect_renamed,
    document_entered,
    person_certified,
]
AGAIN = [raw_insert, field_corrected, certificate_revoked, post_ended, person_certified]


@pytest.fixture
def town(db) -> None:
    for _ in range(6):
        make_certified()
    make_document(issued_on=date(2014, 1, 1), year=2014)


@pytest.mark.usefixtures("town")
def test_kept_figures_are_served_until_something_is_written():
    keep()
    KeptFigure.objects.update(cells=[])
    served = queries.rollups(ALL, ON)["registry.certified"].at().value

    make_certified()

    assert (served, queries.rollups(ALL, ON)["registry.certified"].at().value) == (0, 7)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_after_any_write_pages_show_what_the_records_say(write):
    keep()
    before = as_shown()

    write()

    assert as_shown() == as_counted()
    assert as_shown() != before or write is import_undone


@pytest.mark.usefixtures("town")
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(AGAIN), min_size=2, max_size=4), st.data())
def test_any_order_of_writing_and_keeping_shows_what_the_records_say(writes, data):
    with transaction.atomic():
        for write in writes:
            if data.draw(st.booleans()):
                keep()
            write()
        assert as_shown() == as_counted()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("town")
def test_what_is_taken_back_with_its_transaction_is_not_served():
    keep()
    with transaction.atomic():
        make_certified()
        keep()
        transaction.set_rollback(True)
    make_certified("senior")

    assert as_shown() == as_counted()


@pytest.mark.usefixtures("town")
def test_compaction_changes_no_version_and_is_left_to_its_function():
    keep()
    before = queries.versions()

    with connection.cursor() as cursor:
        cursor.execute("SELECT compact_fact_changes()")

    assert queries.versions() == before
    assert len(queries.kept_codes(ALL, ON)) == len(ALL)
    assert FactChange.objects.count() == len(before.changes) - 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM statistics_factchange",
        "UPDATE statistics_factchange SET changes = 0",
        "INSERT INTO statistics_factchange (fact, changes) VALUES ('person', -1)",
        "TRUNCATE statistics_factchange",
    ],
)
def test_the_serving_role_does_not_touch_the_log(db, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_every_table_behind_a_fact_view_notes_its_changes(db):
    with connection.cursor() as cursor:
        cursor.execute(VIEWS)
        needed = {(view.removeprefix("fact_"), base) for view, base in cursor.fetchall()}
        cursor.execute(TRIGGERS)
        noted = {
            (fact.decode(), base)
            for facts, base in cursor.fetchall()
            for fact in bytes(facts).split(b"\0")
            if fact
        }

    assert needed == noted


def test_kept_figures_hold_no_keys_and_only_the_city_reads_the_table(db):
    person = make_certified()
    keep()

    cells = KeptFigure.objects.get(code="registry.certified").cells
    with reading_as(make_user("district", "350203")):
        seen = KeptFigure.objects.count()

    assert cells == [["思明区", "unrecorded", "assistant", "unrecorded", "community", 1, 1]]
    assert person.pk != 1
    assert seen == 0


def test_a_day_asked_for_long_ago_is_let_go(db):
    for days in range(services.DAYS_KEPT + 1):
        KeptFigure.objects.create(
            code="old",
            on=ON + timedelta(days),
            place=Place.objects.get(code="350200"),
            release="",
            structure=0,
            reads=[],
            version=0,
            cells=[],
            computed_at=LATER - timedelta(days + 1),
        )

    keep()

    assert KeptFigure.objects.values("on").distinct().count() == services.DAYS_KEPT


def beside(work: Callable[[], None]) -> Thread:
    """Work on a connection of its own, with the whole reach."""

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_commits_after_a_later_one_makes_kept_figures_old():
    early, late = make_certified(), make_certified()
    written, kept = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            make_certificate(early, "intermediate")
            written.set()
            assert kept.wait(60)

    writer = beside(slow)
    assert written.wait(60)
    make_certificate(late, "senior")
    keep()
    served = len(queries.kept_codes(ALL, ON))
    kept.set()
    writer.join(60)

    assert served == len(ALL)
    assert "registry.certified" not in queries.kept_codes(ALL, ON)
    assert as_shown() == as_counted()


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_figures_are_computed_is_not_kept_as_if_it_were_in_them(monkeypatch):
    person = make_certified()
    computing = queries.computed_rollups

    def slowly(figures, on):
        found = computing(figures, on)
        beside(lambda: make_certificate(person, "senior") and None).join(60)
        return found

    monkeypatch.setattr(queries, "computed_rollups", slowly)
    keep()

    assert "registry.certified" not in queries.kept_codes(ALL, ON)
    assert "policies.documents" in queries.kept_codes(ALL, ON)
    assert as_shown() == as_counted()


@pytest.mark.django_db(transaction=True)
def test_writers_and_readers_at_once_never_show_other_numbers():
    people = [make_person() for _ in range(12)]
    done = Event()

    def write() -> None:
        for person in people:
            make_certificate(person)
        done.set()

    writer = beside(write)
    while not done.is_set():
        keep()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            assert as_shown() == as_counted()
    writer.join(60)

    assert as_shown() == as_counted()
