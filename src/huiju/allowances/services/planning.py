"""What approving a list would do, without doing it: differences, payments, and what each line bears."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import PaymentState, Why
from huiju.allowances.models import Funding, Run
from huiju.allowances.queries.reasons import Reasons
from huiju.allowances.rules.computing import Computer
from huiju.allowances.services.computing import computed, window_of
from huiju.budgets import services as budgets
from huiju.budgets.models import Line
from huiju.budgets.services import Share
from huiju.directory.access import acting_as_system
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.registry.models import BankAccount


class NoFunding(DomainError):
    """Nobody has said out of which lines the scheme is paid in the district and the year."""


@dataclass(frozen=True)
class Since:
    """Somebody's month as the list has it, and as the facts known now would have it, in fen."""

    person: int
    month: date
    was_fen: int
    is_fen: int
    why: Why


@dataclass(frozen=True)
class PlannedPayment:
    """A payment before it is made; `reason` says why it is withheld."""

    person: int
    credit_fen: int
    taken_fen: int
    amount_fen: int
    debt_growth_fen: int
    account: int | None
    state: PaymentState
    reason: str = ""


@dataclass(frozen=True)
class ApprovalPlan:
    """All that approving would do. `digest` is what the approver signs: list, differences, payments, shares."""

    run: Run
    lines_digest: str
    differences: Sequence[Since]
    payments: Sequence[PlannedPayment]
    shares: Sequence[Share]
    funding: Funding | None

    @property
    def total_fen(self) -> int:
        return sum(payment.amount_fen for payment in self.payments)

    @property
    def debt_fen(self) -> int:
        """By how much what people owe grows."""
        return sum(payment.debt_growth_fen for payment in self.payments)

    def sum_of(self, state: str) -> tuple[int, int]:
        """Number and fen of the payments in a state."""
        amounts = [each.amount_fen for each in self.payments if each.state == state]
        return len(amounts), sum(amounts)

    @property
    def digest(self) -> str:
        rows: list[Iterable[object]] = [["list", self.run.pk, self.run.round, self.lines_digest]]
        rows += [["since", *vars(each).values()] for each in self.differences]
        rows += [["payment", *vars(each).values()] for each in self.payments]
        rows += [["share", each.line.pk, each.amount_fen] for each in self.shares]
        return digest_of(rows)


def digest_of(rows: Iterable[Iterable[object]]) -> str:
    """The hex SHA-256 over fields, each preceded by its length in bytes and a colon."""
    found = hashlib.sha256()
    for row in rows:
        for value in row:
            text = str(value).encode()
            found.update(b"%d:%s" % (len(text), text))
        found.update(b"\n")
    return found.hexdigest()


def approval_plan(*, run: Run, at: datetime) -> ApprovalPlan:
    """What approving the run at an instant would do; nothing is written.

    Facts are taken as known then. Whoever would get less by them is paid nothing for now: the payment is
    withheld. Nothing is set off against earlier debts: that needs an approved recovery of its own.
    Raises NoFunding, RateMissing, SplitInvalid.
    """
    with acting_as_system():
        differences = differences_since(run, at)
        payments = _payments(run, worse_off(differences), at)
        total = sum(payment.amount_fen for payment in payments)
        funding = _funding(run, clock.day_of(at).year) if total else None
        return ApprovalPlan(
            run=run,
            lines_digest=queries.digest_of_lines(run),
            differences=differences,
            payments=payments,
            shares=_shares(funding, total) if funding else [],
            funding=funding,
        )


def differences_since(run: Run, at: datetime) -> list[Since]:
    """Where the same rules on the facts as known at an instant give other lines than the run's.

    Posted before counts what runs posted before this one was computed: what a later run corrected is
    no reason to pay more now.
    """
    window = window_of(run)
    earlier = Run.objects.current().filter(
        scheme=run.scheme, place=run.place, month__gte=window[0], computed_at__lt=run.computed_at
    )
    with computed({run: window}, list(earlier.order_by("pk")), known_at=at) as computation:
        now = computation.amounts()
    rows = run.lines.values_list("person", "month", "amount_fen")
    was = {(person, month): fen for person, month, fen in rows}
    changed = sorted(key for key in {*was, *now} if was.get(key, 0) != now.get(key, 0))
    reasons = Reasons(run, {person for person, _month in changed}, known_at=at)
    return [
        Since(person, month, was.get(key, 0), now.get(key, 0), reasons.why(person))
        for key in changed
        for person, month in [key]
    ]


def worse_off(differences: Iterable[Since]) -> dict[int, Why]:
    """The people who would get less altogether, and why."""
    growth: Counter[int] = Counter()
    why: dict[int, Why] = {}
    for each in differences:
        growth[each.person] += each.is_fen - each.was_fen
        why[each.person] = each.why
    return {person: why[person] for person, fen in growth.items() if fen < 0}


def _payments(run: Run, less: dict[int, Why], at: datetime) -> list[PlannedPayment]:
    lines = [
        {"scheme": run.scheme_id, "person": person, "amount_fen": fen}
        for person, fen in run.lines.values_list("person", "amount_fen")
    ]
    nothing_taken = [{"scheme": run.scheme_id, "recovery_pct": 0}]
    settled = Computer().settlement(lines, [], nothing_taken)
    accounts = _accounts([row["person"] for row in settled], at)
    return [
        _payment(row, accounts.get(row["person"]), less.get(row["person"]))
        for row in sorted(settled, key=lambda row: row["person"])
    ]


def _payment(row: dict[str, Any], account: int | None, why: Why | None) -> PlannedPayment:
    state = PaymentState.DUE if account else PaymentState.NO_ACCOUNT
    if why:
        state = PaymentState.WITHHELD
    if not row["pay_fen"]:
        state, why = PaymentState.PAID, None  # nothing leaves the account
    return PlannedPayment(
        person=row["person"],
        credit_fen=row["step_credit_fen"],
        taken_fen=row["step_taken_fen"],
        amount_fen=row["pay_fen"],
        debt_growth_fen=row["debt_fen"],
        account=account,
        state=state,
        reason=why.value if why else "",
    )


def _accounts(people: Sequence[int], at: datetime) -> dict[int, int]:
    """Key of a person → key of the version of the account that holds on the day, as known at the instant."""
    day = clock.day_of(at)
    known = BankAccount.objects.known_at(at).filter(person__in=people, days__contains=day)
    return dict(known.values_list("person", "pk"))


def _funding(run: Run, year: int) -> Funding:
    found = Funding.objects.filter(
        scheme=run.scheme, place=run.place, year=year, replaced_at=None
    ).select_related("split")
    if funding := found.first():
        return funding
    raise NoFunding(
        _(
            "Nobody has said yet out of which budget lines %(scheme)s is paid in %(place)s in %(year)s."
            " Ask finance to enter it, then approve."
        )
        % {"scheme": run.scheme, "place": run.place, "year": year}
    )


def _shares(funding: Funding, total_fen: int) -> list[Share]:
    lines: dict[int, Line] = {
        each.payer_id: each.line
        for each in funding.lines.select_related("line__fiscal_year", "line__payer__place")
    }
    if funding.split is None:
        return [Share(line, total_fen) for line in lines.values()]
    return budgets.shares_over(split=funding.split, lines=lines, amount_fen=total_fen)
