"""Applying rows one by one through a service that refuses by DomainError."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model

from huiju.kernel.errors import DomainError
from huiju.transfers.enums import ROW_SUGGESTIONS, Result, RowReason
from huiju.transfers.rules.records import Applied, Staged

ROW_REASONS = {reason.value: (reason.label, ROW_SUGGESTIONS[reason]) for reason in RowReason}


Take = Callable[[dict[str, Any]], Result]


def each(rows: Sequence[Staged], take: Take) -> list[Applied]:
    """What became of each row; one that is refused leaves the others alone."""
    return [_one(row, take) for row in rows]


def became(before: Model | None, after: Model) -> Result:
    """What was done to a record, by its fields before and after."""
    if before is None:
        return Result.CREATED
    names = [field.attname for field in after._meta.concrete_fields]
    same = all(getattr(before, name) == getattr(after, name) for name in names)
    return Result.UNCHANGED if same else Result.CHANGED


def _one(row: Staged, take: Take) -> Applied:
    try:
        with transaction.atomic():
            return Applied(take(row.values))
    except DomainError as refusal:
        return Applied(Result.REFUSED, type(refusal).__name__, str(refusal))
