"""The runs of a scheme by district and month, and the lines a run posts."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import AFTER_APPROVAL, FROM_NOTICE, RunState
from huiju.allowances.models.schemes import Scheme
from huiju.directory.models import Place, User
from huiju.kernel.periods import Month
from huiju.policies.models import ParameterValue
from huiju.registry.enums import Level
from huiju.registry.models import Certificate, Person, Post


class RunQuerySet(models.QuerySet[Any]):
    """Filters on runs."""

    def current(self) -> Self:
        """The runs that were not computed again."""
        return self.exclude(state=RunState.REPLACED)


class Run(models.Model):
    """One computation of a scheme's month in one district, from the facts as known at an instant.

    Computing the same month again makes the next revision and replaces this one. A run that is returned
    for correction is a draft again, in its next round.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="runs")
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("District"))
    month = models.DateField(_("Month"))
    revision = models.PositiveSmallIntegerField(_("Revision"))
    state = models.CharField(_("State"), max_length=10, choices=RunState, default=RunState.DRAFT)
    round = models.PositiveSmallIntegerField(_("Round"), default=1)
    known_at = models.DateTimeField(_("Facts as known at"))
    computed_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("Computed by"))
    computed_at = models.DateTimeField(_("Computed"))
    replaced_at = models.DateTimeField(_("Replaced"), null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Privacy:
        personal: set[str] = set()
        open = {
            "scheme",
            "place",
            "month",
            "revision",
            "state",
            "round",
            "known_at",
            "computed_by",
            "computed_at",
            "replaced_at",
        }

    class Reach:
        place = "place"
        about = "allowances.RunLine.run"
        about_if = "state", tuple(state.value for state in FROM_NOTICE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "place", "month", "revision"],
                name="one_run_per_scheme_place_month_and_revision",
            ),
            models.UniqueConstraint(
                fields=["scheme", "place", "month"],
                condition=~Q(state="replaced"),
                name="one_current_run_per_scheme_place_and_month",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="runs_are_for_a_month"),
            models.CheckConstraint(
                condition=Q(state="replaced", replaced_at__isnull=False)
                | ~Q(state="replaced") & Q(replaced_at=None),
                name="replaced_runs_say_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.place} {Month.of(self.month)}"

    @property
    def has_payments(self) -> bool:
        """Whether it was approved: its payments are made then."""
        return self.state in AFTER_APPROVAL


class RunLine(models.Model):
    """What a run posts to a person for a month: the difference between what is due and what was posted.

    The references name the versions of the facts and of the rate that were used; they are null, like level
    and steps, where nothing is due any more. Steps: see `rules.shapes.monthly_by_level`.
    """

    # A run writes a line for everybody: its references are checked in bulk (kernel/bulkreferences.py), and
    # only what lines are looked for by has an index. Lines of a run are found by their unique key.
    run = models.ForeignKey(
        Run, models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="allowance_lines", db_constraint=False
    )
    month = models.DateField(_("For the month"))
    place = models.ForeignKey(
        Place, models.PROTECT, verbose_name=_("District"), db_constraint=False, db_index=False
    )
    level = models.CharField(_("Level"), max_length=12, choices=Level, blank=True)
    counted_on = models.DateField(_("Deciding day"), null=True)
    certificate = models.ForeignKey(
        Certificate,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    rate = models.ForeignKey(
        ParameterValue,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    step_days = models.PositiveSmallIntegerField(null=True)
    step_month_days = models.PositiveSmallIntegerField(null=True)
    step_rate_fen = models.BigIntegerField(null=True)
    step_parts = models.PositiveSmallIntegerField(null=True)
    step_fen_days = models.BigIntegerField(null=True)
    step_due_fen = models.BigIntegerField(_("Due"))
    step_posted_fen = models.BigIntegerField(_("Posted before"))
    amount_fen = models.BigIntegerField(_("Amount"))

    class Privacy:
        personal = {"person"}
        open = {
            "run",
            "month",
            "place",
            "level",
            "counted_on",
            "certificate",
            "post",
            "rate",
            "step_days",
            "step_month_days",
            "step_rate_fen",
            "step_parts",
            "step_fen_days",
            "step_due_fen",
            "step_posted_fen",
            "amount_fen",
        }

    class Reach:
        place = "place"
        person = "person"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person", "month"], name="one_line_per_run_person_and_month"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen=F("step_due_fen") - F("step_posted_fen")),
                name="lines_are_what_is_due_less_what_was_posted",
            ),
            models.CheckConstraint(
                condition=~Q(amount_fen=0) & Q(step_due_fen__gte=0),
                name="lines_post_something",
            ),
            models.CheckConstraint(
                condition=Q(step_due_fen=0)
                | Q(certificate__isnull=False, post__isnull=False, rate__isnull=False),
                name="what_is_due_names_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {Month.of(self.month)}"

    @property
    def is_correction(self) -> bool:
        """Whether the line is for an earlier month than its run's."""
        return bool(self.month != self.run.month)
