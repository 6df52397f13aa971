"""Places, organisations, users and what users were granted."""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.directory.enums import ACTIONS, OrganisationKind, PlaceKind, Role
from huiju.kernel import clock


class DatedQuerySet(models.QuerySet[Any]):
    """Rows in force from `starts_on` (in) to `ends_on` (out, or open)."""

    def in_force(self, on: date) -> "DatedQuerySet":
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)


class Place(models.Model):
    """A city, district, street or community by its region code (GB/T 2260 and its extensions).

    Codes are abolished and re-cut, so a place has days of validity and may have a successor.
    `path` lists the codes from the root, each closed by a slash: "350200/350203/".
    """

    code = models.CharField(_("Code"), max_length=12)
    name = models.CharField(_("Name"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=10, choices=PlaceKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=60, db_index=True)
    starts_on = models.DateField(_("Valid from"))
    ends_on = models.DateField(_("Valid until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_place_per_code"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="places_end_after_they_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, other: "Place") -> bool:
        """Whether `other` is this place or lies in it."""
        return other.path.startswith(self.path)


class Organisation(models.Model):
    """An employer, purchaser or provider; known by its unified social credit code where it has one."""

    uscc = models.CharField(_("Unified social credit code"), max_length=18, blank=True)
    name = models.CharField(_("Name"), max_length=120)
    aliases = models.JSONField(_("Other names"), default=list, blank=True)
    pinyin = models.CharField(max_length=600, blank=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=OrganisationKind)
    field = models.CharField(_("Service field"), max_length=40, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Place"))
    starts_on = models.DateField(_("Founded"), null=True, blank=True)
    ends_on = models.DateField(_("Dissolved"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=~Q(uscc=""), name="one_organisation_per_credit_code"
            ),
            models.UniqueConstraint(
                fields=["name", "place"], name="one_organisation_per_name_and_place"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes accounts; Django and allauth ask for it by this shape."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account. It holds no personal data: `label` names the desk, not the human at it."""

    username = models.CharField(_("User name"), max_length=40, unique=True)
    label = models.CharField(_("Desk"), max_length=60)
    is_active = models.BooleanField(_("Active"), default=True)
    must_change_password = models.BooleanField(default=True)
    person_ref = models.BigIntegerField(
        null=True, blank=True, help_text="Key of the registry's person whose own account this is."
    )

    objects = UserManager()

    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.label or self.username

    def grants_on(self, on: date) -> "list[Grant]":
        """Grants in force on a day; asked once per request, so kept on the object."""
        kept: dict[date, list[Grant]] = self.__dict__.setdefault("_grants", {})
        if on not in kept:
            rows = self.grants.in_force(on).select_related("place", "organisation__place")
            kept[on] = list(rows.order_by("pk"))
        return kept[on]

    def holds(
        self, action: str, where: "Place | Organisation | None" = None, on: date | None = None
    ) -> bool:
        """Whether a grant in force on a day allows the action there.

        Without `where`: anywhere. Without `on`: today, because rights act at once.
        """
        return any(grant.allows(action, where) for grant in self.grants_on(on or clock.today()))


class Grant(models.Model):
    """A user has a role in a place or an organisation for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(_("Role"), max_length=14, choices=Role)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place=None, organisation__isnull=False)
                | Q(place__isnull=False, organisation=None),
                name="grants_name_a_place_or_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="grants_end_after_they_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.place or self.organisation}"

    def allows(self, action: str, where: Place | Organisation | None) -> bool:
        if action not in ACTIONS[self.role]:
            return False
        if where is None:
            return True
        if isinstance(where, Organisation):
            return where.pk == self.organisation_id or (
                self.place is not None and self.place.covers(where.place)
            )
        return self.place is not None and self.place.covers(where)
