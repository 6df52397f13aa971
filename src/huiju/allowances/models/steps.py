"""The trail of a run: who took which step, when, and over which lines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import SIGNING, Step
from huiju.allowances.models.runs import Run
from huiju.directory.models import User


class RunStep(models.Model):
    """One step of a run in one of its rounds. Steps are only ever added (migrations/0005).

    `digest` is the hex SHA-256 of the run's lines as they were when the step was taken.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps")
    round = models.PositiveSmallIntegerField(_("Round"))
    step = models.CharField(_("What was done"), max_length=10, choices=Step)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("By"))
    at = models.DateTimeField(_("When"))
    digest = models.CharField(_("Digest of the lines"), max_length=64)
    note = models.CharField(_("Opinion"), max_length=500, blank=True)

    class Privacy:
        personal = {"note"}
        open = {"run", "round", "step", "by", "at", "digest"}

    class Reach:
        parent = "run"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "round", "step"], name="one_step_of_a_kind_per_run_and_round"
            ),
            models.UniqueConstraint(
                fields=["run", "round", "by"],
                condition=Q(step__in=SIGNING),
                name="nobody_signs_a_run_twice",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex="^[0-9a-f]{64}$"), name="steps_name_what_they_were_over"
            ),
            models.CheckConstraint(
                condition=~Q(step="returned") | ~Q(note=""), name="returned_runs_say_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.get_step_display()}"
