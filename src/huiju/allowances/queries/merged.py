"""Records that were merged away since, counted for the survivor; and people held back."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.models import Q

from huiju.allowances.models import Hold, Scheme
from huiju.kernel import clock

RESOLVED = "SELECT person, survivor FROM person_resolved WHERE known @> %s AND person <> survivor"


def survivors(*, known_at: datetime) -> dict[int, int]:
    """Keys of merged records → that of the record which stands for the human, as believed at an instant."""
    with connection.cursor() as cursor:
        cursor.execute(RESOLVED, [known_at])
        return dict(cursor.fetchall())


def posted_as_one(posted: pa.Table, *, known_at: datetime) -> pa.Table:
    """The rules' table of what was posted, each person by the file believed at an instant.

    So what two records of one human were both paid for a month is one sum, and the difference to what
    is due once is taken back.
    """
    merged = survivors(known_at=known_at)
    if not merged:
        return posted
    place = pc.index_in(posted["person"], pa.array(merged, pa.int64()))
    found = pa.array(merged.values(), pa.int64()).take(place.combine_chunks())
    people = pc.coalesce(found, posted["person"].combine_chunks())
    column = posted.schema.get_field_index("person")
    return posted.set_column(column, posted.schema.field("person"), people)


def held_people(scheme: Scheme, *, known_at: datetime) -> set[int]:
    """The people for whom a run with facts as known at an instant computes nothing, by surviving record."""
    day = clock.day_of(known_at)
    holds = Hold.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=day),
        Q(replaced_at=None) | Q(replaced_at__gt=known_at),
        scheme=scheme,
        placed_at__lte=known_at,
        starts_on__lte=day,
    )
    held = set(holds.values_list("person", flat=True))
    merged = survivors(known_at=known_at) if held else {}
    return {merged.get(person, person) for person in held}


def without(rows: pa.Table, people: set[int]) -> pa.Table:
    """Rows of a table of the rules without those of some people."""
    if not people:
        return rows
    return rows.filter(pc.invert(pc.is_in(rows["person"], pa.array(people, pa.int64()))))
