"""The one way into the ledger: lock, look for the key, check, insert entries and their postings."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.budgets import queries
from huiju.budgets.enums import Account, Kind, YearState
from huiju.budgets.models import Entry, Line, Posting
from huiju.budgets.rules import Stages
from huiju.directory.models import User
from huiju.kernel import money
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document


class OverBudget(DomainError):
    """The line has not so much available, and no approved override reaches so far."""


class NotEnough(DomainError):
    """Less is committed, due or paid on the line than the step would move."""


class YearNotOpen(DomainError):
    """The day lies outside the line's year, or the year does not take such an entry now."""


class KeyTaken(DomainError):
    """Something else has been entered under this business key."""


class AmountInvalid(DomainError):
    """An amount that moves nothing, or moves it the wrong way."""


@dataclass(frozen=True)
class Claim:
    """Why money moves: the business key under which this is entered once, the day, and what for.

    `purpose` is the reference of the thing it is for ("allowances.Run:12"); `memo` is for people.
    """

    key: str
    on: date
    purpose: str = ""
    memo: str = ""
    document: Document | None = None


@dataclass(frozen=True)
class Share:
    """An amount of one line, in fen."""

    line: Line
    amount_fen: int


Moves = Mapping[tuple[int, str], int]
"""(key of a line, account) → fen that reach it, negative for what leaves."""


@dataclass(frozen=True)
class Draft:
    """An entry before it is written."""

    kind: str
    claim: Claim
    moves: Moves
    reverses: Entry | None = None

    @property
    def lines(self) -> list[int]:
        return sorted({line for line, _account in self.moves})

    @property
    def content(self) -> str:
        """What a repeated call must say again: kind, document, reversed entry and postings."""
        document = self.claim.document.pk if self.claim.document else 0
        head = f"{self.kind}|{document}|{self.reverses.pk if self.reverses else 0}"
        postings = (
            f"{line}:{account}:{fen}" for (line, account), fen in sorted(self.moves.items())
        )
        return hashlib.sha256("|".join([head, *postings]).encode()).hexdigest()


watched: ContextVar[list[Entry] | None] = ContextVar("budgets_watched", default=None)
"""Where entries are noted as they are written, while a preview looks on."""


def moved(shares: Iterable[Share], source: Account, target: Account) -> Moves:
    """The moves of amounts from one account to another, each within its line. Noughts fall out."""
    moves: Counter[tuple[int, str]] = Counter()
    for share in shares:
        moves[share.line.pk, source.value] -= share.amount_fen
        moves[share.line.pk, target.value] += share.amount_fen
    return {place: fen for place, fen in moves.items() if fen}


@transaction.atomic
def post(drafts: Sequence[Draft], *, by: User, at: datetime) -> list[Entry]:
    """Write entries, all or none, and give them in order; those entered before are given as they are.

    Callers have asked their permits. Raises KeyTaken, AmountInvalid, YearNotOpen, OverBudget, NotEnough.
    """
    if not all(draft.moves for draft in drafts):
        raise AmountInvalid(_("An entry must move some amount."))
    lines = _locked({line for draft in drafts for line in draft.lines})
    known = _known(drafts)
    fresh = {draft.claim.key: draft for draft in drafts if draft.claim.key not in known}
    _check_same(drafts, known, fresh)
    if fresh:
        _check_years(fresh.values(), lines)
        _check_covered(fresh.values(), lines)
        try:
            with transaction.atomic():
                written = _written(list(fresh.values()), lines, by=by, at=at)
        except IntegrityError as clash:
            if "one_entry_per_business_key" not in str(clash):
                raise
            raise KeyTaken(_taken(", ".join(fresh))) from clash
        _record(written, by)
        known |= {entry.key: entry for entry in written}
        if (watching := watched.get()) is not None:
            watching.extend(written)
    return [known[draft.claim.key] for draft in drafts]


def _locked(keys: Iterable[int]) -> dict[int, Line]:
    """The lines, held against other entries until this transaction ends, always in the same order."""
    rows = Line.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(keys))
    return {line.pk: line for line in rows.select_related("fiscal_year", "place").order_by("pk")}


def _known(drafts: Sequence[Draft]) -> dict[str, Entry]:
    keys = [draft.claim.key for draft in drafts]
    return {entry.key: entry for entry in Entry.objects.filter(key__in=keys)}


def _check_same(
    drafts: Sequence[Draft], known: Mapping[str, Entry], fresh: Mapping[str, Draft]
) -> None:
    """Refuse a key that stands for something else, in the ledger or in this very call."""
    for draft in drafts:
        key = draft.claim.key
        content = known[key].content if key in known else fresh[key].content
        if content != draft.content:
            raise KeyTaken(_taken(key))


def _taken(key: str) -> str:
    return _(
        "Under “%(key)s” something else has been entered already. Look at that entry; to correct it,"
        " reverse it and enter the right one under a new key."
    ) % {"key": key}


def _check_years(drafts: Iterable[Draft], lines: Mapping[int, Line]) -> None:
    for draft in drafts:
        for key in draft.lines:
            year = lines[key].fiscal_year
            named = {"year": year, "day": draft.claim.on.isoformat()}
            if draft.claim.on.year != year.year:
                raise YearNotOpen(_("%(day)s does not lie in the budget year %(year)s.") % named)
            if year.state == YearState.CLOSED:
                raise YearNotOpen(
                    _("%(year)s is closed. Have it reopened, or enter this in the next year.")
                    % named
                )
            if year.state == YearState.PLANNING and _spends(draft):
                raise YearNotOpen(_("%(year)s is still being planned. Open it first.") % named)


def _spends(draft: Draft) -> bool:
    planned = {Account.APPROPRIATED, Account.AVAILABLE}
    reaches_further = any(account not in planned for _line, account in draft.moves)
    return reaches_further and draft.kind not in {Kind.CARRY, Kind.REVERSE}


def _check_covered(drafts: Collection[Draft], lines: Mapping[int, Line]) -> None:
    """Refuse what the database would refuse too, in words that help."""
    moves: dict[int, Counter[str]] = {key: Counter() for key in lines}
    for draft in drafts:
        for (key, account), fen in draft.moves.items():
            moves[key][account] += fen
    # an override is there to commit beyond a budget, not to give away what is not there
    gives = {
        line for draft in drafts if draft.kind in (Kind.CUT, Kind.TRANSFER) for line in draft.lines
    }
    before, room = queries.stages_of(lines), queries.override_room(lines)
    for key, line in lines.items():
        after = before[key].plus(moves[key])
        lowest = min(0, before[key].available) if key in gives else -room[key]
        _check_stages(line, before[key], after, lowest)


def _check_stages(line: Line, before: Stages, after: Stages, lowest: int) -> None:
    if after.budget < 0 or after.available < min(lowest, before.available):
        raise OverBudget(_over(line, before, after, lowest))
    for account in (Account.COMMITTED, Account.DUE, Account.PAID):
        if after.of(account) < 0:
            raise NotEnough(_not_enough(line, account, before))


def _over(line: Line, before: Stages, after: Stages, lowest: int) -> str:
    return _(
        "“%(line)s” has %(available)s yuan available and this needs %(needed)s. Supplement the line,"
        " transfer to it, or ask for an override."
    ) % {
        "line": line,
        "available": money.yuan(before.available - lowest),
        "needed": money.yuan(before.available - after.available),
    }


def _not_enough(line: Line, account: Account, before: Stages) -> str:
    return _("On “%(line)s” only %(amount)s yuan stand under “%(account)s”.") % {
        "line": line,
        "amount": money.yuan(before.of(account)),
        "account": account.label,
    }


def _written(
    drafts: Sequence[Draft], lines: Mapping[int, Line], *, by: User, at: datetime
) -> list[Entry]:
    entries: list[Entry] = Entry.objects.bulk_create(
        Entry(
            kind=draft.kind,
            **vars(draft.claim),
            recorded_at=at,
            by=by,
            reverses=draft.reverses,
            place=lines[draft.lines[0]].place,
            size=len(draft.moves),
            content=draft.content,
        )
        for draft in drafts
    )
    Posting.objects.bulk_create(
        Posting(entry=entry, line_id=line, account=account, amount_fen=fen)
        for entry, draft in zip(entries, drafts, strict=True)
        for (line, account), fen in draft.moves.items()
    )
    return entries


def _record(entries: Sequence[Entry], by: User) -> None:
    """One event for a call: of the entry, or of several together."""
    kinds = Counter(entry.kind for entry in entries)
    first = entries[0]
    audit.record(
        actor=by,
        action="budgets.entry_posted" if len(entries) == 1 else "budgets.entries_posted",
        subject=first,
        key=first.key,
        kinds=dict(sorted(kinds.items())),
    )
