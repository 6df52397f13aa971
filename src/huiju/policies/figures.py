"""Figures about policy documents. Press and other sources of a value are not policy documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from huiju.kernel.figures import UNRECORDED, Figure
from huiju.policies.enums import Government

if TYPE_CHECKING:
    from ibis.expr.types import Table

Facts = Mapping[str, "Table"]


def issued_by(facts: Facts, on: date) -> Table:
    """One row per policy document issued by a day.

    Where only the year of issue is known, a document counts from the last day of that year.
    """
    documents = facts["policy_document"]
    last_whole_year = on.year if (on.month, on.day) == (12, 31) else on.year - 1
    of_known_day = documents.issued_on <= on
    of_known_year = documents.issued_on.isnull() & (documents.year <= last_whole_year)
    issued = documents.filter(
        documents.government != Government.OTHER.value, of_known_day | of_known_year
    )
    return issued.select("document", "government", aspect=issued.aspect.fill_null(UNRECORDED))


def local_issued_by(facts: Facts, on: date) -> Table:
    """One row per policy document of the city or a district issued by a day."""
    issued = issued_by(facts, on)
    return issued.filter(issued.government.isin([Government.CITY.value, Government.DISTRICT.value]))


documents = Figure(
    code="policies.documents",
    title=_("Policy documents"),
    definition=_(
        "Documents of the library issued by the date, of every level of government. Where only the"
        " year is known, a document counts from its last day. Press reports and other sources are"
        " not counted."
    ),
    unit="document",
    key="document",
    records=issued_by,
    by=("aspect", "government"),
)

local_documents = Figure(
    code="policies.local_documents",
    title=_("Policy documents of the city and its districts"),
    definition=_(
        "Documents of the library that the city or one of its districts had issued by the date."
        " Where only the year is known, a document counts from its last day."
    ),
    unit="document",
    key="document",
    records=local_issued_by,
    by=("aspect", "government"),
)

FIGURES = (documents, local_documents)
