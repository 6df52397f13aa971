from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huiju.allowances import services
from huiju.allowances.enums import LEVELS_BY_RANK
from huiju.allowances.forms.simulations import ScenarioForm, SimulationForm, address_of
from huiju.allowances.models import Scenario, Scheme
from huiju.allowances.permissions import SIMULATE
from huiju.allowances.queries.prepared import priced_answer, settled
from huiju.allowances.queries.scenarios import (
    answer_of,
    digest_of_totals,
    scenarios_visible_to,
    words_of,
)
from huiju.allowances.queries.tunnel import (
    Ground,
    simulable_districts,
    simulable_schemes,
    simulation,
)
from huiju.allowances.rules.whatif import WhatIfInvalid, what_if
from huiju.allowances.terms import rates_known
from huiju.allowances.views.simulated import labelled, people_of, period_of, shown, signed, sums_by
from huiju.directory import queries as directory
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.money import yuan
from huiju.kernel.periods import Month


@page("allowances.simulate")
def tunnel(request: HttpRequest) -> HttpResponse:
    user, today, known_at = reader(request), clock.today(), settled(clock.now())
    form = form_of(request.GET, today)
    places = simulable_districts(user, on=today)
    scenarios = scenarios_visible_to(user, on=today).order_by("-made_at", "-pk")[:20]
    context: dict[str, Any] = {
        "form": form,
        "known_at": known_at,
        "scenarios": [(each, address_of(each.asked)) for each in scenarios],
        "saving": ScenarioForm(keepers=directory.places_held(user, SIMULATE, on=today)),
    }
    if form and form.is_valid():
        asked = form.asked()
        answer = simulation(what_if(asked), places, ground=Ground(known_at))
        found = shown(answer, places)
        context |= {"found": found, "people": labelled(people_of(answer, places))}
        context["tables"] = {name: labelled(table) for name, table in found["tables"].items()}
        context |= {"query": address_of(asked)}
    return render(request, "allowances/tunnel.html", context)


@page("allowances.simulate")
def tunnel_answer(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form, places = form_of(request.GET, today), simulable_districts(reader(request), on=today)
    if not form or not form.is_valid():
        faults = form.errors.get_json_data() if form else {}
        return JsonResponse({"faults": faults}, status=422)
    found = priced_answer(what_if(form.asked()), places, known_at=settled(clock.now()))
    return JsonResponse(shown(found, places))


@change("allowances.simulate")
def save_scenario(request: HttpRequest) -> HttpResponse:
    user, at = reader(request), clock.now()
    back = f"{reverse('allowances:tunnel')}?{request.POST.get('query', '')}"
    form = form_of(QueryDict(request.POST.get("query", "")), clock.day_of(at))
    saving = ScenarioForm(
        request.POST, keepers=directory.places_held(user, SIMULATE, on=clock.day_of(at))
    )
    if not form or not form.is_valid():
        messages.error(request, _("This cannot be simulated: look at the fields."))
        return redirect(back)
    if not saving.is_valid():
        faults = (str(fault) for faults in saving.errors.values() for fault in faults)
        messages.error(request, " ".join(faults))
        return redirect(back)
    try:
        services.save_scenario(asked=form.asked(), by=user, at=at, **saving.cleaned_data)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Simulation saved."))
    return redirect(back)


@page("allowances.simulate")
def scenarios_compared(request: HttpRequest) -> HttpResponse:
    user, today, known_at = reader(request), clock.today(), settled(clock.now())
    visible = scenarios_visible_to(user, on=today).order_by("name", "pk")
    picked = [
        get_object_or_404(visible, pk=key)
        for key in (request.GET.get("first", ""), request.GET.get("second", ""))
        if key.isdecimal()
    ]
    columns = [_column(each, today, known_at) for each in picked]
    periods = list(dict.fromkeys(name for column in columns for name in column["sums"]))
    context = {
        "scenarios": visible,
        "columns": columns,
        "rows": [
            (name, *_beside([column["sums"].get(name, 0) for column in columns]))
            for name in sorted(periods)
        ],
        "total": _beside([column["fen"] for column in columns]),
        "known_at": known_at,
    }
    return render(request, "allowances/scenarios.html", context)


def _column(scenario: Scenario, today: date, known_at: Any) -> dict[str, Any]:
    """A saved simulation asked again, and whether its answer is still the saved one; or why it cannot be."""
    said = {"scenario": scenario, "address": address_of(scenario.asked)}
    try:
        found = answer_of(scenario, on=today, known_at=known_at)
    except WhatIfInvalid as fault:
        return said | {"sums": {}, "fen": 0, "fault": words_of(fault)}
    return said | {
        "sums": sums_by(found.totals, period_of(found)),
        "fen": found.total_fen,
        "total": yuan(found.total_fen),
        "before": yuan(found.before_fen),
        "difference": signed(found.total_fen - found.before_fen),
        "stands": digest_of_totals(found) == scenario.digest,
    }


def _beside(fens: list[int]) -> tuple[list[str], str]:
    """Amounts as text, and by how much the second is more than the first."""
    return [yuan(fen) for fen in fens], signed(fens[1] - fens[0]) if len(fens) == 2 else ""


def form_of(said: QueryDict, today: date) -> SimulationForm | None:
    """The form as asked, or as it opens; None while there is no scheme."""
    schemes = simulable_schemes()
    if not schemes:
        return None
    scheme = schemes.get(said.get("scheme", "")) or next(iter(schemes.values()))
    rates = rates_now(scheme, today)
    data = said if "scheme" in said else opening(scheme, rates, today)
    return SimulationForm(data, rates=rates, schemes=schemes.values(), on=today)


def rates_now(scheme: Scheme, today: date) -> dict[str, int]:
    """The city's rates in force on a day in fen, by level."""
    return {
        LEVELS_BY_RANK[row["level"]].value: row["rate_fen"]
        for row in rates_known(scheme, [], known_at=clock.now())
        if row["rate_fen"] is not None
        and row["starts_on"] <= today
        and (row["ends_on"] is None or today < row["ends_on"])
    }


def opening(scheme: Scheme, rates: dict[str, int], today: date) -> dict[str, Any]:
    """A year back, a year ahead, nothing changed."""
    recorded = max(Month.of(today).plus(-1), Month.of(scheme.first_month))
    return {
        "scheme": scheme.code,
        "first_month": str(max(recorded.plus(-11), Month.of(scheme.first_month))),
        "recorded_until": str(recorded),
        "last_month": str(recorded.plus(12)),
        "rates_from": str(recorded.next),
        "entry_permille": 0,
        "exit_permille": 0,
        **{f"rate_{level}": yuan(fen) for level, fen in rates.items()},
    }
