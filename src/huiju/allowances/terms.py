"""What a scheme's policy and parameters say, as the rules take it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances.enums import (
    LEVEL_RANKS,
    Circumstance,
    Effect,
    GradesBy,
    Granularity,
    LevelPick,
    MonthRule,
    Shape,
    Start,
    Stop,
)
from huiju.allowances.models import Scheme
from huiju.allowances.rules import PLAIN, Policy, Terms
from huiju.allowances.shape_terms.fields import DESCRIPTIONS, FIELDS
from huiju.allowances.shape_terms.reading import read_terms, unknown_terms
from huiju.directory.models import Place
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.policies.enums import AfterEnd
from huiju.policies.models import Parameter, ParameterValue

FIRST_MONTH = gettext_lazy("First month")
LOCAL_CERTIFICATES = gettext_lazy("Local certificates")
# a line names the parameter its amount comes from, and a post's kind is asked by the scheme's own field
AMOUNTS = gettext_lazy("The amounts as parameters with their source")
EMPLOYERS = gettext_lazy("Employer kinds as the scheme's own field")


class RuleUnknown(DomainError):
    """Something that a month is computed by is stated to be unknown; the sentence says whom to ask."""


def rules_unknown(scheme: Scheme) -> list[str]:
    """What is stated to be unknown of the rules of a scheme, in words."""
    first_month = [] if scheme.first_month else [FIRST_MONTH]
    labels = [FIELDS[name].label for name in unknown_terms(scheme.terms) if name in FIELDS]
    return [str(label) for label in (*first_month, *labels)]


def require_rules_known(scheme: Scheme) -> None:
    """Raises RuleUnknown."""
    if rules_unknown(scheme):
        raise RuleUnknown(_whom_to_ask(scheme))


def _whom_to_ask(scheme: Scheme) -> str:
    unknown = "、".join(rules_unknown(scheme))
    return _(
        "%(scheme)s cannot be computed: no source settles “%(rules)s”, and nothing is assumed. Ask"
        " %(owner)s; once it is entered, compute again."
    ) % {"scheme": scheme, "rules": unknown, "owner": scheme.owner}


def policy_of(scheme: Scheme) -> Policy:
    """The scheme's policy fields. Raises RuleUnknown where nobody knows since when it pays."""
    if scheme.first_month is None:
        raise RuleUnknown(_whom_to_ask(scheme))
    return Policy(
        scheme_start=Month.of(scheme.first_month),
        granularity=Granularity(scheme.granularity),
        month_rule=MonthRule(scheme.month_rule),
        level_pick=LevelPick(scheme.level_pick),
        cert_effect=Effect(scheme.cert_effect),
        post_effect=Effect(scheme.post_effect),
        lookback_months=scheme.lookback_months,
        recovery_pct=scheme.recovery_pct,
        rule_day=scheme.rule_day,
        rule_days=scheme.rule_days,
    )


def terms_of(scheme: Scheme) -> Terms:
    """The scheme's terms. Raises TermsInvalid."""
    if not scheme.terms and scheme.shape == Shape.MONTHLY_BY_LEVEL:
        return PLAIN
    terms = read_terms(scheme.shape, scheme.terms, lookback_months=scheme.lookback_months)
    if scheme.shape in {Shape.MONTHLY_TERM, Shape.MIXTURE}:
        return replace(terms, first_month=scheme.first_month)
    return terms


def facts_missing(scheme: Scheme) -> list[str]:
    """What the scheme asks for and Huiju does not hold, in words. With any of it no month can be computed."""
    terms = terms_of(scheme)
    asked = [
        (Circumstance.REGISTRATION.label, terms.start == Start.REGISTRATION),
        (Circumstance.APPOINTMENT.label, terms.start == Start.APPOINTMENT),
        (Circumstance.CLAIM.label, terms.claim_months is not None),
        (Circumstance.APPRAISAL.label, terms.grades_by == GradesBy.APPRAISALS),
        (Circumstance.CONDITION.label, bool(terms.conditions)),
        (Circumstance.PAID.label, not _schemes_held(schemes_asked(terms))),
        (Circumstance.INDEX.label, bool(terms.index) and not _parameter_held(terms.index)),
        (LOCAL_CERTIFICATES, scheme.shape == Shape.LOCAL_LEVELS),
        (AMOUNTS, bool(terms.amounts)),
        (EMPLOYERS, bool(terms.employer_kinds)),
    ]
    # a published index is a parameter, and what another scheme has paid is known where Huiju computes it
    judged_above = {Circumstance.PAID, Circumstance.INDEX}
    of_shape = [fact.label for fact in DESCRIPTIONS[scheme.shape].facts if fact not in judged_above]
    of_modifiers = [label for label, needed in asked if needed]
    # a death ends the post in the registry itself, and posts tell of a move
    held = {Stop.DEATH, Stop.MOVED_DISTRICT}
    of_stops = [Stop(reason).label for reason in terms.stops if reason not in held]
    return list(dict.fromkeys(map(str, [*of_shape, *of_modifiers, *of_stops])))


def schemes_asked(terms: Terms) -> tuple[str, ...]:
    """The codes of the schemes whose payments decide whether this one pays."""
    return tuple(dict.fromkeys(filter(None, (terms.base, *terms.exclusive_with))))


def _schemes_held(codes: tuple[str, ...]) -> bool:
    return Scheme.objects.filter(code__in=codes).count() == len(codes)


def _parameter_held(code: str) -> bool:
    return Parameter.objects.filter(code=code).exists()


def rates_known(
    scheme: Scheme, districts: Iterable[Place], *, known_at: datetime
) -> list[dict[str, Any]]:
    """Rows of the rules' table of rates: the scheme's place's values, and its districts' own.

    Where it is unknown what follows a value, the rate is null from then on, which stops a run.
    """
    places = [scheme.place, *districts]
    codes = {scheme.rate_parameter(level): rank for level, rank in LEVEL_RANKS.items()}
    known: QuerySet[ParameterValue] = ParameterValue.objects.known_at(known_at).filter(
        parameter__code__in=codes, place__in=places
    )
    rows: list[dict[str, Any]] = []
    for value in known.select_related("parameter").order_by("pk"):
        row = {
            "scheme": scheme.pk,
            "level": codes[value.parameter.code],
            "district": None if value.place_id == scheme.place_id else value.place_id,
            "starts_on": value.starts_on,
            "ends_on": value.ends_on,
            "rate_fen": value.value,
            "rate_ref": value.pk,
        }
        rows.append(row)
        if value.after == AfterEnd.UNKNOWN:
            unknown = {"starts_on": value.ends_on, "ends_on": None, "rate_fen": None}
            rows.append({**row, **unknown, "rate_ref": -value.pk})
    return rows
