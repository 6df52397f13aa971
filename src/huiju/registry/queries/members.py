"""Whose file a record is part of, now and as believed at an instant."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from huiju.registry.models import Merge, Person

# The key of the file a fact counts for; the fact itself stays with the record it was stated for.
FILE = Coalesce(F("person__survivor"), F("person"))


def members_at(person: Person, *, known_at: datetime) -> list[int]:
    """The records that were believed at an instant to make up a person's file, this one first."""
    found, frontier = [person.pk], [person.pk]
    while frontier:
        rows = Merge.objects.known_at(known_at).filter(into_person__in=frontier)
        frontier = list(rows.values_list("from_person", flat=True))
        found += frontier
    return found


def holders(facts: QuerySet[Any]) -> Q:
    """People in whose file one of these facts stands. For facts of records merged away alone.

    Merges are few, so this is asked once beside the condition on people's own facts.
    """
    absorbed = facts.filter(person__survivor__isnull=False)
    return Q(pk__in=absorbed.values("person__survivor"))


def standing_for(people: QuerySet[Person]) -> Q:
    """People who are these records, or whose file these records are part of."""
    absorbed = Person.objects.filter(survivor__isnull=False, pk__in=people.values("pk"))
    return Q(pk__in=people.values("pk")) | Q(pk__in=absorbed.values("survivor"))


def file_key_of(key: int) -> int:
    """The key under which a record is read now: the survivor's, or the same. Old keys keep resolving."""
    survivor = Person.objects.filter(pk=key).values_list("survivor", flat=True).first()
    return survivor or key


def facts_in_files(facts: QuerySet[Any], people: Iterable[Person]) -> QuerySet[Any]:
    """Facts that stand in the files of people, each with `file`, the key of its file."""
    records = Person.objects.in_files_of(people)
    rows: QuerySet[Any] = facts.filter(person__in=records.values("pk")).annotate(file=FILE)
    return rows
