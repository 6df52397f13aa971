"""Reads of the audit trail: who did what to which thing, and the log for outsiders."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet, Subquery

from huiju.audit.models import Event, Link
from huiju.audit.verifier import GENESIS, canonical
from huiju.kernel.clock import CITY_ZONE

CHUNK = 5000


def reference(thing: models.Model | str) -> str:
    """How an event names a thing: "registry.Person:17"; a text stands for itself."""
    return thing if isinstance(thing, str) else f"{thing._meta.label}:{thing.pk}"


def events_about(subject: models.Model | str) -> QuerySet[Event]:
    """What was done to a thing, unordered."""
    return Event.objects.filter(subject=reference(subject))


def events_by(actor: models.Model | str) -> QuerySet[Event]:
    """What an actor did, unordered."""
    return Event.objects.filter(actor=reference(actor))


def head() -> tuple[int, str]:
    """Sequence number and digest of the newest link; number 0 before the first event."""
    newest = Link.objects.order_by("-seq").values_list("seq", "digest").first()
    return newest or (0, GENESIS)


def log_lines(*, since: date, until: int | None = None) -> Iterator[bytes]:
    """The exported log, a line an event, from the first event of the first day not before `since`.

    It ends with sequence number `until`, or with the newest event.
    """
    first = Link.objects.filter(day__gte=since).order_by("seq").values_list("seq", flat=True)[:1]
    links = Link.objects.filter(seq__gte=Subquery(first)).select_related("event").order_by("seq")
    if until is not None:
        links = links.filter(seq__lte=until)
    for link in links.iterator(CHUNK):
        yield canonical(_line(link)) + b"\n"


def _line(link: Link) -> dict[str, Any]:
    event = link.event
    return {
        "seq": link.seq,
        "at": event.at.astimezone(CITY_ZONE).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
        "previous": link.previous,
        "previous_day": link.previous_day and link.previous_day.isoformat(),
        "digest": link.digest,
    }
