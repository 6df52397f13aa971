"""What was published: the values, and for each the records it was counted from."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import Place, User
from huiju.statistics.enums import PublicationKind, Unit


class Publication(models.Model):
    """Figures of one day, published together; a bulletin also has a text. It never changes.

    `known_at` is the instant whose knowledge the figures show. A correction is a new edition.
    """

    kind = models.CharField(_("Kind"), max_length=10, choices=PublicationKind)
    title = models.CharField(_("Title"), max_length=120)
    on = models.DateField(_("Date of the figures"))
    edition = models.PositiveSmallIntegerField(_("Edition"), default=1)
    known_at = models.DateTimeField(_("As known at"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Place"))
    body = models.JSONField(_("Text"), null=True, blank=True, encoder=DjangoJSONEncoder)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, verbose_name=_("Published by")
    )
    published_at = models.DateTimeField(_("Published"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "place", "on", "edition"],
                name="one_publication_per_kind_place_day_and_edition",
            )
        ]

    def __str__(self) -> str:
        return self.title


class FigureValueQuerySet(models.QuerySet[Any]):
    """Filters of published values."""

    def of_the_whole(self, code: str) -> "FigureValueQuerySet":
        """Values of a figure for the whole city, without filters."""
        return self.filter(code=code, filters={})


class FigureValue(models.Model):
    """One published number: which figure, by which definition version, of which day and part."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="values")
    code = models.CharField(_("Figure"), max_length=60)
    version = models.PositiveSmallIntegerField(_("Version of the definition"))
    on = models.DateField(_("Date"))
    filters = models.JSONField(_("Filters"), default=dict, blank=True)
    value = models.BigIntegerField(_("Value"))
    unit = models.CharField(_("Unit"), max_length=12, choices=Unit)

    objects = FigureValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "code", "on", "filters"],
                name="one_value_per_figure_day_and_filters_of_a_publication",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.on} {self.value}"


class FigureSource(models.Model):
    """The records behind a published number: their keys in order, and the digest of these keys."""

    figure_value = models.OneToOneField(FigureValue, models.PROTECT, related_name="source")
    place = models.ForeignKey(Place, models.PROTECT)
    definition = models.TextField(_("Definition"))
    digest = models.CharField(_("Digest of the record keys"), max_length=64)
    keys = ArrayField(models.BigIntegerField(), verbose_name=_("Record keys"))

    class Privacy:
        personal = {"keys"}
        open = {"figure_value", "place", "definition", "digest"}

    class Reach:
        place = "place"

    def __str__(self) -> str:
        return self.digest[:12]


class FactChange(models.Model):
    """Changes of a fact table, noted by triggers in the transaction that makes them.

    A snapshot's version of a fact table is the sum of `changes` it sees. Snapshots of one server see
    sets of transactions each of which contains the one before, so equal sums mean equal facts. Rows
    are only added; compaction puts a sum in the place of many.
    """

    fact = models.CharField(max_length=40, db_index=True)
    changes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.fact} +{self.changes}"


class KeptFigure(models.Model):
    """A figure of a day by all its dimensions, in numbers, as long as its facts have not changed.

    `cells` are rows of parts in the order of the figure's dimensions, value and number of records.
    `release` and `structure` tell the code and the views it was computed by, `reads` and `version`
    the fact tables and their changes at that moment.
    """

    code = models.CharField(max_length=60)
    on = models.DateField()
    place = models.ForeignKey(Place, models.PROTECT)
    release = models.CharField(max_length=64)
    structure = models.BigIntegerField()
    reads = ArrayField(models.CharField(max_length=40))
    version = models.BigIntegerField()
    cells = models.JSONField()
    computed_at = models.DateTimeField()

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "on"], name="one_kept_figure_per_code_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.on}"
