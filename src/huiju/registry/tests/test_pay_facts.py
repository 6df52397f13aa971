"""Leaves, accounts and deaths: stated on a page, taken in from a sheet, taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.errors import NotPermitted
from huiju.registry import queries, services
from huiju.registry.enums import AccountReason
from huiju.registry.models import BankAccount, Death, Leave
from huiju.registry.rules.accounts import account_number, masked_account, passes_luhn
from huiju.registry.services import (
    AccountStatement,
    DeathStatement,
    Entry,
    LeaveStatement,
    Named,
)
from huiju.registry.tests.factories import (
    LEARNT,
    identity_number,
    make_account,
    make_death,
    make_leave,
    make_person,
    make_post,
)
from huiju.registry.tests.factories import account_number as card

pytestmark = pytest.mark.django_db
AT = datetime(2016, 3, 1, 4, 0, tzinfo=UTC)
MARCH = LeaveStatement("sick", date(2015, 3, 1), date(2015, 4, 1))
HULI = "350206004"


def entry(by=None, reason="假条", at=AT):
    return Entry(at=at, by=by or make_user("district", "350203"), reason=reason)


def account(number="", **fields):
    defaults = {"bank": "厦门银行", "holder": "林小娟", "starts_on": date(2015, 1, 1)}
    return AccountStatement(number=number or card(900), **defaults | fields)


def death(**fields):
    return DeathStatement(**{"died_on": date(2015, 10, 11), "evidence": "死亡证明"} | fields)


def taken(kind, person, *stated, at=AT, import_id=17, by=None):
    number = person.documents.get().number
    rows = [Named(person.name, number, said) for said in stated]
    return services.take_rows(kind, rows, by=by, at=at, import_id=import_id)


def test_a_leave_is_recorded_with_who_when_why():
    person = make_post().person
    said = entry()

    leave, warning = services.state(services.LEAVES, person=person, stated=MARCH, entry=said)

    event = Event.objects.get(action="registry.leave_recorded")
    assert (leave.kind, leave.starts_on, leave.ends_on, warning) == (
        "sick", date(2015, 3, 1), date(2015, 4, 1), "",
    )  # fmt: skip
    assert (leave.recorded_at, leave.recorded_by, leave.source, leave.reason) == (
        AT, said.by, "page", "假条",
    )  # fmt: skip
    assert event.subject == f"registry.Person:{person.pk}"
    assert person.name not in str(event.detail)


def test_a_leave_outside_any_post_is_recorded_with_a_warning():
    person = make_post(ends_on=date(2015, 3, 10)).person

    _leave, warning = services.state(services.LEAVES, person=person, stated=MARCH, entry=entry())

    assert "没有一个岗位涵盖" in warning
    assert Leave.objects.current().count() == 1


@pytest.mark.parametrize(
    ("kind", "before", "stated", "refusal"),
    [
        (services.LEAVES, make_leave, replace(MARCH, kind="unpaid", starts_on=date(2015, 3, 20)), services.LeavesOverlap),
        (services.LEAVES, None, replace(MARCH, ends_on=date(2015, 3, 1)), services.LeaveEndsBeforeStart),
        (services.ACCOUNTS, make_account, account(starts_on=date(2013, 1, 1)), services.AccountsOverlap),
        (services.ACCOUNTS, None, account(ends_on=date(2014, 1, 1)), services.AccountEndsBeforeStart),
        (services.DEATHS, make_death, death(died_on=date(2015, 10, 12)), services.AnotherDeath),
        (services.DEATHS, None, death(died_on=date(1979, 1, 1)), services.DeathBeforeBirth),
        (services.DEATHS, None, death(died_on=date(2016, 3, 2)), services.DeathNotYet),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(kind, before, stated, refusal):
    person = make_person()
    if before:
        before(person)
    kept = kind.model.objects.count()

    with pytest.raises(refusal):
        services.state(kind, person=person, stated=stated, entry=entry())

    assert kind.model.objects.count() == kept


def test_correcting_adds_a_version_and_withdrawing_voids_it():
    leave = make_leave()

    new = services.correct(
        services.LEAVES, held=leave, stated=replace(MARCH, kind="maternity"), entry=entry()
    )
    same = services.correct(
        services.LEAVES, held=new, stated=replace(MARCH, kind="maternity"), entry=entry()
    )
    gone = services.withdraw(
        services.LEAVES, held=new, entry=entry(at=AT + timedelta(hours=1), reason="误录")
    )

    leave.refresh_from_db()
    assert (leave.superseded_at, new.kind, same == new) == (AT, "maternity", True)
    assert (gone.voided, gone.fact, Leave.objects.current().count()) == (True, leave.fact, 0)
    assert [f.kind for f in queries.facts_of(leave.person, known_at=AT).leaves] == ["maternity"]


def test_a_stale_page_is_told_so():
    leave = make_leave()
    services.withdraw(services.LEAVES, held=leave, entry=entry())

    with pytest.raises(NotPermitted):
        services.withdraw(services.LEAVES, held=leave, entry=entry(at=AT + timedelta(hours=1)))


@pytest.mark.parametrize("role", ["street", "auditor"])
def test_only_who_keeps_the_file_records(role):
    person = make_person()
    where = "350203001" if role == "street" else "350203"

    with pytest.raises(NotPermitted):
        services.state(
            services.LEAVES, person=person, stated=MARCH, entry=entry(make_user(role, where))
        )


def test_a_new_account_ends_the_one_before():
    held = make_account()

    services.state(services.ACCOUNTS, person=held.person, stated=account(), entry=entry())

    spells = BankAccount.objects.current().order_by("starts_on")
    assert [(a.starts_on, a.ends_on) for a in spells] == [
        (date(2014, 1, 1), date(2015, 1, 1)),
        (date(2015, 1, 1), None),
    ]


def test_an_account_lies_sealed_and_is_shown_masked():
    number = card(900)

    services.state(services.ACCOUNTS, person=make_person(), stated=account(number), entry=entry())

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM registry_bankaccount a")
        row = cursor.fetchone()[0]
    assert number not in row
    assert BankAccount.objects.get().masked == "*" * 15 + number[-4:]


def test_somebody_elses_account_needs_a_reason():
    held = make_account()
    person = make_person()

    with pytest.raises(services.AccountShared):
        services.state(services.ACCOUNTS, person=person, stated=account(held.number), entry=entry())
    shared = account(held.number, shared_reason="夫妻共用")
    services.state(services.ACCOUNTS, person=person, stated=shared, entry=entry())

    assert BankAccount.objects.current().filter(number_digest=held.number_digest).count() == 2


def test_a_shared_account_is_found_beyond_the_readers_reach():
    """Without saying whose: the district learns only that somebody has it."""
    held = make_account(make_person(place=place(HULI)))
    user = make_user("district", "350203")
    person = make_person()

    with reading_as(user), pytest.raises(services.AccountShared) as refusal:
        services.state(
            services.ACCOUNTS, person=person, stated=account(held.number), entry=entry(user)
        )

    assert held.person.name not in str(refusal.value)


@pytest.mark.parametrize(
    ("model", "make", "second"),
    [
        (Leave, make_leave, {"starts_on": date(2015, 3, 31), "ends_on": None}),
        (BankAccount, make_account, {"starts_on": date(2015, 3, 31)}),
        (Death, make_death, {"died_on": date(2015, 10, 12)}),
    ],
)
def test_the_database_keeps_the_promise_too(model, make, second):
    person = make(make_person()).person

    with pytest.raises(IntegrityError), transaction.atomic():
        make(person, **second)

    assert model.objects.count() == 1


def test_two_open_accounts_of_one_number_are_refused_by_the_database():
    held = make_account()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_account(number=held.number)


def test_revealing_an_account_goes_on_record_and_needs_the_right():
    held = make_account()
    district = make_user("district", "350203")

    number = services.reveal_account(account=held, entry=entry(district, "核对退票"))

    event = Event.objects.get(action="registry.account_revealed")
    assert (number, event.detail["reason"]) == (held.number, "核对退票")
    assert held.number not in str(event.detail)
    for role in ("street", "auditor", "finance"):
        where = "350203001" if role == "street" else "350203"
        with pytest.raises(NotPermitted):
            services.reveal_account(account=held, entry=entry(make_user(role, where)))


@pytest.mark.parametrize(
    ("cell", "number", "fault"),
    [
        ("6217 0001 2345 6789 012", "6217000123456789012", AccountReason.ACCOUNT_CHECK_DIGIT),
        (
            "６２９９９９０００００００００９００２",
            "6299990000000009002",
            AccountReason.ACCOUNT_CHECK_DIGIT,
        ),
        ("3501-0001-2345", "350100012345", None),
        ("12345678901", "12345678901", AccountReason.ACCOUNT_LENGTH),
        ("1" * 26, "1" * 26, AccountReason.ACCOUNT_LENGTH),
        ("62170001234567890l2", "62170001234567890L2", AccountReason.ACCOUNT_FORMAT),
        ("6.21700012345679E+18", "", AccountReason.ACCOUNT_LOST_DIGITS),
        ("1.2E+18", "", AccountReason.ACCOUNT_LOST_DIGITS),
        (6.217000123456789e18, "", AccountReason.ACCOUNT_LOST_DIGITS),
        (6217000123456789012, "", AccountReason.ACCOUNT_LOST_DIGITS),
        (350100012345, "350100012345", None),
    ],
)
def test_account_numbers_as_offices_write_them(cell, number, fault):
    assert account_number(cell) == (number, fault)


def test_the_check_digit_catches_every_single_wrong_digit():
    number = card(900)

    wrong = [
        number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        for place in range(len(number))
    ]

    assert passes_luhn(number)
    assert [w for w in wrong if passes_luhn(w)] == []
    assert masked_account(number) == "*" * 15 + number[-4:]


def test_a_list_is_taken_in_once_and_again_changes_nothing():
    person = make_post().person

    first = taken(services.LEAVES, person, MARCH)
    again = taken(services.LEAVES, person, MARCH, import_id=18)

    assert [r.outcome for r in (*first, *again)] == ["created", "unchanged"]
    assert Leave.objects.get().source == "import:17"


def test_a_later_list_of_accounts_without_days_changes_nothing():
    person = make_person()
    taken(services.ACCOUNTS, person, account())

    later = taken(
        services.ACCOUNTS, person, account(starts_on=date(2016, 2, 1)), at=AT, import_id=18
    )

    assert (later[0].outcome, BankAccount.objects.get().starts_on) == (
        "unchanged", date(2015, 1, 1),
    )  # fmt: skip


def test_rows_that_fit_no_file_are_named():
    person = make_person(name="林小娟")
    there = make_person(place=place(HULI))
    rows = [
        Named("林小娟", identity_number(999), death()),
        Named("林小卷", person.documents.get().number, death()),
        Named(there.name, there.documents.get().number, death()),
        Named("林小娟", person.documents.get().number, death()),
    ]

    by = make_user("district", "350203")
    results = services.take_rows(services.DEATHS, rows, by=by, at=AT, import_id=17)

    assert [(r.outcome, r.reason) for r in results] == [
        ("refused", "PERSON_UNKNOWN"),
        ("refused", "NAME_DIFFERS"),
        ("refused", "PERSON_UNKNOWN"),
        ("created", ""),
    ]


def test_undo_leads_back_to_the_version_before_and_voids_what_was_new():
    leave = make_leave()
    person = leave.person
    taken(
        services.LEAVES,
        person,
        replace(MARCH, ends_on=date(2015, 3, 11)),
        replace(MARCH, starts_on=date(2015, 6, 1), ends_on=None),
    )

    undone = services.undo_facts(model=Leave, import_id=17, by=None, at=AT + timedelta(hours=1))

    facts = queries.facts_of(person, known_at=AT + timedelta(hours=2)).leaves
    assert (undone, [(f.starts_on, f.ends_on) for f in facts]) == (
        2,
        [(date(2015, 3, 1), date(2015, 4, 1))],
    )
    assert len(queries.facts_of(person, known_at=AT).leaves) == 2


def test_undo_of_a_list_changed_since_is_refused():
    person = make_person()
    taken(services.LEAVES, person, MARCH)
    leave = Leave.objects.get()
    services.withdraw(services.LEAVES, held=leave, entry=entry(at=AT + timedelta(hours=1)))

    with pytest.raises(services.UndoRefused):
        services.undo_facts(model=Leave, import_id=17, by=None, at=AT + timedelta(hours=2))


def rows_of(view):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT starts_on, ends_on, known_from, known_to FROM {view} ORDER BY 3")
        return cursor.fetchall()


def test_posts_end_at_death_from_the_instant_it_was_known():
    post = make_post()
    make_death(post.person, recorded_at=AT)

    assert rows_of("fact_post") == [
        (date(2012, 3, 1), None, LEARNT, AT),
        (date(2012, 3, 1), date(2015, 10, 11), AT, None),
    ]


def test_a_death_withdrawn_gives_the_posts_back():
    post = make_post()
    known = make_death(post.person, recorded_at=AT)
    later = AT + timedelta(days=1)

    services.withdraw(services.DEATHS, held=known, entry=entry(at=later))

    assert rows_of("fact_post") == [
        (date(2012, 3, 1), None, LEARNT, AT),
        (date(2012, 3, 1), date(2015, 10, 11), AT, later),
        (date(2012, 3, 1), None, later, None),
    ]


def test_a_post_begun_after_death_does_not_count():
    post = make_post(starts_on=date(2015, 11, 1))
    make_death(post.person)

    assert rows_of("fact_post") == []
