"""Applying rows one by one through a service that refuses by DomainError."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from huiju.kernel.errors import DomainError
from huiju.transfers.enums import ROW_SUGGESTIONS, Result, RowReason
from huiju.transfers.rules.rows import Applied, Staged

ROW_REASONS = {reason.value: (reason.label, ROW_SUGGESTIONS[reason]) for reason in RowReason}


def each(rows: Sequence[Staged], take: Callable[[dict[str, Any]], Any]) -> list[Applied]:
    """What became of each row; one that is refused leaves the others alone."""
    return [_one(row, take) for row in rows]


def _one(row: Staged, take: Callable[[dict[str, Any]], Any]) -> Applied:
    try:
        with transaction.atomic():
            take(row.values)
    except DomainError as refusal:
        return Applied(Result.REFUSED, type(refusal).__name__, str(refusal))
    return Applied(Result.CHANGED)
