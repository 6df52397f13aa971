"""What a change would do: the change itself, in a savepoint that is rolled back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from huiju.budgets import queries
from huiju.budgets.enums import Account
from huiju.budgets.models import Entry, Line, Posting
from huiju.budgets.rules import Stages
from huiju.budgets.services.posting import watched

CHECKED = "budgets_entry_balances, budgets_posting_balances"


@dataclass(frozen=True)
class LineChange:
    """A line before and after."""

    line: Line
    before: Stages
    after: Stages

    @property
    def accounts(self) -> list[tuple[Account, int, int]]:
        """Each account with its amount before and after, the budget first."""
        return [(a, self.before.of(a), self.after.of(a)) for a in Account]


@dataclass(frozen=True)
class Preview:
    """The entries a change would write (kept nowhere) and the lines they would move."""

    entries: tuple[Entry, ...]
    changes: tuple[LineChange, ...]


def preview(change: Callable[[], object]) -> Preview:
    """Run a change as it would be run, report what it did, and keep nothing of it.

    Before and after come from the postings it really made, so they cannot differ from what confirming
    does. What was entered before under the same key moves nothing. Raises what the change raises.
    """
    seen: list[Entry] = []
    token = watched.set(seen)
    try:
        with transaction.atomic():
            change()
            with connection.cursor() as cursor:
                cursor.execute(f"SET CONSTRAINTS {CHECKED} IMMEDIATE")
            found = Preview(tuple(seen), _changes(seen))
            transaction.set_rollback(True)
    finally:
        watched.reset(token)
    return found


def _changes(entries: list[Entry]) -> tuple[LineChange, ...]:
    moved: dict[int, Counter[str]] = {}
    for posting in Posting.objects.filter(entry__in=entries):
        moved.setdefault(posting.line_id, Counter())[posting.account] += posting.amount_fen
    after = queries.stages_of(moved)
    lines = Line.objects.select_related("fiscal_year", "payer__place", "place").in_bulk(list(moved))
    return tuple(
        LineChange(lines[key], after[key].plus({a: -fen for a, fen in moves.items()}), after[key])
        for key, moves in sorted(moved.items())
    )
