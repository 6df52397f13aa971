"""From what is due to what is posted and paid."""

import ibis
from ibis import _
from ibis.expr.types import Table

from huiju.allowances.rules.facts import DUE
from huiju.allowances.rules.stages import whole

LINE_KEY = ["scheme", "person", "month", "district"]


def differences(due: Table, posted: Table) -> Table:
    """The lines a run posts: per person, month and district, what is due less what was posted before.

    `posted`: the columns of `facts.POSTED`, of the people and months the run computes. Adds
    step_due_fen and step_posted_fen to the columns of `due`; a month no longer due has null references. Lines of
    nothing are left out. `due` must have no row without a rate.
    """
    before = posted.group_by(LINE_KEY).agg(step_posted_fen=whole(_.amount_fen.sum()))
    asked = due.rename(step_due_fen="amount_fen")
    both = asked.outer_join(before, LINE_KEY, rname="posted_{name}")
    keys = {key: both[key].coalesce(both[f"posted_{key}"]) for key in LINE_KEY}
    sums = {key: both[key].coalesce(0) for key in ("step_due_fen", "step_posted_fen")}
    lines = both.mutate(**keys, **sums)
    return lines.mutate(amount_fen=lines.step_due_fen - lines.step_posted_fen).filter(
        _.amount_fen != 0
    )[[*DUE.names, "step_due_fen", "step_posted_fen"]]


def settlement(lines: Table, debts: Table, recoveries: Table) -> Table:
    """What leaves the account for each person, and what is still to be recovered.

    `lines`: scheme, person, amount_fen of one run; `debts`: scheme, person, debt_fen before it;
    `recoveries`: scheme, recovery_pct. Where recovery_pct is null (allow_negative) everything shows at once: the
    payment may be negative and no debt is carried. Else (offset) at most that per cent of the run's
    credits, rounded down, goes against what is owed, and the rest stays owed. Always: sum of lines =
    pay_fen - growth of debt. Columns: scheme, person, step_credit_fen, step_owed_fen, step_taken_fen, pay_fen, debt_fen.
    """
    credit = ibis.greatest(lines.amount_fen, 0)
    of_lines = lines.select(
        "scheme", "person", credit_fen=credit, owed_fen=credit - lines.amount_fen
    )
    of_debts = debts.select(
        "scheme", "person", credit_fen=ibis.literal(0, "int64"), owed_fen=debts.debt_fen
    )
    sums = (
        of_lines.union(of_debts)
        .group_by("scheme", "person")
        .agg(step_credit_fen=whole(_.credit_fen.sum()), step_owed_fen=whole(_.owed_fen.sum()))
    )
    terms = sums.join(recoveries, "scheme")
    most = terms.step_credit_fen * terms.recovery_pct // 100
    taken = ibis.least(terms.step_owed_fen, most.coalesce(terms.step_owed_fen))
    settled = terms.mutate(step_taken_fen=taken)
    return settled.mutate(
        pay_fen=settled.step_credit_fen - settled.step_taken_fen,
        debt_fen=settled.step_owed_fen - settled.step_taken_fen,
    ).drop("recovery_pct")
