"""Schemes as a page shows them: shape and terms in words, rates of a day, and what keeps a month from being computed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from huiju.allowances.enums import Shape
from huiju.allowances.models import Scheme
from huiju.allowances.shape_terms.fields import DESCRIPTIONS, FIELDS
from huiju.allowances.shape_terms.reading import TermsInvalid
from huiju.allowances.shape_terms.wording import worded
from huiju.allowances.terms import RuleUnknown, facts_missing, require_rules_known
from huiju.policies import terms as policies
from huiju.policies.models import Parameter, ParameterValue
from huiju.registry.enums import Level


@dataclass(frozen=True)
class Rate:
    """A rate as a page shows it; `value` None with the sentence why there is none on the day."""

    label: str
    code: str
    parameter: Parameter | None
    value: ParameterValue | None
    sentence: str


@dataclass(frozen=True)
class Term:
    """A term in words; `source` is where it is written, if anybody said."""

    label: str
    words: str
    source: str
    is_known: bool


@dataclass(frozen=True)
class SchemePage:
    """What a scheme says; `in_post` whether it looks at certificates and posts at all. `obstacle` is why no month of it can be computed, "" if nothing is in the way."""

    scheme: Scheme
    shape_words: str
    in_post: bool
    rates: list[Rate]
    terms: list[Term]
    obstacle: str
    missing: list[str]


def schemes(*, words: str = "", shape: str = "") -> QuerySet[Scheme]:
    """All schemes, or those whose name or code holds the words; with the number of their months computed."""
    found = Scheme.objects.select_related("place", "document")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(code__icontains=words))
    if shape:
        found = found.filter(shape=shape)
    current = Q(runs__isnull=False) & ~Q(runs__state="replaced")
    return found.annotate(computed=Count("runs", filter=current))


def scheme_page(scheme: Scheme, *, on: date) -> SchemePage:
    """A scheme with its rates of a day."""
    obstacle, missing = "", list[str]()
    description = DESCRIPTIONS[scheme.shape]
    # the database keeps the keys of the terms in an order of its own
    names = dict.fromkeys((*description.terms, *description.modifiers))
    try:
        require_rules_known(scheme)
        missing = facts_missing(scheme)
    except (RuleUnknown, TermsInvalid) as refusal:
        obstacle = str(refusal)
    return SchemePage(
        scheme=scheme,
        shape_words=str(description.words),
        in_post=description.in_post,
        rates=_rates(scheme, on),
        terms=[_term(scheme, name) for name in names if name in scheme.terms],
        obstacle=obstacle,
        missing=missing,
    )


def _term(scheme: Scheme, name: str) -> Term:
    value = scheme.terms[name]
    return Term(
        label=str(FIELDS[name].label),
        words=worded(name, value),
        source=scheme.sources.get(name, ""),
        is_known=value is not None,
    )


def _rates(scheme: Scheme, on: date) -> list[Rate]:
    """By level; of a share its index. A shape whose amounts stand in its terms has none."""
    if scheme.shape == Shape.INDEX_SHARE:
        code = scheme.terms.get("index")
        return [_rate(str(FIELDS["index"].label), code, scheme, on)] if code else []
    if not DESCRIPTIONS[scheme.shape].has_rates or scheme.terms.get("amounts"):
        return []
    return [_rate(str(level.label), scheme.rate_parameter(level), scheme, on) for level in Level]


def _rate(label: str, code: str, scheme: Scheme, on: date) -> Rate:
    try:
        answer = policies.answer_at(code, on=on, place=scheme.place)
    except policies.UnknownParameter as refusal:
        return Rate(label, code, None, None, str(refusal))
    parameter = Parameter.objects.get(code=code)
    return Rate(label, code, parameter, answer.value, answer.sentence)
