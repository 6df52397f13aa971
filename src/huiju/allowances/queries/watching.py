"""What the nightly watch sees: causes for concern, each set of them from one question to the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from huiju.allowances.enums import Granularity, PaymentState, Watched
from huiju.allowances.models import Finding, Payment
from huiju.allowances.permissions import VIEW
from huiju.directory import queries as directory
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.periods import Month

MONTHS_TOLD = 6
"""Months named in a finding; further ones are counted."""

# What all current lists together grant a human for a month, by scheme and district, as files are merged now.
GRANTED = """
    WITH file AS (SELECT person, survivor FROM person_resolved
                   WHERE known @> %(at)s AND person <> survivor),
         granted AS (
           SELECT coalesce(file.survivor, line.person_id) AS person, run.scheme_id AS scheme,
                  line.place_id AS place, line.month, sum(line.amount_fen) AS fen
             FROM allowances_runline line
             JOIN allowances_run run ON run.id = line.run_id AND run.state <> 'replaced'
             LEFT JOIN file ON file.person = line.person_id
            WHERE NOT EXISTS (SELECT 1 FROM allowances_payment paid
                               WHERE paid.run_id = line.run_id AND paid.person_id = line.person_id
                                 AND paid.state = 'cancelled')
            GROUP BY 1, 2, 3, 4
           HAVING sum(line.amount_fen) > 0)
"""
KNOWN = (
    "fact.recorded_at <= %(at)s AND (fact.superseded_at IS NULL OR fact.superseded_at > %(at)s)"
    " AND NOT fact.voided"
)
DEATHS = f"""{GRANTED},
         died AS (SELECT coalesce(file.survivor, fact.person_id) AS person, min(fact.died_on) AS day
                    FROM registry_death fact LEFT JOIN file ON file.person = fact.person_id
                   WHERE {KNOWN} GROUP BY 1)
    SELECT granted.person, granted.place, granted.month FROM granted JOIN died USING (person)
     WHERE granted.month > died.day ORDER BY 1, 3
"""  # noqa: S608 -- our own names
ENDED = f"""{GRANTED},
         post AS (SELECT coalesce(file.survivor, fact.person_id) AS person, fact.days
                    FROM registry_post fact LEFT JOIN file ON file.person = fact.person_id
                   WHERE {KNOWN})
    SELECT granted.person, granted.place, granted.month FROM granted
     WHERE NOT EXISTS (SELECT 1 FROM post WHERE post.person = granted.person AND post.days
                        && daterange(granted.month, (granted.month + interval '1 month')::date))
     ORDER BY 1, 3
"""  # noqa: S608 -- our own names
TWICE = f"""{GRANTED}
    SELECT person, max(place), month FROM granted JOIN allowances_scheme scheme ON scheme.id = granted.scheme
     WHERE scheme.granularity = %(month)s
     GROUP BY person, scheme, month HAVING count(DISTINCT place) > 1 ORDER BY 1, 3
"""  # noqa: S608 -- our own names
ACCOUNTS = f"""{GRANTED},
         account AS (SELECT coalesce(file.survivor, fact.person_id) AS person, fact.number_digest AS number,
                            fact.masked
                       FROM registry_bankaccount fact LEFT JOIN file ON file.person = fact.person_id
                      WHERE {KNOWN} AND fact.days @> %(on)s::date)
    SELECT DISTINCT one.person, (SELECT max(place) FROM granted WHERE granted.person = one.person), one.masked
      FROM account one JOIN account two ON two.number = one.number AND two.person <> one.person
     WHERE EXISTS (SELECT 1 FROM granted WHERE granted.person = one.person) ORDER BY 1, 3
"""  # noqa: S608 -- our own names
POSTS = f"""{GRANTED},
         post AS (SELECT coalesce(file.survivor, fact.person_id) AS person, fact.days, fact.id,
                         fact.district_id AS district, fact.overlap_reason <> '' AS has_reason
                    FROM registry_post fact LEFT JOIN file ON file.person = fact.person_id
                   WHERE {KNOWN})
    SELECT one.person, max(one.district), max(greatest(lower(one.days), lower(two.days)))
      FROM post one JOIN post two ON two.person = one.person AND two.id > one.id AND two.days && one.days
     WHERE (two.district <> one.district OR NOT (one.has_reason OR two.has_reason))
       AND EXISTS (SELECT 1 FROM granted WHERE granted.person = one.person
                      AND one.days * two.days
                          && daterange(granted.month, (granted.month + interval '1 month')::date))
     GROUP BY one.person ORDER BY 1
"""  # noqa: S608 -- our own names


@dataclass(frozen=True)
class Cause:
    """One cause for concern: about whom (key), where (key of a place), and what tells it apart."""

    kind: Watched
    subject: str
    person: int
    place: int
    detail: str


def findings_visible_to(user: User, *, on: date) -> QuerySet[Finding]:
    """Findings in the places whose lists a user may see. Unordered."""
    inside = directory.held_within(user, VIEW, on=on)
    found: QuerySet[Finding] = Finding.objects.filter(inside)
    return found.select_related("person", "place", "explained_by")


def causes_in_facts(at: datetime) -> list[Cause]:
    """Deaths, ended posts, double grants, shared accounts and double posts, as known at an instant.

    Who died is not reported again as out of post. Needs the whole reach.
    """
    died = list(_by_person(Watched.DEATH, _asked(DEATHS, at)))
    dead = {cause.person for cause in died}
    ended = _by_person(Watched.POST_ENDED, _asked(ENDED, at))
    return [
        *died,
        *[cause for cause in ended if cause.person not in dead],
        *_by_person(Watched.TWO_DISTRICTS, _asked(TWICE, at)),
        *[
            Cause(Watched.ONE_ACCOUNT, f"{person}:{masked}", person, place, masked)
            for person, place, masked in _asked(ACCOUNTS, at)
        ],
        *[
            Cause(Watched.TWO_POSTS, str(person), person, district, since.isoformat())
            for person, district, since in _asked(POSTS, at)
        ],
    ]


def returned_too_long(at: datetime, days_allowed: dict[int, int]) -> list[Cause]:
    """Payments that wait longer than a place allows, since the bank sent them back; by key of the place."""
    today = clock.day_of(at)
    waiting = Payment.objects.filter(state=PaymentState.RETURNED, place__in=days_allowed)
    return [
        Cause(
            Watched.RETURNED,
            str(payment.pk),
            payment.person_id,
            payment.place_id,
            f"{Month.of(payment.month)} · {clock.day_of(payment.changed_at)}",
        )
        for payment in waiting.order_by("pk")
        if clock.day_of(payment.changed_at) + timedelta(days=days_allowed[payment.place_id]) < today
    ]


def _asked(statement: str, at: datetime) -> list[Any]:
    given: dict[str, Any] = {
        "at": at,
        "on": clock.day_of(at),
        "month": Granularity.MONTH.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _by_person(kind: Watched, rows: Iterable[tuple[int, int, date]]) -> Iterator[Cause]:
    """One cause per person and place, naming its months."""
    months: dict[tuple[int, int], list[date]] = defaultdict(list)
    for person, place, month in rows:
        months[person, place].append(month)
    for (person, place), found in months.items():
        told = months_told([str(Month.of(month)) for month in sorted(set(found))])
        yield Cause(kind, f"{person}:{place}", person, place, told)


def months_told(months: Sequence[str]) -> str:
    """The first months in a row, and how many more there are."""
    more = len(months) - MONTHS_TOLD
    named = "、".join(months[:MONTHS_TOLD])
    return f"{named} +{more}" if more > 0 else named
