"""Setting up a scheme. A scheme is data: no amount, rule or name of it stands in code."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.models import Scheme
from huiju.allowances.permissions import may_define_schemes
from huiju.allowances.shape_terms.reading import TermsInvalid, check_granularity
from huiju.allowances.terms import rules_unknown, terms_of
from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document
from huiju.registry.enums import EmployerKind


class SchemeInvalid(DomainError):
    """A scheme that contradicts itself, or a change of one that has already computed months.

    `field` names the field or term it is about, where it is about one.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class SchemeEntry:
    """A scheme as its policy settles it; fields as in `models.Scheme`."""

    code: str
    name: str
    shape: str
    place: Place
    first_month: date | None
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
    owner: str = ""
    terms: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def define_scheme(*, entry: SchemeEntry, by: User, at: datetime) -> Scheme:
    """Add a scheme, or bring the one of this code to the entry. Equal again: no change.

    Once a month was computed only name, last month and what is said about sources may change: another
    method is another scheme. Raises NotPermitted or SchemeInvalid.
    """
    day = clock.day_of(at)
    may_define_schemes(by, entry.place, on=day).require()
    found: Scheme | None = Scheme.objects.select_for_update().filter(code=entry.code).first()
    if found:  # or a district could take another place's scheme over
        may_define_schemes(by, found.place, on=day).require()
    wanted = vars(entry)
    changed = {name for name in wanted if found and getattr(found, name) != wanted[name]}
    if found and not changed:
        return found
    descriptive = {"name", "last_month", "document", "confidence", "unknowns", "owner", "sources"}
    if found and changed - descriptive and _has_runs(found):
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


def _has_runs(scheme: Scheme) -> bool:
    """Whether any district has computed a month of it, those included that the definer may not see."""
    with acting_as_system():
        return scheme.runs.exists()


def _check(scheme: Scheme) -> None:
    _check_objects(scheme)
    if rules_unknown(scheme) and not scheme.owner:
        raise SchemeInvalid(
            _("Something is unknown (%(rules)s): say whom to ask.")
            % {"rules": "、".join(rules_unknown(scheme))},
            field="owner",
        )
    try:
        scheme.full_clean(validate_unique=False)
        terms_of(scheme)
        check_granularity(scheme.shape, scheme.granularity)
    except ValidationError as fault:
        name, texts = next(iter(fault.message_dict.items()))
        raise SchemeInvalid(f"{_label(name)}: {' '.join(texts)}", field=name) from fault
    except TermsInvalid as refusal:
        raise SchemeInvalid(str(refusal), field=refusal.field) from refusal
    for name, words in scheme.sources.items():
        if name not in scheme.terms or not isinstance(words, str) or not words.strip():
            raise SchemeInvalid(
                _("“%(name)s” says where a term is written that the scheme does not have.")
                % {"name": name},
                field="sources",
            )


def _check_objects(scheme: Scheme) -> None:
    """Fields of JSON, which a file may fill with anything."""
    kinds = scheme.employer_kinds
    if (
        not isinstance(kinds, list)
        or not kinds
        or not set(map(str, kinds)) <= set(EmployerKind.values)
    ):
        raise SchemeInvalid(
            _("Kinds of employers: one or more of %(kinds)s are expected.")
            % {"kinds": "、".join(EmployerKind.values)},
            field="employer_kinds",
        )
    for name in ("terms", "sources"):
        if not isinstance(getattr(scheme, name), dict):
            words = _("%(field)s: an object in braces is expected.") % {"field": _label(name)}
            raise SchemeInvalid(words, field=name)


def _label(name: str) -> str:
    """What a field is called; a fault of the whole scheme is told under its own name."""
    if name == "__all__":
        return str(Scheme._meta.verbose_name)
    return str(getattr(Scheme._meta.get_field(name), "verbose_name", name))
