"""Texts as clauses, citations as anchors, quotations compared, words asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.policies.rules import clauses, words

MEASURES = """厦门市社会工作者登记办法（试行）
第一章　总则
第一条　为规范社会工作者登记工作，根据本市实际情况和有关规定，依照
第三条的要求制定本办法。
第二条　申请登记应当具备下列条件：
（一）具有完全民事行为能力；
（二）提交下列材料：
1.身份证明；
2．证书，补贴1.5万元以下；
第2条之一　再登记同前。
第三条【期限】审核期限为三十个工作日。
附件1：
第一条　表式。"""


def anchors(body):
    return [clause.anchor for clause in clauses.clauses_of(body)]


def test_measures_are_split_by_their_own_numbers():
    assert anchors(MEASURES) == [
        "序", "第一章", "第一条", "第二条", "第二条（一）", "第二条（二）", "第二条（二）·1",
        "第二条（二）·2", "第二条之一", "第三条", "附件1", "附件1·第一条",
    ]  # fmt: skip


def test_notice_is_split_by_its_headings():
    assert anchors("关于登记的通知\n一、总体要求\n（一）目标\n（二）原则\n二、措施\n1、宣传") == [
        "序", "一", "一（一）", "一（二）", "二", "二·1",
    ]  # fmt: skip


def test_line_broken_by_the_page_is_no_new_article():
    found = {clause.anchor: clause.text for clause in clauses.clauses_of(MEASURES)}

    assert found["第一条"].endswith("依照第三条的要求制定本办法。")


def test_number_with_decimals_begins_no_clause():
    assert anchors("一、补贴\n1.5万元以下的\n12.补充") == ["一", "一·12"]


def test_anchor_stays_when_text_elsewhere_changes():
    before = anchors(MEASURES)

    after = anchors(
        MEASURES.replace("（一）具有", "（一）中国公民；\n其他人员具有").replace("总则", "总 则")
    )

    assert after == before


def test_repeated_number_gets_an_anchor_of_its_own():
    assert anchors("第一条 甲。\n第二条 乙。\n第一条 丙。") == ["第一条", "第二条", "第一条~2"]


@given(st.text(alphabet="第一二三十0123条章、（）().附件 \n甲乙。", max_size=120))
def test_no_word_is_lost_and_no_anchor_twice(body):
    found = clauses.clauses_of(body)

    kept = "".join(clause.label + clause.text for clause in found)
    assert len({clause.anchor for clause in found}) == len(found)
    assert [sign for sign in kept if sign in "甲乙第条章"] == [
        sign for sign in body if sign in "甲乙第条章"
    ]


@pytest.mark.parametrize(
    ("article", "first"),
    [
        ("第七条", "第七条"),
        ("第7条", "第七条"),
        ("第十二条第二款第（二）项", "第十二条（二）"),
        ("第十二条第二项", "第十二条（二）"),
        ("二、（三）1.", "二（三）·1"),
        ("附件1第一条", "附件1·第一条"),
        ("第一百零三条", "第一百零三条"),
        ("见报道", None),
    ],
)
def test_citation_means_an_anchor(article, first):
    assert next(iter(clauses.anchors_cited(article)), None) == first


@given(st.integers(1, 999))
def test_numerals_are_read_back(value):
    assert clauses.number(clauses.numeral(value)) == value


def test_clause_is_compared_with_what_is_numbered_in_it():
    parts = [(clause.anchor, clause.text) for clause in clauses.clauses_of(MEASURES)]

    text = clauses.with_what_is_below(parts, "第二条")

    assert words.quotes(text, "提交下列材料：身份证明")
    assert not words.quotes(text, "三十个工作日")


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("审核期限为三十个工作日", True),
        ("审核期限为 三十个\n工作日", True),
        ("审核……工作日。", True),
        ("工作日……审核", False),
        ("审核期限为二十个工作日", False),
        ("……", False),
    ],
)
def test_quotation_is_compared_word_for_word(quote, stands):
    assert words.quotes("【期限】审核期限为三十个工作日。", quote) is stands


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "()", "（）", "［］", "【】"])
def test_number_is_one_word_in_any_brackets(brackets):
    left, right = brackets

    assert words.words_asked(f"厦民{left}2017{right}243号 补贴") == ["厦民〔2017〕243号", "补贴"]
    assert words.words_asked(f"厦民 {left} 2017 {right} 243 号") == ["厦民〔2017〕243号"]


def test_words_asked_for_are_marked_and_the_rest_is_cut():
    text = "一" * 100 + "登记机关应当自受理之日起作出决定" + "二" * 200

    pieces = words.marked(text, ["登记机关"], around=10)

    assert [piece.text for piece in pieces if piece.hit] == ["登记", "机关"] or [
        piece.text for piece in pieces if piece.hit
    ] == ["登记机关"]
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")


@given(st.text(max_size=60))
def test_marking_changes_no_sign_of_a_short_text(text):
    pieces = words.marked(text, ["登记", "a"], around=60)

    assert "".join(piece.text for piece in pieces) == text
