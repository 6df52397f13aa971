"""A bank's answer: from the rows a confined reader found to what the bank says of each payment.

A row is its number in the file and its cells: texts, whole numbers, or numbers as spreadsheets keep
them. A file with fixed widths has one cell a row, its line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from huiju.allowances.rules.bank.layouts import Record, Template

Row = tuple[int, Sequence[Any]]
LONGEST_WORDS = 100
WITHOUT_AMOUNT = ("FORMULA", "OTHER_LAYOUT", "AMOUNT_UNREADABLE")


class AnswerInvalid(ValueError):
    """The file as a whole is not taken; `code` is one of `enums.AnswerFault`."""

    def __init__(self, code: str, **named: Any) -> None:
        super().__init__(code)
        self.code, self.named = code, named


@dataclass(frozen=True)
class AnswerRow:
    """What a line says of a payment. `fault` is a code of `enums.AnswerFault`, "" if it can be read."""

    line: int
    seq: int = 0
    account: str = ""
    amount_fen: int = 0
    is_paid: bool = False
    code: str = ""
    words: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Answer:
    """A file that could be read. `number` is the file it answers, "" if it does not say."""

    number: str
    rows: tuple[AnswerRow, ...]


def answer_from(template: Template, rows: Iterable[Row]) -> Answer:
    """The answer in the rows of a file. Raises AnswerInvalid for one that is not of this template, is
    cut short, or whose lines do not add up to what it says itself."""
    cut = [(number, _cells(template, cells)) for number, cells in rows]
    found = [(number, cells) for number, cells in cut if any(cells)]
    layout = template.answer
    head, tail = _ends(template, found)
    body = found[bool(layout.head) : len(found) - bool(layout.tail)]
    if layout.headings:
        _check_headings(template, body)
        body = body[1:]
    read = tuple(_row(template, number, cells) for number, cells in body)
    for said in (head, tail):
        _check_control(template, said, read)
    return Answer(head.get("number", "") or tail.get("number", ""), read)


def _cells(template: Template, cells: Sequence[Any]) -> list[str]:
    if template.kind == "fixed":
        line = _text(cells[0]) if cells else ""
        return [line] if line.strip() else []
    return [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as text. A formula says nothing here: what it shows may be anything."""
    if isinstance(cell, list):
        return "\0" if cell and cell[0] == "f" else str(cell[1])
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float):
        exact = Decimal(repr(cell))
        return f"{exact:f}" if exact != exact.to_integral_value() else str(int(exact))
    return str(cell).strip(" \t\u3000") if isinstance(cell, str) and "\0" not in cell else str(cell)


def _ends(
    template: Template, rows: Sequence[tuple[int, list[str]]]
) -> tuple[dict[str, str], dict[str, str]]:
    layout = template.answer
    if len(rows) < bool(layout.head) + layout.headings + bool(layout.tail):
        raise AnswerInvalid("OTHER_LAYOUT")
    head = _record(template, layout.head, rows[0]) if layout.head else {}
    tail = _record(template, layout.tail, rows[-1]) if layout.tail else {}
    return head, tail


def _record(template: Template, record: Record, row: tuple[int, list[str]]) -> dict[str, str]:
    """A record's values by name. Raises AnswerInvalid where its fixed texts are not there."""
    cells = _split(template, record, row[1])
    values = {}
    for field, cell in zip(record, cells, strict=True):
        if field.name == "literal" and cell != field.title:
            raise AnswerInvalid("OTHER_LAYOUT")
        values[field.name] = cell
    return values


def _split(template: Template, record: Record, cells: list[str]) -> list[str]:
    if template.kind != "fixed":
        return [*cells, *[""] * len(record)][: len(record)]
    try:
        raw, parts, start = cells[0].encode(template.encoding), [], 0
        for field in record:
            part = raw[start : start + field.width].decode(template.encoding)
            parts.append(part.strip(" \u3000"))
            start += field.width
    except (UnicodeError, IndexError) as problem:
        raise AnswerInvalid("OTHER_LAYOUT") from problem
    if len(raw.rstrip()) > start:
        raise AnswerInvalid("OTHER_LAYOUT")
    return parts


def _check_headings(template: Template, body: Sequence[tuple[int, list[str]]]) -> None:
    titles = [field.title for field in template.answer.item]
    if not body or body[0][1][: len(titles)] != titles:
        raise AnswerInvalid("OTHER_LAYOUT")


def _row(template: Template, number: int, cells: list[str]) -> AnswerRow:
    try:
        values = _record(template, template.answer.item, (number, cells))
    except AnswerInvalid as refusal:
        return AnswerRow(number, fault=refusal.code)
    if any("\0" in value for value in values.values()):
        return AnswerRow(number, fault="FORMULA")
    seq, amount = _whole(values["seq"]), fen_of(template, values["amount"])
    outcome = values["outcome"]
    fault = ""
    if seq is None:
        fault = "SEQ_UNREADABLE"
    elif amount is None:
        fault = "AMOUNT_UNREADABLE"
    elif not values["account"].isdigit():
        fault = "ACCOUNT_ROUNDED"
    elif outcome not in template.paid | template.returned:
        fault = "OUTCOME_UNKNOWN"
    return AnswerRow(
        line=number,
        seq=seq or 0,
        account=values["account"],
        amount_fen=amount or 0,
        is_paid=outcome in template.paid,
        code=values.get("code", "")[:LONGEST_WORDS],
        words=values.get("words", "")[:LONGEST_WORDS],
        fault=fault,
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def fen_of(template: Template, text: str) -> int | None:
    """An amount in the template's unit as whole fen; None where it is no amount, or has parts of a fen."""
    if template.unit == "fen":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    try:
        fen = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        return None
    is_whole = fen.is_finite() and 0 <= fen < 10**17 and fen == fen.to_integral_value()
    return int(fen) if is_whole else None


def _check_control(template: Template, said: dict[str, str], rows: Sequence[AnswerRow]) -> None:
    if "count" in said and _whole(said["count"]) != len(rows):
        raise AnswerInvalid("CONTROL_COUNT", said=said["count"], found=len(rows))
    if any(row.fault in WITHOUT_AMOUNT for row in rows):
        return  # those rows are named; the others are compared with what was sent
    total = sum(row.amount_fen for row in rows)
    if "total" in said and fen_of(template, said["total"]) != total:
        raise AnswerInvalid("CONTROL_TOTAL", said=said["total"], found_fen=total)
