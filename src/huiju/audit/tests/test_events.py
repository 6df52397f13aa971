import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Thread

import psycopg
import pytest
from django.conf import settings
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from huiju.audit import queries, services
from huiju.audit.models import Link
from huiju.audit.verifier import GENESIS, canonical
from huiju.config.instance import OWNER, Instance
from huiju.kernel import clock

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def owner_connection():
    login = Instance.from_environment().login(OWNER)
    place = {"host": login.host, "port": login.port, "options": login.options}
    return psycopg.connect(
        dbname=connection.settings_dict["NAME"], user=login.user, password=login.password, **place
    )


@pytest.mark.django_db
def test_an_event_says_who_did_what_to_which_thing():
    earlier = services.record(actor=None, action="audit.checked", subject="everything")

    event = services.record(
        actor="directory.User:7",
        action="audit.event_read",
        subject=earlier,
        on=date(2026, 11, 24),
        at=datetime(2026, 11, 24, 1, tzinfo=UTC),
        fact=uuid.UUID(int=1),
        share=Decimal("0.10"),
        rows=(1, None, True),
    )

    event.refresh_from_db()
    assert (earlier.actor, earlier.subject) == ("system", "everything")
    assert (event.actor, event.subject) == ("directory.User:7", f"audit.Event:{earlier.pk}")
    assert event.detail == {
        "on": "2026-11-24",
        "at": "2026-11-24T09:00:00+08:00",
        "fact": "00000000-0000-0000-0000-000000000001",
        "share": "0.10",
        "rows": [1, None, True],
    }


@pytest.mark.django_db
def test_an_event_carries_the_real_instant_even_as_of_another_day():
    with clock.fixed(datetime(2015, 10, 31, tzinfo=UTC)):
        event = services.record(actor=None, action="audit.checked", subject="everything")

    assert event.at.year >= 2026


@pytest.mark.django_db
@pytest.mark.parametrize("value", [1.5, object(), {"share": [0.1]}])
def test_a_value_json_writes_in_several_ways_is_refused(value):
    with pytest.raises(TypeError):
        services.record(actor=None, action="audit.checked", subject="a float", value=value)

    assert list(queries.events_about("a float")) == []


@pytest.mark.django_db
def test_events_are_found_by_subject_and_by_actor():
    first = services.record(actor="directory.User:7", action="a.read", subject="registry.Person:1")
    second = services.record(actor="directory.User:8", action="a.read", subject="registry.Person:2")

    assert list(queries.events_about("registry.Person:1")) == [first]
    assert list(queries.events_by("directory.User:8")) == [second]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'nobody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_link SET digest = ''",
        "DELETE FROM audit_link",
        "TRUNCATE audit_link",
        "INSERT INTO audit_link DEFAULT VALUES",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    ],
)
def test_the_serving_role_cannot_touch_what_was_recorded(statement):
    services.record(actor=None, action="audit.checked", subject="everything")

    with (
        pytest.raises(Error, match=r"permission denied|must be owner"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'nobody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_link SET digest = ''",
        "DELETE FROM audit_link",
        "TRUNCATE audit_link",
    ],
)
def test_even_the_owner_is_stopped_by_the_trigger(statement):
    services.record(actor=None, action="audit.checked", subject="everything")

    with owner_connection() as owner, pytest.raises(psycopg.errors.CheckViolation, match="final"):
        owner.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_an_event_joins_the_chain_when_its_transaction_commits():
    seq, digest = queries.head()
    with transaction.atomic():
        event = services.record(actor=None, action="audit.checked", subject="everything")
        before = queries.head()

    link = Link.objects.get(event=event)
    assert before == (seq, digest)
    assert (link.seq, link.previous) == (seq + 1, digest)
    assert queries.head() == (link.seq, link.digest)


@pytest.mark.django_db(transaction=True)
def test_the_first_event_of_all_follows_64_zeros():
    first = Link.objects.order_by("seq")[0]

    assert (first.seq, first.previous, first.previous_day) == (1, GENESIS, None)


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_transaction_rolled_back_leaves_no_gap():
    seq, _digest = queries.head()
    services.record(actor=None, action="audit.checked", subject="first")
    with transaction.atomic():
        services.record(actor=None, action="audit.checked", subject="undone")
        transaction.set_rollback(True)
    services.record(actor=None, action="audit.checked", subject="second")

    assert chained_after(seq) == [(seq + 1, "first"), (seq + 2, "second")]


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_holds_nobody_up():
    seq, _digest = queries.head()
    with transaction.atomic():
        services.record(actor=None, action="audit.checked", subject="long")
        other = Thread(target=record_elsewhere, args=("short",))
        other.start()
        other.join(timeout=10)

    assert chained_after(seq) == [(seq + 1, "short"), (seq + 2, "long")]


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain():
    seq, _digest = queries.head()
    threads = [Thread(target=record_elsewhere, args=(f"{n}.{{}}", 25)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    links = Link.objects.filter(seq__gte=seq).order_by("seq")
    chain = list(links.values_list("seq", "previous", "digest"))

    assert [place for place, _previous, _digest in chain] == list(range(seq, seq + 101))
    assert [previous for _seq, previous, _digest in chain[1:]] == [link[2] for link in chain[:-1]]


def chained_after(seq):
    links = Link.objects.filter(seq__gt=seq).order_by("seq")
    return list(links.values_list("seq", "event__subject"))


def record_elsewhere(subject, times=1):
    for number in range(times):
        services.record(actor=None, action="audit.checked", subject=subject.format(number))
    connection.close()


@pytest.mark.django_db
@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=VALUES)
def test_the_database_writes_canonical_json_as_the_verifier_does(db, value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_canonical(%s::jsonb)", [canonical({"v": value}).decode()])
        written = cursor.fetchone()[0]

    assert written.encode() == canonical({"v": value})


def test_the_city_s_day_is_the_one_of_the_settings():
    assert str(clock.CITY_ZONE) == settings.TIME_ZONE
