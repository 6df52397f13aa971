"""What can be done to places, organisations, users and grants."""

from dataclasses import dataclass
import secrets
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory import queries
from huiju.directory.enums import ROLE_PLACES, PlaceKind, Role
from huiju.directory.models import Grant, Organisation, Place, User
from huiju.directory.permissions import may_administer, may_grant
from huiju.directory.rules import is_credit_code, plain
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Period
from huiju.kernel.pinyin import text_reading


class PlaceUnknown(DomainError):
    """A place code names no place of this instance."""


class NameTaken(DomainError):
    """A user name is in use."""


class PasswordTooWeak(DomainError):
    """A password is too short, too common or too near the user name."""


class GrantInvalid(DomainError):
    """A grant would not say clearly who may do what where."""


class CreditCodeInvalid(DomainError):
    """A unified social credit code fails its check character."""


class OrganisationConflict(DomainError):
    """A name belongs to an organisation with another credit code."""


@dataclass(frozen=True)
class OrganisationStatement:
    """What is said of an organisation; an empty value states nothing. `starts_on`: founded."""

    name: str
    kind: str
    place: Place
    uscc: str = ""
    aliases: tuple[str, ...] = ()
    field: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


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


def one_time_password() -> str:
    """A password fit to be read out once: three groups of six hexadecimal digits, 72 bits."""
    return "-".join(secrets.token_hex(3) for _group in range(3))


@transaction.atomic
def create_user(*, username: str, label: str, password: str, by: User | None) -> User:
    """Make an account whose password must be changed at the first sign-in.

    Raises NameTaken, or PasswordTooWeak with the reasons.
    """
    if User.objects.filter(username=username).exists():
        raise NameTaken(_("The user name “%(name)s” is taken.") % {"name": username})
    try:
        validate_password(password)
    except ValidationError as problem:
        raise PasswordTooWeak(" ".join(problem.messages)) from problem
    user = User.objects.create_user(username, password, label=label)
    audit.record(actor=by, action="directory.user_created", subject=user)
    return user


@transaction.atomic
def reset_password(*, user: User, by: User) -> str:
    """Replace a forgotten password by a one-time password, which is returned and kept nowhere.

    Sessions opened with the old one end. Raises NotPermitted.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    may_administer(by, user).require()
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record(actor=by, action="directory.password_reset", subject=user)
    return password


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> User:
    """Close an account, or open it again. A closed one signs in nowhere, from the next request.

    Raises NotPermitted.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    may_administer(by, user).require()
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.record(
        actor=by, action=f"directory.user_{'opened' if active else 'closed'}", subject=user
    )
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
    """Give a user a role in a place or an organisation.

    Without `by` the instance itself grants, at the machine. Raises NotPermitted, or GrantInvalid
    where the role does not fit the place, the days or what the user holds already.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None:
        may_grant(by, user, where, period.starts_on).require()
    _check_grant(user, role, where, period)
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
        actor=by, action="directory.role_granted", subject=user, role=role, where=_code(where)
    )
    return grant


def _check_grant(user: User, role: str, where: Place | Organisation, period: Period) -> None:
    """Refuse a grant that is not clear. Whoever hands out rights uses none: MLPS separates them."""
    kind = where.kind if isinstance(where, Place) else "organisation"
    if kind not in ROLE_PLACES[role]:
        raise GrantInvalid(
            _("The role “%(role)s” is not given in “%(where)s”: choose a place of its level.")
            % {"role": Role(role).label, "where": where}
        )
    if period.ends_on is not None and period.ends_on <= period.starts_on:
        raise GrantInvalid(_("A grant ends after it starts."))
    for held in user.grants.select_related("place", "organisation"):
        if not period.overlaps(Period(held.starts_on, held.ends_on)):
            continue
        if held.role == role and where in {held.place, held.organisation}:
            raise GrantInvalid(_("This user holds this role there already in these days."))
        if (held.role == Role.ADMINISTRATOR) != (role == Role.ADMINISTRATOR):
            raise GrantInvalid(
                _("An administrator of accounts holds no other role. Use a second account.")
            )


def _code(where: Place | Organisation) -> str:
    return where.code if isinstance(where, Place) else f"organisation:{where.pk}"


@transaction.atomic
def end_grant(*, grant: Grant, by: User, on: date) -> Grant:
    """End a grant from a day on; what was done under it stays. Raises NotPermitted, GrantInvalid."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    where = grant.place or grant.organisation
    may_grant(by, grant.user, where, on).require()
    if grant.ends_on is not None and grant.ends_on <= on:
        raise GrantInvalid(_("This grant has ended already."))
    grant.ends_on = max(on, grant.starts_on)
    grant.save(update_fields=["ends_on"])
    audit.record(
        actor=by,
        action="directory.grant_ended",
        subject=grant.user,
        role=grant.role,
        where=_code(where),
    )
    return grant
