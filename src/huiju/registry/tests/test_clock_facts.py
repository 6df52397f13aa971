"""Registrations and hours of continuing education: stated, imported, merged, shown, and reminded of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.policies.tests.factories import make_document, make_parameter, make_value
from huiju.registry import queries, services
from huiju.registry.models import Credit, Registration
from huiju.registry.services import CreditStatement, Entry, Named, RegistrationStatement
from huiju.registry.tests.factories import (
    make_certificate,
    make_credit,
    make_person,
    make_post,
    make_registration,
)
from huiju.transfers.tests import sheetmaking as make

pytestmark = pytest.mark.django_db
AT = datetime(2016, 3, 1, 4, 0, tzinfo=UTC)
FIRST = RegistrationStatement(
    "first", "assistant", date(2014, 3, 1), date(2017, 3, 1), "厦门市民政局"
)
COURSE = CreditStatement(
    "training", "个案工作实务", "厦门市社会工作协会", date(2015, 6, 1), 240, "JX100"
)


@pytest.fixture
def settled():
    """What the two national documents say, as parameters of the whole country."""
    document = make_document(number="民发〔2009〕44号", title="登记办法")
    for code, value in (
        ("registration.first_window_months", 12),
        ("registration.period_months", 36),
        ("registration.renewal_window_months", 3),
        ("cpd.hours.assistant", 72),
        ("cpd.hours.intermediate", 90),
        ("cpd.hours.senior", 90),
    ):
        parameter = make_parameter(code=code, name=code)
        make_value(parameter, date(2009, 4, 8), value=value, document=document)


def entry(by=None):
    return Entry(at=AT, by=by or make_user("district", "350203"), reason="登记证书")


def stated(kind, person, said):
    return services.state(kind, person=person, stated=said, entry=entry())


def certified():
    person = make_post().person
    make_certificate(person, approved_on=date(2013, 9, 1))
    return person


def test_a_registration_is_recorded_and_one_that_overlaps_is_refused():
    person = certified()

    fact, warning = stated(services.REGISTRATIONS, person, FIRST)

    assert (fact.ends_on, warning) == (date(2017, 3, 1), "")
    second = RegistrationStatement(
        "renewal", "assistant", date(2017, 2, 28), date(2020, 3, 1), "甲"
    )
    with pytest.raises(services.RegistrationsOverlap, match="2014-03-01"):
        stated(services.REGISTRATIONS, person, second)
    assert Registration.objects.count() == 1


def test_a_registration_without_its_certificate_is_taken_with_a_warning():
    _fact, warning = stated(services.REGISTRATIONS, make_post().person, FIRST)

    assert "没有这一级别的证书" in warning or "No certificate of this level" in warning


def test_a_registration_that_ends_before_it_begins_is_refused():
    said = RegistrationStatement("first", "assistant", date(2014, 3, 1), date(2014, 3, 1), "甲")

    with pytest.raises(services.RegistrationEndsBeforeStart):
        stated(services.REGISTRATIONS, certified(), said)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"tenths": 0}, services.CreditHours),
        ({"tenths": 4001}, services.CreditHours),
        ({"item": "recognised"}, services.CreditHours),
        ({"earned_on": date(2016, 3, 2)}, services.CreditNotYet),
    ],
)
def test_hours_that_cannot_be_are_refused(change, refusal):
    with pytest.raises(refusal):
        stated(services.CREDITS, certified(), CreditStatement(**vars(COURSE) | change))


def test_evidence_gives_one_person_hours_once():
    person, other = certified(), certified()
    stated(services.CREDITS, person, COURSE)

    stated(services.CREDITS, person, COURSE)
    with pytest.raises(services.CreditTwice):
        stated(
            services.CREDITS,
            person,
            CreditStatement(**vars(COURSE) | {"earned_on": date(2015, 7, 1)}),
        )
    with pytest.raises(services.CreditOfAnother):
        stated(services.CREDITS, other, COURSE)
    assert Credit.objects.count() == 1


def test_two_rows_of_one_file_do_not_share_evidence_either():
    people = [certified(), certified()]
    rows = [Named(each.name, each.documents.get().number, COURSE) for each in people]

    results = services.take_rows(services.CREDITS, rows, by=None, at=AT, import_id=7)

    assert [result.reason for result in results] == ["", "CREDIT_OF_ANOTHER"]
    assert Credit.objects.get().person == people[0]


def test_the_database_keeps_registrations_apart_and_evidence_single():
    person = make_person()
    make_registration(person)
    make_credit(person, evidence="JX1", provider="甲")

    for overlapping in (
        lambda: make_registration(person, starts_on=date(2016, 1, 1)),
        lambda: make_credit(evidence="JX1", provider="甲"),
        lambda: make_credit(tenths=0),
        lambda: make_credit(item="recognised"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            overlapping()


def test_lists_come_in_by_the_command_and_go_again(tmp_path, settled):
    person = certified()
    number = person.documents.get().number
    registrations = make.grid(
        tmp_path / "登记.xlsx",
        [
            [
                "姓名",
                "身份证号",
                "登记类别",
                "登记级别",
                "登记日期",
                "有效期至",
                "登记机构",
                "登记证号",
            ],
            [
                person.name,
                number,
                "首次登记",
                "助理社会工作师",
                "2014-03-01",
                "",
                "厦门市民政局",
                "D1",
            ],
        ],
    )
    hours = make.grid(
        tmp_path / "学时.xlsx",
        [
            [
                "姓名",
                "身份证号",
                "学时类别",
                "学习内容",
                "举办单位",
                "完成日期",
                "学时",
                "证明编号",
            ],
            [person.name, number, "培训", "小组工作", "市社工协会", "2014-05-01", "24.5", "A1"],
            [person.name, number, "培训", "小组工作", "市社工协会", "2014-05-01", "很多", "A2"],
        ],
    )
    who = make_user("city", "350200").username

    with clock.fixed(AT):
        call_command("import_file", "registrations", registrations, user=who)
        with pytest.raises(SystemExit):
            call_command("import_file", "credits", hours, user=who)

    made = Registration.objects.get()
    assert (made.starts_on, made.ends_on, made.number) == (date(2014, 3, 1), date(2017, 3, 1), "D1")
    assert [(each.hours, each.evidence) for each in Credit.objects.all()] == [("24.5", "A1")]
    source = made.source.removeprefix("import:")
    services.undo_facts(model=Registration, import_id=int(source), by=None, at=AT)
    assert not Registration.objects.current().exists()


def test_the_page_says_three_of_three_or_what_is_missing(client, settled):
    person = certified()
    client.force_login(make_user("district", "350203"))
    with clock.fixed(AT):
        before = client.get(f"/registry/workers/{person.pk}/").content.decode()
        make_registration(person)
        make_credit(person, tenths=480)
        make_credit(person, tenths=240, earned_on=date(2013, 1, 1))
        short = client.get(f"/registry/workers/{person.pk}/").content.decode()
        make_credit(person, tenths=240)
        done = client.get(f"/registry/workers/{person.pk}/").content.decode()

    assert "3 项中 1 项已完成" in before
    assert "未登记，已过首次登记期限" in before
    assert "3 项中 2 项已完成" in short
    assert "本登记期还缺 24 学时" in short
    assert "不在登记期内取得" in short
    assert "3 项中 3 项已完成" in done


def test_what_no_office_has_entered_is_said(client):
    person = certified()
    client.force_login(make_user("district", "350203"))

    shown = client.get(f"/registry/workers/{person.pk}/").content.decode()

    assert "registration.period_months" in shown


def test_a_registration_and_hours_are_recorded_on_the_page(client, settled):
    person = certified()
    client.force_login(make_user("district", "350203"))
    with clock.fixed(AT):
        client.post(
            f"/registry/workers/{person.pk}/registrations/add/",
            {
                "kind": "first",
                "level": "assistant",
                "starts_on": "2014-03-01",
                "last_day": "",
                "authority": "厦门市民政局",
                "number": "",
                "reason": "登记证",
            },
        )
        wrong = client.post(
            f"/registry/workers/{person.pk}/credits/add/", vars_of(COURSE) | {"hours": "1000"}
        )
        client.post(
            f"/registry/workers/{person.pk}/credits/add/", vars_of(COURSE) | {"hours": "24"}
        )

    assert Registration.objects.get().ends_on == date(2017, 3, 1)
    assert "最多 400" in wrong.content.decode()
    assert Credit.objects.get().hours == "24"


def vars_of(said):
    names = ("item", "title", "provider", "evidence")
    said = {name: getattr(said, name) for name in names}
    return said | {"earned_on": "2015-06-01", "basis": "", "reason": "结业证"}


def test_the_form_begins_with_the_level_held_and_as_a_renewal(client, settled):
    person = certified()
    make_certificate(person, level="intermediate", approved_on=date(2014, 9, 1))
    make_registration(person)
    client.force_login(make_user("district", "350203"))

    form = client.get(f"/registry/workers/{person.pk}/registrations/new/").context["form"]

    assert (form["level"].value(), form["kind"].value()) == ("intermediate", "renewal")


def test_the_own_page_shows_the_clocks_and_no_buttons(client, settled):
    person = certified()
    make_registration(person)
    client.force_login(make_user("worker", "350203", person_ref=person.pk))

    with clock.fixed(AT):
        shown = client.get("/registry/me/").content.decode()

    assert "3 项中 2 项已完成" in shown
    assert "registrations/new" not in shown


@pytest.mark.parametrize(
    ("left", "step"), [(91, None), (90, 90), (60, 60), (30, 30), (7, 7), (0, 7)]
)
def test_worker_and_office_are_reminded_step_by_step(client, left, step):
    person = certified()
    today = clock.day_of(AT)
    make_registration(person, ends_on=today + timedelta(days=left + 1))
    district = make_user("district", "350203")

    ending = queries.registrations_ending(district, on=today)
    own = queries.own_deadline({person.pk}, on=today)

    assert [each.rung for each in ending] == ([step] if step else [])
    assert (own.rung if own else None) == step
    said = {"district": "登记将在 90 天内到期：1 人", "worker": f"登记到期：{person}"}
    for role, words in said.items():
        reader = district if role == "district" else make_user(role, "350203", person_ref=person.pk)
        client.force_login(reader)
        with clock.fixed(AT):
            assert (words in client.get("/").content.decode()) == bool(step)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("valid", {"在册", "将到期"}),
        ("ending", {"将到期"}),
        ("lapsed", {"失效"}),
        ("none", {"未登记"}),
    ],
)
def test_the_list_of_workers_is_asked_by_registration(client, asked, found):
    today = clock.day_of(AT)
    ends = {
        "在册": today + timedelta(days=400),
        "将到期": today + timedelta(days=20),
        "失效": today,
    }
    for name in (*ends, "未登记"):
        person = make_person(name=name)
        if name in ends:
            make_registration(person, ends_on=ends[name])
    client.force_login(make_user("district", "350203"))

    with clock.fixed(AT):
        answer = client.get("/registry/workers/", {"registration": asked})

    assert {row.record.name for row in answer.context["table"].rows} == found


def test_who_has_renewed_already_is_not_reminded():
    person = certified()
    today = clock.day_of(AT)
    make_registration(person, ends_on=today + timedelta(days=20))
    make_registration(
        person, kind="renewal", starts_on=today + timedelta(days=20), ends_on=date(2019, 1, 1)
    )

    assert queries.registrations_ending(make_user("district", "350203"), on=today) == []


def test_two_registrations_of_one_human_are_decided_when_files_are_merged():
    one, other = make_person(), make_person()
    make_registration(one), make_registration(other, starts_on=date(2015, 1, 1))

    conflicts = queries.conflicts_of(queries.sides_of(one, other))

    assert [type(conflict.from_fact) for conflict in conflicts] == [Registration]


def test_templates_of_both_lists_are_offered(client):
    client.force_login(make_user("city", "350200"))

    for kind in ("registrations", "credits"):
        assert client.get(reverse("transfers:template", args=[kind])).status_code == 200
