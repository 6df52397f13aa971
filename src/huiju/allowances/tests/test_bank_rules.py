"""Files for the bank and its answers: what goes in comes out, and what was altered is named."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiju.allowances.queries.banktemplates import bank_template, bank_templates
from huiju.allowances.rules import bank
from huiju.allowances.rules.bank import (
    AnswerInvalid,
    Known,
    LayoutInvalid,
    Order,
    Payee,
    Template,
    WillNotFit,
)
from huiju.allowances.services.bankbooks import content_of
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Limits, Refused, SheetHead

TEMPLATES = [template.code for template in bank_templates()]
NUMBER = "201510-350203-7-1"
PAYEES = (
    Payee(1, "6217001930000000011", "林一", 20000, "中国建设银行", "思明支行"),
    Payee(2, "6222024100000000022", "陈㛃", 30001, "中国工商银行"),
)
ORDER = Order(NUMBER, "201510", "社工津贴", PAYEES)
SAID = {"workbook": ("成功", "失败"), "delimited": ("1", "0"), "fixed_width": ("0000", "9999")}

names = st.text(
    st.characters(codec="gb18030", categories=["Lo"], max_codepoint=0x9FFF), min_size=1, max_size=8
)
accounts = st.from_regex(r"\A[0-9]{12,30}\Z")
amounts = st.integers(1, 10**11)
payees = st.lists(st.tuples(accounts, names, amounts), min_size=1, max_size=30).map(
    lambda rows: tuple(Payee(seq, *row) for seq, row in enumerate(rows, 1))
)


def as_answer(template: Template) -> Template:
    """The template turned round, so that our writer writes what the bank answers."""
    fields = tuple(
        bank.Field("literal", outcome_of(template, paid=True), field.width)
        if field.name == "outcome"
        else bank.Field("literal", "", field.width)
        if field.name in ("code", "words")
        else field
        for field in template.answer.item
    )
    return replace(template, order=replace(template.answer, item=fields))


def outcome_of(template: Template, *, paid: bool) -> str:
    return SAID[template.code][0 if paid else 1]


def answered(template: Template, order: Order, returned: dict[int, tuple[str, str]] | None = None):
    """The rows of an answer as the reader gives them, with the payments in `returned` sent back."""
    rows, fields = [], template.answer
    for number, record in enumerate(records(template, order, returned or {}), 1):
        if template.kind == "fixed":
            widths = [field.width for field in widths_of(fields, record)]
            raw = b"".join(
                text.encode(template.encoding).ljust(width)
                for text, width in zip(record, widths, strict=True)
            )
            rows.append((number, [raw.decode(template.encoding)]))
        else:
            rows.append((number, record))
    return rows


def widths_of(layout, record):
    return {"H": layout.head, "D": layout.item, "T": layout.tail}[record[0]]


def records(template: Template, order: Order, returned: dict[int, tuple[str, str]]):
    layout = template.answer
    amount = (lambda fen: str(fen)) if template.unit == "fen" else (lambda fen: f"{fen / 100:.2f}")
    of_file = {
        "number": order.number,
        "month": order.month,
        "count": str(len(order.payees)),
        "total": amount(order.total_fen),
    }
    ends = lambda record: [of_file.get(field.name, field.title) for field in record]  # noqa: E731
    if layout.head:
        yield ends(layout.head)
    if layout.headings:
        yield [field.title for field in layout.item]
    for payee in order.payees:
        code, words = returned.get(payee.seq, ("", ""))
        values = {
            "seq": str(payee.seq),
            "account": payee.account,
            "holder": payee.holder,
            "amount": amount(payee.amount_fen),
            "outcome": outcome_of(template, paid=payee.seq not in returned),
            "code": code,
            "words": words,
        }
        yield [values.get(field.name, field.title) for field in layout.item]
    if layout.tail:
        yield ends(layout.tail)


def known(state: str = "sent", order: Order = ORDER) -> list[Known]:
    return [
        Known(payee.seq, payee.amount_fen, f"digest of {payee.account}", state)
        for payee in order.payees
    ]


def judge(template: Template, rows, *, state: str = "sent", number: str = NUMBER):
    answer = bank.answer_from(template, rows)
    return bank.judged(template, answer, number, known(state), lambda text: f"digest of {text}")


def read_back(template: Template, content: bytes, folder: Path):
    """The file through the confined child, as an answer is read."""
    suffix = {"xlsx": ".xlsx", "csv": ".csv", "fixed": ".txt"}[template.kind]
    path = folder / f"file{suffix}"
    path.write_bytes(content)
    found = box.read(path, path.name, "成功 失败", Limits(), as_lines=template.kind == "fixed")
    return [
        (number, cells)
        for chunk in found
        if not isinstance(chunk, SheetHead)
        for number, _hidden, cells in chunk
    ]


@pytest.mark.parametrize("code", TEMPLATES)
@given(people=payees)
def test_what_is_written_says_every_payment_and_adds_up(code, people):
    template = bank_template(code)
    order = Order(NUMBER, "201510", "津贴", people)

    rows = list(bank.written_rows(template, order))

    items = [
        {field.name: text for field, text in row}
        for row in rows
        if {"seq", "account", "amount"} <= {field.name for field, _text in row}
    ]
    head = {field.name: text for field, text in rows[0]}
    assert [(int(i["seq"]), i["account"], i["holder"]) for i in items] == [
        (p.seq, p.account, p.holder) for p in people
    ]
    fen = [int(i["amount"].replace(".", "")) for i in items]
    assert fen == [p.amount_fen for p in people]
    assert (head["count"], int(head["total"].replace(".", ""))) == (str(len(people)), sum(fen))


@pytest.mark.parametrize("code", TEMPLATES)
@given(people=payees, data=st.data())
def test_an_answer_in_any_order_settles_every_payment(code, people, data):
    template = bank_template(code)
    back = {seq: ("", "销户") for seq in data.draw(st.sets(st.integers(1, len(people))))}
    shuffled = Order(NUMBER, "201510", "津贴", tuple(data.draw(st.permutations(people))))
    order = Order(NUMBER, "201510", "津贴", people)

    answer = bank.answer_from(template, answered(template, shuffled, back))
    found = bank.judged(template, answer, NUMBER, known(order=order), lambda t: f"digest of {t}")

    assert found.seqs("RETURNED") == tuple(sorted(back))
    assert found.seqs("PAID") == tuple(p.seq for p in people if p.seq not in back)
    assert (found.faults, found.missing) == ((), ())


@pytest.mark.parametrize("code", TEMPLATES)
def test_a_file_of_ours_reads_back_through_the_child(code, tmp_path):
    template = bank_template(code)
    turned = as_answer(template)
    content = content_of(turned, ORDER)

    rows = read_back(template, content, tmp_path)
    if template.answer.headings:
        rows[1] = (2, [field.title for field in template.answer.item])

    assert judge(template, rows).seqs("PAID") == (1, 2)


@pytest.mark.parametrize("code", TEMPLATES)
def test_the_bytes_are_the_same_each_time(code):
    template = bank_template(code)

    assert content_of(template, ORDER) == content_of(template, ORDER)


def test_fixed_widths_count_bytes_not_signs():
    content = bank.text_content(bank_template("fixed_width"), ORDER)

    lines = content.split(b"\r\n")
    assert [len(line) for line in lines] == [55, 157, 157, 25, 0]
    assert lines[0] == b"H" + NUMBER.encode().ljust(24) + b"20151000000002" + b"0000000000050001"
    assert lines[2][1:9] == b"00000002"
    assert "陈㛃".encode("gb18030") in lines[2]


def test_an_account_is_text_and_an_amount_a_number_in_a_workbook(tmp_path):
    template = bank_template("workbook")

    rows = read_back(template, content_of(template, ORDER), tmp_path)

    assert rows[2][1][:4] == [1, "6217001930000000011", "林一", 200]
    assert rows[3][1][3] == 300.01
    assert rows[-1][1] == ["合计", 2, None, 500.01]


@pytest.mark.parametrize("code", ["workbook", "delimited"])
def test_a_name_that_is_a_formula_is_made_harmless(code):
    order = replace(ORDER, payees=(replace(PAYEES[0], holder='=HYPERLINK("x")'),))

    rows = list(bank.written_rows(bank_template(code), order))

    holder = next(text for row in rows for field, text in row if field.name == "holder")
    assert holder == '\'=HYPERLINK("x")'


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"amount_fen": 0}, (2, "amount")),
        ({"account": "6217 0019"}, (2, "account")),
        ({"holder": " "}, (2, "holder")),
        ({"holder": "很" * 31}, (2, "holder")),
        ({"amount_fen": 10**16}, (0, "total")),
    ],
)
def test_what_does_not_fit_is_not_cut(fields, named):
    order = replace(ORDER, payees=(PAYEES[0], replace(PAYEES[1], **fields)))

    with pytest.raises(WillNotFit) as refusal:
        bank.text_content(bank_template("fixed_width"), order)

    assert refusal.value.args[:2] == named


@pytest.mark.parametrize("code", TEMPLATES)
def test_one_fen_more_is_named_and_not_taken(code):
    template = bank_template(code)
    altered = replace(ORDER, payees=(PAYEES[0], replace(PAYEES[1], amount_fen=30002)))

    found = judge(template, answered(template, altered))

    assert found.seqs("PAID") == (1,)
    assert [(f.row.seq, f.word) for f in found.faults] == [(2, "OTHER_AMOUNT")]


@pytest.mark.parametrize("code", TEMPLATES)
def test_another_account_an_unknown_line_and_a_missing_one_are_named(code):
    template = bank_template(code)
    altered = replace(
        ORDER, payees=(replace(PAYEES[0], account="6217001930000000012"), replace(PAYEES[1], seq=9))
    )

    found = judge(template, answered(template, altered))

    assert [(f.row.seq, f.word) for f in found.faults] == [
        (1, "OTHER_ACCOUNT"),
        (9, "UNKNOWN_LINE"),
    ]
    assert found.missing == (2,)


@pytest.mark.parametrize("code", TEMPLATES)
def test_another_files_answer_is_not_read_at_all(code):
    template = bank_template(code)

    with pytest.raises(AnswerInvalid, match="OTHER_FILE"):
        judge(template, answered(template, ORDER), number="201509-350203-6-1")


@pytest.mark.parametrize("code", TEMPLATES)
def test_an_answer_cut_short_does_not_add_up(code):
    template = bank_template(code)
    rows = answered(template, ORDER)
    del rows[-2 if template.answer.tail else -1]

    with pytest.raises(AnswerInvalid, match="CONTROL_COUNT"):
        judge(template, rows)


def test_the_same_number_of_lines_with_another_sum_does_not_add_up():
    template = bank_template("delimited")
    rows = answered(template, ORDER)
    rows[1][1][3] = "200.01"

    with pytest.raises(AnswerInvalid, match="CONTROL_TOTAL"):
        judge(template, rows)


def test_a_formula_a_rounded_account_and_parts_of_a_fen_are_named():
    template = bank_template("workbook")
    three = replace(ORDER, payees=(*PAYEES, Payee(3, "6217001930000000033", "王三", 100)))
    rows = answered(template, three)
    rows[2][1][4] = ["f", "成功", False]
    rows[3][1][1] = "6.22202E+18"
    rows[4][1][3] = "1.005"

    found = judge(template, rows)

    assert [f.word for f in found.faults] == ["FORMULA", "ACCOUNT_ROUNDED", "AMOUNT_UNREADABLE"]


def test_a_word_nobody_knows_is_named():
    template = bank_template("delimited")
    rows = answered(template, ORDER)
    rows[1][1][4] = "处理中"

    assert [f.word for f in judge(template, rows).faults] == ["OUTCOME_UNKNOWN"]


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        ("1002", "", "holder_differs"),
        ("", "该账户已销户", "account_closed"),
        ("4711", "系统原因", "other"),
    ],
)
def test_a_return_has_a_reason_of_ours(code, words, reason):
    template = bank_template("fixed_width")

    found = judge(template, answered(template, ORDER, {2: (code, words)}))

    assert [(v.word, v.reason) for v in found.verdicts] == [("PAID", ""), ("RETURNED", reason)]


def test_a_file_that_contradicts_itself_is_not_taken_for_that_payment():
    template = bank_template("delimited")
    twice = replace(ORDER, payees=(*PAYEES, PAYEES[1]))
    rows = answered(template, twice)
    rows[3][1][4] = "0"

    found = judge(template, rows)

    assert found.seqs("PAID") == (1,)
    assert [f.word for f in found.faults] == ["CONTRADICTS_ITSELF"] * 2


def test_a_line_said_twice_counts_once():
    template = bank_template("delimited")
    twice = replace(ORDER, payees=(*PAYEES, PAYEES[1]))

    found = judge(template, answered(template, twice))

    assert (found.seqs("PAID"), found.seqs("SAME"), found.faults) == ((1, 2), (2,), ())


@pytest.mark.parametrize(
    ("state", "returned", "word"),
    [
        ("paid", False, "SAME"),
        ("paid", True, "RETURNED_LATE"),
        ("returned", True, "SAME"),
        ("returned", False, "PAID_AFTER_RETURN"),
        ("reissued", False, "PAID_AFTER_RETURN"),
        ("cancelled", False, "PAID_AFTER_RETURN"),
        ("cancelled", True, "SAME"),
    ],
)
def test_an_answer_after_the_first_is_judged_by_what_is_known(state, returned, word):
    template = bank_template("delimited")
    back = {1: ("", ""), 2: ("", "")} if returned else {}

    found = judge(template, answered(template, ORDER, back), state=state)

    assert {verdict.word for verdict in found.verdicts} == {word}


@pytest.mark.parametrize("code", ["delimited", "fixed_width"])
def test_an_answer_in_a_foreign_encoding_is_refused(code, tmp_path):
    template = bank_template(code)
    foreign = "H序號 成功 失敗 銷戶 帳號不存在 戶名不符".encode("big5") + b"\xf9\xff"

    with pytest.raises(Refused, match="ENCODING"):
        read_back(template, foreign, tmp_path)


def test_a_workbook_named_text_is_not_read_as_lines(tmp_path):
    content = content_of(bank_template("workbook"), ORDER)

    with pytest.raises(Refused, match="TYPE_MISMATCH"):
        read_back(bank_template("fixed_width"), content, tmp_path)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "pdf"},
        {"unit": "li"},
        {"returned": ["1"]},
        {"order": {"head": [], "item": [{"name": "seq"}]}},
        {"order": {"head": [{"name": "seq"}], "item": []}},
        {"answer": None},
    ],
)
def test_a_description_that_cannot_be_followed_is_refused(fault):
    field = lambda *names: [{"name": name} for name in names]  # noqa: E731
    good = {
        "code": "x",
        "name": "X",
        "kind": "csv",
        "unit": "yuan",
        "file_name": "x.csv",
        "order": {
            "head": field("count", "total"),
            "item": field("seq", "account", "holder", "amount"),
        },
        "answer": {"item": field("seq", "account", "amount", "outcome")},
        "paid": ["1"],
        "returned": ["0"],
        "reasons": {},
    }
    assert bank.template_from(good).code == "x"

    with pytest.raises(LayoutInvalid):
        bank.template_from(good | fault)
