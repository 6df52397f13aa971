"""Two records of one human: found, merged, counted once, parted again."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.engine.run import execute, read_facts
from huiju.engine.schemas import FACT_TABLES, Facts
from huiju.kernel.encrypted import search_digest
from huiju.kernel.errors import DomainError, NotPermitted
from huiju.registry import figures, queries, services
from huiju.registry.enums import Likeness
from huiju.registry.models import (
    Certificate,
    DifferentPeople,
    IdentityDocument,
    Merge,
    Person,
    Post,
)
from huiju.registry.rules.identity import in_eighteen_digits
from huiju.registry.services import Entry, apply_roster
from huiju.registry.tests.factories import (
    LEARNT,
    identity_number,
    make_account,
    make_certificate,
    make_death,
    make_leave,
    make_person,
    make_post,
    make_row,
)

pytestmark = pytest.mark.django_db
AT = datetime(2016, 3, 1, 4, 0, tzinfo=UTC)
ON = date(2016, 3, 1)
HULI = "350206004"


def entry(by=None, at=AT, reason="同一人，身份证已核对"):
    return Entry(at=at, by=by or make_user("city", "350200"), reason=reason)


def merged(away, kept, *, at=AT, choices=None, values=(), by=None):
    return services.merge_people(
        from_person=away,
        into_person=kept,
        choices=choices or {},
        values=values,
        entry=entry(by, at),
    )


def parted(merge, *, at=AT + timedelta(days=1), by=None):
    return services.unmerge_people(merge=merge, entry=entry(by, at))


def counted(figure, *, known_at=None, by=None):
    """A figure's value and, by a dimension, its parts."""
    records = figure.records(Facts(known_at=known_at), ON)
    table = execute(records).to_pylist()
    if by is None:
        return len(table)
    return sorted((row[by], row[figure.key]) for row in table)


def two_records():
    """A certificate on one record, a post on the other."""
    away, kept = make_person(name="林小娟"), make_person(name="林小娟")
    make_certificate(away)
    make_post(kept)
    return away, kept


def listed(**filters):
    asked = queries.WorkerFilter(on=ON, **filters)
    people = queries.workers_asked_for(Person.objects.on_file(), asked)
    return list(people.values_list("pk", flat=True))


def test_figures_count_merged_people_once_and_before_the_merge_twice():
    away, kept = two_records()
    make_certificate(kept, level="intermediate")
    before = counted(figures.certified), counted(figures.certified_in_post)

    merged(away, kept)

    assert before == (2, 1)
    assert (counted(figures.certified), counted(figures.certified_in_post)) == (1, 1)
    assert counted(figures.certified, by="level") == [("intermediate", kept.pk)]
    assert counted(figures.certified, known_at=AT - timedelta(seconds=1)) == 2
    assert counted(figures.certified, known_at=AT) == 1


def test_a_certificate_of_one_record_and_a_post_of_the_other_are_one_worker():
    away, kept = two_records()

    merged(away, kept)

    assert counted(figures.certified_in_post) == 1
    assert listed(level="assistant", standing="in_post") == [kept.pk]
    standing = queries.standing_of(
        queries.with_standing(Person.objects.on_file()).get(pk=kept.pk), on=ON
    )
    assert (standing.certificate.person_id, standing.post.person_id) == (away.pk, kept.pk)


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        ({}, 2, 1),
        ({"level": "assistant"}, 1, 1),
        ({"level": "none"}, 1, 0),
        ({"standing": "in_post"}, 1, 1),
        ({"standing": "left"}, 1, 0),
        ({"employer_kind": "community"}, 1, 1),
        ({"text": "小娟"}, 2, 1),
    ],
)
def test_lists_show_one_person_once(asked, before, after):
    away, kept = two_records()
    was = len(listed(**asked))

    merged(kept, away)

    assert (was, len(listed(**asked))) == (before, after)


def test_either_number_and_either_name_finds_the_file():
    away, kept = make_person(name="林小卷"), make_person(name="林小娟")
    numbers = [person.documents.get().number for person in (away, kept)]

    merged(away, kept)

    assert [listed(text=text) for text in (*numbers, "小卷", "小娟")] == [[kept.pk]] * 4


def test_ordering_by_level_and_first_day_looks_into_the_whole_file():
    away, kept = two_records()
    other = make_person()
    make_certificate(other, level="intermediate")
    make_post(other, starts_on=date(2011, 1, 1))
    merged(kept, away)

    people = Person.objects.on_file()

    by_level = queries.by_level(people, on=ON, descending=True)
    by_day = queries.by_first_day(people, on=ON, descending=True)
    assert [p.pk for p in by_level] == [other.pk, away.pk]
    assert [p.pk for p in by_day] == [away.pk, other.pk]


def test_an_employer_counts_one_person_once():
    employer = make_organisation(kind="community", place=place("350203001"))
    away, kept = make_person(), make_person()
    make_certificate(away)
    make_post(away, employer=employer, ends_on=date(2017, 1, 1), overlap_reason="兼职")
    make_post(kept, employer=employer)

    merged(away, kept)

    organisation = queries.organisations_with_staff(on=ON).get(pk=employer.pk)
    staff = queries.staff_counts(queries.posts_in_force(on=ON), on=ON)
    streets = queries.places_with_staff(place("350203"), on=ON)
    assert (organisation.staff, organisation.certified) == (1, 1)
    assert (staff.total, staff.certified, staff.by_level["assistant"]) == (1, 1, 1)
    assert [(s.total, s.certified) for s in streets if s.total] == [(1, 1)]


def test_contradictions_need_a_choice_which_parting_takes_back():
    away, kept = make_person(), make_person()
    left, right = make_certificate(away), make_certificate(kept, approved_on=date(2015, 6, 14))
    conflict = queries.conflicts_of(queries.sides_of(away, kept))[0]
    with pytest.raises(services.ConflictOpen):
        merged(away, kept)

    merge = merged(away, kept, choices={conflict.key: "from"})
    during = list(Certificate.objects.current().values_list("pk", flat=True))
    parted(merge)

    assert during == [left.pk]
    now = Certificate.objects.current().order_by("approved_on")
    assert [(c.person_id, c.approved_on) for c in now] == [
        (away.pk, left.approved_on),
        (kept.pk, right.approved_on),
    ]


@pytest.mark.parametrize("make", [make_post, make_leave, make_account, make_death])
def test_every_contradiction_is_named_before(make):
    away, kept = make_person(), make_person()
    make(away)
    make(kept)

    conflicts = queries.conflicts_of(queries.sides_of(away, kept))

    assert len(conflicts) == 1
    with pytest.raises(services.ConflictOpen):
        merged(away, kept)
    merged(away, kept, choices={conflicts[0].key: "into"})
    assert type(conflicts[0].from_fact).objects.current().count() == 1


def test_overlapping_posts_may_both_stay_with_the_reason_of_the_merge():
    away, kept = make_post().person, make_post(starts_on=date(2013, 1, 1)).person
    conflict = queries.conflicts_of(queries.sides_of(away, kept))[0]

    merge = merged(away, kept, choices={conflict.key: "both"})

    later = Post.objects.current().get(starts_on=date(2013, 1, 1))
    assert later.overlap_reason == "同一人，身份证已核对"
    parted(merge)
    assert Post.objects.current().get(starts_on=date(2013, 1, 1)).overlap_reason == ""


def test_the_survivor_takes_over_chosen_values_and_gives_them_back():
    away = make_person(name="林小卷", phone="13800000000", born_on=date(1981, 1, 1))
    kept = make_person(name="林小娟", sex="f", born_on=date(1980, 1, 1))

    merge = merged(away, kept, values={"name", "phone"})
    kept.refresh_from_db()
    during = kept.name, kept.phone, kept.born_on
    parted(merge)

    kept.refresh_from_db()
    assert during == ("林小卷", "13800000000", date(1980, 1, 1))
    assert (kept.name, kept.phone, listed(text="小卷")) == ("林小娟", "", [away.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT values_before FROM registry_merge")
        assert all("13800000000" not in row[0] for row in cursor.fetchall())


def test_chains_lead_to_the_last_and_part_link_by_link():
    first, second, third = make_person(), make_person(), make_person()
    make_certificate(first)
    one = merged(first, second)
    merged(second, third, at=AT + timedelta(days=1))

    whole = [queries.file_key_of(p.pk) for p in (first, second, third)]
    owner = counted(figures.certified, by="level")
    parted(one, at=AT + timedelta(days=2))

    assert (whole, owner) == ([third.pk] * 3, [("assistant", third.pk)])
    assert [queries.file_key_of(p.pk) for p in (first, second, third)] == [
        first.pk, third.pk, third.pk,
    ]  # fmt: skip
    at_each = [
        counted(figures.certified, known_at=AT + timedelta(days=n, hours=1), by="level")[0][1]
        for n in (-1, 0, 1, 2)
    ]
    assert at_each == [first.pk, second.pk, third.pk, first.pk]


def test_a_circle_is_refused():
    first, second, third = make_person(), make_person(), make_person()
    merged(first, second)
    merged(second, third)

    for away, kept, refusal in (
        (third, first, services.SamePerson),
        (first, first, services.SamePerson),
        (first, make_person(), services.MergedAway),
        (make_person(), first, services.MergedAway),
    ):
        with pytest.raises(refusal):
            merged(away, kept)


def test_a_merge_is_parted_once():
    merge = merged(*two_records())
    parted(merge)

    with pytest.raises(services.NotMerged):
        parted(merge, at=AT + timedelta(days=2))


def test_merging_leaves_an_event_without_names():
    away, kept = two_records()

    merge = merged(away, kept)
    parted(merge)

    told = Event.objects.filter(action__contains="merged").order_by("pk")
    assert [e.action for e in told] == ["registry.people_merged", "registry.people_unmerged"]
    assert "林小娟" not in str([e.detail for e in told])


def test_two_districts_files_go_to_the_city():
    away, kept = make_person(place=place(HULI)), make_person()

    with pytest.raises(NotPermitted):
        merged(away, kept, by=make_user("district", "350203"))
    merged(away, kept, by=make_user("city", "350200"))

    assert queries.file_key_of(away.pk) == kept.pk


def test_after_a_merge_of_two_districts_both_see_the_file():
    away, kept = make_person(place=place(HULI)), make_person()
    make_certificate(away)
    make_certificate(kept, level="senior")
    merged(away, kept)

    seen = {}
    for district in ("350203", "350206", "350205"):
        user = make_user("district", district)
        with reading_as(user):
            visible = queries.workers_visible_to(user, on=ON)
            seen[district] = (
                list(visible.values_list("pk", flat=True)),
                Certificate.objects.count(),
                counted(figures.certified),
            )

    assert seen == {"350203": ([kept.pk], 2, 1), "350206": ([kept.pk], 2, 1), "350205": ([], 0, 0)}


def test_both_are_two_again_for_their_districts_after_parting():
    away, kept = make_person(place=place(HULI)), make_person()
    parted(merged(away, kept))

    with reading_as(make_user("district", "350206")):
        assert list(Person.objects.all()) == [away]


def test_an_own_account_reads_the_whole_file():
    away, kept = two_records()
    merged(away, kept)
    user = make_user("worker", "350203", person_ref=away.pk)

    with reading_as(user):
        assert set(Person.objects.all()) == {away, kept}
        assert Post.objects.count() == 0 or Post.objects.get().person == kept


def test_a_roster_that_names_the_old_number_changes_the_one_file():
    row = make_row(1)
    apply_roster([row], by=None, at=LEARNT, import_id=1)
    away = Person.objects.get()
    kept = make_person(name="林小娟")
    merged(away, kept)

    again = apply_roster([row], by=None, at=AT + timedelta(days=1), import_id=2)
    changed = apply_roster(
        [make_row(1, post_end=date(2016, 2, 29))], by=None, at=AT + timedelta(days=2), import_id=3
    )

    assert [r.outcome for r in (*again, *changed)] == ["unchanged", "changed"]
    post = Post.objects.current().get()
    assert (post.ends_on, post.person_id, changed[0].person) == (
        date(2016, 3, 1), away.pk, kept.pk,
    )  # fmt: skip


def test_a_death_of_the_survivor_ends_the_posts_of_the_record_merged_away():
    away, kept = make_post().person, make_person()
    make_death(kept, recorded_at=AT + timedelta(days=1))

    merged(away, kept)

    ends = [
        (row["person"], row["ends_on"])
        for row in sorted(
            read_facts(FACT_TABLES["post"]).to_pylist(), key=lambda row: row["known_from"]
        )
    ]
    assert ends == [(away.pk, None), (kept.pk, None), (kept.pk, date(2015, 10, 11))]


def test_candidates_are_ranked_by_what_they_share():
    same = make_person(name="林小娟"), make_person(name="林小娟")
    certified = make_certificate().person, make_certificate(management_no="M1").person
    Certificate.objects.create(
        person=certified[0], level="senior", approved_on=ON, certificate_no="M1",
        recorded_at=LEARNT, source="page",
    )  # fmt: skip
    paid = make_account(starts_on=date(2014, 1, 1))
    sharing = make_account(number=paid.number, shared_reason="夫妻").person
    old = make_person(name="陈旧号")
    present = identity_number(77, date(1975, 5, 5))
    new = make_person(name="陈新号", number=present, born_on=date(1975, 5, 5))
    old.documents.update(
        number=present[:6] + present[8:17],
        number_digest=search_digest(IdentityDocument, "number", present[:6] + present[8:17]),
        masked="3502*******" + present[13:17],
    )

    found = queries.merge_candidates(Person.objects.on_file())

    assert [(c.one, c.other, c.likenesses) for c in found] == [
        (old, new, (Likeness.SAME_NUMBER,)),
        (*certified, (Likeness.SAME_CERTIFICATE,)),
        (paid.person, sharing, (Likeness.SAME_ACCOUNT,)),
        (*same, (Likeness.SAME_NAME_AND_BIRTH,)),
    ]


def test_somebody_renamed_is_found_under_the_former_name():
    renamed = make_person(name="林小娟")
    services.rename_person(person=renamed, name="林晓娟", entry=entry())
    other = make_person(name="林小娟")

    found = queries.merge_candidates(Person.objects.on_file())

    assert [(c.one, c.other, c.likenesses) for c in found] == [
        (renamed, other, (Likeness.FORMER_NAME,))
    ]


def test_people_told_apart_are_not_offered_again_until_they_are_merged():
    one, other = make_person(name="林小娟"), make_person(name="林小娟")

    services.tell_apart(one=other, other=one, entry=entry())
    services.tell_apart(one=one, other=other, entry=entry(at=AT + timedelta(hours=1)))
    offered = queries.merge_candidates(Person.objects.on_file())
    merge = merged(other, one, at=AT + timedelta(days=1))
    during = DifferentPeople.objects.current().count()
    parted(merge, at=AT + timedelta(days=2))

    assert (offered, during, DifferentPeople.objects.current().count()) == ([], 0, 1)


def test_old_numbers_become_present_ones_and_others_stay():
    number = identity_number(5)

    assert in_eighteen_digits(number[:6] + number[8:17]) == number
    assert in_eighteen_digits(number) == number


WORKSHEET = ("person", "certificate", "post", "leave", "death")
EVERY_FIGURE = figures.FIGURES


def snapshot(known_at=None):
    """Every fact as the rules and figures see it at an instant, and every figure by its records."""
    tables = {}
    for name in WORKSHEET:
        rows = execute(Facts(known_at=known_at)[name]).to_pylist()
        stamps = {"known_from", "known_to", name} - {"person"}
        tables[name] = sorted(
            str({k: v for k, v in row.items() if k not in stamps | {"fact"}}) for row in rows
        )
    for figure in EVERY_FIGURE:
        rows = execute(figure.records(Facts(known_at=known_at), ON)).to_pylist()
        refs = ("certificate_ref", "post_ref")
        tables[figure.code] = sorted(
            str({k: v for k, v in row.items() if k not in refs}) for row in rows
        )
    return tables


lives = st.lists(
    st.tuples(
        st.sampled_from(["certificate", "post", "leave", "account", "death"]),
        st.integers(0, 3),
        st.dates(date(2012, 1, 1), date(2015, 12, 31)),
        st.sampled_from(["assistant", "intermediate", "senior"]),
    ),
    max_size=10,
)


def live(people, story):
    """Facts of four people; what the database forbids did not happen."""
    for kind, who, day, level in story:
        try:
            with transaction.atomic():
                if kind == "certificate":
                    make_certificate(people[who], level=level, approved_on=day)
                elif kind == "post":
                    make_post(people[who], starts_on=day, ends_on=day + timedelta(days=400))
                elif kind == "leave":
                    make_leave(people[who], starts_on=day, ends_on=day + timedelta(days=40))
                elif kind == "account":
                    make_account(people[who], starts_on=day)
                else:
                    make_death(people[who], died_on=day)
        except Exception:
            continue


@given(
    story=lives,
    merges=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4),
    choice=st.sampled_from(["from", "into"]),
)
@settings(max_examples=4, deadline=None)
def test_merging_and_parting_is_identity_and_merged_people_count_once(story, merges, choice):
    with transaction.atomic():
        people = [make_person() for _ in range(4)]
        live(people, story)
        before = snapshot()
        done = []
        for step, (away, kept) in enumerate(merges):
            sides = queries.sides_of(people[away], people[kept])
            choices = {c.key: choice for c in queries.conflicts_of(sides)}
            try:
                with transaction.atomic():
                    fresh = [Person.objects.get(pk=people[n].pk) for n in (away, kept)]
                    made = merged(*fresh, at=AT + timedelta(days=step), choices=choices)
                done.append(made)
            except DomainError:
                continue
        roots = set(Person.objects.on_file().values_list("pk", flat=True))
        for figure in EVERY_FIGURE:
            rows = execute(figure.records(Facts(known_at=None), ON)).to_pylist()
            if figure.key == "person":
                keys = [row["person"] for row in rows]
                assert len(keys) == len(set(keys))
                assert set(keys) <= roots
        assert snapshot(AT - timedelta(seconds=1)) == before
        for step, merge in enumerate(reversed(done)):
            parted(merge, at=AT + timedelta(days=100 + step))
        assert snapshot() == before
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_that_cross_one_holds(whole_reach):
    with transaction.atomic():
        one, other = make_person(), make_person()
        officials = [make_user("city", "350200"), make_user("city", "350200")]
    barrier, outcomes = threading.Barrier(2), []

    def official(away, kept, by):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
            barrier.wait(10)
            merged(away, kept, by=by)
            outcomes.append("merged")
        except services.SamePerson:
            outcomes.append("same")
        except (DomainError, OperationalError) as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=official, args=(one, other, officials[0])),
        threading.Thread(target=official, args=(other, one, officials[1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["merged", "same"]
    assert Merge.objects.current().count() == 1
