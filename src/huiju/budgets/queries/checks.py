"""What the ledger alone can know of itself, worked out by another way than the database's triggers."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Sum

from huiju.budgets.enums import Account, ConsentKind, ConsentState, Kind
from huiju.budgets.models import Consent, Entry, Line, Posting
from huiju.budgets.queries.lines import with_stages

Finding = dict[str, Any]


def ledger_check() -> Finding:
    """Re-add everything posting by posting. Needs the whole reach.

    `entries` is how many were looked at, `unbalanced` the keys of entries that do not sum to nought or
    are not complete, `unexplained_lines` the keys of lines whose stages differ from the sum of their
    history or stand where no entry may bring them, `differences` one record for each finding.
    """
    findings = [*_entries(), *_reversals(), *_lines()]
    return {
        "entries": Entry.objects.count(),
        "unbalanced": sorted({each["entry"] for each in findings if each["what"] in UNBALANCED}),
        "unexplained_lines": sorted({each["line"] for each in findings if "line" in each}),
        "differences": findings,
    }


UNBALANCED = frozenset(["unbalanced", "incomplete"])


def _entries() -> list[Finding]:
    """Entries that do not sum to nought, or have not as many postings as they say."""
    found = []
    rows = Entry.objects.annotate(total=Sum("postings__amount_fen"), count=Count("postings"))
    for key, size, total, count in rows.values_list("pk", "size", "total", "count").iterator():
        if total != 0:
            found.append({"what": "unbalanced", "entry": key, "sum_fen": total or 0})
        if size != count:
            found.append({"what": "incomplete", "entry": key, "size": size, "postings": count})
    return found


def _reversals() -> list[Finding]:
    """Reversals that do not undo their entry exactly, or undo another reversal."""
    found = []
    for entry in Entry.objects.exclude(reverses=None).select_related("reverses").iterator():
        undone: Any = entry.reverses
        ours, theirs = (
            {(p.line_id, p.account): p.amount_fen for p in each.postings.all()}
            for each in (entry, undone)
        )
        if ours != {place: -fen for place, fen in theirs.items()}:
            found.append({"what": "reversal", "entry": entry.pk, "reverses": entry.reverses_id})
        if undone.kind == Kind.REVERSE:
            found.append(
                {"what": "reversed_twice", "entry": entry.pk, "reverses": entry.reverses_id}
            )
    return found


def _lines() -> list[Finding]:
    """Lines replayed posting by posting, against the sums of the list, the bounds and the overrides."""
    balances: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Account.values, 0))
    history = Posting.objects.order_by("line_id", "entry_id", "pk")
    for key, account, fen in history.values_list("line_id", "account", "amount_fen").iterator():
        balances[key][account] += fen
    room: dict[int, int] = defaultdict(int)
    approved = Consent.objects.filter(kind=ConsentKind.OVERRIDE, state=ConsentState.APPROVED)
    for consent in approved:
        room[consent.line_id or 0] += consent.amount_fen or 0
    found = []
    for line in with_stages(Line.objects.all()).order_by("pk").iterator():
        amounts = balances[line.pk]
        found += [{"line": line.pk, **fault} for fault in _faults(line, amounts, room[line.pk])]
    return found


def _faults(line: Any, amounts: dict[str, int], room: int) -> list[Finding]:
    found: list[Finding] = []
    for account in Account.values:
        listed = (
            -line.budget_fen if account == Account.APPROPRIATED else getattr(line, f"{account}_fen")
        )
        if listed != amounts[account]:
            found.append(
                {"what": "sum", "account": account, "listed_fen": listed, "fen": amounts[account]}
            )
    lowest = {Account.AVAILABLE: -room}
    for account in (Account.AVAILABLE, Account.COMMITTED, Account.DUE, Account.PAID):
        if amounts[account] < lowest.get(account, 0):
            found.append({"what": "below", "account": account.value, "fen": amounts[account]})
    if line.withdrawn_at and any(amounts.values()):
        found.append({"what": "withdrawn_with_money", "fen": line.budget_fen})
    return found
