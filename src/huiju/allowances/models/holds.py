"""Holds: people for whom nothing is computed for a while."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.models.notices import Objection
from huiju.allowances.models.schemes import Scheme
from huiju.directory.models import User
from huiju.registry.models import Person


class Hold(models.Model):
    """While the run's day lies in [starts_on, ends_on) nothing is computed for the person.

    Known from `placed_at` on. Lifting it ends this version (`replaced_at`) and adds one with an end, so that
    what was known at any instant stays known.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="allowance_holds")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="holds")
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    objection = models.ForeignKey(
        Objection, models.PROTECT, null=True, blank=True, related_name="holds"
    )
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("By"))
    placed_at = models.DateTimeField(_("Placed"))
    replaced_at = models.DateTimeField(_("Replaced"), null=True, blank=True)

    class Privacy:
        personal = {"person", "reason"}
        open = {
            *("scheme", "starts_on", "ends_on", "objection"),
            *("placed_by", "placed_at", "replaced_at"),
        }

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="holds_end_after_they_start",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="holds_say_why"),
            models.UniqueConstraint(
                fields=["person", "scheme"],
                condition=Q(ends_on=None, replaced_at=None),
                name="one_open_hold_per_person_and_scheme",
            ),
        ]
        indexes = [models.Index(fields=["scheme", "starts_on"], name="holds_by_scheme")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.starts_on}"
