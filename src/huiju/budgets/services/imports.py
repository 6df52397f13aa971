"""A budget sheet's rows beyond the plan, and taking a whole sheet back while nothing rests on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.budgets.enums import STEPS, Kind, YearState
from huiju.budgets.models import Entry, Line
from huiju.budgets.services.lines import LineStatement, planned, withdraw_unused
from huiju.budgets.services.posting import Claim, Draft, Share, moved, post
from huiju.budgets.services.stages import reversal
from huiju.budgets.services.years import move_year
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError


class UndoRefused(DomainError):
    """Something entered later rests on what the import planned."""


def purpose_of(import_id: int) -> str:
    """How entries name the import they came by."""
    return f"import:{import_id}"


@dataclass(frozen=True)
class Execution:
    """What a sheet says became of a line in its year, in fen: more, less, and spent."""

    supplement_fen: int = 0
    cut_fen: int = 0
    spent_fen: int = 0

    @property
    def steps(self) -> dict[str, int]:
        """The kinds of entries that stand for it, with their amounts, in order."""
        spent = dict.fromkeys((Kind.COMMIT, Kind.MAKE_DUE, Kind.PAY), self.spent_fen)
        amounts = {Kind.SUPPLEMENT: self.supplement_fen, Kind.CUT: self.cut_fen, **spent}
        return {kind.value: fen for kind, fen in amounts.items() if fen}


@transaction.atomic
def record_sheet(
    *, rows: Sequence[tuple[LineStatement, Execution]], by: User, at: datetime, purpose: str
) -> list[bool]:
    """Plan the lines of a sheet and enter what it says became of them; whether each brought something new.

    All or none, in one statement. What was spent is committed, due and paid for the whole year at once;
    a year still being planned is thereby open. The same rows again, from whatever file, change nothing.
    Raises what `plan_line` raises, and OverBudget, YearNotOpen, KeyTaken.
    """
    prepared = [_prepared(stated, became, by, at, purpose) for stated, became in rows]
    entries = post([draft for drafts in prepared for draft in drafts], by=by, at=at)
    ours = {entry.key for entry in entries if entry.purpose == purpose}
    return [any(draft.claim.key in ours for draft in drafts) for drafts in prepared]


def _prepared(
    stated: LineStatement, became: Execution, by: User, at: datetime, purpose: str
) -> list[Draft]:
    line, drafts = planned(stated=stated, by=by, at=at, purpose=purpose)
    year = line.fiscal_year
    if became.spent_fen and year.state == YearState.PLANNING:
        move_year(year, YearState.OPEN, by=by, at=at)
    undone = Entry.objects.filter(key__startswith=f"sheet:{line.pk}:").exclude(reversed_by=None)
    revision, on = undone.count(), year.nearest(clock.day_of(at))
    return drafts + [
        Draft(
            kind,
            Claim(f"sheet:{line.pk}:{revision}:{kind}", on, purpose),
            moved([Share(line, fen)], *STEPS[kind]),
        )
        for kind, fen in became.steps.items()
    ]


@transaction.atomic
def undo_import(*, import_id: int, by: User, at: datetime) -> int:
    """Reverse every entry of an import and withdraw its lines; how many entries. Again: 0.

    Raises UndoRefused while a line has other entries, YearNotOpen in a closed year.
    """
    purpose = purpose_of(import_id)
    entries = list(
        Entry.objects.filter(purpose=purpose, reversed_by=None, reverses=None).order_by("-pk")
    )
    lines = list(
        Line.objects.select_related("payer__place")
        .filter(postings__entry__in=entries)
        .distinct()
        .order_by("pk")
    )
    later = Entry.objects.filter(postings__line__in=lines).exclude(purpose=purpose)
    still_counts = later.filter(Q(reversed_by=None, reverses=None))
    if still_counts.exists():
        raise UndoRefused(
            _("Lines of this import have entries that came later. Reverse those first.")
        )
    drafts = [reversal(entry, Claim(f"undo:{entry.pk}", entry.on, purpose)) for entry in entries]
    if drafts:
        post(drafts, by=by, at=at)
    withdrawn = withdraw_unused(lines=[line.pk for line in lines], at=at)
    counts = {"entries": len(drafts), "lines_withdrawn": withdrawn}
    audit.record(actor=by, action="budgets.import_undone", subject=purpose, **counts)
    return len(drafts)
