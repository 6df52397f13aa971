"""The catalogue of figures, and the page of one figure, which is also the drawer behind a number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2.utils import A

from huiju.allowances.models import RunLine
from huiju.directory.access import acting_as_system, page
from huiju.directory.models import Organisation, User
from huiju.kernel import clock
from huiju.kernel.figures import Figure
from huiju.policies.models import Document
from huiju.registry import queries as registry
from huiju.statistics import queries, services
from huiju.statistics.catalogue import FIGURES, label, shown
from huiju.statistics.enums import Dimension, Disclosure, Unit
from huiju.statistics.forms import DayForm, FigureForm
from huiju.statistics.permissions import may_ask
from huiju.statistics.queries import Answer, Cube, Question, ShownPart, Sight
from huiju.ui import tables


class PersonRecords(tables.ListTable):
    """People behind a figure."""

    name = tables.Column(
        verbose_name=gettext_lazy("Full name"), linkify=("registry:worker", [A("pk")])
    )
    place = tables.Column(verbose_name=gettext_lazy("Place of the file"))
    field = tables.Column(verbose_name=gettext_lazy("Service field"))


class OrganisationRecords(tables.ListTable):
    """Organisations behind a figure."""

    name = tables.Column(
        verbose_name=gettext_lazy("Name"), linkify=("registry:organisation", [A("pk")])
    )
    kind = tables.Column(verbose_name=gettext_lazy("Kind"))
    place = tables.Column(verbose_name=gettext_lazy("Place"))


class DocumentRecords(tables.ListTable):
    """Policy documents behind a figure."""

    title = tables.Column(
        verbose_name=gettext_lazy("Title"), linkify=("policies:document", [A("pk")])
    )
    number = tables.Column(verbose_name=gettext_lazy("Document number"))
    issuer = tables.Column(verbose_name=gettext_lazy("Issuer"))
    year = tables.Column(verbose_name=gettext_lazy("Year"))


class LineRecords(tables.ListTable):
    """Allowance lines behind a figure."""

    person = tables.Column(
        verbose_name=gettext_lazy("Full name"), linkify=("allowances:line", [A("pk")])
    )
    month = tables.month_column(verbose_name=gettext_lazy("Month"))
    place = tables.Column(verbose_name=gettext_lazy("District"))
    amount_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Yuan"), total=True)


def lines(_user: User) -> QuerySet[Any]:
    """The allowance lines a reader sees; row security leaves those of the reader's area."""
    return RunLine.objects.select_related("person", "place").order_by("month", "pk")


def people(user: User) -> QuerySet[Any]:
    """Whom a reader sees of the people behind a figure."""
    seen = registry.workers_visible_to(user, on=clock.today())
    return seen.select_related("place").order_by("pk")


RECORDS = {
    Unit.PERSON: (PersonRecords, people),
    Unit.ORGANISATION: (
        OrganisationRecords,
        lambda _user: Organisation.objects.select_related("place").order_by("pk"),
    ),
    Unit.LINE: (LineRecords, lines),
    Unit.FEN: (LineRecords, lines),
    Unit.DOCUMENT: (DocumentRecords, lambda _user: Document.objects.order_by("year", "pk")),
}


def keep_asked(request: HttpRequest) -> None:
    """Keep all figures of the day that a page asks for, unless they are."""
    form = DayForm(request.GET.dict())
    on, known_at = asked_days(form)
    if known_at:
        return
    figures = list(FIGURES.values())
    with acting_as_system():
        if len(queries.kept_codes(figures, on)) < len(figures):
            services.keep_figures(figures, on=on, at=clock.now())


@page("statistics.view", first=keep_asked)
def catalogue(request: HttpRequest) -> HttpResponse:
    form = DayForm({"on": clock.today()} | request.GET.dict())
    on, known_at = asked_days(form)
    questions = [Question(figure, on, known_at) for figure in FIGURES.values()]
    with acting_as_system():
        values = totals(questions)
    rows = [
        {
            "figure": question.figure,
            "value": shown(value, question.figure.unit),
            "unit": Unit(question.figure.unit).label,
            "url": address(question),
            "by": [Dimension(name).label for name in question.figure.by],
        }
        for question, value in zip(questions, values, strict=True)
    ]
    return render(request, "statistics/catalogue.html", {"rows": rows, "form": form, "on": on})


def totals(questions: Sequence[Question]) -> list[int]:
    """The values of whole figures of one day: as now known they are kept."""
    if questions[0].known_at:
        return queries.totals(*questions)
    rollups = queries.rollups([each.figure for each in questions], questions[0].on)
    return [rollups[each.figure.code].at().value for each in questions]


@page("statistics.view")
def figure(request: HttpRequest, code: str) -> HttpResponse:
    described = figure_of(code)
    form = FigureForm({"on": clock.today()} | request.GET.dict(), figure=described)
    on, known_at = asked_days(form)
    filters = form.filters()
    permit = may_ask(request.user, filters, queries.place_of(filters))
    if not permit:
        return render(request, "ui/refused.html", {"reason": permit.reason}, status=403)
    with acting_as_system():
        cube = queries.cube(Question(described, on, known_at))
    sight = queries.sight_of(request.user, filters, on=clock.today())
    form.offer(offered(cube, sight))
    answer = cube.at(**filters)
    context = described_answer(request, answer, known_at or clock.now()) | {
        "form": form,
        "chips": [(Dimension(name).label, label(name, part)) for name, part in filters.items()],
        "splits": splits(cube, answer, sight),
        "table": records_table(request, answer),
    }
    return render(request, "statistics/figure.html", context)


def offered(cube: Cube, sight: Sight) -> dict[str, list[str]]:
    """The parts a reader may narrow a figure to: districts, and everything inside an area held."""
    where = {name: sight.filters[name] for name in ("district", "street") if name in sight.filters}
    offers = {}
    for name in cube.question.figure.by:
        if name == "district" or sight.holds:
            around = {each: part for each, part in where.items() if name not in {each, "district"}}
            parts = cube.inside(**around).by(name)
            offers[name] = [dict(part.question.filters)[name] for part in parts]
    return offers


def described_answer(request: HttpRequest, answer: Answer, known_at: datetime) -> dict[str, Any]:
    """A number with everything needed to cite it, and what was published of its figure."""
    described = answer.question.figure
    series = queries.published_series(described.code)
    return {
        "figure": described,
        "answer": answer,
        "value": shown(answer.value, described.unit),
        "unit": Unit(described.unit).label,
        "known_at": known_at,
        "citation": citation(request, answer, known_at),
        "published": [(each.on, shown(each.value, described.unit)) for each in series],
    }


def figure_of(code: str) -> Figure:
    """The figure of a code, or 404."""
    if code not in FIGURES:
        raise Http404
    return FIGURES[code]


def asked_days(form: DayForm) -> tuple[date, datetime | None]:
    """The day asked for (today if none) and the instant of knowledge (None: now)."""
    form.is_valid()
    return form.cleaned_data.get("on") or clock.today(), form.known()


def address(question: Question) -> str:
    """The page of a question, as known at its instant or whenever it is opened."""
    asked = {"on": question.on.isoformat(), **dict(question.filters)}
    if question.known_at:
        asked["known_at"] = question.known_at.astimezone(clock.CITY_ZONE).isoformat()
    return f"{reverse('statistics:figure', args=[question.figure.code])}?{urlencode(asked)}"


def citation(request: HttpRequest, answer: Answer, known_at: datetime) -> str:
    """The sentence by which a number is cited so that anybody can check it."""
    question = answer.question
    parts = [label(name, part) for name, part in question.filters]
    return _(
        "%(title)s%(parts)s: %(value)s %(unit)s (%(on)s, as known at %(known)s). %(code)s version"
        " %(version)s, digest of the records %(digest)s. %(url)s"
    ) % {
        "title": question.figure.title,
        "parts": "".join(_(" · %(part)s") % {"part": part} for part in parts),
        "value": shown(answer.value, question.figure.unit),
        "unit": Unit(question.figure.unit).label,
        "on": question.on.isoformat(),
        "known": f"{known_at.astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M}",
        "code": question.figure.code,
        "version": question.figure.version,
        "digest": answer.digest,
        "url": request.build_absolute_uri(address(replace(question, known_at=known_at))),
    }


def splits(cube: Cube, answer: Answer, sight: Sight) -> list[dict[str, Any]]:
    """For each dimension not yet narrowed, its parts as far as this reader may see them."""
    narrowed, rollup = dict(answer.question.filters), queries.rollup_of(cube)
    split = {
        name: queries.shown_parts(rollup, name, sight)
        for name in cube.question.figure.by
        if name not in narrowed
    }
    return [
        {"dimension": Dimension(name).label, "rows": rows(parts, name, sight)}
        for name, parts in split.items()
        if parts or not answer.keys
    ]


def rows(parts: Sequence[ShownPart], dimension: str, sight: Sight) -> list[dict[str, Any]]:
    """Parts as lines of a table: name, value or what stands in its place, page."""
    instead = {
        Disclosure.EXACT: "",
        Disclosure.FEWER: _("fewer than %(number)s") % {"number": sight.least},
        Disclosure.COVERED: _("not listed"),
    }
    return [
        {
            "label": label(dimension, dict(part.question.filters)[dimension]),
            "value": None if part.value is None else shown(part.value, part.question.figure.unit),
            "hidden": instead[part.disclosure],
            "url": address(part.question) if part.opens else "",
        }
        for part in parts
    ]


def records_table(request: HttpRequest, answer: Answer) -> tables.ListTable:
    """The records behind a number, as far as this reader sees them."""
    table, seen = RECORDS[Unit(answer.question.figure.unit)]
    return tables.listed(request, table(seen(request.user).filter(pk__in=answer.keys)))
