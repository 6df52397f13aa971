"""Files for the bank and the bank's answers, as pure functions: layouts, writing, reading, judging."""

from huiju.allowances.rules.bank.judging import Judgement, Known, Verdict, judged
from huiju.allowances.rules.bank.layouts import (
    Field,
    Layout,
    LayoutInvalid,
    Record,
    Template,
    template_from,
)
from huiju.allowances.rules.bank.reading import Answer, AnswerInvalid, AnswerRow, answer_from
from huiju.allowances.rules.bank.writing import (
    Order,
    Payee,
    WillNotFit,
    file_name,
    text_content,
    written_rows,
)

__all__ = [
    "Answer",
    "AnswerInvalid",
    "AnswerRow",
    "Field",
    "Judgement",
    "Known",
    "Layout",
    "LayoutInvalid",
    "Order",
    "Payee",
    "Record",
    "Template",
    "Verdict",
    "WillNotFit",
    "answer_from",
    "file_name",
    "judged",
    "template_from",
    "text_content",
    "written_rows",
]
