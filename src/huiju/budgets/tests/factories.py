"""Years, lines and money for tests: a city line of 2015 with 1,000 yuan, open, unless told otherwise."""

from datetime import date, datetime
from itertools import count
from typing import Any

from huiju.budgets import services
from huiju.budgets.models import Consent, Entry, FiscalYear, Line, Payer, Split, Subject
from huiju.budgets.services import Claim, LineStatement, Share, SplitStatement
from huiju.directory.models import User
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock

numbers = count(1)
CITY, SIMING, HULI = "350200", "350203", "350206"
ON = date(2015, 6, 1)
AT = clock.noon_of(ON)
AFTER = clock.noon_of(date(2016, 1, 15))


def finance(where: str = CITY) -> User:
    return make_user("finance", where)


def statement(**fields: Any) -> LineStatement:
    government = fields.pop("government", CITY)
    where = fields.pop("place", government)
    defaults: dict[str, Any] = {
        "year": 2015,
        "payer_kind": "city" if government == CITY else "district",
        "subject_code": "2080299",
        "subject_name": "其他民政管理事务支出",
        "name": f"社会工作经费{next(numbers)}",
        "amount_fen": 100_000,
    }
    return LineStatement(government=place(government), place=place(where), **defaults | fields)


def make_line(
    *, opened: bool = True, by: User | None = None, at: datetime = AT, **fields: Any
) -> Line:
    """A planned line; its year is open."""
    by = by or finance()
    line = services.plan_line(stated=statement(**fields), by=by, at=at)
    if opened and line.fiscal_year.state == "planning":
        services.open_year(year=line.fiscal_year, by=by, at=at)
    found: Line = Line.objects.select_related("fiscal_year", "payer__place", "place").get(
        pk=line.pk
    )
    return found


def claim(key: str = "", **fields: Any) -> Claim:
    return Claim(key or f"test:{next(numbers)}", **{"on": ON, "purpose": "test"} | fields)


def make_entry(line: Line, fen: int = 10_000, kind: str = "commit", **fields: Any) -> Entry:
    """A step of a line's money, by hand."""
    stated = claim(**fields)
    return getattr(services, kind)(shares=[Share(line, fen)], claim=stated, by=finance(), at=AT)


def make_consent(line: Line, fen: int = 5_000, *, approved: bool = False) -> Consent:
    """An override that was asked for, and with `approved` agreed to by somebody else."""
    asked = services.request_override(
        line=line, amount_fen=fen, reason="年底集中发放", by=finance(), at=AT
    )
    return services.approve(consent=asked, by=finance(), at=AT) if approved else asked


def make_year(number: int = 2015, where: str = CITY) -> FiscalYear:
    return services.begin_year(number=number, government=place(where), by=finance(), at=AT)


def make_payer(kind: str = "city", where: str = CITY) -> Payer:
    found: Payer = Payer.objects.get_or_create(kind=kind, place=place(where))[0]
    return found


def make_subject(code: str = "2080299", name: str = "其他民政管理事务支出") -> Subject:
    found: Subject = Subject.objects.get_or_create(code=code, name=name)[0]
    return found


def make_split(*parts: tuple[Payer, int], starts_on: date = date(2015, 1, 1)) -> Split:
    """City and 思明区 share 6 : 4 unless told otherwise."""
    shared = parts or ((make_payer(), 6), (make_payer("district", SIMING), 4))
    stated = SplitStatement("allowance", "津贴分担", place(SIMING), starts_on, shared)
    return services.define_split(stated=stated, by=finance(), at=AT)


def close(year: FiscalYear, at: datetime = AFTER) -> FiscalYear:
    return services.close_year(year=year, by=finance(), at=at)


def reopen(year: FiscalYear, at: datetime = AFTER) -> FiscalYear:
    """Asked for by one, approved by another."""
    asked = services.request_reopening(year=year, reason="漏记一笔", by=finance(), at=at)
    services.approve(consent=asked, by=finance(), at=at)
    return FiscalYear.objects.get(pk=year.pk)
