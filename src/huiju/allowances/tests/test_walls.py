"""The second wall, what the database refuses, and two desks at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from huiju.allowances.models import Run, RunLine
from huiju.allowances.tests.factories import compute, make_run, make_run_line, make_scheme
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_grant, make_user
from huiju.registry.tests.factories import make_certificate, make_person, make_post


def in_post():
    person = make_person()
    make_certificate(person)
    make_post(person)
    return person


def seen():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fact_allowance_line")
        facts = cursor.fetchone()[0]
    return Run.objects.count(), RunLine.objects.count(), facts


@pytest.mark.django_db
def test_the_database_shows_a_district_its_own_runs_alone():
    in_post()
    compute(make_scheme())
    own, other = make_user("district", "350203"), make_user("district", "350206")

    with reading_as(own):
        of_own = seen()
    with reading_as(other):
        of_other = seen()

    assert (of_own, of_other) == ((1, 1, 1), (0, 0, 0))


@pytest.mark.django_db
def test_the_database_shows_a_worker_their_own_lines():
    person, _other = in_post(), in_post()
    compute(make_scheme())
    worker = make_user(person_ref=person.pk)
    make_grant(worker, "worker", "350203")

    with reading_as(worker):
        people = list(RunLine.objects.values_list("person", flat=True))

    assert people == [person.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE allowances_runline SET amount_fen = 1", "DELETE FROM allowances_runline"]
)
def test_posted_lines_are_final(statement):
    make_run_line()

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert RunLine.objects.get().amount_fen == -20000


@pytest.mark.django_db
def test_a_person_has_one_line_for_a_month_in_a_run():
    line = make_run_line()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_run_line(line.run, person=line.person)

    assert RunLine.objects.count() == 1


@pytest.mark.django_db
def test_a_line_that_is_due_names_its_facts():
    run = make_run()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_run_line(run, step_due_fen=20000, step_posted_fen=0, amount_fen=20000)

    assert RunLine.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_desks_computing_one_month_at_once_leave_one_current_run():
    in_post()
    scheme = make_scheme()
    desks = [make_user("district", "350203") for _desk in range(2)]
    ready = Barrier(2)

    def press(desk):
        ready.wait()
        try:
            return compute(scheme, by=desk).revision
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        revisions = sorted(pool.map(press, desks))

    assert revisions == [1, 2]
    assert (Run.objects.current().count(), RunLine.objects.count()) == (1, 2)
