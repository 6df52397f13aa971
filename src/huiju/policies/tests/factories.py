"""Documents, parameters and confirmed values for tests."""

from datetime import date, datetime
from itertools import count
from typing import Any

from huiju.directory.models import Place, User
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.policies import services
from huiju.policies.models import (
    Aspect,
    Document,
    DocumentText,
    Parameter,
    ParameterValue,
    Relation,
)
from huiju.policies.services import (
    DocumentEntry,
    ParameterEntry,
    RelationEntry,
    TextEntry,
    ValueEntry,
)

numbers = count(1)
AT = clock.noon_of(date(2026, 3, 5))
CITY = "350200"


def city_official() -> User:
    return make_user("city", CITY)


def document_entry(**fields: Any) -> DocumentEntry:
    number = next(numbers)
    defaults = {
        "number": f"厦民〔2014〕{number}号",
        "title": f"文件{number}",
        "issuer": "厦门市民政局",
        "year": 2014,
        "government": "city",
        "aspect": Aspect.objects.get(title="激励保障"),
        "confidence": "O",
        "place": place(CITY),
    }
    return DocumentEntry(**defaults | fields)


def make_document(**fields: Any) -> Document:
    return services.record_document(entry=document_entry(**fields), by=city_official(), at=AT)


def make_text(document: Document, body: str, *, extent: str = "whole") -> DocumentText:
    entry = TextEntry(body=body, extent=extent)
    return services.record_text(document=document, entry=entry, by=city_official(), at=AT)


def make_relation(
    document: Document, target: Document, kind: str, since: date | None = None
) -> Relation:
    entry = RelationEntry(document, target, kind, "O", since)
    return services.record_relation(entry=entry, by=city_official(), at=AT)


def make_parameter(**fields: Any) -> Parameter:
    defaults = {
        "code": f"parameter.{next(numbers)}",
        "name": "每月标准",
        "unit": "fen",
        "owner": "厦门市民政局",
    }
    entry = ParameterEntry(**defaults | fields)
    return services.define_parameter(entry=entry, by=city_official(), at=AT)


def value_entry(
    parameter: Parameter, starts_on: date, where: Place | None = None, **fields: Any
) -> ValueEntry:
    """20000 of the parameter's unit in the city, without end, unless told otherwise."""
    defaults = {"value": 20000, "confidence": "O", "place": where or place(CITY)}
    document = fields.pop("document", None) or make_document()
    return ValueEntry(
        parameter=parameter, starts_on=starts_on, document=document, **defaults | fields
    )


def propose(entry: ValueEntry, *, by: User | None = None, at: datetime = AT) -> ParameterValue:
    return services.propose_value(entry=entry, by=by or city_official(), at=at)


def make_value(
    parameter: Parameter,
    starts_on: date,
    where: Place | None = None,
    *,
    at: datetime = AT,
    **fields: Any,
) -> ParameterValue:
    """A value that counts: proposed by one city official, confirmed by another."""
    proposed = propose(value_entry(parameter, starts_on, where, **fields), at=at)
    return services.confirm_value(value=proposed, by=city_official(), at=at)
