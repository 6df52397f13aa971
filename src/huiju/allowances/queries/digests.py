"""What a signature stands for: one digest over the lines of a run."""

from django.db import connection

from huiju.allowances.models import Run

DAYS = frozenset({"month", "counted_on"})
LINE_FIELDS = (
    *("person_id", "month", "place_id", "level", "counted_on", "certificate_id", "post_id"),
    *("rate_id", "step_days", "step_month_days", "step_rate_fen", "step_parts", "step_fen_days"),
    *("step_due_fen", "step_posted_fen", "amount_fen"),
)


def _canonical(name: str) -> str:
    """SQL for a field as "length:text", "-" where it is null; days as 2015-10-01."""
    text = f"to_char({name}, 'YYYY-MM-DD')" if name in DAYS else f"{name}::text"
    return f"COALESCE(octet_length({text}) || ':' || {text}, '-')"


# Summed up by the database: a city has a million lines, and they need not travel.
DIGEST = f"""
    SELECT encode(sha256(COALESCE(string_agg(convert_to({" || ".join(map(_canonical, LINE_FIELDS))}, 'UTF8'),
                                             ''::bytea ORDER BY person_id, month), ''::bytea)), 'hex')
      FROM allowances_runline WHERE run_id = %s
"""  # noqa: S608 -- our own names


def digest_of_lines(run: Run) -> str:
    """The hex SHA-256 over the canonical bytes of a run's lines, by person and month.

    A line is its `LINE_FIELDS`, each preceded by its length in bytes and a colon, so that no two lists of
    fields give the same bytes. A reader who does not see every line gets another digest.
    """
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [run.pk])
        found: str = cursor.fetchone()[0]
    return found
