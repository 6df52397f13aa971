"""The ledger's side of payments: which lines of the budget a sum is paid from, given back to, or freed.

What a run owes was made due once, line by line (approval). Whatever leaves "due" afterwards is shared over
the same lines so that all together, at every moment, is the exact split of the whole by what was due.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from huiju.allowances.models import Run
from huiju.audit import queries as audit
from huiju.budgets import services as budgets
from huiju.budgets.enums import Account, Kind
from huiju.budgets.models import Entry, Line, Posting
from huiju.budgets.rules import further_shares
from huiju.budgets.services import Claim, Share
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.kernel import clock

STEPS: dict[str, tuple[Callable[..., Entry], int]] = {
    Kind.PAY: (budgets.pay, 1),
    Kind.TAKE_BACK: (budgets.take_back, -1),
    Kind.RELEASE: (budgets.forgo, 1),
}
"""Kind of entry → the step, and whether money leaves "due" by it or comes again."""


def purpose_of(run: Run) -> str:
    """How ledger entries name the run they are for."""
    return audit.reference(run)


def due_lines(run: Run) -> tuple[Counter[int], Counter[int]]:
    """Line → fen made due at approval, and line → fen that still are."""
    rows = Posting.objects.filter(entry__purpose=purpose_of(run), account=Account.DUE)
    made, left = Counter[int](), Counter[int]()
    for line, fen, kind in rows.values_list("line", "amount_fen", "entry__kind"):
        left[line] += fen
        if kind == Kind.MAKE_DUE:
            made[line] += fen
    return made, left


def paid_fen(run: Run) -> int:
    """What the ledger says has left the account for the run."""
    rows = Posting.objects.filter(entry__purpose=purpose_of(run), account=Account.PAID)
    return sum(rows.values_list("amount_fen", flat=True))


def settle(kind: str, *, run: Run, amount_fen: int, key: str, by: User, at: datetime) -> Entry:
    """Pay, take back or give up an amount of a run, whichever lines the payers' reader sees.

    `kind` is a key of STEPS. Raises what the step raises.
    """
    step, sign = STEPS[kind]
    with acting_as_system():
        made, left = due_lines(run)
        keys = sorted(made)
        gone = [made[line] - left[line] for line in keys]
        further = further_shares(gone, sign * amount_fen, [made[line] for line in keys])
        lines = Line.objects.in_bulk(keys)
        shares = [
            Share(lines[line], sign * fen) for line, fen in zip(keys, further, strict=True) if fen
        ]
        claim = Claim(key, on=clock.day_of(at), purpose=purpose_of(run), memo=str(run))
        return step(shares=shares, claim=claim, by=by, at=at)
