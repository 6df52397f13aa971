"""What PostgreSQL refuses by itself, asked in plain SQL by the serving role and by the owner."""

from threading import Barrier, Thread

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from tests.permissions.database import as_owner

from huiju.budgets import queries, services
from huiju.budgets.models import Entry, Posting
from huiju.budgets.services import OverBudget, Share
from huiju.budgets.tests.factories import (
    AFTER,
    AT,
    ON,
    claim,
    close,
    finance,
    make_consent,
    make_entry,
    make_line,
    statement,
)

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = (
    'INSERT INTO budgets_entry (kind, key, "on", recorded_at, by_id, purpose, memo, place_id, size, content)'
    " VALUES (%s, %s, %s, now(), %s, '', '', %s, %s, '') RETURNING id"
)
POSTING = (
    "INSERT INTO budgets_posting (entry_id, line_id, account, amount_fen) VALUES (%s, %s, %s, %s)"
)
INTO_THE_LAST = (
    "INSERT INTO budgets_posting (entry_id, line_id, account, amount_fen) SELECT max(id),"
)


def add(cursor, line, key, postings, *, size=None, on=ON, kind="commit"):
    """An entry written by hand, posting by posting."""
    by = Entry.objects.first().by_id if Entry.objects.exists() else finance().pk
    cursor.execute(ENTRY, [kind, key, on, by, line.place_id, size or len(postings)])
    entry = cursor.fetchone()[0]
    for account, fen in postings:
        cursor.execute(POSTING, [entry, line.pk, account, fen])
    return entry


def refusal_of(*arguments, **options):
    """The constraint that refused an entry written in SQL, of its own or at the commit; "" if none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            add(cursor, *arguments, **options)
    except DatabaseError as refused:
        cause = refused.__cause__
        return cause.diag.constraint_name if cause.sqlstate == "23514" else cause.sqlstate
    return ""


def run_sql(*statements):
    """Statements with their values, in one transaction as the serving role."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement_, *values in statements:
            cursor.execute(statement_, values)


BALANCED = [("available", -100), ("committed", 100)]


def test_an_entry_that_balances_is_taken():
    line = make_line()

    assert refusal_of(line, "sql", BALANCED) == ""
    assert queries.stages_of([line.pk])[line.pk].committed == 100


@pytest.mark.parametrize(
    ("postings", "size", "constraint"),
    [
        ([("available", -100), ("committed", 90)], None, "entries_balance"),
        ([("available", -100), ("committed", 100)], 3, "entries_are_complete"),
        ([("available", -100_001), ("committed", 100_001)], None, "lines_are_not_overdrawn"),
        ([("committed", -1), ("available", 1)], None, "lines_are_not_overdrawn"),
        ([("paid", -1), ("due", 1)], None, "lines_are_not_overdrawn"),
        ([("available", -100), ("appropriated", 100)], 1, "entries_have_at_least_two_postings"),
    ],
)
def test_an_entry_that_does_not_hold_is_refused(postings, size, constraint):
    line = make_line()

    assert refusal_of(line, "sql", postings, size=size) == constraint
    assert Entry.objects.filter(key="sql").count() == 0


def test_an_entry_without_postings_is_refused():
    line = make_line()

    assert refusal_of(line, "sql", [], size=2) == "entries_are_complete"


def test_postings_cannot_join_an_entry_later_even_if_they_balance():
    line = make_line()
    entry = make_entry(line)
    more = make_line()

    with pytest.raises(DatabaseError, match="has 4 postings and says it has 2"):
        run_sql(
            (POSTING, entry.pk, more.pk, "available", -1),
            (POSTING, entry.pk, more.pk, "committed", 1),
        )


def test_a_day_outside_the_year_and_a_year_that_is_not_open_are_refused():
    planned = make_line(opened=False)
    assert refusal_of(planned, "early", BALANCED) == "years_take_money_while_open"
    services.open_year(year=planned.fiscal_year, by=finance(), at=AT)
    other_day = ON.replace(year=2016)
    assert refusal_of(planned, "day", BALANCED, on=other_day) == "years_take_money_while_open"

    close(planned.fiscal_year)

    assert refusal_of(planned, "late", BALANCED) == "years_take_money_while_open"


def test_a_reversal_must_undo_its_entry():
    line = make_line()
    entry = make_entry(line, 100)

    reversal = ENTRY.replace("content)", "content, reverses_id)").replace("'')", "'', %s)")
    with pytest.raises(DatabaseError, match="does not undo"):
        run_sql(
            (reversal, "reverse", "sql", ON, finance().pk, line.place_id, 2, entry.pk),
            (f"{INTO_THE_LAST} %s, %s, %s FROM budgets_entry", line.pk, "committed", -99),
            (f"{INTO_THE_LAST} %s, %s, %s FROM budgets_entry", line.pk, "available", 99),
        )


@pytest.mark.parametrize("table", ["budgets_entry", "budgets_posting"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_what_is_entered_is_neither_changed_nor_removed(table, change):
    make_entry(make_line())
    before = list(Posting.objects.order_by("pk").values())

    with pytest.raises(DatabaseError, match="permission denied"):
        run_sql((change.format(table),))
    with pytest.raises(psycopg.Error, match="the ledger is final") as refused:
        owner_runs(change.format(table))

    assert refused.value.sqlstate == "23514"
    assert list(Posting.objects.order_by("pk").values()) == before


def test_the_owner_too_cannot_unbalance_or_overdraw():
    line = make_line()
    by = finance().pk

    for postings, words in (
        ([("available", -100), ("committed", 99)], "does not balance"),
        ([("available", -100_001), ("committed", 100_001)], "is overdrawn"),
    ):
        with pytest.raises(psycopg.Error, match=words):
            owner_adds(line, by, postings)


def owner_runs(statement_):
    with as_owner() as owner:
        owner.execute(statement_)


def owner_adds(line, by, postings):
    with as_owner() as owner:
        found = owner.execute(ENTRY, ["commit", "owner", ON, by, line.place_id, 2])
        entry = found.fetchone()[0]
        for account, fen in postings:
            owner.execute(POSTING, [entry, line.pk, account, fen])


def test_an_override_is_approved_by_a_second_person_and_its_amount_stays():
    line = make_line()
    consent = make_consent(line)
    own = "UPDATE budgets_consent SET state = 'approved', decided_at = now(), decided_by_id = %s"

    for statement_, values in (
        (own, [consent.requested_by_id]),
        (own + ", amount_fen = 10", [finance().pk]),
        ("DELETE FROM budgets_consent", []),
    ):
        with pytest.raises(DatabaseError, match=r"second_person|does not change|permission denied"):
            run_sql((statement_, *values))

    assert refusal_of(line, "sql", [("available", -100_001), ("committed", 100_001)]) != ""


def test_a_closed_year_does_not_open_by_sql():
    year = close(make_line().fiscal_year)

    with pytest.raises(DatabaseError, match="does not go from closed to open"):
        run_sql(("UPDATE budgets_fiscalyear SET state = 'open' WHERE id = %s", year.pk))


def test_what_a_line_is_for_does_not_change():
    line = make_line()

    with pytest.raises(DatabaseError, match="does not change"):
        run_sql(("UPDATE budgets_line SET name = 'x' WHERE id = %s", line.pk))


def test_money_is_not_moved_in_another_isolation():
    line = make_line()

    with pytest.raises(DatabaseError, match="read committed"):
        run_sql(
            ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",),
            (ENTRY, "commit", "sql", ON, finance().pk, line.place_id, 2),
            (f"{INTO_THE_LAST} %s, %s, %s FROM budgets_entry", line.pk, "committed", 1),
        )


def run_together(works):
    """Run each in a thread with its own connection, all from the same moment; what each gave or raised."""
    together, results = Barrier(len(works)), []

    def run(work):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
        together.wait(timeout=60)
        try:
            results.append(work())
        except Exception as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_fifty_commitments_at_once_into_room_for_ten_are_exactly_ten():
    line, by = make_line(amount_fen=10_000), finance()

    def commit(number):
        return lambda: services.commit(
            shares=[Share(line, 1_000)], claim=claim(f"many:{number}"), by=by, at=AT
        )

    results = run_together([commit(number) for number in range(50)])

    assert sum(isinstance(result, Entry) for result in results) == 10
    assert sum(isinstance(result, OverBudget) for result in results) == 40
    stages = queries.stages_of([line.pk])[line.pk]
    assert (stages.available, stages.committed) == (0, 10_000)


def test_twenty_by_direct_sql_into_room_for_five_are_exactly_five():
    line = make_line(amount_fen=500)

    def commit(number):
        return lambda: refusal_of(line, f"sql:{number}", BALANCED)

    results = run_together([commit(number) for number in range(20)])

    assert sorted(results) == [""] * 5 + ["lines_are_not_overdrawn"] * 15
    assert queries.stages_of([line.pk])[line.pk].committed == 500


def test_fifty_presses_of_one_button_are_one_entry():
    line, by = make_line(), finance()

    def press():
        return services.commit(shares=[Share(line, 1_000)], claim=claim("once"), by=by, at=AT).pk

    results = run_together([press] * 20)

    assert len(set(results)) == 1
    assert queries.stages_of([line.pk])[line.pk].committed == 1_000


def test_a_year_closed_while_others_post_takes_nothing_afterwards():
    line, by = make_line(), finance()
    works = [
        *(
            lambda number=number: services.commit(
                shares=[Share(line, 10)], claim=claim(f"race:{number}"), by=by, at=AT
            )
            for number in range(8)
        ),
        lambda: services.close_year(year=line.fiscal_year, by=by, at=AFTER),
    ]

    run_together(works)

    line.fiscal_year.refresh_from_db()
    taken = Entry.objects.filter(key__startswith="race:").count()
    assert line.fiscal_year.state == "closed"
    assert queries.stages_of([line.pk])[line.pk].committed == 10 * taken
    assert queries.ledger_check()["differences"] == []


def test_two_who_plan_one_line_plan_it_once():
    by = finance()
    stated = statement(name="同一项目")

    run_together([lambda: services.plan_line(stated=stated, by=by, at=AT)] * 4)

    line = Entry.objects.get(key__startswith="plan:").postings.first().line
    assert queries.stages_of([line.pk])[line.pk].budget == 100_000
