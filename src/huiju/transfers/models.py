"""Uploads and their judged rows, kept until they are applied or thrown away; and exports."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import Place
from huiju.kernel.encrypted import EncryptedTextField
from huiju.transfers.enums import ExportState, ImportState, Mode, Outcome, Result


class Import(models.Model):
    """One file on its way into the records. `place` is the office that sent it and may see it.

    `as_of` is the day for which the rows are judged and recorded; `unread` are headers of columns
    that mean nothing here. The bytes lie under their digest until the import is thrown away.
    """

    sheet = models.CharField(_("Kind"), max_length=30)
    file_name = models.CharField(_("File"), max_length=200)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(_("Bytes"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Place"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("Imported by")
    )
    at = models.DateTimeField(_("Uploaded"))
    as_of = models.DateField(_("Known on"))
    state = models.CharField(
        _("State"), max_length=10, choices=ImportState, default=ImportState.WAITING
    )
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    unread = ArrayField(models.TextField(), default=list)
    counts = models.JSONField(default=dict)
    results = models.JSONField(default=dict)
    mode = models.CharField(_("Mode"), max_length=10, choices=Mode, blank=True)
    failure = models.CharField(_("Failure"), max_length=300, blank=True)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)

    class Privacy:
        personal = {"file_name"}
        open = {
            "sheet",
            "digest",
            "size",
            "place",
            "by",
            "at",
            "as_of",
            "state",
            "reasons",
            "unread",
            "counts",
            "results",
            "mode",
            "failure",
            "finished_at",
        }

    class Reach:
        place = "place"

    def __str__(self) -> str:
        return self.file_name


class Progress(models.Model):
    """How far a long piece of work on an import is; written outside the work's own transaction."""

    source = models.OneToOneField(Import, models.CASCADE, related_name="progress")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Privacy:
        personal: set[str] = set()
        open = {"source", "done", "total"}

    class Reach:
        parent = "source"

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"


class SealedRows(models.Model):
    """What stands in `ROWS` successive rows of an import: sealed, as `rules.packing` packs it."""

    ROWS = 1000

    source = models.ForeignKey(Import, models.CASCADE, related_name="sealed")
    number = models.PositiveIntegerField()
    content = EncryptedTextField()

    class Privacy:
        personal = {"content"}
        open = {"source", "number"}

    class Reach:
        parent = "source"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"], name="one_sealed_chunk_per_number_and_import"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.number}"


class StagedRow(models.Model):
    """A row of an import, judged; what stands in it lies in `SealedRows`.

    `row` is the number the spreadsheet program shows, `place_in_file` counts over all sheets.
    Rows are written while their import is locked, and imports are never deleted: so no constraint
    looks the import up again for each of 200,000 rows, which took longer than writing them.
    """

    source = models.ForeignKey(
        Import, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    place_in_file = models.PositiveIntegerField()
    sheet_name = models.CharField(_("Sheet"), max_length=120)
    row = models.PositiveIntegerField(_("Row"))
    outcome = models.CharField(_("Outcome"), max_length=10, choices=Outcome)
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    result = models.CharField(_("Result"), max_length=10, choices=Result, blank=True)
    result_reason = models.CharField(max_length=40, blank=True)
    message = models.CharField(_("Message"), max_length=300, blank=True)

    class Privacy:
        personal = {"message"}
        open = {
            "source",
            "place_in_file",
            "sheet_name",
            "row",
            "outcome",
            "reasons",
            "result",
            "result_reason",
        }

    class Reach:
        parent = "source"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "place_in_file"], name="one_staged_row_per_place_in_a_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_name} {self.row}"


class Export(models.Model):
    """A list somebody asked for as a file. Its rows are those its owner saw with that filter."""

    listing = models.CharField(_("List"), max_length=40)
    filters = models.JSONField(_("Filter"), default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("Owner"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Place"))
    asked_at = models.DateTimeField(_("Asked"))
    state = models.CharField(
        _("State"), max_length=10, choices=ExportState, default=ExportState.WAITING
    )
    row_count = models.PositiveIntegerField(_("Rows"), null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)
    failure = models.CharField(_("Failure"), max_length=300, blank=True)

    class Privacy:
        personal = {"filters"}
        open = {
            "listing",
            "owner",
            "place",
            "asked_at",
            "state",
            "row_count",
            "digest",
            "finished_at",
            "failure",
        }

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(row_count__isnull=False) & ~Q(digest="")),
                name="finished_exports_have_a_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.asked_at:%Y-%m-%d}"
