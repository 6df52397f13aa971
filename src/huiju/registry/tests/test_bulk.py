"""One chunk and row by row come to the same; two imports at once make one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiju.directory import access
from huiju.directory.models import Organisation
from huiju.registry import services
from huiju.registry.models import Certificate, Person, Post
from huiju.registry.tests.factories import make_row

AT = datetime(2015, 1, 5, 4, 0, tzinfo=UTC)

rows = st.builds(
    make_row,
    st.integers(1, 3),
    name=st.sampled_from(["林小娟", "林小娟", "陈大文"]),
    level=st.sampled_from(["assistant", "intermediate", ""]),
    cert_date=st.sampled_from([date(2014, 6, 22), date(2014, 6, 23), date(1970, 1, 1)]),
    certificate_no=st.sampled_from(["", "A1", "A2"]),
    revoked_on=st.sampled_from([None, None, date(2014, 12, 1)]),
    district=st.sampled_from(["思明区", "湖里区"]),
    street=st.just(""),
    employer=st.sampled_from(["", "甲社区", "乙社工中心"]),
    post_start=st.sampled_from([None, date(2012, 3, 1), date(2013, 1, 1)]),
    post_end=st.sampled_from([None, date(2012, 12, 31), date(2013, 12, 31)]),
    overlap_reason=st.sampled_from(["", "", "借调"]),
    field=st.sampled_from(["", "老人社会服务"]),
)


def everything_known() -> list[list[tuple[object, ...]]]:
    """All that the registry holds, without keys."""
    people = Person.objects.values_list("name", "place__code", "field", "documents__number_digest")
    whose = "person__documents__number_digest"
    certificates = Certificate.objects.values_list(
        whose,
        "level",
        "approved_on",
        "revoked_on",
        "certificate_no",
        "superseded_at",
        "recorded_at",
    )
    posts = Post.objects.values_list(
        whose, "district__code", "employer__name", "kind", "days", "superseded_at", "overlap_reason"
    )
    employers = Organisation.objects.values_list("name", "kind", "place__code")
    return [sorted(table, key=str) for table in (people, certificates, posts, employers)]


def undone(step):
    """What a step leaves, taken back at once."""
    with transaction.atomic():
        answers = step()
        known = everything_known()
        transaction.set_rollback(True)
    return answers, known


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(rows, min_size=1, max_size=6))
def test_a_chunk_leaves_what_its_rows_leave_one_by_one(chunk):
    def together():
        results = services.apply_roster(chunk, by=None, at=AT, import_id=1)
        return [(r.outcome, r.reason) for r in results]

    def one_by_one():
        results = [services.record_roster_row(row=r, by=None, at=AT, import_id=1) for r in chunk]
        return [(r.outcome, r.reason) for r in results]

    assert undone(together) == undone(one_by_one)


@pytest.mark.django_db
def test_a_large_chunk_takes_no_more_statements_than_a_small_one():
    chunk = [
        make_row(
            order,
            id_no=f"X{order:08d}",
            id_type="passport",
            certificate_no=f"C{order}",
            employer=f"第{order % 2}社区居委会",
        )
        for order in range(1000)
    ]

    with CaptureQueriesContext(connection) as small:
        services.apply_roster(chunk[:10], by=None, at=AT, import_id=1)
    with CaptureQueriesContext(connection) as large:
        results = services.apply_roster(chunk[200:], by=None, at=AT, import_id=1)
    again = services.apply_roster(chunk[200:], by=None, at=AT + timedelta(days=1), import_id=2)

    assert {r.outcome for r in results} == {"created"}
    assert {r.outcome for r in again} == {"unchanged"}
    assert len(large) <= len(small) + 20


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_person_at_once_make_one_person():
    start = Barrier(2)

    def take(import_id: int) -> str:
        try:
            start.wait()
            with access.acting_as_system():
                row = make_row()
                return services.record_roster_row(
                    row=row, by=None, at=AT, import_id=import_id
                ).outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(take, [1, 2]))

    with access.acting_as_system():
        counts = (Person.objects.count(), Certificate.objects.count(), Post.objects.count())
    assert (outcomes, counts) == (["created", "unchanged"], (1, 1, 1))
