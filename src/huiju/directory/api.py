import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any, Self

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.errors import ValidationError
from pydantic import BeforeValidator, Field, StringConstraints

from huiju.audit import services as audit
from huiju.directory import queries
from huiju.directory.access import reading_as
from huiju.directory.enums import OrganisationKind, PlaceKind
from huiju.directory.models import Organisation, Place
from huiju.kernel.periods import Period

Endpoint = Callable[..., Any]
SearchText = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")]
BIGGEST_KEY = 2**63 - 1
Key = Annotated[int, Field(ge=1, le=BIGGEST_KEY)]


def _written_day(value: Any) -> Any:
    """Only 2015-10-31 is a day; a number is not one counted from 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("not a day")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]


class Refusal(Schema):
    """Why a call was not answered, in a sentence; `fields` names the parameters that are wrong."""

    detail: str
    fields: list[str] = []


class Refused(Exception):
    """A call by somebody whose roles do not include it."""


class Asked(Schema):
    """Which page of a list: `page` from 1, `per_page` up to 100."""

    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(20, ge=1, le=100)


def answers(shape: Any) -> dict[Any, Any]:
    """The response declaration of an operation: its shape, or one of the refusals."""
    return {200: shape, (401, 403, 404, 422): Refusal}


def endpoint(action: str, *, logged: str = "") -> Callable[[Endpoint], Endpoint]:
    """An API operation that reads, as `access.page` does: same action, same reach, same event.

    What it returns is built inside; a query left for later would find nothing.
    """

    def decorate(view: Endpoint) -> Endpoint:
        @wraps(view)
        def guarded(request: HttpRequest, **asked: Any) -> Any:
            caller = request.user
            refuse_unknown(request, asked)
            if not caller.holds(action):
                audit.record(actor=caller, action="directory.call_refused", subject=action)
                raise Refused(_("Your roles do not include this. Ask your administrator for it."))
            if logged:
                subject = ":".join(str(value) for value in asked.values())
                audit.record(actor=caller, action=logged, subject=subject)
            with reading_as(caller):
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
                answer = view(request, **asked)
                transaction.set_rollback(True)
            return answer

        setattr(guarded, "audience", action)  # noqa: B010 -- read by the gate
        return guarded

    return decorate


def refuse_unknown(request: HttpRequest, asked: dict[str, Any]) -> None:
    """A filter written wrong must not be passed over: the answer would hold too much."""
    names = [name for value in asked.values() if isinstance(value, Schema) for name, _v in value]
    if unknown := sorted(set(request.GET) - set(names)):
        raise ValidationError([{"loc": ("query", name)} for name in unknown])


def page_of(rows: QuerySet[Any], asked: Asked, shown: Callable[[Any], Schema]) -> dict[str, Any]:
    """One page of an ordered list: how many there are, and those on the page as `shown`."""
    first = (asked.page - 1) * asked.per_page
    chosen = rows[first : first + asked.per_page]
    return {"count": rows.count(), "items": [shown(row) for row in chosen]}


class PlaceOut(Schema):
    """A place by its region code. `last_day` is the last day of validity, null while valid."""

    code: str
    name: str
    kind: PlaceKind
    parent_code: str | None
    starts_on: date
    last_day: date | None
    successor_code: str | None

    @classmethod
    def of(cls, place: Place) -> Self:
        return cls(
            code=place.code,
            name=place.name,
            kind=PlaceKind(place.kind),
            parent_code=place.parent and place.parent.code,
            starts_on=place.starts_on,
            last_day=Period(place.starts_on, place.ends_on).last_day,
            successor_code=place.successor and place.successor.code,
        )


class PlacePage(Schema):
    count: int
    items: list[PlaceOut]


class OrganisationOut(Schema):
    """An employer, purchaser or provider; `uscc` is empty where the credit code is not known."""

    id: int
    uscc: str
    name: str
    kind: OrganisationKind
    field: str
    place_code: str
    place: str

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        return cls(
            id=organisation.pk,
            uscc=organisation.uscc,
            name=organisation.name,
            kind=OrganisationKind(organisation.kind),
            field=organisation.field,
            place_code=organisation.place.code,
            place=organisation.place.name,
        )


class OrganisationPage(Schema):
    count: int
    items: list[OrganisationOut]


class PlacesAsked(Asked):
    """`text`: part of the name or the beginning of the code."""

    text: SearchText = ""
    kind: PlaceKind | None = None
    on: Day | None = None


class OrganisationsAsked(Asked):
    """`text`: part of the name, or the credit code."""

    text: SearchText = ""
    kind: OrganisationKind | None = None


router = Router(tags=["directory"])


@router.get(
    "/places", response=answers(PlacePage), url_name="places", summary=gettext_noop("Region codes")
)
@endpoint("directory.view_places")
def list_places(request: HttpRequest, asked: Query[PlacesAsked]) -> dict[str, Any]:
    """City, districts, streets and communities, by code."""
    rows = queries.places(on=asked.on)
    if asked.text:
        rows = rows.filter(Q(name__contains=asked.text) | Q(code__startswith=asked.text))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    return page_of(rows.order_by("code"), asked, PlaceOut.of)


@router.get(
    "/places/{code}", response=answers(PlaceOut), url_name="place", summary=gettext_noop("A place")
)
@endpoint("directory.view_places")
def show_place(request: HttpRequest, code: SearchText) -> PlaceOut:
    """The place with a region code."""
    return PlaceOut.of(get_object_or_404(queries.places(), code=code))


@router.get(
    "/organisations",
    response=answers(OrganisationPage),
    url_name="organisations",
    summary=gettext_noop("Organisations"),
)
@endpoint("directory.view_organisations")
def list_organisations(request: HttpRequest, asked: Query[OrganisationsAsked]) -> dict[str, Any]:
    """Employers, purchasers and providers, by name."""
    rows = queries.organisations()
    if asked.text:
        rows = rows.filter(Q(name__contains=asked.text) | Q(uscc=asked.text))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    return page_of(rows.order_by("name", "pk"), asked, OrganisationOut.of)


@router.get(
    "/organisations/{organisation_id}",
    response=answers(OrganisationOut),
    url_name="organisation",
    summary=gettext_noop("An organisation"),
)
@endpoint("directory.view_organisations")
def show_organisation(request: HttpRequest, organisation_id: Key) -> OrganisationOut:
    """One organisation by its key."""
    return OrganisationOut.of(get_object_or_404(queries.organisations(), pk=organisation_id))
