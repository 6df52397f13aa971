"""Out of which budget lines a scheme is paid in a district and a year."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.models.schemes import Scheme
from huiju.budgets.models import Line, Payer, Split
from huiju.directory.models import Place, User


class Funding(models.Model):
    """Who pays a scheme in a district in a budget year, as entered; another entry replaces it.

    `split` null: one line pays everything. `assumption` says what no source settles; it is shown wherever
    the funding is.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="fundings")
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("District"))
    year = models.PositiveSmallIntegerField(_("Fiscal year"))
    split = models.ForeignKey(
        Split, models.PROTECT, null=True, blank=True, verbose_name=_("Sharing plan")
    )
    assumption = models.TextField(_("Assumption"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("Recorded"))
    replaced_at = models.DateTimeField(_("Replaced"), null=True, blank=True)

    class Privacy:
        personal: set[str] = set()
        open = {
            *("scheme", "place", "year", "split", "assumption"),
            *("recorded_by", "recorded_at", "replaced_at"),
        }

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "place", "year"],
                condition=Q(replaced_at=None),
                name="one_funding_per_scheme_place_and_year",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2200), name="fundings_are_for_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.place} {self.year}"


class FundingLine(models.Model):
    """The budget line out of which one payer pays its part."""

    funding = models.ForeignKey(Funding, models.PROTECT, related_name="lines")
    payer = models.ForeignKey(Payer, models.PROTECT, related_name="+", verbose_name=_("Payer"))
    line = models.ForeignKey(Line, models.PROTECT, related_name="+", verbose_name=_("Budget line"))

    class Privacy:
        personal: set[str] = set()
        open = {"funding", "payer", "line"}

    class Reach:
        parent = "funding"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["funding", "payer"], name="one_line_per_funding_and_payer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.line}"
