"""What keeps a certificate in force as a profession: registrations, and hours of continuing education."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.registry.enums import CreditItem, Level, RegistrationKind
from huiju.registry.models.pay import CURRENT, STAMPS, days_column, versions_in_order
from huiju.registry.models.people import Fact, Person, PersonRange
from huiju.registry.rules.clocks import hours_in_words

MOST_TENTHS = 4000


class Registration(Fact):
    """That a person's certificate is registered on the days from `starts_on` (in) to `ends_on` (out).

    Registrations of one person never overlap. One that is cancelled ends on the day of that, with the reason.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    kind = models.CharField(_("Kind of registration"), max_length=10, choices=RegistrationKind)
    level = models.CharField(_("Level registered"), max_length=20, choices=Level)
    number = models.CharField(_("Registration number"), max_length=40, blank=True)
    authority = models.CharField(_("Registered with"), max_length=80)
    starts_on = models.DateField(_("Registered on"))
    ends_on = models.DateField(_("Registered until"))
    days = days_column()

    class Privacy:
        personal = {"person", "number", "reason"}
        open = STAMPS | {"kind", "level", "authority", "starts_on", "ends_on", "days"}

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            *versions_in_order("registration", "registrations"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="registrations_end_after_they_start",
            ),
            ExclusionConstraint(
                name="registrations_of_one_person_do_not_overlap",
                expressions=[(PersonRange("person"), "&&"), ("days", "&&")],
                condition=CURRENT,
            ),
        ]
        indexes = [
            models.Index(fields=["person", "starts_on"], name="registrations_by_person"),
            models.Index(fields=["ends_on"], name="registrations_by_end"),
            models.Index(fields=["source"], name="registrations_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"


class Credit(Fact):
    """Hours of continuing education earned on a day, in tenths, with what shows it.

    In which registration period they count, and why not, is worked out (`rules.clocks`), never typed. `evidence` is the
    number of a paper: it gives one person hours once, and nobody else.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="credits")
    item = models.CharField(_("Earned by"), max_length=12, choices=CreditItem)
    title = models.CharField(_("What was learnt"), max_length=120)
    provider = models.CharField(_("Provider"), max_length=80)
    earned_on = models.DateField(_("Earned on"))
    tenths = models.PositiveSmallIntegerField(_("Hours, in tenths"))
    evidence = models.CharField(_("Number of the evidence"), max_length=60)
    basis = models.CharField(_("Rule by which it is recognised"), max_length=120, blank=True)

    class Privacy:
        personal = {"person", "title", "evidence", "reason"}
        open = STAMPS | {"item", "provider", "earned_on", "tenths", "basis"}

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            *versions_in_order("credit", "credits"),
            models.CheckConstraint(
                condition=Q(tenths__gt=0, tenths__lte=MOST_TENTHS),
                name="credits_are_some_hours",
            ),
            models.CheckConstraint(
                condition=~Q(item="recognised") | ~Q(basis=""),
                name="recognised_credits_name_their_rule",
            ),
            models.UniqueConstraint(
                fields=["provider", "evidence"],
                condition=CURRENT,
                name="evidence_gives_hours_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "earned_on"], name="credits_by_person"),
            models.Index(fields=["source"], name="credits_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.earned_on}"

    @property
    def hours(self) -> str:
        """24 or 1.5."""
        return hours_in_words(self.tenths)
