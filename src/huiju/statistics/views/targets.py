"""Targets that policies set, measured by the figures of the catalogue."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiju.directory.access import acting_as_system, page
from huiju.kernel import clock
from huiju.policies.models import Target
from huiju.policies.rules.targets import REACHED, Goal, progress
from huiju.statistics import queries, services
from huiju.statistics.catalogue import aim_of, aims, known_targets
from huiju.statistics.enums import TargetState
from huiju.statistics.forms import DayForm
from huiju.statistics.queries import Question
from huiju.statistics.views.figures import address, asked_days, keep_asked

STATE_KINDS = {TargetState.REACHED: "good", TargetState.MISSED: "bad"}


def keep_reached(request: HttpRequest) -> None:
    """Keep all figures of the day asked for, and on which days targets were reached."""
    keep_asked(request)
    on, known_at = asked_days(DayForm(request.GET.dict()))
    if known_at:
        return
    with acting_as_system():
        looked_for = aims(on)
        if queries.kept_first_days(looked_for, on) is None:
            services.keep_first_days(looked_for, on=on, at=clock.now())


@page("statistics.view", first=keep_reached)
def targets(request: HttpRequest) -> HttpResponse:
    form = DayForm({"on": clock.today()} | request.GET.dict())
    on, known_at = asked_days(form)
    with acting_as_system():
        looked_for = aims(on, known_at)
        kept = queries.kept_first_days(looked_for, on) if known_at is None else None
        days = queries.first_days(looked_for) if kept is None else kept
        rows = [measured(target, on, known_at, days) for target in known_targets()]
    return render(request, "statistics/targets.html", {"rows": rows, "form": form, "on": on})


def measured(
    target: Target, on: date, known_at: datetime | None, days: Mapping[str, date | None]
) -> dict[str, Any]:
    """A target with its progress on a day; without a figure that can measure it, only the target."""
    aim = aim_of(target, on, known_at)
    if aim is None:
        return {"target": target}
    value = _value(aim.question)
    goal = Goal(target.value, target.due_on, target.baseline_value, target.baseline_on)
    found = progress(goal, value, on=on)
    state = TargetState(found.state)
    return {
        "target": target,
        "progress": found,
        "share": f"{found.share_bp / 100:.2f}",
        "bar": min(10_000, found.share_bp),
        "state": state.label,
        "kind": STATE_KINDS.get(state, "active"),
        "url": address(aim.question),
        "reached_on": days[aim.name] if found.state == REACHED else None,
    }


def _value(question: Question) -> int:
    """The figure, kept where it is asked as now known."""
    if question.known_at:
        return queries.totals(question)[0]
    figure = question.figure
    rollup = queries.rollups([figure], question.on)[figure.code]
    return rollup.at(**dict(question.filters)).value
