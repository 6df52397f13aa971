"""What approving a list would do, without doing it: differences, payments, and what each line bears."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from huiju.allowances import queries
from huiju.allowances.enums import PaymentState, Why
from huiju.allowances.models import Funding, Run, Scheme
from huiju.allowances.queries.reasons import Reasons
from huiju.allowances.queries.recoveries import Standing
from huiju.allowances.rules.computing import Computer
from huiju.allowances.rules.setoff import spread
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
    """A payment before it is made; `reason` says why it is withheld.

    `set_off`: what of the credit goes against which approved recovery, (its key, fen).
    """

    person: int
    credit_fen: int
    taken_fen: int
    amount_fen: int
    debt_growth_fen: int
    account: int | None
    state: PaymentState
    reason: str = ""
    set_off: tuple[tuple[int, int], ...] = ()


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
    def owed_fen(self) -> int:
        """What people newly owe by this list."""
        return sum(each.debt_growth_fen + each.taken_fen for each in self.payments)

    @property
    def taken(self) -> tuple[int, int]:
        """From how many people approved recoveries are set off, and the fen."""
        amounts = [each.taken_fen for each in self.payments if each.taken_fen]
        return len(amounts), sum(amounts)

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
    withheld. Against earlier debts only approved recoveries are set off, up to the scheme's share of the credits.
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
            shares=shares_of_funding(funding, total) if funding else [],
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
    credits_fen, owed_fen = Counter[int](), Counter[int]()
    for person, fen in run.lines.values_list("person", "amount_fen"):
        credits_fen[person] += max(fen, 0)
        owed_fen[person] += max(-fen, 0)
    standing = queries.approved_recoveries(run.scheme, run.place)
    taken = _taken(run.scheme, credits_fen, standing)
    accounts = _accounts(sorted(credits_fen), at)
    return [
        _payment(
            PlannedPayment(
                person=person,
                credit_fen=credit,
                taken_fen=taken[person],
                amount_fen=credit - taken[person],
                debt_growth_fen=owed_fen[person] - taken[person],
                account=accounts.get(person),
                state=PaymentState.DUE,
                set_off=spread(
                    taken[person],
                    [(each.recovery.pk, each.outstanding_fen) for each in standing.get(person, [])],
                ),
            ),
            less.get(person),
        )
        for person, credit in sorted(credits_fen.items())
    ]


def _taken(
    scheme: Scheme, credits_fen: Mapping[int, int], standing: Mapping[int, Sequence[Standing]]
) -> Counter[int]:
    """What of people's credits goes against approved recoveries, by the settlement of the rules."""
    asked = {
        person: sum(each.outstanding_fen for each in standing[person])
        for person in standing
        if credits_fen.get(person)
    }
    if not asked:
        return Counter()
    settled = Computer().settlement(
        [{"scheme": scheme.pk, "person": each, "amount_fen": credits_fen[each]} for each in asked],
        [{"scheme": scheme.pk, "person": each, "debt_fen": fen} for each, fen in asked.items()],
        [{"scheme": scheme.pk, "recovery_pct": scheme.recovery_pct}],
    )
    return Counter({row["person"]: row["step_taken_fen"] for row in settled})


def _payment(planned: PlannedPayment, why: Why | None) -> PlannedPayment:
    """The payment in the state in which it begins."""
    if not planned.amount_fen:
        return replace(planned, state=PaymentState.PAID)  # nothing leaves the account
    if why:
        return replace(planned, state=PaymentState.WITHHELD, reason=why.value)
    return planned if planned.account else replace(planned, state=PaymentState.NO_ACCOUNT)


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


def shares_of_funding(funding: Funding, total_fen: int) -> list[Share]:
    """An amount over the lines of a funding, as its sharing plan has it."""
    lines: dict[int, Line] = {
        each.payer_id: each.line
        for each in funding.lines.select_related("line__fiscal_year", "line__payer__place")
    }
    if funding.split is None:
        return [Share(line, total_fen) for line in lines.values()]
    return budgets.shares_over(split=funding.split, lines=lines, amount_fen=total_fen)
