"""What can be done to places, organisations, users and grants."""

from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Grant, Organisation, Place, User
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Period


class PlaceUnknown(DomainError):
    """A place code names no place of this instance."""


class NameTaken(DomainError):
    """A user name is in use."""


class GrantInvalid(DomainError):
    """A grant would not say clearly who may do what where."""


@transaction.atomic
def record_place(
    *, code: str, name: str, kind: str, parent_code: str, valid: Period, by: User | None
) -> Place:
    """Add a place, or bring one with this code to the given name and days. Equal again: no change.

    Raises PlaceUnknown when the parent's code is not there yet.
    """
    parent = Place.objects.filter(code=parent_code).first() if parent_code else None
    if parent is None and (parent_code or kind != PlaceKind.CITY):
        raise PlaceUnknown(
            _(
                "“%(name)s” (%(code)s) names the parent %(parent)s, which is not there. Put parents first."
            )
            % {"name": name, "code": code, "parent": parent_code or "—"}
        )
    wanted = {
        "name": name,
        "kind": kind,
        "parent": parent,
        "path": f"{parent.path if parent else ''}{code}/",
        "starts_on": valid.starts_on,
        "ends_on": valid.ends_on,
    }
    place = Place.objects.select_for_update().filter(code=code).first() or Place(code=code)
    if place.pk and all(getattr(place, field) == value for field, value in wanted.items()):
        return place
    action = "directory.place_changed" if place.pk else "directory.place_added"
    for field, value in wanted.items():
        setattr(place, field, value)
    place.save()
    audit.record(actor=by, action=action, subject=f"place:{code}", name=name, kind=kind)
    return place


@transaction.atomic
def create_user(*, username: str, label: str, password: str, by: User | None) -> User:
    """Make an account whose password must be changed at the first sign-in.

    Raises NameTaken, or GrantInvalid with the reasons when the password is too weak.
    """
    if User.objects.filter(username=username).exists():
        raise NameTaken(_("The user name “%(name)s” is taken.") % {"name": username})
    try:
        validate_password(password)
    except ValidationError as problem:
        raise GrantInvalid(" ".join(problem.messages)) from problem
    user = User.objects.create_user(username, password, label=label)
    audit.record(actor=by, action="directory.user_created", subject=f"user:{username}")
    return user


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    where: Place | Organisation,
    period: Period,
    reason: str,
    by: User | None,
) -> Grant:
    """Give a user a role in a place or an organisation. Nobody grants to themself."""
    if by is not None and by.pk == user.pk:
        raise GrantInvalid(_("Nobody grants a role to themself. Ask another administrator."))
    grant = Grant.objects.create(
        user=user,
        role=role,
        place=where if isinstance(where, Place) else None,
        organisation=where if isinstance(where, Organisation) else None,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        reason=reason,
        granted_by=by,
    )
    audit.record(
        actor=by,
        action="directory.role_granted",
        subject=f"user:{user.username}",
        role=role,
        where=where.code if isinstance(where, Place) else where.pk,
    )
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, by: User, on: date) -> Grant:
    """End a grant from a day on; what was done under it stays."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if grant.ends_on is not None and grant.ends_on <= on:
        raise GrantInvalid(_("This grant has ended already."))
    grant.ends_on = max(on, grant.starts_on)
    grant.save(update_fields=["ends_on"])
    audit.record(
        actor=by,
        action="directory.grant_ended",
        subject=f"user:{grant.user.username}",
        role=grant.role,
    )
    return grant
