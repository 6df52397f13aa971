"""What can be done to places, organisations, users and grants."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

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
class Appointment:
    """A role somewhere for a time, and why."""

    role: str
    where: Place | Organisation
    period: Period
    reason: str


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
def open_account(
    *, username: str, label: str, password: str, first: Appointment, by: User | None
) -> User:
    """Make an account together with its first role, or neither.

    Raises what `create_user` and `grant_role` raise.
    """
    user = create_user(username=username, label=label, password=password, by=by)
    appoint(user=user, appointment=first, by=by)
    return user


@transaction.atomic
def reset_password(*, user: User, by: User | None) -> str:
    """Replace a forgotten password by a one-time password, which is returned and kept nowhere.

    Sessions opened with the old one end. Without `by` it is done at the machine, as where the only
    administrator forgot theirs. Raises NotPermitted.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None:
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
        may_grant(by, user, where).require()
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


def appoint(*, user: User, appointment: Appointment, by: User | None) -> Grant:
    """`grant_role`, from values that travel together."""
    return grant_role(
        user=user,
        role=appointment.role,
        where=appointment.where,
        period=appointment.period,
        reason=appointment.reason,
        by=by,
    )


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
    where: Any = grant.place or grant.organisation
    may_grant(by, grant.user, where).require()
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


@dataclass(frozen=True)
class Stated:
    """An organisation after a statement: whether it was on file before, and which fields changed."""

    organisation: Organisation
    was_known: bool
    changed: set[str]


@transaction.atomic
def state_organisation(*, stated: OrganisationStatement, by: User | None) -> Stated:
    """Add an organisation, or bring the one with this credit code or name to what is stated.

    A name is looked for, also among other names, in the district of the place and among those of
    the whole city. One renamed under its credit code keeps the former name among the others.
    Equal again: no change.
    Raises CreditCodeInvalid or OrganisationConflict.
    """
    if stated.uscc and not is_credit_code(stated.uscc):
        raise CreditCodeInvalid(
            _("“%(code)s” is not a unified social credit code: its check character is wrong.")
            % {"code": stated.uscc}
        )
    known = _organisation_meant(stated)
    organisation = known or Organisation(name=plain(stated.name))
    changed = _bring_to(organisation, stated)
    if changed:
        organisation.save()
        action = "directory.organisation_changed" if known else "directory.organisation_added"
        audit.record(actor=by, action=action, subject=organisation, fields=sorted(changed))
    return Stated(organisation, known is not None, changed)


def _organisation_meant(stated: OrganisationStatement) -> Organisation | None:
    """The organisation of the credit code, else the one of this name in the place's district.

    Raises OrganisationConflict. Must run in a transaction: what is found is held.
    """
    organisations = Organisation.objects.select_for_update().order_by("pk")
    if stated.uscc and (same_code := organisations.filter(uscc=stated.uscc).first()):
        return same_code
    name = plain(stated.name)
    inside = queries.district_of(stated.place) or stated.place
    found = organisations.filter(
        Q(name=name) | Q(aliases__contains=[name]),
        Q(place__path__startswith=inside.path) | Q(place__kind=PlaceKind.CITY),
    ).first()
    if found and stated.uscc and found.uscc:
        raise OrganisationConflict(
            _("“%(name)s” is on file under the credit code %(code)s. Check the code.")
            % {"name": name, "code": found.uscc}
        )
    return found


def _bring_to(organisation: Organisation, stated: OrganisationStatement) -> set[str]:
    """Set what is stated and differs; the names of the fields that changed."""
    name = plain(stated.name) if stated.uscc else organisation.name
    aliases = {*organisation.aliases, *map(plain, stated.aliases), plain(stated.name)}
    aliases |= {organisation.name}
    wanted = {
        "uscc": stated.uscc,
        "name": name,
        "aliases": sorted(aliases - {name}),
        "pinyin": text_reading(name)[:600],
        "kind": stated.kind,
        "field": stated.field,
        "place": stated.place,
        "starts_on": stated.starts_on,
        "ends_on": stated.ends_on,
    }
    is_new = organisation.pk is None
    changed = {
        field: value
        for field, value in wanted.items()
        if value and (is_new or getattr(organisation, field) != value)
    }
    for field, value in changed.items():
        setattr(organisation, field, value)
    return set(changed)
