"""The library is searched by words of clauses, numbers in any writing, and initials of titles."""

import pytest
from django.urls import reverse

from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted
from huiju.policies import queries, services
from huiju.policies.models import Clause, Document, DocumentText
from huiju.policies.queries import DocumentFilter
from huiju.policies.services import TextEntry, TextInvalid
from huiju.policies.tests.factories import AT, city_official, make_document, make_text

pytestmark = pytest.mark.django_db

BODY = "第一条　为规范社会工作者登记，制定本办法。\n第七条　登记机关的审核期限为三十个工作日。"


def found(asked):
    documents = queries.documents(DocumentFilter(words=asked))
    return [Document.objects.get(pk=key).title for key in queries.best_first(documents, asked)]


@pytest.mark.parametrize(
    "asked",
    [
        "工作日", "审核期限", "三十个工作日", "登记 审核", "社会工作者", "厦民[2016]77号", "厦民（2016）77",
        "77号", "旧文〔2016〕7号", "旧文(2016)7号", "jxjy", "市民政局", "继续教育 工作日",
    ],
)  # fmt: skip
def test_document_is_found(asked):
    document = make_document(
        title="继续教育办法", number="厦民〔2016〕77号", aliases=["旧文〔2016〕7号"], year=2016
    )
    make_text(document, BODY)
    make_document(title="其他通知", issuer="某区财政局", number="某财〔2015〕5号")

    assert found(asked) == ["继续教育办法"]


@pytest.mark.parametrize("asked", ["不存在的词", "工作日 补贴", "厦民〔2016〕7号", "的' & |", "!!"])
def test_document_is_not_found_for_words_it_does_not_hold(asked):
    make_text(make_document(title="办法", number="厦民〔2016〕77号", year=2016), BODY)

    assert found(asked) == []


def test_number_cited_in_a_clause_is_found_in_any_brackets():
    make_text(make_document(title="甲"), "依据厦民（2014）156号，执行下列标准。")

    assert found("厦民[2014]156号") == ["甲"]


def test_head_goes_before_clause_and_the_fuller_clause_before_the_other():
    make_text(make_document(title="甲"), "一、补贴与其他很多事项一并说明的规定，内容较长。")
    make_text(make_document(title="乙"), "一、补贴、补贴标准、补贴发放。")
    make_document(title="补贴通知")

    assert found("补贴") == ["补贴通知", "乙", "甲"]


def test_hits_are_the_best_clauses_with_the_words_marked():
    document = make_document()
    make_text(document, BODY)

    hits = queries.hits([document], "工作日")

    (hit,) = hits[document.pk]
    assert (hit.anchor, [piece.text for piece in hit.pieces if piece.hit]) == ("第七条", ["工作日"])


def test_new_text_replaces_the_old_one_and_keeps_it():
    document = make_document()
    make_text(document, BODY)

    for _ in range(2):
        make_text(document, BODY.replace("三十", "二十"))

    assert [text.superseded_at for text in document.texts.order_by("pk")] == [AT, None]
    assert found("三十个工作日") == []
    assert Clause.objects.count() == 2


@pytest.mark.parametrize("body", ["", "。。。", "字" * 70_000])
def test_text_that_is_none_is_refused(body):
    with pytest.raises(TextInvalid):
        make_text(make_document(), body)
    assert DocumentText.objects.count() == 0


def test_only_who_enters_policies_there_records_a_text():
    document = make_document()
    entry = TextEntry(body=BODY, extent="whole")

    with pytest.raises(NotPermitted, match="不能录入"):
        services.record_text(
            document=document, entry=entry, by=make_user("district", "350203"), at=AT
        )


def page(client, name, *args, **asked):
    client.force_login(city_official())
    return client.get(reverse(f"policies:{name}", args=args), asked)


def test_library_page_shows_clauses_that_lead_to_their_anchor(client):
    document = make_document()
    make_text(document, BODY)

    text = page(client, "documents", words="工作日").content.decode()

    assert "<mark>工作日</mark>" in text
    assert (
        f"/policies/{document.pk}/?q=%E5%B7%A5%E4%BD%9C%E6%97%A5#%E7%AC%AC%E4%B8%83%E6%9D%A1"
        in text
    )


def test_document_page_marks_the_words_and_says_where_there_are_none(client):
    with_text, without = make_document(), make_document()
    make_text(with_text, BODY)

    shown = page(client, "document", with_text.pk, q="工作日").content.decode()
    bare = page(client, "document", without.pk).content.decode()

    assert 'id="第七条"' in shown
    assert "<mark>工作日</mark>" in shown
    assert "尚未收录" in bare


def test_search_asks_the_database_little_however_much_it_finds(
    client, django_assert_max_num_queries
):
    for number in range(12):
        make_text(make_document(title=f"办法{number}"), BODY)
    client.force_login(city_official())

    with django_assert_max_num_queries(15):
        answer = client.get(reverse("policies:documents"), {"words": "工作日"})
    text = answer.content.decode()

    assert text.count("<mark>") == 12


def test_text_is_read_from_an_attached_file_proof_read_and_kept(client, settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    document, by = make_document(), city_official()
    attached = services.attach_file(
        document=document, name="办法.txt", content=BODY.encode(), by=by, at=AT
    )

    form = page(client, "text_new", document.pk, attachment=attached.pk).content.decode()
    client.post(
        reverse("policies:record_text", args=[document.pk]),
        {"body": BODY, "extent": "whole", "source_note": "原件", "attachment": attached.pk},
    )

    text = queries.current_text(document)
    assert "三十个工作日" in form
    assert (text.body, text.extent, text.attachment) == (BODY, "whole", attached)


def test_scan_says_that_its_text_must_be_typed(client, settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    document = make_document()
    attached = services.attach_file(
        document=document, name="扫描.png", content=b"\x89PNG\r\n\x1a\n", by=city_official(), at=AT
    )

    text = page(client, "text_new", document.pk, attachment=attached.pk).content.decode()

    assert "只能从 PDF" in text
