"""The pages by which a month is paid."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.urls import reverse

from huiju.allowances.models import BankAnswer, BankFile, Payment
from huiju.allowances.services.paying import paid_fen
from huiju.allowances.tests.bankfactories import (
    PAID_AT,
    answer,
    answer_text,
    finance,
    make_approved_run,
    make_bank_file,
)
from huiju.audit.models import Event
from huiju.directory.access import acting_as_system
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock


@pytest.fixture
def today(monkeypatch):
    """The pages' clock stands in the budget year of the factories."""

    monkeypatch.setattr(clock, "now", lambda: PAID_AT)
    monkeypatch.setattr(clock, "today", lambda: clock.day_of(PAID_AT))


def uploaded(file, **said):
    return {"file": SimpleUploadedFile("回盘.csv", answer_text(file, **said))}


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_month_is_paid_from_page_to_page(client):
    run = make_approved_run()
    client.force_login(finance())

    client.post(reverse("allowances:make_bank_file", args=[run.pk]), {"template": "delimited"})
    file = BankFile.objects.get()
    taken = client.post(reverse("allowances:download_bank_file", args=[file.pk]))
    client.post(reverse("allowances:send_bank_file", args=[file.pk]))
    looked = client.post(
        reverse("allowances:upload_answer", args=[file.pk]),
        uploaded(file, back={1: ("103", "销户")}),
        follow=True,
    )
    before = BankAnswer.objects.count()
    done = client.post(f"{looked.request['PATH_INFO']}take/", follow=True)

    assert taken.content.startswith(file.number.encode())
    assert taken["Cache-Control"] == "no-store"
    assert (before, BankAnswer.objects.count()) == (0, 1)
    assert "成功 1 笔，退回 1 笔" in done.content.decode()
    assert "销户" in client.get(reverse("allowances:returns")).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_preview_names_the_row_that_is_not_taken(client):
    file = make_bank_file()
    client.force_login(finance())

    page = client.post(
        reverse("allowances:upload_answer", args=[file.pk]),
        uploaded(file, order=lambda rows: [rows[0], ["9", *rows[1][1:]]]),
        follow=True,
    ).content.decode()

    assert "代发文件中没有这个序号" in page
    assert "第 3 行，序号 9" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_another_files_answer_is_refused_in_words(client):
    file = make_bank_file()
    client.force_login(finance())

    page = client.post(
        reverse("allowances:upload_answer", args=[file.pk]),
        uploaded(file, number="201509-350203-1-1"),
        follow=True,
    ).content.decode()

    assert "这是另一份代发文件的回盘" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bank_file", "download_bank_file", "send_bank_file"])
def test_a_file_of_another_district_is_not_there(client, name):
    file = make_bank_file(sent=False)
    client.force_login(make_user("finance", "350206"))
    url = reverse(f"allowances:{name}", args=[file.pk])

    answered = client.get(url) if name == "bank_file" else client.post(url)

    assert answered.status_code == 404
    assert not Event.objects.filter(action="allowances.bank_file_fetched").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_returned_payment_is_given_up_with_a_reason(client):
    answer(make_bank_file(), back={1: ("103", "销户")})
    client.force_login(finance())
    payment = Payment.objects.get(state="returned")
    url = reverse("allowances:cancel_payment", args=[payment.pk])

    client.post(url, {"note": " "})
    refused = Payment.objects.get(pk=payment.pk).state
    client.post(url, {"note": "本人已去世"})

    assert (refused, Payment.objects.get(pk=payment.pk).state) == ("returned", "cancelled")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("kept", [True, False])
def test_where_the_answer_to_commit_is_lost_the_page_asks_by_key(client, monkeypatch, kept):
    run = make_approved_run()
    file = make_bank_file(run)
    client.force_login(finance())
    looked = client.post(
        reverse("allowances:upload_answer", args=[file.pk]), uploaded(file), follow=True
    )
    really = DatabaseWrapper._commit

    def dies(self):
        if kept:
            really(self)
        monkeypatch.setattr(DatabaseWrapper, "_commit", really)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(DatabaseWrapper, "_commit", dies)
    page = client.post(f"{looked.request['PATH_INFO']}take/", follow=True).content.decode()

    assert "正在核实" in page
    assert ("成功 2 笔" in page) is kept
    with acting_as_system():
        assert paid_fen(run) == (50000 if kept else 0)
