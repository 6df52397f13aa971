import os
from pathlib import Path

import pytest
from django.urls import reverse

from huiju.api.root import document, schema
from huiju.directory.tests.factories import make_organisation, place

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "openapi.json"


def test_the_openapi_document_is_the_one_agreed_on():
    if os.environ.get("HUIJU_WRITE_GOLDEN"):
        GOLDEN.write_text(document(), encoding="utf-8")

    assert document() == GOLDEN.read_text(encoding="utf-8")


def test_every_operation_declares_the_refusals_it_may_answer():
    bare = {
        f"{method} {path}": {"401", "403", "404", "422"} - set(map(str, operation["responses"]))
        for path, methods in schema()["paths"].items()
        for method, operation in methods.items()
    }

    assert {operation: missing for operation, missing in bare.items() if missing} == {}


def test_places_are_listed_in_chinese_as_it_is_written(caller):
    answer = caller("worker")("places", kind="district", per_page=2)

    assert answer.json() == {
        "count": 6,
        "items": [
            {
                "code": "350203",
                "name": "思明区",
                "kind": "district",
                "parent_code": "350200",
                "starts_on": place("350203").starts_on.isoformat(),
                "last_day": None,
                "successor_code": None,
            },
            {
                "code": "350205",
                "name": "海沧区",
                "kind": "district",
                "parent_code": "350200",
                "starts_on": place("350205").starts_on.isoformat(),
                "last_day": None,
                "successor_code": None,
            },
        ],
    }
    assert "思明区" in answer.content.decode()


def test_a_place_that_is_not_there_is_404_in_words(caller):
    answer = caller("worker")("places/999999")

    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "没有这条记录，或不在您的权限范围内。",
    )


def test_wrong_parameters_are_named(caller):
    answer = caller("worker")("places", page=0, kind="planet")

    misspelt = caller("worker")("places", knd="street")

    assert (answer.status_code, sorted(answer.json()["fields"])) == (422, ["kind", "page"])
    assert (misspelt.status_code, misspelt.json()["fields"]) == (422, ["knd"])
    assert answer.json()["detail"].startswith("参数缺少或不正确")


def test_organisations_are_found_by_name_and_refused_to_workers(caller):
    agency = make_organisation(name="湖里社工服务中心", place=place("350206"))
    make_organisation(name="同安社工服务中心", place=place("350212"))

    found = caller("district")("organisations", text="湖里")

    assert [(item["id"], item["place"]) for item in found.json()["items"]] == [
        (agency.pk, "湖里区")
    ]
    assert caller("worker")("organisations").status_code == 403


def test_the_reference_page_names_every_operation_in_chinese(client):
    page = client.get(reverse("api:reference")).content.decode()
    published = client.get(reverse("api:openapi")).json()

    assert all(path in page for path in published["paths"])
    assert "行政区划" in page
