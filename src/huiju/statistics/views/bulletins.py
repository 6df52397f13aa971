"""The yearly bulletin as a page, as PDF and as a Word file: the published one, else a draft."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system, change, page
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.statistics import queries
from huiju.statistics.bulletin import issuing
from huiju.statistics.bulletin.content import compose, last_day
from huiju.statistics.bulletin.printing import as_docx, as_pdf, body_of
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.models import Publication
from huiju.statistics.permissions import may_ask, may_publish
from huiju.statistics.queries import Question
from huiju.statistics.views.figures import address

FIRST_YEAR = 2008
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page("statistics.view")
def bulletin(request: HttpRequest, year: int) -> HttpResponse:
    body, published = body_of_year(year, draft="draft" in request.GET)
    context = {
        "year": year,
        "years": [
            each for each in (year - 1, year + 1) if FIRST_YEAR <= each <= clock.today().year
        ],
        "body": linked(body, published, request.user),
        "published": published,
        "may_publish": may_publish(request.user, directory.city()),
    }
    return render(request, "statistics/bulletin.html", context)


@page("statistics.view")
def pdf(request: HttpRequest, year: int) -> HttpResponse:
    body, _published = body_of_year(year, draft="draft" in request.GET)
    return file(as_pdf(body), "application/pdf", f"{body['title']}.pdf")


@page("statistics.view")
def docx(request: HttpRequest, year: int) -> HttpResponse:
    body, _published = body_of_year(year, draft="draft" in request.GET)
    return file(as_docx(body), WORD, f"{body['title']}.docx")


@change("statistics.publish")
def publish(request: HttpRequest, year: int) -> HttpResponse:
    checked_year(year)
    try:
        issuing.issue_bulletin(year, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The bulletin is published; its text does not change any more.")
        )
    return redirect("statistics:bulletin", year)


def body_of_year(year: int, *, draft: bool) -> tuple[dict[str, Any], Publication | None]:
    """The published bulletin of a year, unless a draft is asked for or none is published."""
    on = last_day(checked_year(year), today=clock.today())
    published = None if draft else queries.latest_bulletin(on)
    if published and published.body:
        return published.body, published
    with acting_as_system():
        return body_of(compose(year, today=clock.today(), known_at=clock.now())), None


def checked_year(year: int) -> int:
    """A year in which there were social workers' certificates and which has begun, else 404."""
    if not FIRST_YEAR <= year <= clock.today().year:
        raise Http404
    return year


def linked(body: dict[str, Any], published: Publication | None, user: User) -> dict[str, Any]:
    """The body with the page of its figure at each number, as known when it was written.

    A part that this reader may not ask for does not open.
    """
    known_at = published.known_at if published else datetime.fromisoformat(body["known_at"])
    opens = openings(user)
    urls = {
        source["place"]: address_of(source, known_at)
        for source in body["sources"]
        if opens(source["filters"])
    }

    def runs(sentence: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [run | {"url": urls.get(run["source"], run["url"])} for run in sentence]

    def section(each: dict[str, Any]) -> dict[str, Any]:
        grids = [grid | {"rows": [runs(row) for row in grid["rows"]]} for grid in each["grids"]]
        return each | {"paragraphs": [runs(text) for text in each["paragraphs"]], "grids": grids}

    return body | {"lead": runs(body["lead"]), "sections": [section(s) for s in body["sections"]]}


def openings(user: User) -> Callable[[Mapping[str, str]], bool]:
    """Whether a reader may ask for the part of some filters; asked many times, answered by place."""

    @cache
    def holds(district: str) -> bool:
        place = queries.place_of({"district": district} if district else {})
        return bool(may_ask(user, {"level": ""}, place))

    return lambda filters: set(filters) <= {"district"} or holds(filters.get("district", ""))


def address_of(source: dict[str, Any], known_at: datetime) -> str:
    """The page of the figure behind a number."""
    figure = FIGURES.get(source["code"])
    if figure is None:
        return ""
    on = date.fromisoformat(source["on"])
    return address(Question(figure, on, known_at).narrowed(**source["filters"]))


def file(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, kind, headers={"Content-Disposition": disposition or ""})
