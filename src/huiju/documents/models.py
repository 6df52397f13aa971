"""Files the office keeps: what they are, how long, and who may read them.

The bytes lie in the instance's folder of files under their SHA-256; equal content is kept once.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import Organisation, Place


class RetentionClass(models.Model):
    """How long a kind of record is kept, and by which law. Years null: for good."""

    code = models.CharField(_("Code"), max_length=30)
    title = models.CharField(_("Kind of record"), max_length=80)
    years = models.PositiveSmallIntegerField(_("Years kept"), null=True, blank=True)
    basis = models.CharField(_("Legal basis"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_retention_class_per_code")
        ]

    def __str__(self) -> str:
        return self.title


class StoredFile(models.Model):
    """A file as its keeper filed it. Its place reads it; so does everybody once it is opened."""

    digest = models.CharField("SHA-256", max_length=64, db_index=True)
    name = models.CharField(_("File name"), max_length=200)
    media_type = models.CharField(_("Media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("Bytes"))
    retention = models.ForeignKey(RetentionClass, models.PROTECT, verbose_name=_("Retention"))
    kept_until = models.DateField(_("Kept until"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Place"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(_("Stored"))

    class Privacy:
        personal = {"name"}
        open = {
            "digest",
            "media_type",
            "size",
            "retention",
            "kept_until",
            "place",
            "organisation",
            "stored_by",
            "stored_at",
        }

    class Reach:
        place = "place"
        organisation = "organisation"
        through = "documents.OpenFile.file"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_files_are_not_empty")
        ]

    def __str__(self) -> str:
        return self.name


class OpenFile(models.Model):
    """A stored file that everybody may read: the text of a policy, a form, a public notice."""

    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="opening")

    def __str__(self) -> str:
        return str(self.file)
