from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiju.audit.models import Event
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.registry.models import Certificate, Post
from huiju.registry.tests.factories import (
    LEARNT,
    identity_number,
    make_certificate,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db
HULI = "350206004"


def sign_in(client, role="district", where="350203", **fields):
    user = make_user(role, where, **fields)
    client.force_login(user)
    return user


def names(response):
    return [row.record.name for row in response.context["table"].paginated_rows]


def test_the_list_shows_the_people_of_the_reader_with_what_they_hold(client):
    person = make_person(name="单小燕", number=identity_number(7))
    make_certificate(person)
    make_certificate(person, level="intermediate", approved_on=date(2016, 6, 19))
    make_post(person, employer=make_organisation(name="沙坡尾社区", kind="community"))
    make_post(make_person(name="湖里人", place=place(HULI)), place=place(HULI))
    sign_in(client)

    response = client.get("/registry/workers/")

    page = response.content.decode()
    assert names(response) == ["单小燕"]
    for shown in (
        "社会工作师",
        "2016-06-19",
        "沙坡尾社区",
        "2012-03-01",
        f"3502**********{identity_number(7)[-4:]}",
    ):
        assert shown in page
    assert identity_number(7) not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("text=单", ["单小燕"]),
        ("text=小燕", ["单小燕"]),
        ("text=shanxiao", ["单小燕"]),
        ("text=dxy", ["单小燕"]),
        ("text=350201198001010072", []),
        ("text=C0017", ["仇大力"]),
        ("level=assistant", ["仇大力"]),
        ("level=senior", ["单小燕"]),
        ("level=none", ["曾无证"]),
        ("standing=in_post", ["单小燕"]),
        ("standing=left", ["仇大力", "曾无证"]),
        ("employer_kind=agency", ["单小燕"]),
        ("employer_kind=community", []),
        ("district=350206", ["曾无证"]),
        ("street=350203001", ["仇大力", "单小燕"]),
        ("field=老人", ["仇大力"]),
        ("on=2013-01-01&level=none", ["仇大力", "单小燕", "曾无证"]),
        ("sort=-name", ["曾无证", "单小燕", "仇大力"]),
        ("sort=-level", ["单小燕", "仇大力", "曾无证"]),
        ("sort=since", ["单小燕", "仇大力", "曾无证"]),
        ("level=nonsense", ["仇大力", "单小燕", "曾无证"]),
    ],
)
def test_each_filter_asks_one_question(client, asked, found):
    first = make_person(name="单小燕")
    make_certificate(first, level="senior")
    make_post(first, employer=make_organisation(kind="agency"))
    second = make_person(name="仇大力", field="老人社会服务")
    make_certificate(second, certificate_no="C0017")
    make_post(second, ends_on=date(2014, 1, 1))
    make_person(name="曾无证", place=place(HULI))
    sign_in(client, "city", "350200")

    response = client.get(f"/registry/workers/?{asked}")

    assert names(response) == found


def test_a_whole_identity_number_finds_its_holder(client):
    make_person(name="林小娟", number=identity_number(5))
    make_person(name="陈大文", number=identity_number(6))
    sign_in(client)

    whole = names(client.get("/registry/workers/", {"text": identity_number(5)}))
    part = names(client.get("/registry/workers/", {"text": identity_number(5)[:17]}))

    assert (whole, part) == (["林小娟"], [])


def test_the_list_asks_as_many_questions_for_fifty_people_as_for_one(client):
    sign_in(client)
    make_post(make_person())
    client.get("/registry/workers/?per_page=50")
    with CaptureQueriesContext(
        connection,
    ) as for_one:
        client.get("/registry/workers/?per_page=50")
    for _person in range(49):
        person = make_person()
        make_certificate(person)
        make_post(person)

    with CaptureQueriesContext(connection) as for_fifty:
        response = client.get("/registry/workers/?per_page=50")

    of_tables = [q["sql"] for q in for_fifty if "FROM" in q["sql"]]
    assert len(response.context["table"].page) == 50
    assert len(for_fifty) == len(for_one)
    assert len(of_tables) <= 12
    assert len(response.content) < 150_000


def test_a_file_is_recorded_as_read_and_shows_its_facts_in_words(client):
    person = make_person(name="林小娟")
    make_certificate(
        person,
        superseded_at=LEARNT + timedelta(days=9),
        fact="6c1d9a1e-0000-4000-8000-000000000001",
    )
    make_certificate(
        person,
        approved_on=date(2014, 6, 23),
        recorded_at=LEARNT + timedelta(days=9),
        fact="6c1d9a1e-0000-4000-8000-000000000001",
        reason="证书原件",
    )
    make_post(person)
    user = sign_in(client)

    response = client.get(f"/registry/workers/{person.pk}/")

    page = response.content.decode()
    for shown in ("林小娟", "2014-06-22 → 2014-06-23", "证书原件", "在岗", "思明区"):
        assert shown in page
    assert Event.objects.get(action="registry.person_read").actor == f"directory.User:{user.pk}"


def test_a_file_shows_what_was_known_on_a_day(client):
    person = make_person()
    make_certificate(person, recorded_at=LEARNT)
    sign_in(client)

    before = client.get(f"/registry/workers/{person.pk}/?known=2015-01-04")
    on = client.get(f"/registry/workers/{person.pk}/?known=2015-01-05")

    assert [len(r.context["certificates"]) for r in (before, on)] == [0, 1]


def test_a_file_of_another_district_is_not_there(client):
    person = make_person(place=place(HULI))
    make_post(person, place=place(HULI))
    sign_in(client)

    assert client.get(f"/registry/workers/{person.pk}/").status_code == 404


def test_a_worker_reads_the_own_file_and_no_other(client):
    person, other = make_person(name="林小娟"), make_person()
    make_certificate(person)
    sign_in(client, "worker", "350203", person_ref=person.pk)

    own = client.get("/registry/me/")

    assert own.status_code == 200
    assert "林小娟" in own.content.decode()
    assert "/registry/certificates/" not in own.content.decode()
    assert client.get(f"/registry/workers/{other.pk}/").status_code == 403


def test_an_agency_sees_its_present_people_alone(client):
    agency = make_organisation()
    ours, gone = (
        make_person(name="我方", place=place(HULI)),
        make_person(name="从前", place=place(HULI)),
    )
    make_post(ours, employer=agency, place=place(HULI))
    make_post(gone, place=place(HULI))
    sign_in(client, "agency", agency)

    assert names(client.get("/registry/workers/")) == ["我方"]


def test_the_whole_number_is_shown_for_a_reason_that_goes_on_record(client):
    person = make_person(number=identity_number(9))
    document = person.documents.get()
    sign_in(client)

    without = client.post(f"/registry/documents/{document.pk}/reveal/", {"reason": ""}, follow=True)
    shown = client.post(f"/registry/documents/{document.pk}/reveal/", {"reason": "核对银行账户"})

    event = Event.objects.get(action="registry.number_revealed")
    assert identity_number(9) not in without.content.decode()
    assert identity_number(9) in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert event.subject == f"registry.Person:{person.pk}"
    assert identity_number(9) not in str(event.detail)


def test_a_certificate_is_corrected_on_its_page(client):
    certificate = make_certificate()
    sign_in(client)
    form = client.get(f"/registry/certificates/{certificate.pk}/")
    said = {"level": "assistant", "approved_on": "2014-06-23", "reason": "核对证书原件"}

    answer = client.post(f"/registry/certificates/{certificate.pk}/correct/", said, follow=True)

    assert f"/registry/certificates/{certificate.pk}/correct/" in form.content.decode()
    assert answer.redirect_chain == [(f"/registry/workers/{certificate.person_id}/", 302)]
    assert str(Certificate.objects.current().get().approved_on) == "2014-06-23"


def test_a_form_with_faults_comes_back_with_them(client):
    certificate = make_certificate()
    sign_in(client)

    late = client.post(
        f"/registry/certificates/{certificate.pk}/revoke/",
        {"revoked_on": "2013-01-01", "reason": "核对证书原件"},
    )

    assert "2014-06-22" in late.content.decode()
    assert Certificate.objects.count() == 1


def test_a_post_is_added_corrected_and_ended_on_pages(client):
    person = make_person()
    employer = make_organisation(name="沙坡尾社区", kind="community", place=place("350203001"))
    sign_in(client)
    said = {
        "place": "350203001",
        "employer": "沙坡尾社区",
        "starts_on": "2015-03-01",
        "reason": "聘用合同",
    }

    client.post(f"/registry/workers/{person.pk}/posts/add/", said)
    added = Post.objects.current().get()
    client.post(f"/registry/posts/{added.pk}/correct/", said | {"title": "主任"})
    corrected = Post.objects.current().get()
    client.post(
        f"/registry/posts/{corrected.pk}/end/", {"last_day": "2016-05-31", "reason": "辞职报告"}
    )

    ended = Post.objects.current().get()
    assert (added.employer, added.kind, corrected.title) == (employer, "community", "主任")
    assert (str(ended.starts_on), str(ended.ends_on), ended.fact) == (
        "2015-03-01",
        "2016-06-01",
        added.fact,
    )


@pytest.mark.parametrize(
    "path",
    [
        "certificates/{certificate}/revocation/",
        "posts/{post}/",
        "posts/{post}/ending/",
        "workers/{person}/posts/new/",
        "workers/{person}/name/",
    ],
)
def test_each_form_opens(client, path):
    person = make_person()
    keys = {
        "person": person.pk,
        "certificate": make_certificate(person).pk,
        "post": make_post(person).pk,
    }
    sign_in(client)

    assert client.get("/registry/" + path.format(**keys)).status_code == 200


def test_a_person_is_renamed_and_found_by_both_names(client):
    person = make_person(name="林小娟")
    sign_in(client)

    client.post(f"/registry/workers/{person.pk}/rename/", {"name": "林晓娟", "reason": "户口本"})

    found = [names(client.get("/registry/workers/", {"text": text})) for text in ("林小", "林晓")]
    assert found == [["林晓娟"], ["林晓娟"]]


def test_organisations_are_listed_with_their_people(client):
    agency = make_organisation(name="霞辉社工中心", place=place("350203"))
    first, second = make_person(), make_person()
    make_certificate(first)
    for person in (first, second):
        make_post(person, employer=agency)
    make_organisation(name="别处", place=place("350206"))
    sign_in(client)

    rows = client.get("/registry/organisations/?district=350203").context["table"].data.data

    assert [(row.name, row.staff, row.certified) for row in rows] == [("霞辉社工中心", 2, 1)]


def test_an_organisation_page_tells_who_is_there_and_who_was(client):
    agency = make_organisation(name="霞辉社工中心")
    here, was = make_person(name="在岗人"), make_person(name="离岗人")
    make_certificate(here)
    make_post(here, employer=agency)
    make_post(was, employer=agency, ends_on=date(2014, 1, 1))
    sign_in(client)

    now = client.get(f"/registry/organisations/{agency.pk}/")
    ever = client.get(f"/registry/organisations/{agency.pk}/?staff=ever")

    assert (now.context["staff"].total, now.context["share"], names(now)) == (
        1,
        "100.0%",
        ["在岗人"],
    )
    assert "离岗人" in ever.content.decode()


def test_a_place_page_counts_the_people_in_it(client):
    person = make_person()
    make_certificate(person)
    make_post(person)
    make_post(make_person(), place=place("350203003"))
    sign_in(client)

    response = client.get("/registry/places/350203/")

    parts = {
        part.place.code: (part.total, part.certified) for part, _share in response.context["parts"]
    }
    assert (response.context["staff"].total, response.context["staff"].certified) == (2, 1)
    assert (parts["350203001"], parts["350203003"], parts["350203005"]) == ((1, 1), (1, 0), (0, 0))
