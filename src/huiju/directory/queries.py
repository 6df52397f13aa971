"""Reads of places and organisations, which everybody signed in may see."""

from datetime import date

from django.db.models import QuerySet

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Organisation, Place, User


def city() -> Place:
    """The root place of this instance. Raises Place.DoesNotExist before places were loaded."""
    root: Place = Place.objects.get(kind=PlaceKind.CITY, parent=None)
    return root


def districts(*, on: date) -> QuerySet[Place]:
    """The districts valid on a day, unordered."""
    return Place.objects.in_force(on).filter(kind=PlaceKind.DISTRICT)


def places_held(user: User, action: str, *, on: date) -> list[Place]:
    """The places in which a user may do something, as granted (not what lies inside them)."""
    grants = user.grants_on(on)
    return [grant.place for grant in grants if grant.place and grant.allows(action, grant.place)]


def district_of(place: Place) -> Place | None:
    """The district a place is or lies in; None for the city."""
    codes = place.path.rstrip("/").split("/")
    found: Place | None = Place.objects.filter(code__in=codes, kind=PlaceKind.DISTRICT).first()
    return found


def organisations() -> QuerySet[Organisation]:
    """Every organisation with its place, unordered."""
    return Organisation.objects.select_related("place")
