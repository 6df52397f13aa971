"""The ledger and everything paid, recounted: what `huiju ledger check` prints and every night looks at."""

from typing import Any

from huiju.allowances.queries.checks import unexplained_lines
from huiju.allowances.queries.outlays import unexplained_payments
from huiju.budgets import queries as budgets


def recounted_ledger() -> dict[str, Any]:
    """What `budgets.queries.ledger_check` finds, and what no facts, lines or answers explain. Needs the whole reach.

    `unexplained_lines` are keys of budget lines; lines of runs and payments stand in `differences`.
    """
    found = budgets.ledger_check()
    found["differences"] += [*unexplained_lines(), *unexplained_payments()]
    return found
