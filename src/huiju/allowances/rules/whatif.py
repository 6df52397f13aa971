"""A what-if question about a scheme, as a scenario file or the page writes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from huiju.allowances.enums import (
    LEVEL_RANKS,
    Effect,
    Granularity,
    LevelPick,
    MonthRule,
    ScenarioFault,
)
from huiju.allowances.rules.projection import Assumptions
from huiju.allowances.rules.tunnel import RateChange
from huiju.kernel.periods import Month
from huiju.registry.enums import EmployerKind

MOST_MONTHS = 120
LARGEST_FEN = 10**9
GOVERNMENTS = ("city", "district")
FIELDS = {"scheme", "first_month", "recorded_until", "last_month", "policy", "rates", "split"}
FIELDS |= {"entry_permille", "exit_permille"}


class WhatIfInvalid(ValueError):
    """A scenario with an unknown, missing or impossible entry: `entry` names it, `fault` says what it is."""

    def __init__(self, entry: str, fault: ScenarioFault) -> None:
        super().__init__(f"{entry}: {fault.value}")
        self.entry = entry
        self.fault = fault


@dataclass(frozen=True)
class WhatIf:
    """A changed scheme and the months it is asked for.

    `first` to `recorded` are computed from facts, later ones up to `last` are projected. `policy` has only
    what changes; `split` the parts of the governments "city" and "district", empty where the scheme's own
    funding says who pays.
    """

    scheme: str
    first: Month
    recorded: Month
    last: Month
    policy: Mapping[str, Any] = field(default_factory=dict)
    rates: tuple[RateChange, ...] = ()
    assumed: Assumptions = field(default_factory=Assumptions)
    split: Mapping[str, int] = field(default_factory=dict)

    @property
    def past(self) -> list[Month]:
        return _months(self.first, self.recorded)

    @property
    def future(self) -> list[Month]:
        return _months(self.recorded.next, self.last)


def what_if(asked: Mapping[str, Any]) -> WhatIf:
    """The question of a scenario file. Raises WhatIfInvalid."""
    if not isinstance(asked, Mapping):
        raise WhatIfInvalid("{}", ScenarioFault.WRONG)
    for name in sorted(asked.keys() - FIELDS):
        raise WhatIfInvalid(name, ScenarioFault.UNKNOWN)
    first, recorded = (
        _read(asked, name, Month.parse) for name in ("first_month", "recorded_until")
    )
    last = _read(asked, "last_month", Month.parse)
    found = WhatIf(
        scheme=_read(asked, "scheme", str),
        first=first,
        recorded=recorded,
        last=last,
        policy=_read(asked, "policy", _policy, {}),
        rates=tuple(_read(asked, "rates", lambda rows: list(map(_rate, rows)), [])),
        assumed=_assumed(asked),
        split=_read(asked, "split", _split, {}),
    )
    if not first <= recorded <= last or len(found.past) + len(found.future) > MOST_MONTHS:
        raise WhatIfInvalid("last_month", ScenarioFault.MONTHS)
    return found


def _read(
    asked: Mapping[str, Any], name: str, read: Callable[[Any], Any], default: Any = None
) -> Any:
    value = asked.get(name, default)
    if value is None:
        raise WhatIfInvalid(name, ScenarioFault.MISSING)
    try:
        return read(value)
    except WhatIfInvalid:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise WhatIfInvalid(name, ScenarioFault.WRONG) from fault


def _assumed(asked: Mapping[str, Any]) -> Assumptions:
    shares = [_read(asked, name, _whole, 0) for name in ("entry_permille", "exit_permille")]
    try:
        return Assumptions(*shares)
    except ValueError as fault:
        raise WhatIfInvalid("exit_permille", ScenarioFault.WRONG) from fault


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _day_number(value: Any) -> int:
    if not 1 <= _whole(value) <= 31:
        raise ValueError(value)
    return int(value)


def _kinds(value: Any) -> list[str]:
    kinds = sorted({EmployerKind(kind).value for kind in value})
    if not kinds:
        raise ValueError(value)
    return kinds


CHANGEABLE: Mapping[str, Callable[[Any], Any]] = {
    "granularity": lambda value: Granularity(value).value,
    "month_rule": lambda value: MonthRule(value).value,
    "rule_day": _day_number,
    "rule_days": _day_number,
    "level_pick": lambda value: LevelPick(value).value,
    "cert_effect": lambda value: Effect(value).value,
    "post_effect": lambda value: Effect(value).value,
    "employer_kinds": _kinds,
}
"""What may change of a policy, and how each is read."""


def _policy(changes: Mapping[str, Any]) -> dict[str, Any]:
    for name in sorted(changes.keys() - CHANGEABLE.keys()):
        raise WhatIfInvalid(name, ScenarioFault.UNKNOWN)
    return {name: _read(changes, name, CHANGEABLE[name]) for name in sorted(changes)}


def _rate(row: Mapping[str, Any]) -> RateChange:
    fen = _whole(row["fen"])
    if not 0 <= fen <= LARGEST_FEN:
        raise ValueError(fen)
    return RateChange(LEVEL_RANKS[row["level"]], date.fromisoformat(row["from"]), fen)


def _split(parts: Mapping[str, Any]) -> dict[str, int]:
    for name in sorted(parts.keys() - set(GOVERNMENTS)):
        raise WhatIfInvalid(name, ScenarioFault.UNKNOWN)
    found = {name: _whole(parts[name]) for name in GOVERNMENTS if name in parts}
    if found and (min(found.values()) < 0 or not sum(found.values())):
        raise ValueError(parts)
    return found


def _months(first: Month, last: Month) -> list[Month]:
    count = (last.year - first.year) * 12 + last.number - first.number + 1
    return [first.plus(offset) for offset in range(count)]
