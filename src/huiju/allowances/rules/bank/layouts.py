"""What a bank's file looks like, as data: records of fields, how they are written, what answers say.

A layout has a record before the payments, one for each payment and one after them; the first and the
last carry the control totals. Files to the bank and its answers are described in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KINDS = ("xlsx", "csv", "fixed")
UNITS = ("fen", "yuan")
ENCODINGS = ("gb18030", "utf-8")
OF_THE_FILE = ("literal", "number", "month", "count", "total", "purpose", "blank")
OF_A_PAYMENT = (
    *("seq", "account", "holder", "amount", "bank", "branch", "purpose", "literal", "blank"),
    *("outcome", "code", "words"),
)
NUMERIC = ("seq", "count", "total", "amount")


class LayoutInvalid(ValueError):
    """A description that cannot be followed; the text is the argument."""


@dataclass(frozen=True)
class Field:
    """One value of a record. `title` heads its column, or is the text itself where `name` is "literal".

    `width` is in bytes of the file's encoding, and needed only where records have fixed widths.
    """

    name: str
    title: str = ""
    width: int = 0


Record = tuple[Field, ...]


@dataclass(frozen=True)
class Layout:
    """The records of a file: `head` and `tail` may be empty. `headings` puts a row of titles first."""

    head: Record
    item: Record
    tail: Record
    headings: bool = True

    def position(self, name: str) -> int | None:
        """Where a payment's record holds a field, None if it does not."""
        names = [field.name for field in self.item]
        return names.index(name) if name in names else None


@dataclass(frozen=True)
class Template:
    """A bank's way of taking files and of answering them.

    `paid` and `returned` are the outcomes' words; `reasons` maps the bank's reason codes, and words
    where it has no codes, to ours.
    """

    code: str
    name: str
    kind: str
    encoding: str
    unit: str
    file_name: str
    order: Layout
    answer: Layout
    paid: frozenset[str]
    returned: frozenset[str]
    reasons: Mapping[str, str]
    separator: str = ","
    source: str = ""


def template_from(said: Mapping[str, Any]) -> Template:
    """A template from its description. Raises LayoutInvalid."""
    try:
        made = Template(
            **{name: said[name] for name in ("code", "name", "kind", "unit", "file_name")},
            encoding=said.get("encoding", "utf-8"),
            order=_layout(said["order"]),
            answer=_layout(said["answer"]),
            paid=frozenset(said["paid"]),
            returned=frozenset(said["returned"]),
            reasons=dict(said["reasons"]),
            separator=said.get("separator", ","),
            source=said.get("source", ""),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise LayoutInvalid(f"the description lacks {fault}") from fault
    _check(made)
    return made


def _layout(said: Mapping[str, Any]) -> Layout:
    records = {
        name: tuple(Field(**field) for field in said.get(name, ()))
        for name in ("head", "item", "tail")
    }
    return Layout(**records, headings=said.get("headings", True))


def _check(made: Template) -> None:
    if made.kind not in KINDS or made.unit not in UNITS or made.encoding not in ENCODINGS:
        raise LayoutInvalid(f"{made.code}: kind, unit or encoding is none that is known")
    if made.paid & made.returned:
        raise LayoutInvalid(f"{made.code}: one word means both paid and returned")
    for layout, needed in (
        (made.order, ("seq", "account", "holder", "amount")),
        (made.answer, ("seq", "account", "amount", "outcome")),
    ):
        _check_names(made, layout, needed)
    for control in ("count", "total"):
        if control not in {field.name for field in (*made.order.head, *made.order.tail)}:
            raise LayoutInvalid(f"{made.code}: the file does not say its {control}")


def _check_names(made: Template, layout: Layout, needed: Sequence[str]) -> None:
    for name in needed:
        if layout.position(name) is None:
            raise LayoutInvalid(f"{made.code}: a payment's record lacks its {name}")
    for record, allowed in (
        (layout.head, OF_THE_FILE),
        (layout.item, OF_A_PAYMENT),
        (layout.tail, OF_THE_FILE),
    ):
        for field in record:
            if field.name not in allowed:
                raise LayoutInvalid(f"{made.code}: no field is called {field.name} there")
            if made.kind == "fixed" and field.width <= 0:
                raise LayoutInvalid(f"{made.code}: {field.name} has no width")
