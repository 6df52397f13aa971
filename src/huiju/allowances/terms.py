"""What a scheme's policy and parameters say, as the rules take it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from huiju.allowances.enums import LEVEL_RANKS, Effect, Granularity, LevelPick, MonthRule
from huiju.allowances.models import Scheme
from huiju.allowances.rules import Policy
from huiju.directory.models import Place
from huiju.kernel.periods import Month
from huiju.policies.enums import AfterEnd
from huiju.policies.models import ParameterValue


def policy_of(scheme: Scheme) -> Policy:
    """The scheme's policy fields."""
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
