"""What the nightly watch found: something about money that somebody has to look at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import FINDING_OWNERS, FindingState, Watched
from huiju.directory.enums import Role
from huiju.directory.models import Place, User
from huiju.registry.models import Person


class Finding(models.Model):
    """One cause for concern about one person in one place, kept until the cause is gone.

    `subject` tells causes of a kind apart; of each there is one finding that stands (open or explained).
    `detail` is months, days or yuan, without names. `due_on` is null while nobody has said how many days
    an answer may take. The watch resolves it; people only explain it.
    """

    kind = models.CharField(_("What was found"), max_length=14, choices=Watched)
    subject = models.CharField(max_length=80)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="findings", verbose_name=_("Name of the person")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("District"))
    detail = models.CharField(_("In detail"), max_length=200, blank=True)
    first_seen_at = models.DateTimeField(_("First seen"))
    due_on = models.DateField(_("To be answered by"), null=True, blank=True)
    state = models.CharField(
        _("State"), max_length=10, choices=FindingState, default=FindingState.OPEN
    )
    note = models.CharField(_("Explanation"), max_length=500, blank=True)
    explained_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("By")
    )
    explained_at = models.DateTimeField(_("Explained"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("Resolved"), null=True, blank=True)

    class Privacy:
        personal = {"person", "note", "detail", "subject"}
        open = {
            *("kind", "place", "first_seen_at", "due_on", "state"),
            *("explained_by", "explained_at", "resolved_at"),
        }

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=~Q(state="resolved"),
                name="one_standing_finding_per_kind_and_subject",
            ),
            models.CheckConstraint(
                condition=Q(note="", explained_by=None, explained_at=None)
                | ~Q(note="") & Q(explained_by__isnull=False, explained_at__isnull=False),
                name="explained_findings_say_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False)
                | ~Q(state="resolved") & Q(resolved_at=None),
                name="resolved_findings_say_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="explained") | ~Q(note=""), name="explained_findings_say_why"
            ),
        ]
        indexes = [models.Index(fields=["place", "state"], name="findings_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.place}"

    @property
    def owner(self) -> Role:
        """The role that answers it, in its place."""
        return FINDING_OWNERS[Watched(self.kind)]
