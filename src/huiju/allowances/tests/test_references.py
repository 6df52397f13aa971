"""Lines point at rows that are there and stay, as by foreign keys, but checked once a statement."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import IntegrityError, connection, connections, transaction

from huiju.allowances.models import RunLine
from huiju.allowances.tests.factories import compute, make_run, make_run_line, make_scheme
from huiju.directory.access import acting_as_system
from huiju.kernel.bulkreferences import references
from huiju.registry.tests.factories import make_certificate, make_person, make_post

COLUMNS = [reference.column for reference in references(RunLine)]
COPIED = ", ".join(
    field.column for field in RunLine._meta.concrete_fields if field.column not in {"id", "month"}
)


@transaction.atomic
def run_sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def delete_person(person):
    """In SQL, with what else points at a person."""
    for table in ("identitydocument", "searchkey"):
        run_sql(f"DELETE FROM registry_{table} WHERE person_id = {person.pk}")
    run_sql(f"DELETE FROM registry_person WHERE id = {person.pk}")


def test_every_reference_of_a_line_is_guarded():
    assert COLUMNS == ["run_id", "person_id", "place_id", "certificate_id", "post_id", "rate_id"]


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_a_line_that_points_at_nothing_is_refused(column):
    line = make_run_line()
    copied = COPIED.replace(column, "999999999")
    statement = (
        f"INSERT INTO allowances_runline (month, {COPIED})"
        f" SELECT month - 31, {copied} FROM allowances_runline"
    )

    with acting_as_system(), pytest.raises(IntegrityError, match=column):
        run_sql(statement)

    assert list(RunLine.objects.all()) == [line]


@pytest.mark.django_db
def test_what_a_line_points_at_is_not_deleted():
    make_certificate(person := make_person())
    make_post(person)
    compute(make_scheme())
    line = RunLine.objects.get()
    targets = {reference.column: reference for reference in references(RunLine)}

    for column in COLUMNS:
        target = targets[column].target
        key = getattr(line, column)
        with pytest.raises(IntegrityError, match=f"allowances_runline.{column} points at"):
            run_sql(f"DELETE FROM {target} WHERE id = {key}")

    assert RunLine.objects.get() == line


@pytest.mark.django_db(transaction=True)
def test_of_a_line_and_a_deletion_at_once_the_later_is_refused():
    person, run = make_person(), make_run()
    written, asked = Event(), Event()

    def delete():
        written.wait(10)
        try:
            with acting_as_system():
                asked.set()
                delete_person(person)
        except IntegrityError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "deleted"

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(delete)
        with transaction.atomic():
            make_run_line(run, person=person)
            written.set()
            asked.wait(10)
            waiting = not deleting.done()
        answer = deleting.result(20)

    assert waiting
    assert "allowances_runline.person_id points at this row" in answer
    assert RunLine.objects.get().person_id == person.pk


@pytest.mark.django_db(transaction=True)
def test_a_line_for_somebody_being_deleted_waits_and_is_refused():
    person, run = make_person(), make_run()
    deleted, kept = Event(), Event()

    def write():
        deleted.wait(10)
        kept.set()
        try:
            with acting_as_system():
                make_run_line(run, person=person)
        except IntegrityError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "written"

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        with acting_as_system():
            delete_person(person)
            deleted.set()
            kept.wait(10)
        answer = writing.result(20)

    assert "allowances_runline.person_id are not in registry_person" in answer
    assert not RunLine.objects.exists()
