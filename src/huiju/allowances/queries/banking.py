"""Reads of bank files, their items and answers, and of what the bank sent back."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from huiju.allowances.enums import PaymentState
from huiju.allowances.models import BankFile, BankItem, BankResult, Payment, Run
from huiju.allowances.queries.runs import runs_visible_to
from huiju.directory.models import User

WAITING = (PaymentState.RETURNED, PaymentState.WITHHELD, PaymentState.NO_ACCOUNT)


@dataclass(frozen=True)
class StateSum:
    """How many payments are in a state, and their fen."""

    state: PaymentState
    payments: int
    amount_fen: int


def bank_files_visible_to(user: User, *, on: date) -> QuerySet[BankFile]:
    """Files of runs a user may see, unordered."""
    runs = runs_visible_to(user, on=on).values("pk")
    found: QuerySet[BankFile] = BankFile.objects.filter(run__in=runs)
    return found.select_related("run__scheme", "run__place", "made_by", "sent_by")


def payments_by_state(run: Run) -> list[StateSum]:
    """A run's payments summed by state, in the order of their life."""
    rows = (
        Payment.objects.filter(run=run)
        .values("state")
        .annotate(payments=Count("pk"), fen=Sum("amount_fen"))
    )
    found = {row["state"]: row for row in rows}
    return [
        StateSum(state, found[state]["payments"], found[state]["fen"])
        for state in PaymentState
        if state in found
    ]


def items_of(file: BankFile) -> QuerySet[BankItem]:
    """The items of a file with their payment and person, unordered."""
    found: QuerySet[BankItem] = BankItem.objects.filter(file=file)
    return found.select_related("payment__person", "account")


def waiting_payments(user: User, *, on: date) -> QuerySet[Payment]:
    """Payments somebody must decide about: sent back by the bank, withheld, without an account.

    `bank_reason` and `bank_words` tell of the bank's answer, `file_pk` of the file; `changed_at` is since
    when they wait. The office of the run's place owns them. Unordered.
    """
    results = BankResult.objects.filter(item__payment=OuterRef("pk")).exclude(settled_as="paid")
    said = {
        "bank_reason": "reason",
        "bank_words": "words",
        "file_pk": "item__file",
    }
    found: QuerySet[Payment] = Payment.objects.filter(
        state__in=WAITING, run__in=runs_visible_to(user, on=on).values("pk")
    )
    return found.select_related("person", "run__place", "account").annotate(
        **{name: Subquery(results.values(field)[:1]) for name, field in said.items()},
        district=F("run__place__name"),
    )
