"""Saying out of which budget lines a scheme is paid in a district and a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.models import Funding, FundingLine, Scheme
from huiju.allowances.permissions import may_fund
from huiju.audit import services as audit
from huiju.budgets.models import Line, Split
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError


class FundingInvalid(DomainError):
    """Lines that do not pay such a thing, or not those of the sharing plan."""


@dataclass(frozen=True)
class FundingEntry:
    """A scheme's lines in a district and budget year; one line, or one for each payer of the plan."""

    scheme: Scheme
    place: Place
    year: int
    lines: Sequence[Line]
    split: Split | None = None
    assumption: str = ""


@transaction.atomic
def set_funding(*, entry: FundingEntry, by: User, at: datetime) -> Funding:
    """Enter who pays; an earlier entry of the same scheme, district and year is replaced.

    Raises NotPermitted or FundingInvalid.
    """
    governments = [line.payer.place for line in entry.lines] or [entry.place]
    may_fund(by, governments, on=clock.day_of(at)).require()
    _check(entry)
    Place.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.place.pk)
    Funding.objects.filter(
        scheme=entry.scheme, place=entry.place, year=entry.year, replaced_at=None
    ).update(replaced_at=at)
    stated = {name: value for name, value in vars(entry).items() if name != "lines"}
    made: Funding = Funding.objects.create(**stated, recorded_by=by, recorded_at=at)
    FundingLine.objects.bulk_create(
        FundingLine(funding=made, payer=line.payer, line=line) for line in entry.lines
    )
    audit.record(actor=by, action="allowances.funding_set", subject=made, scheme=entry.scheme.code)
    return made


def _check(entry: FundingEntry) -> None:
    for line in entry.lines:
        if line.withdrawn_at or line.fiscal_year.year != entry.year:
            raise FundingInvalid(
                _("“%(line)s” is no line of the year %(year)s.")
                % {"line": line, "year": entry.year}
            )
        if not entry.place.path.startswith(line.place.path):
            raise FundingInvalid(
                _("“%(line)s” does not serve %(place)s.") % {"line": line, "place": entry.place}
            )
    payers = sorted(line.payer_id for line in entry.lines)
    if entry.split is None and len(payers) != 1:
        raise FundingInvalid(_("Without a sharing plan one line pays everything. Choose one."))
    if entry.split and payers != sorted(entry.split.shares.values_list("payer", flat=True)):
        raise FundingInvalid(_("Choose exactly one line for each payer of the sharing plan."))
