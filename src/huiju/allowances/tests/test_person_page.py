from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiju.allowances import queries
from huiju.allowances.models import RunLine
from huiju.allowances.queries import YearTotals
from huiju.allowances.tests.factories import (
    AT,
    OCTOBER,
    compute,
    make_run,
    make_run_line,
    make_scheme,
)
from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db

CORRECTION = {"month": date(2015, 9, 1)}


@pytest.fixture
def sign_in(client):
    def signed_in(role="district", where="350203"):
        client.force_login(make_user(role, where))
        return client

    with clock.fixed(AT):
        yield signed_in


@pytest.fixture
def paid():
    """Somebody of 思明区 with 200 yuan for October 2015, and 200 taken back for September."""
    person = make_person(name="林小娟")
    make_certificate(person)
    make_post(person)
    run = compute(make_scheme())
    make_run_line(run, person=person, **CORRECTION)
    return person


def url(person):
    return reverse("allowances:person", args=[person.pk])


def rows(answer):
    """The cells of the list's rows, without tags."""
    table = answer.content.decode().split("<tbody>")[-1].split("</tbody>")[0]
    return [row for row in table.split("<tr>") if "<td" in row]


def test_person_page_tells_corrections_from_the_month_itself_and_leads_to_each_derivation(
    sign_in, paid
):
    client = sign_in()

    shown = rows(client.get(url(paid)))

    lines = RunLine.objects.order_by("-month")
    addresses = [reverse("allowances:line", args=[line.pk]) for line in lines]
    assert len(shown) == 2
    assert ["当月" in shown[0], "200.00" in shown[0], addresses[0] in shown[0]] == [True] * 3
    assert ["扣回" in shown[1], "-200.00" in shown[1], addresses[1] in shown[1]] == [True] * 3


def test_totals_by_year_hold_corrections_apart(paid):
    run = make_run(scheme=RunLine.objects.first().run.scheme, month=date(2014, 12, 1))
    make_run_line(run, person=paid, month=date(2014, 11, 1))
    reader = make_user("district", "350203")

    lines = queries.lines_about(paid, reader=reader, on=AT.date())

    assert queries.totals_by_year(lines) == [
        YearTotals(2015, 2, 20000, -20000),
        YearTotals(2014, 1, 0, -20000),
    ]


def test_a_month_computed_again_counts_once(paid):
    scheme = RunLine.objects.first().run.scheme
    compute(scheme, OCTOBER)
    reader = make_user("district", "350203")

    lines = queries.lines_about(paid, reader=reader, on=AT.date())

    assert [line.run.revision for line in lines] == [2]


def test_filter_narrows_to_a_year_and_to_corrections(sign_in, paid):
    run = make_run(scheme=RunLine.objects.first().run.scheme, month=date(2014, 12, 1))
    make_run_line(run, person=paid)
    client = sign_in()

    asked = [{}, {"year": "2014"}, {"year": "2015", "kind": "corrections"}, {"year": "1999"}]

    assert [len(rows(client.get(url(paid), each))) for each in asked] == [3, 1, 1, 3]


def test_person_of_another_district_is_not_there(sign_in):
    stranger = make_person(place=place("350206"))
    make_run_line(make_run(place=place("350206")), person=stranger)

    assert sign_in().get(url(stranger)).status_code == 404


def test_lines_of_another_district_stay_out_of_a_shared_persons_page(sign_in, paid):
    elsewhere = make_run(scheme=RunLine.objects.first().run.scheme, place=place("350206"))
    hidden = make_run_line(elsewhere, person=paid, amount_fen=-33300, step_posted_fen=33300)

    shown = sign_in().get(url(paid)).content.decode()

    address = reverse("allowances:line", args=[hidden.pk])
    assert [address in shown, "333.00" in shown] == [False, False]


def test_reading_a_persons_allowances_is_an_event(sign_in, paid):
    client = sign_in()

    client.get(url(paid))

    event = Event.objects.get(action="allowances.person_read")
    assert event.subject == f"registry.Person:{paid.pk}"


def test_page_of_a_person_takes_as_few_queries_for_many_lines_as_for_one(sign_in, paid):
    client = sign_in()
    client.get(url(paid))
    before = queries_of(client, url(paid))
    scheme = RunLine.objects.first().run.scheme
    for month in range(1, 9):
        make_run_line(make_run(scheme=scheme, month=date(2014, month, 1)), person=paid)

    after = queries_of(client, url(paid))

    assert [after == before, after <= 15] == [True, True]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])


@pytest.mark.parametrize(("role", "linked"), [("district", True), ("agency", False)])
def test_workers_page_leads_there_for_those_who_may_see_allowances(sign_in, paid, role, linked):
    employer = paid.posts.get().employer
    client = sign_in(role, employer if role == "agency" else "350203")

    shown = client.get(reverse("registry:worker", args=[paid.pk])).content.decode()

    assert ["林小娟" in shown, url(paid) in shown] == [True, linked]


def test_finance_reads_a_persons_lines_without_a_way_to_the_file(sign_in, paid):
    client = sign_in("finance")

    shown = client.get(url(paid)).content.decode()

    assert ["200.00" in shown, reverse("registry:worker", args=[paid.pk]) in shown] == [True, False]
