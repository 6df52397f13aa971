"""What was published, and whether it still stands."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2.utils import A

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system, change, page
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.statistics import queries
from huiju.statistics.bulletin import issuing
from huiju.statistics.catalogue import FIGURES, label, shown
from huiju.statistics.enums import Unit
from huiju.statistics.forms import PublishForm
from huiju.statistics.models import FigureValue, Publication
from huiju.statistics.permissions import ACTION_VIEW, may_publish
from huiju.statistics.queries import Question, Recheck
from huiju.statistics.views.figures import RECORDS, address
from huiju.ui import tables

NAMED = 20


class PublicationTable(tables.ListTable):
    """Publications, newest first."""

    title = tables.Column(
        verbose_name=gettext_lazy("Title"), linkify=("statistics:publication", [A("pk")])
    )
    kind = tables.StateColumn(
        verbose_name=gettext_lazy("Kind"), kinds={"bulletin": "sea", "series": "active"}
    )
    on = tables.date_column(verbose_name=gettext_lazy("Date of the figures"))
    edition = tables.NumberColumn(verbose_name=gettext_lazy("Edition"))
    published_at = tables.date_column(verbose_name=gettext_lazy("Published"))
    published_by = tables.Column(
        verbose_name=gettext_lazy("Published by"), default=gettext_lazy("The system")
    )


@page("statistics.view")
def publications(request: HttpRequest) -> HttpResponse:
    rows = queries.publications().order_by("-published_at", "-pk")
    context = {
        "table": tables.listed(request, PublicationTable(rows)),
        "form": PublishForm(initial={"on": clock.today()}),
        "may_publish": may_publish(request.user, directory.city()),
    }
    return render(request, "statistics/publications.html", context)


@change("statistics.publish")
def publish(request: HttpRequest) -> HttpResponse:
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the date whose figures are to be published."))
        return redirect("statistics:publications")
    try:
        made = issuing.issue_figures(form.cleaned_data["on"], by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("statistics:publications")
    messages.success(request, _("Published. Anybody can check these figures again from now on."))
    return redirect("statistics:publication", made.pk)


@page("statistics.view")
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.publications(), pk=pk)
    values = readable(found, request.user)
    groups = [
        {
            "title": FIGURES[code].title if code in FIGURES else code,
            "code": code,
            "on": on,
            "rows": [published_row(value) for value in members],
        }
        for (code, on), members in groupby(values, key=lambda value: (value.code, value.on))
    ]
    context = {
        "publication": found,
        "groups": groups,
        "left_out": found.values.count() - len(values),
    }
    return render(request, "statistics/publication.html", context)


@page("statistics.view")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.publications(), pk=pk)
    with acting_as_system():
        rechecks = queries.rechecked(found, FIGURES)
    may_read = {value.pk for value in readable(found, request.user)}
    changed = [each for each in rechecks if not each.unchanged and each.published.pk in may_read]
    context = {
        "publication": found,
        "checked": len(rechecks),
        "reproduced": all(each.reproduced for each in rechecks if each.figure),
        "changed": [changed_row(each, request.user) for each in changed],
        "at": clock.now(),
    }
    return render(request, "statistics/check.html", context)


def readable(publication: Publication, user: User) -> list[FigureValue]:
    """The published values a reader may see: of the city all, else sums of the city and its districts.

    Finer parts were published with their exact numbers, for those in charge to check again.
    """
    values = publication.values.select_related("publication").order_by("pk")
    everywhere = user.holds(ACTION_VIEW, publication.place)
    return [value for value in values if everywhere or set(value.filters) <= {"district"}]


def published_row(value: FigureValue) -> dict[str, Any]:
    """A published number with the page of its figure as known at publication."""
    figure = FIGURES.get(value.code)
    part = " · ".join(label(name, part) for name, part in value.filters.items())
    known_at = value.publication.known_at
    question = figure and Question(figure, value.on, known_at).narrowed(**value.filters)
    return {
        "part": part or _("Whole city"),
        "value": shown(value.value, value.unit),
        "unit": value.get_unit_display(),
        "url": address(question) if question else "",
    }


def changed_row(recheck: Recheck, user: User) -> dict[str, Any]:
    """A published number that is not what the records say now, and by which records."""
    return published_row(recheck.published) | {
        "title": recheck.figure.title if recheck.figure else recheck.published.code,
        "comparable": recheck.now is not None,
        "now": recheck.now and shown(recheck.now.value, recheck.published.unit),
        "came": named(recheck, recheck.came, user),
        "went": named(recheck, recheck.went, user),
    }


def named(recheck: Recheck, keys: list[int], user: User) -> dict[str, Any]:
    """Records that came or went: how many, and the first of them that this reader sees."""
    _table, seen = RECORDS[Unit(recheck.published.unit)]
    shown = list(seen(user).filter(pk__in=keys[:NAMED])) if keys else []
    return {"count": len(keys), "shown": shown, "hidden": len(keys) - len(shown)}
