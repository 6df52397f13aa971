"""Schemes, their runs by district and month, and the lines a run posts."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import (
    Effect,
    Granularity,
    LevelPick,
    MonthRule,
    RunState,
    Shape,
)
from huiju.directory.models import Place, User
from huiju.kernel.periods import Month
from huiju.policies.enums import Confidence
from huiju.policies.models import Document, ParameterValue
from huiju.registry.enums import EmployerKind, Level
from huiju.registry.models import Certificate, Person, Post


class Scheme(models.Model):
    """A monthly allowance as its policy settles it. A changed method is a new scheme; this one ends.

    The rate of a level is the parameter `rate_code` + "." + level. `recovery_pct` null lets payments be
    negative. `unknowns` says, for its readers, what no source settles and how it is filled meanwhile.
    """

    code = models.CharField(_("Code"), max_length=40)
    name = models.CharField(_("Scheme"), max_length=80)
    shape = models.CharField(_("Way of computing"), max_length=30, choices=Shape)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Applies in"))
    first_month = models.DateField(_("First month"))
    last_month = models.DateField(_("Last month"), null=True, blank=True)
    employer_kinds = models.JSONField(_("Kinds of employers"))
    rate_code = models.CharField(_("Rate parameter"), max_length=60)
    granularity = models.CharField(_("What is paid"), max_length=10, choices=Granularity)
    month_rule = models.CharField(_("Which months count"), max_length=10, choices=MonthRule)
    rule_day = models.PositiveSmallIntegerField(default=1)
    rule_days = models.PositiveSmallIntegerField(default=1)
    level_pick = models.CharField(_("Deciding day"), max_length=10, choices=LevelPick)
    cert_effect = models.CharField(_("A certificate counts"), max_length=10, choices=Effect)
    post_effect = models.CharField(_("A post counts"), max_length=10, choices=Effect)
    lookback_months = models.PositiveSmallIntegerField(
        _("Months looked back"), null=True, blank=True
    )
    recovery_pct = models.PositiveSmallIntegerField(_("Share set off"), null=True, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name=_("Document it rests on")
    )
    confidence = models.CharField(_("Confidence"), max_length=1, choices=Confidence)
    unknowns = models.TextField(_("What no source settles"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_scheme_per_code"),
            models.CheckConstraint(
                condition=Q(first_month__day=1) & (Q(last_month=None) | Q(last_month__day=1)),
                name="schemes_last_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(last_month=None) | Q(last_month__gte=F("first_month")),
                name="schemes_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(recovery_pct=None) | Q(recovery_pct__lte=100),
                name="schemes_set_off_at_most_everything",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def rate_parameter(self, level: str) -> str:
        """The code of the parameter that holds a level's rate."""
        return f"{self.rate_code}.{level}"

    @property
    def kinds_shown(self) -> str:
        return "、".join(str(EmployerKind(kind).label) for kind in self.employer_kinds)


class RunQuerySet(models.QuerySet[Any]):
    """Filters on runs."""

    def current(self) -> Self:
        """The runs that were not computed again."""
        return self.exclude(state=RunState.REPLACED)


class Run(models.Model):
    """One computation of a scheme's month in one district, from the facts as known at an instant.

    Computing the same month again makes the next revision and replaces this one.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="runs")
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("District"))
    month = models.DateField(_("Month"))
    revision = models.PositiveSmallIntegerField(_("Revision"))
    state = models.CharField(_("State"), max_length=10, choices=RunState, default=RunState.DRAFT)
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
            "known_at",
            "computed_by",
            "computed_at",
            "replaced_at",
        }

    class Reach:
        place = "place"

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


class RunLine(models.Model):
    """What a run posts to a person for a month: the difference between what is due and what was posted.

    The references name the versions of the facts and of the rate that were used; they are null, like level
    and steps, where nothing is due any more. Steps: see `rules.shapes.monthly_by_level`.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="lines")
    person = models.ForeignKey(Person, models.PROTECT, related_name="allowance_lines")
    month = models.DateField(_("For the month"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("District"))
    level = models.CharField(_("Level"), max_length=12, choices=Level, blank=True)
    counted_on = models.DateField(_("Deciding day"), null=True)
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    rate = models.ForeignKey(ParameterValue, models.PROTECT, null=True, related_name="+")
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
