"""An approved month with payments that are due, files of it, and answers as a bank writes them."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from huiju.allowances.models import BankAnswer, BankFile, Run
from huiju.allowances.queries import bank_template
from huiju.allowances.services import bankfiles
from huiju.allowances.services.answers import take_answer
from huiju.allowances.services.paying import purpose_of
from huiju.allowances.tests import factories
from huiju.budgets import services as budgets
from huiju.budgets.models import Line
from huiju.budgets.services import Claim, Share
from huiju.budgets.tests.factories import make_line
from huiju.directory.models import User
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.registry.tests.factories import make_person

PAID_AT = datetime(2015, 11, 10, 4, 0, tzinfo=UTC)
CITY = "350200"


def finance() -> User:
    return make_user("finance", CITY)


def make_approved_run(
    *amounts: int,
    split: tuple[int, ...] = (6, 4),
    others: tuple[dict[str, Any], ...] = (),
    **fields: Any,
) -> Run:
    """思明区's October unless `fields` say otherwise, approved; its sum is due on as many lines as `split` has parts.

    `others` are fields of further payments of 200 yuan, whose money is due likewise.
    """
    amounts = amounts or (20000, 30000)
    wanted: list[dict[str, Any]] = [{"amount_fen": fen, "credit_fen": fen} for fen in amounts]
    run = factories.make_reviewed_run(**fields)
    with transaction.atomic():
        made = [
            factories.pay(run, each.pop("person", None) or make_person(), **each)
            for each in [*wanted, *map(dict, others)]
        ]
        factories.approved(run)
    make_due(run, sum(payment.amount_fen for payment in made), split)
    return run


def make_due(run: Run, fen: int, split: tuple[int, ...]) -> list[Line]:
    by = finance()
    lines = [make_line(amount_fen=10_000_000, by=by) for _part in split]
    parts = budgets_shares(fen, split)
    shares = [Share(line, part) for line, part in zip(lines, parts, strict=True)]
    for name in ("commit", "make_due"):
        claim = Claim(
            f"allowance:run:{run.pk}:{name}", on=clock.day_of(PAID_AT), purpose=purpose_of(run)
        )
        getattr(budgets, name)(shares=shares, claim=claim, by=by, at=PAID_AT)
    return lines


def budgets_shares(fen: int, split: tuple[int, ...]) -> list[int]:
    first = [fen * part // sum(split) for part in split]
    return [first[0] + fen - sum(first), *first[1:]]


def make_bank_file(run: Run | None = None, template: str = "delimited", **fields: Any) -> BankFile:
    """A file that was sent."""
    by = fields.pop("by", None) or finance()
    run = run or make_approved_run()
    file = bankfiles.make_file(run=run, template=bank_template(template), by=by, at=PAID_AT)
    return bankfiles.send_file(file=file, by=by, at=PAID_AT) if fields.pop("sent", True) else file


def answer_text(file: BankFile, *, back: dict[int, tuple[str, str]] | None = None, **said: Any):
    """The bytes of an answer in the csv template: everybody paid but those in `back`."""
    rows = []
    for item in file.items.select_related("account").order_by("seq"):
        code, words = (back or {}).get(item.seq, ("", ""))
        outcome = "0" if item.seq in (back or {}) else "1"
        yuan = f"{item.amount_fen // 100}.{item.amount_fen % 100:02d}"
        rows.append(
            [str(item.seq), item.account.number, item.account.holder, yuan, outcome, code, words]
        )
    only = said.get("only")
    rows = [row for row in rows if only is None or int(row[0]) in only]
    total = sum(int(row[3].replace(".", "")) for row in rows)
    head = [said.get("number", file.number), f"{file.run.month:%Y%m}", str(len(rows))]
    lines = [[*head, f"{total // 100}.{total % 100:02d}"], *said.get("order", list)(rows)]
    return "".join(",".join(line) + "\r\n" for line in lines).encode("gb18030")


def answer(file: BankFile, *, by: User | None = None, **said: Any) -> BankAnswer:
    """An answer taken."""
    content = answer_text(file, **said)
    return take_answer(file=file, name="回盘.csv", content=content, by=by or finance(), at=PAID_AT)
