"""A worksheet's case: a policy, people, versioned facts and the runs asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances.enums import (
    Effect,
    Granularity,
    LevelPick,
    MonthRule,
    RecoveryKind,
)
from huiju.allowances.rules import Policy
from huiju.allowances.worksheets.reading import Entry, shown
from huiju.kernel.periods import Month, Period
from huiju.registry.enums import Level

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
        "level": lambda entry, field: entry.choice(field, Level),
        "date": Entry.day,
        "revoked_on": Entry.open_day,
    },
    "post": {
        "person": Entry.text,
        "district": Entry.text,
        "from": Entry.day,
        "to": Entry.open_day,
    },
    "leave": {"person": Entry.text, "from": Entry.day, "to": Entry.open_day},
    "rate": {
        "level": lambda entry, field: entry.choice(field, Level),
        "district": Entry.text,
        "from": Entry.day,
        "to": Entry.open_day,
        "amount": Entry.fen,
    },
    "hold": {"person": Entry.text, "from": Entry.day, "to": Entry.open_day},
    "returned": {"person": Entry.text, "run": Entry.text},
    "merge": {"from_person": Entry.text, "into_person": Entry.text},
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
    return Case(
        policy=read_policy(entry.entry("policy")),
        people=entry.texts("people"),
        facts=[_fact(each, names) for each in entry.entries("facts")],
        runs=runs,
    )


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


def _fact(entry: Entry, runs: list[str]) -> Fact:
    """A version. A void one removes the fact, so it need not say again what the fact was."""
    kind = entry.text("type") if entry.has("type") or not entry.flag("void") else ""
    if kind and kind not in FACT_FIELDS:
        raise entry.refuse(
            "type",
            _("%(value)s is not supported; supported are %(choices)s.")
            % {"value": shown(kind), "choices": ", ".join(FACT_FIELDS)},
        )
    fields = {} if entry.flag("void") else FACT_FIELDS[kind]
    says = {field: read(entry, field) for field, read in fields.items()}
    if "run" in says and says["run"] not in runs:
        raise entry.refuse("run", _("no run of this case has this name."))
    return Fact(
        id=entry.text("id"),
        type=kind,
        recorded=entry.day("recorded"),
        void=entry.flag("void"),
        says=says,
    )
