"""`huiju ledger check`: what it says of books that hold, and of books changed behind its back."""

import json

import pytest
from django.core.management import call_command
from tests.permissions.database import as_owner

from huiju.budgets.tests.factories import make_consent, make_entry, make_line

pytestmark = pytest.mark.django_db(transaction=True)


def checked(capsys):
    status = 0
    try:
        call_command("ledger_check")
    except SystemExit as end:
        status = end.code
    return status, json.loads(capsys.readouterr().out)


def behind_its_back(*statements):
    """Run statements as the owner with the ledger's triggers off, as somebody with the keys might."""
    with as_owner() as owner:
        for table in ("budgets_entry", "budgets_posting", "budgets_consent"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement, *values in statements:
            owner.execute(statement, values)
        for table in ("budgets_entry", "budgets_posting", "budgets_consent"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_books_that_hold_agree(capsys):
    line = make_line()
    make_consent(line, 50_000, approved=True)
    make_entry(line, 120_000)

    assert checked(capsys) == (
        0,
        {"entries": 2, "unbalanced": [], "unexplained_lines": [], "differences": []},
    )


def test_an_amount_changed_in_the_database_is_named(capsys):
    line = make_line()
    entry = make_entry(line, 100)
    behind_its_back(
        (
            "UPDATE budgets_posting SET amount_fen = 99 WHERE entry_id = %s AND account = 'committed'",
            entry.pk,
        )
    )

    status, answer = checked(capsys)

    assert (status, answer["unbalanced"]) == (1, [entry.pk])
    assert {"what": "unbalanced", "entry": entry.pk, "sum_fen": -1} in answer["differences"]
    assert answer["unexplained_lines"] == [line.pk]


def test_a_posting_removed_and_a_line_overdrawn_are_named(capsys):
    line = make_line(amount_fen=100)
    entry = make_entry(line, 100)
    behind_its_back(
        ("DELETE FROM budgets_posting WHERE entry_id = %s AND account = 'committed'", entry.pk),
        ("UPDATE budgets_posting SET amount_fen = -101 WHERE entry_id = %s", entry.pk),
    )

    status, answer = checked(capsys)

    assert status == 1
    assert {each["what"] for each in answer["differences"]} == {
        "unbalanced",
        "incomplete",
        "sum",
        "below",
    }
