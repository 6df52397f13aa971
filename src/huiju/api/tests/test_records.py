"""People, figures and imports through the API: the same reach as on the pages."""

import pytest

from huiju.audit.models import Event
from huiju.directory.tests.factories import make_organisation, place
from huiju.kernel import clock
from huiju.registry.tests.factories import make_certificate, make_person, make_post
from huiju.transfers.models import Import, StagedRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(db):
    person = make_person(name="林小娟")
    make_certificate(person)
    make_post(person, employer=make_organisation(name="厦港社区居委会", kind="community"))
    return person


def test_a_worker_is_told_with_level_and_post_and_a_masked_number(caller, worker):
    answer = caller("district")("workers", text="linxiaojuan")

    number = worker.documents.get().number
    assert answer.json() == {
        "count": 1,
        "items": [
            {
                "id": worker.pk,
                "name": "林小娟",
                "id_number": f"{number[:4]}**********{number[-4:]}",
                "place_code": "350203001",
                "level": "assistant",
                "employer": "厦港社区居委会",
                "post_place_code": "350203001",
                "in_post_since": "2012-03-01",
            }
        ],
    }
    assert number not in answer.content.decode()


def test_workers_are_narrowed_by_day_level_and_place(caller, worker):
    call = caller("city", "350200")

    counts = [
        call("workers", on="2014-06-21", level="assistant").json()["count"],
        call("workers", on="2014-06-22", level="assistant").json()["count"],
        call("workers", place="350206").json()["count"],
    ]

    assert counts == [0, 1, 0]
    assert call("workers", place="999999").status_code == 404


def test_a_file_holds_its_facts_and_reading_it_leaves_an_event(caller, worker):
    answer = caller("district")(f"workers/{worker.pk}")

    told = answer.json()
    assert told["certificates"] == [
        {"level": "assistant", "approved_on": "2014-06-22", "revoked_on": None}
    ]
    assert [(post["starts_on"], post["last_day"]) for post in told["posts"]] == [
        ("2012-03-01", None)
    ]
    event = Event.objects.latest("pk")
    assert (event.action, event.subject) == ("registry.person_read", str(worker.pk))


def test_a_file_of_another_district_is_not_there(caller, worker):
    assert caller("district", "350206")(f"workers/{worker.pk}").status_code == 404


def test_a_figure_counts_what_its_caller_sees(caller, worker):
    asked = {"on": "2015-12-31", "by": "district"}

    here = caller("district")("figures/registry.certified", **asked).json()
    there = caller("district", "350206")("figures/registry.certified", **asked).json()

    assert (here["value"], here["by"], here["unit"]) == (1, {"思明区": 1}, "person")
    assert (there["value"], there["by"]) == (0, {})


def test_a_figure_or_a_dimension_that_does_not_exist_is_named(caller):
    call = caller("district")

    unknown, wrong = call("figures/registry.none"), call("figures/registry.certified", by="moon")

    assert unknown.status_code == 404
    assert (wrong.status_code, wrong.json()["fields"]) == (422, ["by"])


def make_upload(code):
    upload = Import.objects.create(
        sheet="roster",
        file_name="名册.xlsx",
        digest="0" * 64,
        size=1,
        place=place(code),
        at=clock.now(),
        as_of=clock.today(),
    )
    StagedRow.objects.create(
        source=upload, place_in_file=0, sheet_name="名册", row=6, outcome="accepted"
    )
    return upload


def test_an_import_is_told_to_its_office_alone(caller):
    upload = make_upload("350203")
    mine, other = caller("district"), caller("district", "350206")

    rows = mine(f"imports/{upload.pk}/rows").json()

    assert [item["id"] for item in mine("imports").json()["items"]] == [upload.pk]
    assert [(row["row"], row["outcome"], row["result"]) for row in rows["items"]] == [
        (6, "accepted", None)
    ]
    assert other("imports").json() == {"count": 0, "items": []}
    assert other(f"imports/{upload.pk}").status_code == 404


def test_the_place_of_an_import_is_told_by_its_code(caller):
    upload = make_upload("350203")

    told = caller("auditor")(f"imports/{upload.pk}").json()

    assert told["place_code"] == place("350203").code
