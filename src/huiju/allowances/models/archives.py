"""The papers of a run as they were when it was archived."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiju.allowances.models.runs import Run
from huiju.kernel.encrypted import EncryptedTextField


class Archive(models.Model):
    """The list of an archived run as PDF, sealed (base64 under the seal). It never changes.

    `digest` is the hex SHA-256 of the bytes. Who archived it and when is the run's last step.
    """

    run = models.OneToOneField(Run, models.PROTECT, related_name="archive")
    name = models.CharField(_("File name"), max_length=120)
    digest = models.CharField("SHA-256", max_length=64)
    content = EncryptedTextField()

    class Privacy:
        personal = {"content"}
        open = {"run", "name", "digest"}

    class Reach:
        parent = "run"

    def __str__(self) -> str:
        return self.name
