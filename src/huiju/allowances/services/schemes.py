"""Setting up a scheme. A scheme is data: no amount, rule or name of it stands in code."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.models import Scheme
from huiju.allowances.permissions import may_define_schemes
from huiju.audit import services as audit
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document


class SchemeInvalid(DomainError):
    """A scheme that contradicts itself, or a change of one that has already computed months."""


@dataclass(frozen=True)
class SchemeEntry:
    """A scheme as its policy settles it; fields as in `models.Scheme`."""

    code: str
    name: str
    shape: str
    place: Place
    first_month: date
    employer_kinds: list[str]
    rate_code: str
    granularity: str
    month_rule: str
    level_pick: str
    cert_effect: str
    post_effect: str
    confidence: str
    lookback_months: int | None = None
    recovery_pct: int | None = None
    rule_day: int = 1
    rule_days: int = 1
    last_month: date | None = None
    document: Document | None = None
    unknowns: str = ""


@transaction.atomic
def define_scheme(*, entry: SchemeEntry, by: User, at: datetime) -> Scheme:
    """Add a scheme, or bring the one of this code to the entry. Equal again: no change.

    Once a month was computed only name, last month and what is said about sources may change: another
    method is another scheme. Raises NotPermitted or SchemeInvalid.
    """
    may_define_schemes(by, entry.place, on=clock.day_of(at)).require()
    found: Scheme | None = Scheme.objects.select_for_update().filter(code=entry.code).first()
    wanted = vars(entry)
    changed = {name for name in wanted if found and getattr(found, name) != wanted[name]}
    if found and not changed:
        return found
    descriptive = {"name", "last_month", "document", "confidence", "unknowns"}
    if found and changed - descriptive and found.runs.exists():
        raise SchemeInvalid(
            _("Months of this scheme are computed already. Let it end and set up another one.")
        )
    scheme = found or Scheme()
    for name, value in wanted.items():
        setattr(scheme, name, value)
    _check(scheme)
    scheme.save()
    audit.record(actor=by, action="allowances.scheme_defined", subject=scheme, code=scheme.code)
    return scheme


def _check(scheme: Scheme) -> None:
    try:
        scheme.full_clean(validate_unique=False)
    except ValidationError as fault:
        faults = [f"{name}: {' '.join(texts)}" for name, texts in fault.message_dict.items()]
        raise SchemeInvalid("; ".join(faults)) from fault
