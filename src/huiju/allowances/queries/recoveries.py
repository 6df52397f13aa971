"""What people owe by posted lines, what of it is asked back, and what has come in.

A debt is a sum of lines of approved runs that took back more than the same run granted; nothing else makes
one, so nobody is ever asked for money by an estimate.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from huiju.allowances.enums import (
    AFTER_APPROVAL,
    ObjectionState,
    PaymentState,
    RecoveryState,
)
from huiju.allowances.models import Objection, Payment, Recovery, RecoveryPart, RunLine, Scheme
from huiju.allowances.permissions import CHECK, VIEW, may_approve_recovery, records_of
from huiju.allowances.queries.merged import survivors
from huiju.directory import queries as directory
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.registry.models import Person

Key = tuple[int, int, int]
"""Keys of a person (of the surviving record), a scheme and a district."""


@dataclass(frozen=True)
class Owed:
    """What one person owes of a scheme in a district, in fen: altogether, and asked back already."""

    person: Person
    scheme: Scheme
    place: Place
    since: date
    owed_fen: int
    asked_fen: int

    @property
    def open_fen(self) -> int:
        """What nobody has asked for yet."""
        return max(self.owed_fen - self.asked_fen, 0)


@dataclass(frozen=True)
class Standing:
    """An approved recovery, and what of it has not come in, in fen."""

    recovery: Recovery
    outstanding_fen: int


def parts_standing() -> QuerySet[RecoveryPart]:
    """What has come in, without what was set off against payments that were given up. Unordered."""
    given_up = Payment.objects.filter(
        run=OuterRef("payment__run"), person=OuterRef("payment__person"), state="cancelled"
    )
    found: QuerySet[RecoveryPart] = RecoveryPart.objects.filter(Q(payment=None) | ~Exists(given_up))
    return found


def outstanding(recoveries: Iterable[Recovery]) -> dict[int, int]:
    """Key of a recovery → fen that it still asks for; nothing once it is withdrawn."""
    rows = list(recoveries)
    sums = parts_standing().filter(recovery__in=[each.pk for each in rows]).values("recovery")
    come_in = dict(sums.annotate(fen=Sum("amount_fen")).values_list("recovery", "fen"))
    return {
        each.pk: 0
        if each.state == RecoveryState.WITHDRAWN
        else each.amount_fen - come_in.get(each.pk, 0)
        for each in rows
    }


def approved_recoveries(scheme: Scheme, place: Place) -> dict[int, list[Standing]]:
    """By surviving record, the approved recoveries of a scheme in a district that still ask for something."""
    found = Recovery.objects.filter(scheme=scheme, place=place, state=RecoveryState.APPROVED)
    rows = list(found.order_by("decided_at", "pk"))
    left = outstanding(rows)
    merged = survivors(known_at=clock.now()) if rows else {}
    by_person: dict[int, list[Standing]] = defaultdict(list)
    for each in rows:
        if left[each.pk]:
            person = merged.get(each.person_id, each.person_id)
            by_person[person].append(Standing(each, left[each.pk]))
    return by_person


def debts(payments: QuerySet[Payment]) -> dict[Key, tuple[int, date]]:
    """What people owe by some payments: fen, and the first month of a run from which it comes.

    The growth of debt of payments given up does not count, nor does that of a payment issued anew count twice.
    What was paid back in money is taken off. Needs the whole reach where it is to be complete.
    """
    given_up = Payment.objects.filter(
        run=OuterRef("run"), person=OuterRef("person"), state=PaymentState.CANCELLED
    )
    grown = payments.filter(~Exists(given_up), issue=1).exclude(debt_growth_fen=0).order_by()
    rows = grown.values_list("person", "scheme", "place").annotate(
        Sum("debt_growth_fen"), Min("month")
    )
    merged = survivors(known_at=clock.now())
    owed: dict[Key, tuple[int, date]] = {}
    for person, scheme, place, fen, month in rows:
        key = (merged.get(person, person), scheme, place)
        before, since = owed.get(key, (0, month))
        owed[key] = before + fen, min(since, month)
    paid_back = RecoveryPart.objects.filter(
        payment=None, recovery__place__in=payments.values("place")
    )
    for person, scheme, place, fen in paid_back.values_list(
        "recovery__person", "recovery__scheme", "recovery__place", "amount_fen"
    ):
        key = (merged.get(person, person), scheme, place)
        if key in owed:
            owed[key] = owed[key][0] - fen, owed[key][1]
    return {key: found for key, found in owed.items() if found[0] > 0}


def asked_back(keys: Iterable[Key]) -> dict[Key, int]:
    """What recoveries proposed or approved still ask for of these people, in fen."""
    wanted = set(keys)
    open_ones = Recovery.objects.filter(
        scheme__in={key[1] for key in wanted}, place__in={key[2] for key in wanted}
    ).exclude(state=RecoveryState.WITHDRAWN)
    rows = list(open_ones)
    left, merged = outstanding(rows), survivors(known_at=clock.now())
    found: dict[Key, int] = defaultdict(int)
    for each in rows:
        person = merged.get(each.person_id, each.person_id)
        found[person, each.scheme_id, each.place_id] += left[each.pk]
    return found


def debts_visible_to(user: User, *, on: date) -> list[Owed]:
    """What people owe in the districts a user may see, the most first."""
    payments = Payment.objects.filter(directory.held_within(user, VIEW, on=on))
    owed = debts(payments)
    asked = asked_back(owed)
    people = Person.objects.in_bulk({key[0] for key in owed})
    schemes = Scheme.objects.in_bulk({key[1] for key in owed})
    places = Place.objects.in_bulk({key[2] for key in owed})
    found = [
        Owed(people[key[0]], schemes[key[1]], places[key[2]], since, fen, asked.get(key, 0))
        for key, (fen, since) in owed.items()
        if key[0] in people
    ]
    return sorted(found, key=lambda each: (-each.open_fen, each.place.code, each.person.pinyin))


def owed_by(person: Person, scheme: Scheme, place: Place) -> Owed:
    """What one person owes of a scheme in a district; nothing is 0 fen."""
    records = Person.objects.in_files_of([person])
    payments = Payment.objects.filter(person__in=records.values("pk"), scheme=scheme, place=place)
    found = debts(payments)
    key, (fen, since) = next(iter(found.items()), ((person.file_key, 0, 0), (0, date.min)))
    asked = asked_back(found).get(key, 0) if found else 0
    return Owed(person, scheme, place, since, fen, asked)


def lines_owed(person: Person, scheme: Scheme, place: Place) -> QuerySet[RunLine]:
    """The lines that took something back from a person, the newest first."""
    records = Person.objects.in_files_of([person])
    lines: QuerySet[RunLine] = RunLine.objects.filter(
        person__in=records.values("pk"),
        run__scheme=scheme,
        run__place=place,
        run__state__in=AFTER_APPROVAL,
        amount_fen__lt=0,
    )
    return lines.select_related("run__scheme", "place").order_by("-run__month", "-month", "pk")


def recoveries_visible_to(user: User, *, on: date) -> QuerySet[Recovery]:
    """Recoveries of the districts a user may see, with `left_fen` that each still asks for. Unordered."""
    come_in = parts_standing().filter(recovery=OuterRef("pk")).order_by().values("recovery")
    found: QuerySet[Recovery] = Recovery.objects.filter(
        directory.held_within(user, VIEW, on=on)
    ).annotate(
        left_fen=Case(
            When(state=RecoveryState.WITHDRAWN, then=0),
            default=F("amount_fen")
            - Coalesce(Subquery(come_in.annotate(fen=Sum("amount_fen")).values("fen")), 0),
            output_field=BigIntegerField(),
        )
    )
    return found.select_related("person", "scheme", "place", "proposed_by", "decided_by")


def own_recoveries(user: User) -> QuerySet[Recovery]:
    """The recoveries asked of a user, unordered."""
    found: QuerySet[Recovery] = Recovery.objects.filter(person__in=records_of(user))
    return found.select_related("person", "scheme", "place", "decided_by")


def recoveries_to_decide(user: User, *, on: date) -> list[Recovery]:
    """Proposed recoveries that a user may approve now, the oldest first."""
    waiting = recoveries_visible_to(user, on=on).filter(
        state=RecoveryState.PROPOSED, objections_until__lt=on
    )
    return [
        each
        for each in waiting.order_by("proposed_at", "pk")
        if may_approve_recovery(user, each, on=on)
    ]


def objections_to_money(user: User, *, on: date) -> Sequence[Objection]:
    """Objections to payments and recoveries that a user answers, the oldest first."""
    found = Objection.objects.filter(
        directory.held_within(user, CHECK, on=on),
        Q(payment__isnull=False) | Q(recovery__isnull=False),
    )
    open_ones = found.filter(state=ObjectionState.OPEN).select_related(
        "payment__person", "payment__scheme", "recovery__person", "recovery__scheme", "place"
    )
    return list(open_ones.order_by("made_at", "pk"))
