"""What paying people needs beside certificates and posts: leave, accounts, deaths. Facts on two axes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext_lazy as _

from huiju.kernel.encrypted import EncryptedTextField
from huiju.registry.enums import LeaveKind
from huiju.registry.models.people import Fact, Person, PersonRange

STAMPS = {"fact", "recorded_at", "superseded_at", "voided", "source", "recorded_by"}
CURRENT = Q(superseded_at=None, voided=False)


def versions_in_order(one: str, several: str) -> list[BaseConstraint]:
    """What holds for the versions of any fact: one is current, and none ends before it was recorded."""
    return [
        models.UniqueConstraint(
            fields=["fact"], condition=Q(superseded_at=None), name=f"one_current_version_per_{one}"
        ),
        models.CheckConstraint(
            condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
            name=f"{several}_are_superseded_after_they_were_recorded",
        ),
    ]


def days_column() -> models.GeneratedField:
    """The days from `starts_on` (in) to `ends_on` (out) as a range, kept by the database."""
    days = Func("starts_on", "ends_on", function="daterange", output_field=DateRangeField())
    return models.GeneratedField(expression=days, output_field=DateRangeField(), db_persist=True)


class Leave(Fact):
    """Days on which a person in post does not count for pay. Leaves of one person never overlap."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="leaves")
    kind = models.CharField(_("Kind of leave"), max_length=12, choices=LeaveKind)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    days = days_column()

    class Privacy:
        personal = {"person", "kind", "reason"}
        open = STAMPS | {"starts_on", "ends_on", "days"}

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            *versions_in_order("leave", "leaves"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="leaves_end_after_they_start",
            ),
            ExclusionConstraint(
                name="leaves_of_one_person_do_not_overlap",
                expressions=[(PersonRange("person"), "&&"), ("days", "&&")],
                condition=CURRENT,
            ),
        ]
        indexes = [
            models.Index(fields=["person", "starts_on"], name="leaves_by_person"),
            models.Index(fields=["source"], name="leaves_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"


class BankAccount(Fact):
    """Where a person's money goes on a span of days: one account per person and day.

    The number is encrypted; equal numbers share a keyed digest. An account that somebody else has
    too is kept only with `shared_reason`.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    bank = models.CharField(_("Bank"), max_length=60)
    branch = models.CharField(_("Branch"), max_length=120, blank=True)
    number = EncryptedTextField(_("Account number"))
    number_digest = models.CharField(max_length=64)
    masked = models.CharField(_("Account number"), max_length=28)
    holder = models.CharField(_("Account holder"), max_length=60)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    days = days_column()
    shared_reason = models.CharField(_("Reason for a shared account"), max_length=200, blank=True)

    class Privacy:
        personal = {
            *("person", "bank", "branch", "number", "number_digest", "masked"),
            *("holder", "shared_reason", "reason"),
        }
        open = STAMPS | {"starts_on", "ends_on", "days"}

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            *versions_in_order("account", "accounts"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="accounts_end_after_they_start",
            ),
            ExclusionConstraint(
                name="one_account_per_person_and_day",
                expressions=[(PersonRange("person"), "&&"), ("days", "&&")],
                condition=CURRENT,
            ),
            models.UniqueConstraint(
                fields=["number_digest"],
                condition=CURRENT & Q(ends_on=None, shared_reason=""),
                name="open_accounts_are_shared_only_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "starts_on"], name="accounts_by_person"),
            models.Index(fields=["number_digest"], name="accounts_by_number"),
            models.Index(fields=["source"], name="accounts_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.masked}"


class Death(Fact):
    """That a person died on a day. From that day on no post counts for pay."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="deaths")
    died_on = models.DateField(_("Died on"))
    register = models.CharField(_("Register"), max_length=60, blank=True)
    evidence = models.CharField(_("Evidence"), max_length=200)

    class Privacy:
        personal = {"person", "died_on", "register", "evidence", "reason"}
        open = STAMPS

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            *versions_in_order("death", "deaths"),
            models.UniqueConstraint(
                fields=["person"], condition=CURRENT, name="one_death_per_person"
            ),
        ]
        indexes = [models.Index(fields=["source"], name="deaths_by_source")]

    def __str__(self) -> str:
        return f"{self.died_on}"
