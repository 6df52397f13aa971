"""The pages on which two records are compared, merged and parted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiju.directory.tests.factories import make_user, place
from huiju.registry import queries
from huiju.registry.models import DifferentPeople, Merge
from huiju.registry.tests.factories import make_account, make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(client):
    client.force_login(make_user("district", "350203"))
    return client


def pair():
    return make_person(name="林小娟"), make_person(name="林小娟")


def test_likely_pairs_are_listed_and_compared(district):
    one, other = pair()
    make_person(name="林小娟", place=place("350206004"))
    held = make_account(one)

    page = district.get("/registry/duplicates/").content.decode()
    side = district.get(f"/registry/workers/{one.pk}/comparison/?with={other.pk}")
    alone = district.get(f"/registry/workers/{one.pk}/comparison/").content.decode()

    assert page.count("姓名和出生日期相同") == 1
    assert f"/registry/workers/{one.pk}/comparison/?with={other.pk}" in alone
    told = side.content.decode()
    assert ("合并两份档案" in told, held.masked in told, held.number in told) == (True, True, False)


def test_two_files_are_merged_and_parted_from_the_page(district):
    one, other = pair()
    make_certificate(other)
    said = {"other": other.pk, "reason": "身份证已核对"}

    district.post(f"/registry/workers/{one.pk}/merge/", said)
    old = district.get(f"/registry/workers/{other.pk}/", follow=True).content.decode()
    merge = Merge.objects.get()
    district.post(f"/registry/merges/{merge.pk}/unmerge/", {"reason": "不是同一人"})
    parted = district.get(f"/registry/workers/{other.pk}/")

    assert f"编号{other.pk}的档案已并入本档案" in old
    assert ("身份证已核对" in old, "助理社会工作师" in old) == (True, True)
    assert parted.status_code == 200
    assert not Merge.objects.current().exists()


def test_the_api_answers_an_old_key_with_the_file(district, client):
    one, other = pair()
    district.post(f"/registry/workers/{one.pk}/merge/", {"other": other.pk, "reason": "同一人"})

    assert queries.file_key_of(other.pk) == one.pk


def test_an_open_contradiction_is_asked_and_nothing_kept(district):
    one, other = pair()
    make_certificate(one)
    make_certificate(other)

    answer = district.post(
        f"/registry/workers/{one.pk}/merge/", {"other": other.pk, "reason": "同一人"}
    )

    assert "同一级别有两个证书" in answer.content.decode()
    assert not Merge.objects.exists()


def test_a_fact_of_the_record_merged_away_is_corrected_on_the_one_page(district):
    one, other = pair()
    certificate = make_certificate(other)
    district.post(f"/registry/workers/{one.pk}/merge/", {"other": other.pk, "reason": "同一人"})
    said = {"level": "assistant", "approved_on": "2014-06-23", "reason": "证书原件"}

    district.post(f"/registry/certificates/{certificate.pk}/correct/", said)

    new = other.certificates.current().get()
    assert (str(new.approved_on), new.person_id) == ("2014-06-23", other.pk)


def test_a_pair_told_apart_is_not_listed_again(district):
    one, other = pair()

    district.post(
        f"/registry/workers/{one.pk}/apart/", {"other": other.pk, "reason": "身份证号不同"}
    )
    page = district.get("/registry/duplicates/").content.decode()

    assert DifferentPeople.objects.get().reason == "身份证号不同"
    assert "没有疑似重复的档案" in page


def test_somebody_of_another_district_is_not_there(district):
    one, there = make_person(), make_person(place=place("350206004"))

    answers = [
        district.get(f"/registry/workers/{one.pk}/comparison/?with={there.pk}").status_code,
        district.post(f"/registry/workers/{one.pk}/merge/", {"other": there.pk}).status_code,
        district.post(f"/registry/workers/{one.pk}/apart/", {"other": "x"}).status_code,
    ]

    assert answers == [404, 404, 404]


def test_the_list_asks_few_questions_with_merged_people_on_it(district):
    for _number in range(5):
        one, other = pair()
        make_post(one)
        make_certificate(other)
        district.post(f"/registry/workers/{one.pk}/merge/", {"other": other.pk, "reason": "同一人"})
    district.get("/registry/workers/")

    with CaptureQueriesContext(connection) as asked:
        page = district.get("/registry/workers/").content.decode()

    people = [q["sql"] for q in asked.captured_queries if "registry_" in q["sql"]]
    assert page.count("助理社会工作师") >= 5
    assert len(people) <= 12, people
