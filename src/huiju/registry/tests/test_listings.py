from datetime import date

import pytest

from huiju.directory import access
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.registry.listings import WORKERS
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db


def test_an_exported_list_has_the_rows_of_the_page_and_no_whole_number():
    person = make_person(name="林小娟", number="350201198001010079", field="老人社会服务")
    make_certificate(person, certificate_no="0012345")
    make_post(person, employer=make_organisation(name="沙坡尾社区", kind="community"), title="主任")
    make_person(name="别区人", place=place("350206"))
    make_person(name="未持证")
    user = make_user("district", "350203")

    with access.reading_as(user):
        rows = list(WORKERS.rows(user, {"level": "assistant", "sort": "-name"}))

    assert rows == [
        (
            "林小娟",
            "3502**********0079",
            "助理社会工作师",
            date(2014, 6, 22),
            "0012345",
            "",
            "沙坡尾社区",
            "社区",
            "思明区",
            "厦港街道",
            "主任",
            "",
            date(2012, 3, 1),
            "老人社会服务",
        )
    ]
    assert len(WORKERS.headings) == len(rows[0])
