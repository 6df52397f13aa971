"""What happened to money: the statement of a line, and the report of all changes in a period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from huiju.budgets.enums import Account, Kind
from huiju.budgets.models import Entry, Line, Posting
from huiju.budgets.permissions import VIEW
from huiju.budgets.rules import Stages
from huiju.directory import queries as directory
from huiju.directory.models import Place, User

BUDGET_CHANGES = (Kind.PLAN, Kind.SUPPLEMENT, Kind.CUT, Kind.TRANSFER, Kind.CARRY)


@dataclass(frozen=True)
class StatementRow:
    """One entry in the statement of a line, with the line's stages before and after it."""

    entry: Entry
    before: Stages
    after: Stages

    @property
    def shown(self) -> list[tuple[Account, int, int, int]]:
        """The accounts the entry moved, budget first: difference, before, after."""
        pairs = ((account, self.before.of(account), self.after.of(account)) for account in Account)
        return [
            (account, after - before, before, after)
            for account, before, after in pairs
            if after != before
        ]


@dataclass(frozen=True)
class PeriodFilter:
    """What the report is asked for; days are included, an empty value asks for nothing."""

    first: date | None = None
    last: date | None = None
    year: int | None = None
    place: Place | None = None
    what: str = ""
    """"" for everything, "budget" for changes of the budget itself, or a kind of entry."""


def statement_of(line: Line) -> list[StatementRow]:
    """The entries of a line in the order they were entered, each with its stages before and after."""
    postings = Posting.objects.filter(line=line).select_related(
        "entry__by", "entry__document", "entry__reverses", "entry__reversed_by"
    )
    rows: list[StatementRow] = []
    stages = Stages()
    for entry, moves in _by_entry(postings.order_by("entry_id", "pk")):
        after = stages.plus(moves)
        rows.append(StatementRow(entry, stages, after))
        stages = after
    return rows


def _by_entry(postings: QuerySet[Posting]) -> Iterator[tuple[Entry, dict[str, int]]]:
    entry: Entry | None = None
    moves: dict[str, int] = {}
    for posting in postings:
        if entry is not None and posting.entry_id != entry.pk:
            yield entry, moves
            moves = {}
        entry = posting.entry
        moves[posting.account] = posting.amount_fen
    if entry is not None:
        yield entry, moves


def entries_visible_to(user: User, *, on: date) -> QuerySet[Entry]:
    """Entries that move a line whose budgets a user may see, unordered."""
    return Entry.objects.filter(pk__in=_postings_visible_to(user, on=on).values("entry"))


def _postings_visible_to(user: User, *, on: date) -> QuerySet[Posting]:
    inside = directory.held_within(user, VIEW, on=on, path="line__place__path")
    found: QuerySet[Posting] = Posting.objects.filter(inside)
    return found


def changes_visible_to(user: User, asked: PeriodFilter, *, on: date) -> QuerySet[Posting]:
    """Every change of every account in a period: who, what, when, before, after, by what document.

    `before_fen` and `after_fen` are the account's amounts around the entry, in the order in which
    entries were made; the budget's are positive. Unordered.
    """
    rows = _asked_for(_postings_visible_to(user, on=on), asked)
    earlier = Posting.objects.filter(
        line=OuterRef("line"), account=OuterRef("account"), entry__lt=OuterRef("entry")
    ).order_by()
    before: Any = Coalesce(
        Subquery(earlier.values("account").annotate(total=Sum("amount_fen")).values("total")), 0
    )
    return rows.annotate(
        before_sum=before, after_sum=F("before_sum") + F("amount_fen")
    ).select_related(
        *("entry__by", "entry__document", "line__fiscal_year__place", "line__payer__place"),
        *("line__place", "line__subject"),
    )


def _asked_for(rows: QuerySet[Posting], asked: PeriodFilter) -> QuerySet[Posting]:
    if asked.first:
        rows = rows.filter(entry__on__gte=asked.first)
    if asked.last:
        rows = rows.filter(entry__on__lte=asked.last)
    if asked.year:
        rows = rows.filter(line__fiscal_year__year=asked.year)
    if asked.place:
        rows = rows.filter(line__place__path__startswith=asked.place.path)
    if asked.what == "budget":
        kinds = Q(entry__kind__in=BUDGET_CHANGES) | Q(entry__reverses__kind__in=BUDGET_CHANGES)
        rows = rows.filter(kinds, account=Account.APPROPRIATED)
    elif asked.what:
        rows = rows.filter(entry__kind=asked.what)
    return rows


def postings_of(entry: Entry) -> QuerySet[Posting]:
    """The postings of an entry on lines the reader sees, by line and stage; the source first."""
    found = entry.postings.select_related(
        "line__fiscal_year__place", "line__payer__place", "line__place"
    )
    return found.order_by("line", "pk")
