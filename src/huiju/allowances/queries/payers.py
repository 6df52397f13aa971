"""Who bears a simulated cost, and in which month a budget line runs dry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum

from huiju.allowances.enums import RunState
from huiju.allowances.models import Funding, Run, Scheme
from huiju.allowances.rules.computing import Row
from huiju.budgets import queries as budgets
from huiju.budgets.enums import STAGES, Account
from huiju.budgets.models import Line, Posting
from huiju.budgets.rules import shares_of
from huiju.directory.enums import PlaceKind


@dataclass(frozen=True)
class Part:
    """A payer's whole parts of a district's cost in a year, and the line that bears them, if any.

    `stated` false: nobody has said it for that year; the nearest year's holds.
    """

    payer: str
    parts: int
    line: Line | None
    stated: bool


@dataclass(frozen=True)
class DryLine:
    """A line in a year: the money it has for the scheme, its share of the cost, and when it runs out, in fen."""

    line: Line
    year: int
    money_fen: int
    cost_fen: int
    dry_in: date | None
    stated: bool

    @property
    def left_fen(self) -> int:
        return self.money_fen - self.cost_fen


@dataclass
class Bearing:
    """What a line bears month by month."""

    stated: bool
    months: dict[date, int] = field(default_factory=lambda: defaultdict(int))


def parts_of(
    scheme: Scheme, cells: Iterable[tuple[int, int]], split: Mapping[str, int]
) -> dict[tuple[int, int], list[Part]]:
    """The payers of each (key of a district, year), none where nobody has said who pays.

    `split` replaces the parts: a government's line is then the one of the funding whose payer it is.
    """
    fundings = Funding.objects.filter(scheme=scheme, replaced_at=None).prefetch_related(
        "split__shares", "lines__payer__place", "lines__line__fiscal_year"
    )
    by_place: dict[int, list[Funding]] = defaultdict(list)
    for funding in fundings.order_by("year"):
        by_place[funding.place_id].append(funding)
    return {
        (place, year): _parts(_nearest(by_place[place], year), year, split)
        for place, year in set(cells)
    }


def _nearest(fundings: Sequence[Funding], year: int) -> Funding | None:
    """The funding of the year, else of the last year before it, else of the first one after."""
    before = [funding for funding in fundings if funding.year <= year]
    return before[-1] if before else next(iter(fundings), None)


def _parts(funding: Funding | None, year: int, split: Mapping[str, int]) -> list[Part]:
    lines = {each.payer: each.line for each in funding.lines.all()} if funding else {}
    stated = bool(funding and funding.year == year)
    if split:
        of_kind = {payer.place.kind: line for payer, line in lines.items()}
        kinds = {"city": PlaceKind.CITY, "district": PlaceKind.DISTRICT}
        return [Part(name, n, of_kind.get(kinds[name]), stated) for name, n in split.items()]
    if funding is None:
        return []
    whole = (
        {share.payer_id: share.parts for share in funding.split.shares.all()}
        if funding.split
        else {}
    )
    return [Part(str(payer), whole.get(payer.pk, 1), line, stated) for payer, line in lines.items()]


def shared(row: Row, parts: Sequence[Part]) -> list[int]:
    """A total's shares by part, exact to the fen."""
    return shares_of(row["amount_fen"], [each.parts for each in parts]) if parts else []


def dry_lines(
    scheme: Scheme, totals: Sequence[Row], parts: Mapping[tuple[int, int], Sequence[Part]]
) -> list[DryLine]:
    """Every line that bears a part of the totals, by year, and the first month it cannot bear.

    A line's money is its budget less what else is bound on it; runs of this scheme from the first month asked
    for on are what is simulated, so they do not count as bound. A year without a line of its own is given
    the nearest year's money.
    """
    borne: dict[tuple[Line, int], Bearing] = {}
    for row in totals:
        year = row["month"].year
        of_row = parts.get((row["district"], year), [])
        for part, fen in zip(of_row, shared(row, of_row), strict=True):
            if part.line:
                bearing = borne.setdefault((part.line, year), Bearing(part.stated))
                bearing.months[row["month"]] += fen
    if not borne:
        return []
    first = min(row["month"] for row in totals)
    money = _money(scheme, {line.pk for line, _year in borne}, first)
    found = [
        DryLine(
            line,
            year,
            money[line.pk],
            sum(each.months.values()),
            _dry(each, money[line.pk]),
            each.stated,
        )
        for (line, year), each in borne.items()
    ]
    return sorted(found, key=lambda each: (each.year, each.line.pk))


def _dry(bearing: Bearing, money_fen: int) -> date | None:
    for month in sorted(bearing.months):
        money_fen -= bearing.months[month]
        if money_fen < 0:
            return month
    return None


def _money(scheme: Scheme, lines: set[int], first: date) -> dict[int, int]:
    standing = Run.objects.filter(scheme=scheme, month__gte=first).exclude(state=RunState.REPLACED)
    purposes = [f"allowances.Run:{pk}" for pk in standing.values_list("pk", flat=True)]
    own = Posting.objects.filter(
        line__in=lines,
        entry__purpose__in=purposes,
        account__in=[account for account in STAGES if account != Account.AVAILABLE],
    )
    used = dict(own.values_list("line").annotate(Sum("amount_fen")))
    stages = budgets.stages_of(lines)
    return {line: stages[line].available + used.get(line, 0) for line in lines}
