"""The library's pages: found, shown, entered, confirmed by a second desk, refused in words."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.policies import services
from huiju.policies.models import Document, Parameter, ParameterValue
from huiju.policies.tests.factories import (
    AT,
    CITY,
    city_official,
    make_document,
    make_parameter,
    make_value,
    propose,
    value_entry,
)

pytestmark = pytest.mark.django_db

START = date(2014, 1, 1)


@pytest.fixture
def sign_in(client):
    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in


def url(name, *args):
    return reverse(f"policies:{name}", args=args)


def page(client, name, *args, **asked):
    return client.get(url(name, *args), asked)


@pytest.mark.parametrize("role", ["district", "street", "agency", "worker", "finance", "auditor"])
def test_everybody_signed_in_reads_the_library(sign_in, role):
    document = make_document(title="试点工作实施意见")
    value = make_value(make_parameter(), START, document=document)
    client = sign_in(make_user(role, "350203"))

    shown = [
        page(client, "documents").content.decode(),
        page(client, "document", document.pk).content.decode(),
        page(client, "parameter", value.parameter_id).content.decode(),
    ]

    assert ["试点工作实施意见" in text for text in shown] == [True, True, False]
    assert document.number in shown[2]


def test_library_list_finds_by_the_address(sign_in):
    make_document(title="补贴通知", year=2014)
    make_document(title="评估办法", year=2017)

    text = page(sign_in(city_official()), "documents", words="评估", year=2017).content.decode()

    assert ("评估办法" in text, "补贴通知" in text) == (True, False)


@pytest.mark.parametrize("name", ["documents", "parameters", "awaiting"])
def test_lists_ask_the_database_little_however_long_they_are(
    sign_in, name, django_assert_max_num_queries
):
    for number in range(12):
        make_value(make_parameter(), START + timedelta(days=number))
        propose(value_entry(make_parameter(), START))
    client = sign_in(city_official())

    with django_assert_max_num_queries(12):
        assert page(client, name).status_code == 200


def test_parameter_page_asks_little_however_many_values(sign_in, django_assert_max_num_queries):
    parameter = make_parameter()
    for code in (CITY, "350203", "350206", "350211"):
        make_value(parameter, START, place(code))
    client = sign_in(city_official())

    with django_assert_max_num_queries(17):
        text = page(client, "parameter", parameter.pk).content.decode()

    assert text.count("200.00 元") == 8  # each told day by day and in its history


def test_unknown_sequel_is_said_and_not_carried_forward(sign_in):
    parameter = make_parameter()
    make_value(parameter, START, ends_on=date(2015, 1, 1), after="unknown")

    text = page(sign_in(city_official()), "parameter", parameter.pk).content.decode()

    assert "自此日起不明" in text
    assert "不沿用原数值" in text


def test_parameter_page_shows_what_was_known_on_a_day(sign_in):
    parameter = make_parameter()
    wrong = propose(value_entry(parameter, START, value=99900))
    services.refuse_value(value=wrong, reason="有误", by=city_official(), at=AT)
    value = make_value(parameter, START)
    ending = services.Ending(date(2014, 12, 31), "repealed", make_document())
    later = AT + timedelta(days=30)
    ended = services.end_value(value=value, ending=ending, by=city_official(), at=later)
    services.confirm_value(value=ended, by=city_official(), at=later)
    client = sign_in(city_official())
    before, known = clock.day_of(AT) - timedelta(days=1), clock.day_of(AT)

    with clock.fixed(later):
        texts = [
            page(client, "parameter", parameter.pk, known_on=day.isoformat()).content.decode()
            for day in (before, known, clock.day_of(later))
        ]

    assert [("200.00 元" in text, "2014-12-31" in text, "999.00" in text) for text in texts] == [
        (False, False, False),
        (True, False, False),
        (True, True, False),
    ]


def form_of(parameter, **fields):
    return {
        "value": "250",
        "place": place(CITY).pk,
        "starts_on": "2016-01-01",
        "document": make_document().pk,
        "confidence": "O",
    } | fields


def test_value_is_entered_by_one_desk_and_confirmed_by_another(sign_in):
    parameter = make_parameter()
    client = sign_in(city_official())
    client.post(url("propose_value", parameter.pk), form_of(parameter))
    value = ParameterValue.objects.get()
    own = client.post(url("confirm_value", value.pk), follow=True).content.decode()

    sign_in(make_user("finance", CITY))
    client.post(url("confirm_value", value.pk))

    value.refresh_from_db()
    assert "须由他人确认" in own
    assert (value.state, value.value) == ("confirmed", 25000)


def test_form_keeps_what_was_typed_and_says_what_is_wrong(sign_in):
    parameter = make_parameter()
    make_value(parameter, START)
    client = sign_in(city_official())

    unreadable = client.post(url("propose_value", parameter.pk), form_of(parameter, value="约250"))
    overlapping = client.post(url("propose_value", parameter.pk), form_of(parameter))

    assert (unreadable.status_code, overlapping.status_code) == (422, 422)
    assert "约250" in unreadable.content.decode()
    assert "已有取值200.00 元" in overlapping.content.decode()
    assert ParameterValue.objects.awaiting().count() == 0


def test_refusing_a_value_needs_words(sign_in):
    value = propose(value_entry(make_parameter(), START))
    client = sign_in(city_official())

    silent = client.post(url("refuse_value", value.pk), {"reason": ""}, follow=True)
    client.post(url("refuse_value", value.pk), {"reason": "与原文不符"})

    value.refresh_from_db()
    assert "请写明驳回理由" in silent.content.decode()
    assert (value.state, value.refusal) == ("refused", "与原文不符")


def test_end_of_a_value_is_entered_on_its_page(sign_in):
    value = make_value(make_parameter(), START)
    client = sign_in(city_official())

    assert page(client, "ending_new", value.pk).status_code == 200
    client.post(
        url("end_value", value.pk),
        {"last_day": "2014-12-31", "after": "unknown", "document": make_document().pk},
    )

    proposed = ParameterValue.objects.awaiting().get()
    assert (proposed.fact, proposed.last_day, proposed.after) == (
        value.fact,
        date(2014, 12, 31),
        "unknown",
    )


def test_document_is_recorded_with_its_aliases(sign_in):
    given = {
        "title": "通知", "number": "厦委办〔2012〕36号", "aliases": "厦委办发〔2012〕36号；", "year": 2012,
        "issuer": "市委办", "government": "city", "place": place(CITY).pk, "aspect": 1,
        "confidence": "O",
    }  # fmt: skip
    client = sign_in(city_official())

    answer = client.post(url("record_document"), given | {"aspect": make_document().aspect_id})

    document = Document.objects.get(number="厦委办〔2012〕36号")
    assert answer.url == url("document", document.pk)
    assert document.aliases == ["厦委办发〔2012〕36号"]


def test_parameter_is_defined_on_a_page(sign_in):
    client = sign_in(city_official())
    given = {"code": "travel.rate", "name": "交通补助", "unit": "fen", "owner": "市民政局"}

    client.post(url("define_parameter"), given)
    wrong = client.post(url("define_parameter"), given | {"code": "Travel"})

    assert Parameter.objects.get().code == "travel.rate"
    assert wrong.status_code == 422


def test_attachment_is_read_by_everybody_signed_in(sign_in, settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    document = make_document()
    client = sign_in(city_official())
    with (tmp_path / "原文.pdf").open("wb+") as file:
        file.write(b"%PDF-1.7 text")
        file.seek(0)
        client.post(url("attach_file", document.pk), {"file": file})
    sign_in(make_user("district", "350206"))

    answer = page(client, "attachment", document.attachments.get().pk)

    assert (b"".join(answer), answer["Content-Type"]) == (b"%PDF-1.7 text", "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")


def test_file_that_is_not_kept_is_refused_on_the_page(sign_in, settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    document = make_document()
    client = sign_in(city_official())
    with (tmp_path / "原文.pdf").open("wb+") as file:
        file.write(b"\x00\x01")
        file.seek(0)
        answer = client.post(url("attach_file", document.pk), {"file": file})

    assert answer.status_code == 422
    assert "不保存这类文件" in answer.content.decode()


@pytest.mark.parametrize("name", ["document_new", "parameter_new"])
def test_those_who_may_not_enter_are_refused_with_the_reason(sign_in, name):
    client = sign_in(make_user("street", "350203010"))

    assert page(client, name).status_code == 403


def test_district_sees_why_it_may_not_define_parameters(sign_in):
    text = page(sign_in(make_user("district", "350203")), "parameters").content.decode()

    assert "您不能录入该地区的政策" in text


def test_parameters_are_found_by_name_by_code_and_by_what_awaits_confirmation(client):
    client.force_login(make_user("city", "350200"))
    waiting = make_parameter(code="exam.pass_mark", name="考试合格线")
    make_parameter(code="cpd.hours", name="继续教育学时")
    propose(value_entry(waiting, START))

    asked = [{"words": "合格"}, {"words": "cpd"}, {"standing": "waiting"}, {"standing": "never"}]
    shown = [client.get(reverse("policies:parameters"), each).content.decode() for each in asked]

    found = [[name in page for name in ("考试合格线", "继续教育学时")] for page in shown]
    assert found == [[True, False], [False, True], [True, False], [True, True]]
