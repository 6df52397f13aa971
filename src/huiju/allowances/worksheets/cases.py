"""A worksheet's case: a policy, people, versioned facts and the runs asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances.enums import (
    LEVEL_RANKS,
    Circumstance,
    Effect,
    Establishment,
    Granularity,
    LevelPick,
    MonthRule,
    RecoveryKind,
    Shape,
    Stop,
)
from huiju.allowances.rules import PLAIN, Policy, Terms
from huiju.allowances.shape_terms.reading import (
    TermsInvalid,
    check_granularity,
    read_terms,
    unknown_terms,
)
from huiju.allowances.worksheets.reading import Entry, shown
from huiju.kernel.periods import Month, Period

WHOLE_CITY = "*"
POLICY_FIELDS = (
    "scheme_start",
    "granularity",
    "month_rule",
    "level_pick",
    "cert_effect",
    "post_effect",
    "lookback_months",
    "recovery",
)
# what each type of fact says, and how it is read
FACT_FIELDS: Mapping[str, Mapping[str, Callable[[Entry, str], Any]]] = {
    "cert": {
        "person": Entry.text,
        "level": Entry.text,
        "date": Entry.day,
        "revoked_on": Entry.open_day,
    },
    "post": {
        "person": Entry.text,
        "district": Entry.text,
        "from": Entry.day,
        "to": Entry.open_day,
        "employer_kind": lambda entry, field: entry.open_text(field),
        "establishment": lambda entry, field: entry.open_choice(field, Establishment),
    },
    "leave": {"person": Entry.text, "from": Entry.day, "to": Entry.open_day},
    "rate": {
        "level": Entry.text,
        "district": Entry.text,
        "from": Entry.day,
        "to": Entry.open_day,
        "amount": Entry.fen,
    },
    "hold": {"person": Entry.text, "from": Entry.day, "to": Entry.open_day},
    "returned": {"person": Entry.text, "run": Entry.text},
    "merge": {"from_person": Entry.text, "into_person": Entry.text},
}
SPELL: Mapping[str, Callable[[Entry, str], Any]] = {"from": Entry.day, "to": Entry.open_day}
WHO: Mapping[str, Callable[[Entry, str], Any]] = {"person": Entry.text}
# facts that only cases with a shape of their own may hold; what is said in the field named first is their code
CIRCUMSTANCE_FIELDS: Mapping[str, Mapping[str, Callable[[Entry, str], Any]]] = {
    Circumstance.REGISTRATION: {**WHO, **SPELL},
    Circumstance.APPOINTMENT: {"level": Entry.text, **WHO, **SPELL},
    Circumstance.TITLE: {"title": Entry.text, **WHO, "district": Entry.text, **SPELL},
    Circumstance.APPRAISAL: {**WHO, "date": Entry.day},
    Circumstance.RECEIPT: {
        "item": Entry.text,
        **WHO,
        "district": Entry.text,
        "date": Entry.day,
        "amount": Entry.fen,
    },
    Circumstance.CLAIM: {
        "batch": lambda entry, field: entry.open_text(field),
        **WHO,
        "district": lambda entry, field: entry.open_text(field),
        "date": Entry.day,
    },
    Circumstance.CONDITION: {"condition": Entry.text, **WHO, **SPELL},
    Circumstance.RESIDENCE: {"residence": Entry.text, **WHO, **SPELL},
    Circumstance.EVENT: {"event": Entry.text, **WHO, "district": Entry.text, "date": Entry.day},
    Circumstance.PAID: {"scheme": Entry.text, **WHO, **SPELL},
    Circumstance.ENDED: {
        "reason": lambda entry, field: entry.choice(field, Stop),
        **WHO,
        **SPELL,
    },
    Circumstance.INDEX: {
        "index": Entry.text,
        "year": lambda entry, field: entry.whole(field, 1949, 2200),
        "amount": Entry.fen,
    },
    "band": {
        "district": Entry.text,
        "pct": lambda entry, field: entry.whole(field, -100, 100),
    },
}


@dataclass(frozen=True)
class Fact:
    """One version of one fact: what the office learnt about it on the day `recorded`."""

    id: str
    type: str
    recorded: date
    void: bool
    says: Mapping[str, Any]

    def period(self) -> Period:
        """The days from `from` to `to`, both included; open where `to` is missing."""
        last = self.says["to"]
        return Period(self.says["from"], None if last in {None, date.max} else after(last))


@dataclass(frozen=True)
class Run:
    """A run for a month, made on a day with what was recorded by then."""

    name: str
    month: Month
    on: date


@dataclass(frozen=True)
class Case:
    """One worksheet case, checked."""

    policy: Policy
    people: list[str]
    facts: list[Fact]
    runs: list[Run]
    shape: Shape = Shape.MONTHLY_BY_LEVEL
    terms: Terms = PLAIN

    @property
    def ranks(self) -> dict[str, int]:
        """Ranks of the levels; local ones are 0 and less."""
        local = self.terms.local_levels
        return {**LEVEL_RANKS, **{name: n + 1 - len(local) for n, name in enumerate(local)}}

    def known(self, on: date) -> list[Fact]:
        """The facts as the office knew them at the end of a day, oldest knowledge first.

        Of versions with one id the one recorded last counts; of those recorded on one day the later in
        the list. A void version removes the fact.
        """
        newest: dict[str, Fact] = {}
        for fact in sorted(self.facts, key=lambda fact: fact.recorded):
            if fact.recorded <= on:
                newest[fact.id] = fact
        standing = [fact for fact in newest.values() if not fact.void]
        return sorted(standing, key=lambda fact: (fact.recorded, fact.id))


def after(day: date) -> date:
    """The next day."""
    return date.fromordinal(day.toordinal() + 1)


def read_case(entry: Entry) -> Case:
    """A case from its JSON object. Raises WorksheetRefused with the field that cannot be judged."""
    runs = [_run(each) for each in entry.entries("runs")]
    names = [run.name for run in runs]
    if len(set(names)) < len(names):
        raise entry.refuse("runs", _("a name stands here twice."))
    policy = read_policy(entry.entry("policy"))
    shape, terms = _shape(entry, policy)
    case = Case(policy, entry.texts("people"), [], runs, shape, terms)
    plain = not (entry.has("shape") or entry.has("terms"))
    types = FACT_FIELDS if plain else {**FACT_FIELDS, **CIRCUMSTANCE_FIELDS}
    reading = _Reading(types, names, case.ranks)
    return replace(case, facts=[_fact(each, reading) for each in entry.entries("facts")])


def _shape(entry: Entry, policy: Policy) -> tuple[Shape, Terms]:
    """The shape and terms of a case; without either, the monthly amount by level."""
    if not (entry.has("shape") or entry.has("terms")):
        return Shape.MONTHLY_BY_LEVEL, PLAIN
    shape = Shape.MONTHLY_BY_LEVEL
    if entry.has("shape"):
        shape = entry.choice("shape", Shape)
    given = entry.required("terms") if entry.has("terms") else {}
    try:
        terms = read_terms(shape, given, lookback_months=policy.lookback_months)
        check_granularity(shape, policy.granularity)
    except TermsInvalid as refusal:
        raise entry.refuse(f"terms.{refusal.field}", str(refusal)) from refusal
    for name in unknown_terms(given):
        raise entry.refuse(f"terms.{name}", _("it is stated to be unknown; nothing is assumed."))
    if shape in {Shape.MONTHLY_TERM, Shape.MIXTURE}:
        terms = replace(terms, first_month=policy.scheme_start.first_day)
    return shape, terms


@dataclass(frozen=True)
class _Reading:
    """What a case's facts may be."""

    types: Mapping[str, Mapping[str, Callable[[Entry, str], Any]]]
    runs: list[str]
    levels: Mapping[str, int]


def read_policy(entry: Entry) -> Policy:
    """The policy fields. Those that speak of whole months may be missing where days are paid."""
    entry.only(POLICY_FIELDS)
    granularity = entry.choice("granularity", Granularity)
    by_days = granularity == Granularity.DAY
    rule, days = MonthRule.ANY_DAY, dict[str, int]()
    if entry.has("month_rule") or not by_days:
        rule, days = _month_rule(entry)
    pick = LevelPick.HIGHEST
    if entry.has("level_pick") or not (by_days or rule == MonthRule.ON_DAY):
        pick = entry.choice("level_pick", LevelPick)
    lookback = None
    if entry.has("lookback_months"):
        lookback = entry.whole("lookback_months", 0, 1200)
    return Policy(
        scheme_start=entry.month("scheme_start"),
        granularity=granularity,
        month_rule=rule,
        level_pick=pick,
        cert_effect=entry.choice("cert_effect", Effect),
        post_effect=entry.choice("post_effect", Effect),
        lookback_months=lookback,
        recovery_pct=_recovery_pct(entry.entry("recovery")),
        **days,
    )


def _month_rule(policy: Entry) -> tuple[MonthRule, dict[str, int]]:
    entry = policy.entry("month_rule")
    kind = entry.choice("kind", MonthRule)
    if kind == MonthRule.ON_DAY:
        entry.only(["kind", "day"])
        return kind, {"rule_day": entry.whole("day", 1, 31)}
    if kind == MonthRule.MIN_DAYS:
        entry.only(["kind", "days"])
        return kind, {"rule_days": entry.whole("days", 1, 31)}
    entry.only(["kind"])
    return kind, {}


def _recovery_pct(entry: Entry) -> int | None:
    if entry.choice("kind", RecoveryKind) == RecoveryKind.OFFSET:
        entry.only(["kind", "pct"])
        return entry.whole("pct", 0, 100)
    entry.only(["kind"])
    return None


def _run(entry: Entry) -> Run:
    return Run(name=entry.text("run"), month=entry.month("month"), on=entry.day("on"))


def _fact(entry: Entry, reading: _Reading) -> Fact:
    """A version. A void one removes the fact, so it need not say again what the fact was."""
    kind = entry.text("type") if entry.has("type") or not entry.flag("void") else ""
    if kind and kind not in reading.types:
        raise entry.refuse(
            "type",
            _("%(value)s is not supported; supported are %(choices)s.")
            % {"value": shown(kind), "choices": ", ".join(reading.types)},
        )
    fields = {} if entry.flag("void") else reading.types[kind]
    says = {field: read(entry, field) for field, read in fields.items()}
    if "level" in says and says["level"] not in reading.levels:
        raise entry.refuse(
            "level",
            _("%(value)s is not supported; supported are %(choices)s.")
            % {"value": shown(says["level"]), "choices": ", ".join(reading.levels)},
        )
    if "run" in says and says["run"] not in reading.runs:
        raise entry.refuse("run", _("no run of this case has this name."))
    return Fact(
        id=entry.text("id"),
        type=kind,
        recorded=entry.day("recorded"),
        void=entry.flag("void"),
        says=says,
    )
