"""The kinds of import and the lists for export that all packages together offer.

A package offers every `Sheet` that its `sheets` module names, and every `Listing` that its `listings`
module names. Sheets of the packages below this one stand here.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

from django.apps import apps
from django.utils.translation import gettext as _

from huiju.kernel.errors import DomainError
from huiju.transfers.rules.columns import Sheet
from huiju.transfers.rules.listings import Listing
from huiju.transfers.sheets.library import RELATIONS, TARGETS
from huiju.transfers.sheets.organisations import ORGANISATIONS
from huiju.transfers.sheets.places import PLACES
from huiju.transfers.sheets.policies import DOCUMENTS, PARAMETERS

__all__ = ["DOCUMENTS", "ORGANISATIONS", "PARAMETERS", "PLACES", "RELATIONS", "TARGETS"]

Offered = TypeVar("Offered", Sheet, Listing)


class NoSuchSheet(DomainError):
    """No package offers an import or a list of this name."""


def sheet_named(code: str) -> Sheet:
    """The kind of import of this code. Raises NoSuchSheet."""
    if code not in all_sheets():
        raise NoSuchSheet(_("There is no import of the kind “%(code)s”.") % {"code": code})
    return all_sheets()[code]


def listing_named(code: str) -> Listing:
    """The list of this code. Raises NoSuchSheet."""
    if code not in all_listings():
        raise NoSuchSheet(_("There is no list of the kind “%(code)s”.") % {"code": code})
    return all_listings()[code]


@cache
def all_sheets() -> dict[str, Sheet]:
    """Every kind of import, by code."""
    return {sheet.code: sheet for sheet in _offered("sheets", Sheet)}


@cache
def all_listings() -> dict[str, Listing]:
    """Every list that can be exported, by code."""
    return {listing.code: listing for listing in _offered("listings", Listing)}


def _offered(name: str, kind: type[Offered]) -> Iterator[Offered]:
    """What the packages' modules of this name hold of a kind, in the order of their layers."""
    for app in apps.get_app_configs():
        module = f"{app.name}.{name}"
        if app.name.startswith("huiju.") and find_spec(module):
            values = vars(import_module(module)).values()
            yield from (value for value in values if isinstance(value, kind))
