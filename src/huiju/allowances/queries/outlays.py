"""What approved runs pay, held against their lines, what the bank said, and what the ledger says.

Added up from the rows alone; neither the settlement's rules nor the services are asked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Sum

from huiju.allowances.enums import AFTER_APPROVAL, BankFileState, PaymentState, SettledAs, Step
from huiju.allowances.models import (
    BankFile,
    BankItem,
    BankResult,
    Payment,
    Recovery,
    RecoveryPart,
    Run,
    RunLine,
    RunStep,
)
from huiju.allowances.queries.digests import digest_of_lines
from huiju.audit.queries import reference
from huiju.budgets.enums import Account
from huiju.budgets.models import Posting
from huiju.registry.models import Person

Finding = dict[str, Any]

OWED = (
    PaymentState.WITHHELD,
    PaymentState.NO_ACCOUNT,
    PaymentState.DUE,
    PaymentState.SENT,
    PaymentState.RETURNED,
)
"""States of payments whose money has not left and is not given up."""

NOT_SENT = frozenset(
    {
        PaymentState.WITHHELD,
        PaymentState.NO_ACCOUNT,
        PaymentState.DUE,
        PaymentState.CANCELLED,
    }
)
AT_THE_BANK = frozenset({PaymentState.SENT})
PAID = frozenset({PaymentState.PAID})
CAME_BACK = frozenset({PaymentState.RETURNED, PaymentState.REISSUED, PaymentState.CANCELLED})


def unexplained_payments() -> list[Finding]:
    """Payments, files and sums that lines, bank and ledger do not explain. Needs the whole reach."""
    found: list[Finding] = [*_files(), *_recoveries()]
    for run in Run.objects.order_by("pk").iterator():
        found.extend(_signed_lists(run))
        payments = list(Payment.objects.filter(run=run).order_by("person", "issue"))
        found.extend(_amounts(run, payments))
        found.extend(_issues(payments))
        found.extend(_states(run, payments))
        found.extend(_ledger(run, payments))
    return found


def _signed_lists(run: Run) -> Iterator[Finding]:
    """Steps over a list that is another one now. What an approver signs is more than the list."""
    now = digest_of_lines(run)
    for step in RunStep.objects.filter(run=run).exclude(step=Step.APPROVED).order_by("pk"):
        if step.digest != now:
            yield {"what": "signed_list", "run": run.pk, "step": step.step, "round": step.round}


def _amounts(run: Run, payments: Sequence[Payment]) -> Iterator[Finding]:
    """Payments that are not the person's credits, debts carried that are not the person's debits."""
    parts = RecoveryPart.objects.filter(payment__run=run).values("payment").order_by()
    taken = dict(parts.annotate(fen=Sum("amount_fen")).values_list("payment", "fen"))
    wanted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    if run.state in AFTER_APPROVAL:
        for person, fen in RunLine.objects.filter(run=run).values_list("person", "amount_fen"):
            wanted[person][fen < 0] += abs(fen)
    for payment in payments:
        credit, owed = wanted[payment.person_id]
        # an issue anew is of the same money, set off once
        set_off = taken.get(payment.pk, 0) if payment.issue == 1 else payment.taken_fen
        right = (credit - set_off, credit, set_off, owed - set_off)
        fields = ("amount_fen", "credit_fen", "taken_fen", "debt_growth_fen")
        if tuple(getattr(payment, field) for field in fields) != right or not (credit or owed):
            yield {
                "what": "payment",
                "run": run.pk,
                "payment": payment.pk,
                "fen": payment.amount_fen,
                "recomputed_fen": credit - set_off,
            }
    for person in sorted(set(wanted) - {payment.person_id for payment in payments}):
        credit, _owed = wanted[person]
        yield {"what": "payment_missing", "run": run.pk, "person": person, "recomputed_fen": credit}


def _issues(payments: Sequence[Payment]) -> Iterator[Finding]:
    """Issues of one payment: counted from one, each but the last issued anew."""
    for _person, each in groupby(payments, key=lambda payment: payment.person_id):
        issues = list(each)
        for number, payment in enumerate(issues, 1):
            is_anew = payment.state == PaymentState.REISSUED
            if payment.issue != number or is_anew == (payment is issues[-1]):
                yield {"what": "payment_issue", "payment": payment.pk, "issue": payment.issue}


def _states(run: Run, payments: Sequence[Payment]) -> Iterator[Finding]:
    """Payments that say something else than what is known of the bank."""
    items = {item.payment_id: item for item in BankItem.objects.filter(payment__run=run)}
    sent = set(
        BankFile.objects.filter(run=run)
        .exclude(state=BankFileState.MADE)
        .values_list("pk", flat=True)
    )
    said: dict[int, set[str]] = defaultdict(set)
    results = BankResult.objects.filter(item__payment__run=run)
    for key, settled_as in results.values_list("item", "settled_as"):
        said[key].add(settled_as)
    for payment in payments:
        item = items.get(payment.pk)
        allowed = _allowed(payment, item, said[item.pk] if item else set(), sent)
        if payment.state not in allowed or (item and item.amount_fen != payment.amount_fen):
            yield {
                "what": "payment_state",
                "payment": payment.pk,
                "state": payment.state,
                "fen": payment.amount_fen,
                "sent_fen": item.amount_fen if item else 0,
                "bank": sorted(said[item.pk]) if item else [],
            }


def _allowed(
    payment: Payment, item: BankItem | None, said: set[str], sent: set[int]
) -> frozenset[PaymentState]:
    if not payment.amount_fen:
        return PAID | {PaymentState.CANCELLED}
    if said & {SettledAs.RETURNED, SettledAs.RETURNED_LATE}:
        return CAME_BACK
    if said:
        return PAID
    return AT_THE_BANK if item and item.file_id in sent else NOT_SENT


def _ledger(run: Run, payments: Sequence[Payment]) -> Iterator[Finding]:
    """Sums by account of what the ledger booked for the run, against its payments."""
    booked: Counter[str] = Counter()
    rows = Posting.objects.filter(entry__purpose=reference(run))
    for account, fen in rows.values_list("account", "amount_fen"):
        booked[account] += fen
    right = {
        Account.COMMITTED: 0,
        Account.DUE: sum(each.amount_fen for each in payments if each.state in OWED),
        Account.PAID: sum(each.amount_fen for each in payments if each.state in PAID),
    }
    for account, fen in right.items():
        if booked[account] != fen:
            yield {
                "what": "run_ledger",
                "run": run.pk,
                "account": account.value,
                "fen": booked[account],
                "recomputed_fen": fen,
            }


def _recoveries() -> Iterator[Finding]:
    """Recoveries that took in more than was decided or than lines took back, or whose repayments the ledger lacks."""
    for recovery in Recovery.objects.select_related("person").order_by("pk"):
        standing, repaid = 0, 0
        for part in recovery.parts.select_related("payment"):
            payment = part.payment
            given_up = payment and Payment.objects.filter(
                run=payment.run_id, person=payment.person_id, state=PaymentState.CANCELLED
            )
            standing += 0 if given_up and given_up.exists() else part.amount_fen
            repaid += 0 if payment else part.amount_fen
        booked = Posting.objects.filter(
            entry__purpose=reference(recovery), account=Account.PAID
        ).aggregate(fen=Sum("amount_fen"))["fen"]
        owed = -sum(
            RunLine.objects.filter(
                person__in=Person.objects.in_files_of([recovery.person]).values("pk"),
                run__scheme=recovery.scheme_id,
                run__place=recovery.place_id,
                run__state__in=AFTER_APPROVAL,
                amount_fen__lt=0,
            ).values_list("amount_fen", flat=True)
        )
        if standing > min(recovery.amount_fen, owed) or -(booked or 0) != repaid:
            yield {
                "what": "recovery",
                "recovery": recovery.pk,
                "fen": standing,
                "recomputed_fen": min(recovery.amount_fen, owed),
                "repaid_fen": repaid,
                "booked_fen": -(booked or 0),
            }


def _files() -> Iterator[Finding]:
    """Files whose totals are not those of their payments."""
    rows = BankFile.objects.annotate(
        items_count=Count("items"), items_fen=Sum("items__amount_fen")
    ).exclude(items_count=F("count"), items_fen=F("total_fen"))
    for file in rows.order_by("pk"):
        yield {
            "what": "bank_file",
            "bank_file": file.pk,
            "fen": file.total_fen,
            "recomputed_fen": file.items_fen or 0,
        }
