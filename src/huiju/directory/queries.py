"""Reads of places and organisations, which everybody signed in may see, and of accounts."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from huiju.directory.enums import PlaceKind
from huiju.directory.models import Grant, Organisation, Place, User
from huiju.kernel.errors import NothingSuch


class WhereUnknown(NothingSuch):
    """A text names no place or organisation, or several."""


class UserUnknown(NothingSuch):
    """There is no account of this name."""


def city() -> Place:
    """The root place of this instance. Raises Place.DoesNotExist before places were loaded."""
    root: Place = Place.objects.get(kind=PlaceKind.CITY, parent=None)
    return root


def districts(*, on: date) -> QuerySet[Place]:
    """The districts valid on a day, unordered."""
    return Place.objects.in_force(on).filter(kind=PlaceKind.DISTRICT)


def user_named(name: str) -> User:
    """The account of a user name. Raises UserUnknown."""
    found: User | None = User.objects.filter(username=name).first()
    if found is None:
        raise UserUnknown(
            _("There is no user “%(name)s”. Write the name by which somebody signs in.")
            % {"name": name}
        )
    return found


def places_held(user: User, action: str, *, on: date) -> list[Place]:
    """The places in which a user may do something, as granted (not what lies inside them)."""
    grants = user.grants_on(on)
    return [grant.place for grant in grants if grant.place and grant.allows(action, grant.place)]


def held_within(user: User, action: str, *, on: date, path: str = "place__path") -> Q:
    """A condition on rows: they lie in a place in which a user may do something. `path` leads to the place's path."""
    inside = Q(pk=None)
    for place in places_held(user, action, on=on):
        inside |= Q(**{f"{path}__startswith": place.path})
    return inside


def district_of(place: Place) -> Place | None:
    """The district a place is or lies in; None for the city."""
    codes = place.path.rstrip("/").split("/")
    found: Place | None = Place.objects.filter(code__in=codes, kind=PlaceKind.DISTRICT).first()
    return found


def organisations() -> QuerySet[Organisation]:
    """Every organisation with its place, unordered."""
    return Organisation.objects.select_related("place")


def place_or_organisation(text: str) -> Place | Organisation:
    """The one place (code or name) or organisation (credit code or name) a text names.

    Raises WhereUnknown when there is none or more than one.
    """
    plain = text.strip()
    found: list[Place | Organisation] = [
        *Place.objects.filter(Q(code=plain) | Q(name=plain)).order_by("pk")[:2],
        *Organisation.objects.exclude(uscc="").filter(uscc=plain),
        *Organisation.objects.filter(name=plain).order_by("pk")[:2],
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise WhereUnknown(_("“%(text)s” names several; write its code.") % {"text": plain})
    raise WhereUnknown(
        _(
            "“%(text)s” is not there: write a place’s code or name, or an organisation’s credit code."
        )
        % {"text": plain}
    )


def users_administered_by(admin: User, *, on: date) -> QuerySet[User]:
    """Accounts with a role inside the places an administrator holds, and those without any role."""
    inside = Q(grants=None)
    for place in places_held(admin, "directory.administer", on=on):
        inside |= Q(grants__place__path__startswith=place.path)
        inside |= Q(grants__organisation__place__path__startswith=place.path)
    return User.objects.filter(inside).distinct()


def with_roles(users: QuerySet[User], *, on: date) -> QuerySet[User]:
    """The same accounts, each with its grants in force on a day in `roles_held`."""
    in_force = Grant.objects.in_force(on).select_related("place", "organisation").order_by("pk")
    return users.prefetch_related(Prefetch("grants", in_force, to_attr="roles_held"))


def places(*, on: date | None = None) -> QuerySet[Place]:
    """Every place with its parent and successor, or those valid on a day; unordered."""
    rows = Place.objects.in_force(on) if on else Place.objects.all()
    return rows.select_related("parent", "successor")
