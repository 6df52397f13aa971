"""Events that are final, and the chain that shows when one was touched."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something somebody did or was refused. It is written once and never changed.

    `actor` and `subject` are references in text ("directory.User:7"), so that an event needs no
    other table and outlives what it speaks of; they and `detail` hold keys and codes, never names.
    """

    at = models.DateTimeField(_("Time"), db_index=True)
    actor = models.CharField(_("Actor"), max_length=100, db_index=True)
    action = models.CharField(_("Action"), max_length=80, db_index=True)
    subject = models.CharField(_("Subject"), max_length=200, db_index=True)
    detail = models.JSONField(_("Detail"), default=dict)

    class Privacy:
        personal: set[str] = set()
        open = {"at", "actor", "action", "subject", "detail"}

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Link(models.Model):
    """An event's place in the chain. The database itself adds it when the event is committed.

    `digest` is SHA-256 over the event's line in the exported log, which holds the digest before.
    `day` is the latest day up to this event, `previous_day` the latest day before it: so a log
    exported since a day shows by its first line that nothing of that day is missing.
    """

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="link")
    previous = models.CharField(max_length=64)
    previous_day = models.DateField(null=True)
    day = models.DateField(db_index=True)
    digest = models.CharField(max_length=64)

    class Privacy:
        personal: set[str] = set()
        open = {"seq", "event", "previous", "previous_day", "day", "digest"}

    def __str__(self) -> str:
        return str(self.seq)
