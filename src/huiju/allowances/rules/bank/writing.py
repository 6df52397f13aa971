"""A file for the bank: rows of texts, and for text files their bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from huiju.allowances.rules.bank.layouts import NUMERIC, Field, Template

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so may be taken for a formula by the program that opens the file."""


class WillNotFit(ValueError):
    """A value that the file cannot carry: arguments are the sequence number (0: the file), the field's
    name and the value; the caller must not show the value where it is an account."""


@dataclass(frozen=True)
class Payee:
    """One payment of a file: the account's number in full, the holder's name, fen."""

    seq: int
    account: str
    holder: str
    amount_fen: int
    bank: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Order:
    """A file before it is written. `month` is written 201510, `purpose` is what the payee reads."""

    number: str
    month: str
    purpose: str
    payees: Sequence[Payee]

    @property
    def total_fen(self) -> int:
        return sum(payee.amount_fen for payee in self.payees)


def file_name(template: Template, order: Order) -> str:
    """The name the bank asks for, from the pattern of the template."""
    return template.file_name.format(
        number=order.number,
        month=order.month,
        count=len(order.payees),
        total=_amount(template, order.total_fen),
    )


def written_rows(template: Template, order: Order) -> Iterator[list[tuple[Field, str]]]:
    """The records of the file with the text of each field; headings are fields called "heading".

    Texts that a spreadsheet program might take for a formula are made harmless. Raises WillNotFit for
    a field that must not be empty and is, or an amount that is not above nought.
    """
    of_file = _of_file(template, order)
    if template.order.head:
        yield [(field, of_file.get(field.name, field.title)) for field in template.order.head]
    if template.order.headings:
        yield [(Field("heading", field.title), field.title) for field in template.order.item]
    for payee in order.payees:
        yield _item(template, order, payee)
    if template.order.tail:
        yield [(field, of_file.get(field.name, field.title)) for field in template.order.tail]


def text_content(template: Template, order: Order) -> bytes:
    """The bytes of a csv file or of one with fixed widths; lines end as banks expect. Raises WillNotFit."""
    lines = []
    for row in written_rows(template, order):
        seq = next((int(text) for field, text in row if field.name == "seq"), 0)
        if template.kind == "fixed":
            lines.append(b"".join(_padded(template, seq, field, text) for field, text in row))
        else:
            line = template.separator.join(_quoted(template, text) for _field, text in row)
            lines.append(line.encode(template.encoding))
    return b"".join(line + b"\r\n" for line in lines)


def _of_file(template: Template, order: Order) -> dict[str, str]:
    return {
        "number": order.number,
        "month": order.month,
        "count": str(len(order.payees)),
        "total": _amount(template, order.total_fen),
        "purpose": order.purpose,
        "blank": "",
    }


def _item(template: Template, order: Order, payee: Payee) -> list[tuple[Field, str]]:
    texts = {
        "seq": str(payee.seq),
        "account": payee.account,
        "holder": _harmless(payee.holder),
        "amount": _amount(template, payee.amount_fen),
        "bank": _harmless(payee.bank),
        "branch": _harmless(payee.branch),
        "purpose": _harmless(order.purpose),
        "blank": "",
    }
    if payee.amount_fen <= 0:
        raise WillNotFit(payee.seq, "amount", texts["amount"])
    if not (payee.account.isascii() and payee.account.isdigit()):
        raise WillNotFit(payee.seq, "account", payee.account)
    if not payee.holder.strip():
        raise WillNotFit(payee.seq, "holder", payee.holder)
    return [(field, texts.get(field.name, field.title)) for field in template.order.item]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _amount(template: Template, fen: int) -> str:
    return str(fen) if template.unit == "fen" else f"{fen // 100}.{fen % 100:02d}"


def _quoted(template: Template, text: str) -> str:
    if any(mark in text for mark in (template.separator, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _padded(template: Template, seq: int, field: Field, text: str) -> bytes:
    """Numbers with noughts on their left, texts with spaces on their right; never cut."""
    raw = text.encode(template.encoding)
    if len(raw) > field.width or b"\n" in raw or b"\r" in raw:
        raise WillNotFit(seq, field.name, text)
    if field.name in NUMERIC:
        return raw.rjust(field.width, b"0")
    return raw.ljust(field.width)
