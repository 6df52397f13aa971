"""Simulations that were kept: what was asked, and what the answer was then."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.models.schemes import Scheme
from huiju.directory.models import Place, User


class Scenario(models.Model):
    """A what-if question under a name, for all who simulate in a place.

    `asked` is the question as a scenario file has it (`rules.whatif`). `total_fen`, `before_fen` and `digest`
    are the answer for the districts of the place from the facts as known at `known_at`.
    """

    name = models.CharField(_("Name of the simulation"), max_length=80)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="scenarios")
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Kept for"))
    asked = models.JSONField()
    total_fen = models.BigIntegerField(_("Cost when saved"))
    before_fen = models.BigIntegerField(_("Cost unchanged"))
    digest = models.CharField(max_length=64)
    known_at = models.DateTimeField(_("Facts as known"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("By"))
    made_at = models.DateTimeField(_("Saved"))

    class Privacy:
        personal: set[str] = set()
        open = {
            *("name", "scheme", "place", "asked", "total_fen", "before_fen", "digest"),
            *("known_at", "made_by", "made_at"),
        }

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name"], name="one_simulation_per_place_and_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="simulations_have_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
