"""What paying somebody rests on beside certificate and post, as believed at an instant."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from huiju.registry.models import Death, Leave, Person
from huiju.registry.queries.members import members_at


@dataclass(frozen=True)
class Absence:
    """Leaves that touch a span of days, by their first day, and the death, as believed at an instant."""

    leaves: list[Leave]
    death: Death | None


def absence_of(person: Person, *, starts_on: date, ends_on: date, known_at: datetime) -> Absence:
    """What keeps days from `starts_on` (in) to `ends_on` (out) of a person from counting."""
    open_or_later = Q(ends_on=None) | Q(ends_on__gt=starts_on)
    records = members_at(person, known_at=known_at)
    leaves = Leave.objects.known_at(known_at).filter(open_or_later, starts_on__lt=ends_on)
    deaths = Death.objects.known_at(known_at).filter(died_on__lt=ends_on)
    return Absence(
        leaves=list(leaves.filter(person__in=records).order_by("starts_on", "pk")),
        death=deaths.filter(person__in=records).order_by("died_on", "pk").first(),
    )
