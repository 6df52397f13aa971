"""Schemes: allowances as their policies settle them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule, Shape
from huiju.directory.models import Place
from huiju.policies.enums import Confidence
from huiju.policies.models import Document
from huiju.registry.enums import EmployerKind


class Scheme(models.Model):
    """An allowance as its policy settles it. A changed method is a new scheme; this one ends.

    The rate of a level is the parameter `rate_code` + "." + level. `recovery_pct` null lets payments be
    negative. `terms` are read by `shape_terms.reading.read_terms`; `sources` says of some of them where they
    are written. A null term, like a null `first_month`, is stated to be unknown: no month is computed until `owner`
    has said. `unknowns` says, for its readers, what no source settles and how it is filled meanwhile.
    """

    code = models.CharField(_("Code"), max_length=40)
    name = models.CharField(_("Scheme"), max_length=80)
    shape = models.CharField(_("Way of computing"), max_length=30, choices=Shape)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Applies in"))
    first_month = models.DateField(_("First month"), null=True, blank=True)
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
    terms = models.JSONField(_("Terms of this way of computing"), default=dict, blank=True)
    sources = models.JSONField(_("Where the terms are written"), default=dict, blank=True)
    owner = models.CharField(_("Whom to ask"), max_length=80, blank=True)
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
        """The code of the parameter that holds a level's rate; of a share it is the index, for every level."""
        if self.shape == Shape.INDEX_SHARE:
            return str(self.terms["index"])
        return f"{self.rate_code}.{level}"

    @property
    def pays_monthly(self) -> bool:
        """Whether its rate is an amount a month; else it is paid on a day, or the rate is an index."""
        return self.shape not in (Shape.ONCE_BY_LEVEL, Shape.YEARLY_BY_LEVEL, Shape.INDEX_SHARE)

    @property
    def kinds_shown(self) -> str:
        return "、".join(str(EmployerKind(kind).label) for kind in self.employer_kinds)
