"""The pages of leaves, accounts and deaths, and the three sheets."""

import json
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.test import Client

from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user
from huiju.registry.models import BankAccount, Death, Leave
from huiju.registry.sheets import ACCOUNT_LIST, DEATH_LIST, LEAVE_LIST
from huiju.registry.tests.factories import (
    account_number,
    make_account,
    make_death,
    make_leave,
    make_person,
    make_post,
)
from huiju.transfers.sheets import all_sheets

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(client):
    client.force_login(make_user("district", "350203"))
    return client


def page_of(client, person):
    return client.get(f"/registry/workers/{person.pk}/").content.decode()


def test_a_leave_is_recorded_corrected_and_withdrawn_from_the_page(district):
    person = make_post().person
    said = {"kind": "sick", "starts_on": "2015-03-01", "last_day": "2015-03-31", "reason": "假条"}

    district.post(f"/registry/workers/{person.pk}/leaves/add/", said)
    leave = Leave.objects.get()
    district.post(f"/registry/leaves/{leave.pk}/correct/", said | {"kind": "unpaid"})
    corrected = Leave.objects.current().get()
    shown = page_of(district, person)
    district.post(f"/registry/leaves/{corrected.pk}/withdraw/", {"reason": "误录"})

    assert str(leave.ends_on) == "2015-04-01"
    for words in (
        "事假",
        "2015-03-01",
        "2015-03-31",
        "请假：事假",
        "请假最后一天：事假",
        "病假 → 事假",
    ):
        assert words in shown, words
    assert not Leave.objects.current().exists()


def test_a_form_with_overlapping_days_says_why(district):
    leave = make_leave()
    said = {"kind": "unpaid", "starts_on": "2015-03-20", "last_day": "", "reason": "申请"}

    answer = district.post(f"/registry/workers/{leave.person_id}/leaves/add/", said)

    assert "日期重叠" in answer.content.decode()
    assert Leave.objects.count() == 1


def test_an_account_form_never_shows_the_number_and_keeps_it_when_left_empty(district):
    held = make_account()

    form = district.get(f"/registry/accounts/{held.pk}/").content.decode()
    said = {"bank": "中国银行", "branch": "湖滨支行", "number": "", "holder": held.holder}
    said |= {"starts_on": "2014-01-01", "reason": "开户行写错"}
    district.post(f"/registry/accounts/{held.pk}/correct/", said)

    new = BankAccount.objects.current().get()
    assert held.number not in form
    assert (new.number, new.bank, new.branch) == (held.number, "中国银行", "湖滨支行")
    history = page_of(district, held.person)
    assert held.number not in history
    assert "厦门银行 → 中国银行" in history


def test_the_whole_number_is_shown_for_a_reason(district):
    held = make_account()

    refused = district.post(f"/registry/accounts/{held.pk}/reveal/", {"reason": ""}, follow=True)
    shown = district.post(f"/registry/accounts/{held.pk}/reveal/", {"reason": "核对退票"})

    assert held.number not in refused.content.decode()
    assert held.number in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert Event.objects.filter(action="registry.account_revealed").count() == 1


@pytest.mark.parametrize(
    ("role", "where", "sees"),
    [
        ("city", "350200", True),
        ("district", "350203", True),
        ("street", "350203001", False),
        ("auditor", "350203", False),
    ],
)
def test_accounts_are_shown_masked_to_those_who_keep_the_file(client, role, where, sees):
    held = make_account(make_post().person)
    client.force_login(make_user(role, where))

    page = page_of(client, held.person)

    assert (held.masked in page, held.number in page) == (sees, False)
    assert ("厦门银行" in page) == sees


def test_a_worker_sees_the_own_account_masked(client):
    held = make_account()
    client.force_login(make_user("worker", "350203", person_ref=held.person_id))

    page = client.get("/registry/me/").content.decode()

    assert (held.masked in page, held.number in page) == (True, False)


def test_a_death_stands_on_top_of_the_file(district):
    person = make_post().person
    said = {"died_on": "2015-10-11", "evidence": "火化证明0017", "register": "殡葬信息系统"}

    district.post(f"/registry/workers/{person.pk}/deaths/add/", said | {"reason": "名单比对"})
    page = page_of(district, person)

    assert Death.objects.get().evidence == "火化证明0017"
    for words in ("已于2015-10-11去世", "火化证明0017", "殡葬信息系统", "不在岗"):
        assert words in page
    assert f"/registry/workers/{person.pk}/deaths/new/" not in page


def test_a_page_as_known_before_knows_neither_leave_nor_death(district):
    person = make_post().person
    make_leave(person)
    make_death(person)

    page = district.get(f"/registry/workers/{person.pk}/?known=2015-01-04").content.decode()

    assert ("已于2015-10-11去世" in page, "请假：病假" in page.split('id="history"')[0]) == (
        False,
        False,
    )


def test_the_three_lists_are_offered_with_templates(district: Client):
    codes = [sheet.code for sheet in (LEAVE_LIST, ACCOUNT_LIST, DEATH_LIST)]

    answers = [district.get(f"/imports/template/{code}/").status_code for code in codes]

    assert set(codes) <= set(all_sheets())
    assert answers == [200, 200, 200]


def uploaded(name, header, rows, tmp_path, capsys):
    """What the command line answers to a list, row by row."""
    path = tmp_path / name
    lines = [",".join(map(str, row)) for row in (header, *rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    code = {"请": "leaves", "账": "accounts", "死": "deaths"}[name[0]]
    with suppress(SystemExit):
        call_command("import_file", code, str(path), "--as-of", "2016-03-01", "--json")
    said = json.loads(capsys.readouterr().out)
    return [(row["outcome"], row["reasons"]) for row in said["rows"][1:]]


def test_a_list_of_leaves_answers_every_row(tmp_path, capsys):
    person = make_post().person
    who = f"{person.name},{person.documents.get().number}"
    rows = [
        (who, "病假", "2015-03-01", "2015年3月31日"),
        (who, "事假", "2015-03-20", "2015-05-01"),
        (who, "旅游", "2015-06-01", ""),
        (who, "产假", "2015-06-31", ""),
        (who, "产假", "2015-07-10", "2015-07-01"),
        ("某某某,350201198001010071", "产假", "2015-08-01", ""),
    ]

    answers = uploaded(
        "请假.csv", ("姓名,身份证号", "请假类别", "开始日期", "结束日期"), rows, tmp_path, capsys
    )

    assert [outcome for outcome, _reasons in answers] == ["accepted", *["refused"] * 5]
    assert [reasons for _outcome, reasons in answers[1:5]] == [
        ["LEAVE_OVERLAP"], ["VALUE_INVALID"], ["DATE_INVALID"], ["DATE_INVALID"],
    ]  # fmt: skip
    assert [(leave.kind, str(leave.ends_on)) for leave in Leave.objects.all()] == [
        ("sick", "2015-04-01")
    ]


def test_a_list_of_accounts_answers_every_row(tmp_path, capsys):
    person, other, third = make_person(), make_person(), make_person()
    good, shared = account_number(901), make_account().number

    def who(somebody):
        return f"{somebody.name},{somebody.documents.get().number}"

    rows = [
        (who(person), "厦门银行", good[:4] + " " + good[4:], ""),
        (who(other), "厦门银行", shared, ""),
        (who(other), "没有的银行", account_number(902), ""),
        (who(other), "工行", "1.2E+18", ""),
        (who(other), "工行", "123", ""),
        (who(third), "建行", account_number(903)[:-1] + "0", "其他人"),
    ]

    answers = uploaded(
        "账户.csv", ("姓名,身份证号", "开户行", "银行卡号", "户名"), rows, tmp_path, capsys
    )

    assert answers[0] == ("accepted", [])
    assert [reasons for _outcome, reasons in answers[1:5]] == [
        ["ACCOUNT_SHARED"], ["VALUE_INVALID"], ["ACCOUNT_LOST_DIGITS"], ["ACCOUNT_LENGTH"],
    ]  # fmt: skip
    assert answers[5][0] == "warned"
    assert "ACCOUNT_HOLDER" in answers[5][1]
    assert BankAccount.objects.get(person=person).number == good


def test_a_list_of_deaths_names_who_is_not_on_file(tmp_path, capsys):
    person = make_post().person
    rows = [
        (f"{person.name},{person.documents.get().number}", "2015-10-11", "火化证明0017"),
        ("查无人,350201198001010071", "2015-10-12", "火化证明0018"),
        (f"{person.name},{person.documents.get().number}", "2017-01-01", "火化证明0019"),
    ]

    answers = uploaded(
        "死亡.csv", ("姓名,公民身份号码", "死亡日期", "证明编号"), rows, tmp_path, capsys
    )

    assert answers[0] == ("accepted", [])
    assert answers[1][0] == "refused"
    assert answers[2] == ("refused", ["DATE_FUTURE"])
    assert Death.objects.get().person == person
