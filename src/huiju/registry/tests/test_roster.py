from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huiju.audit.models import Event
from huiju.directory.models import Organisation
from huiju.directory.tests.factories import place
from huiju.kernel import clock
from huiju.registry import services
from huiju.registry.models import Certificate, IdentityDocument, Person, Post
from huiju.registry.tests.factories import identity_number, make_row

pytestmark = pytest.mark.django_db
AT = datetime(2015, 1, 5, 4, 0, tzinfo=UTC)
LATER = AT + timedelta(days=30)


def take(*rows: services.RosterRow, at: datetime = AT, import_id: int = 1) -> list[str]:
    """Apply rows in one chunk; outcomes, or the words of refusals."""
    results = services.apply_roster(rows, by=None, at=at, import_id=import_id)
    return [result.reason or result.outcome for result in results]


def certificates(**chosen: Any) -> list[tuple[Any, ...]]:
    rows = Certificate.objects.filter(**chosen).order_by("recorded_at", "pk")
    return [(c.level, str(c.approved_on), c.superseded_at is None) for c in rows]


def spells(**chosen: Any) -> list[tuple[str, str, str | None]]:
    rows = Post.objects.current().filter(**chosen).order_by("starts_on", "pk")
    return [(p.district.name, str(p.starts_on), p.ends_on and str(p.ends_on)) for p in rows]


def test_a_row_brings_a_person_with_certificate_post_and_employer():
    result = services.record_roster_row(row=make_row(), by=None, at=AT, import_id=7)

    person = Person.objects.get(pk=result.person)
    post = person.posts.get()
    employer = Organisation.objects.get()
    assert (
        result.outcome,
        person.name,
        person.sex,
        person.born_on,
        person.place,
        person.pinyin,
    ) == (
        "created",
        "林小娟",
        "m",
        date(1980, 1, 1),
        place("350203001"),
        "lin xiao juan",
    )
    assert person.documents.get().masked == "3502**********" + identity_number(1)[-4:]
    assert certificates() == [("assistant", "2014-06-22", True)]
    assert (post.employer, post.kind, post.source, spells()) == (
        employer,
        "community",
        "import:7",
        [("思明区", "2012-03-01", None)],
    )
    assert (employer.name, employer.kind) == ("厦港街道沙坡尾社区居委会", "community")


def test_the_same_row_again_changes_nothing():
    take(make_row())

    again = take(make_row(), make_row(), at=LATER, import_id=2)

    assert again == ["unchanged", "unchanged"]
    assert (Person.objects.count(), Certificate.objects.count(), Post.objects.count()) == (1, 1, 1)


def test_an_empty_cell_states_nothing():
    take(
        make_row(
            post_end=date(2016, 5, 31), title="主任", certificate_no="A1", field="老人社会服务"
        )
    )

    again = take(make_row(street="", employer=""), at=LATER)

    assert again == ["unchanged"]
    assert spells() == [("思明区", "2012-03-01", "2016-06-01")]


def test_a_changed_approval_date_supersedes_the_version():
    take(make_row())

    outcome = take(make_row(cert_date=date(2014, 6, 23)), at=LATER)

    assert outcome == ["changed"]
    assert certificates() == [("assistant", "2014-06-22", False), ("assistant", "2014-06-23", True)]
    known_before = Certificate.objects.known_at(AT).get()
    assert str(known_before.approved_on) == "2014-06-22"
    assert Certificate.objects.values("fact").distinct().count() == 1


def test_another_level_is_a_promotion():
    take(make_row())

    outcome = take(make_row(level="intermediate", cert_date=date(2016, 6, 19)), at=LATER)

    assert outcome == ["changed"]
    assert certificates() == [
        ("assistant", "2014-06-22", True),
        ("intermediate", "2016-06-19", True),
    ]


def test_a_second_certificate_of_the_same_level_is_refused_by_name():
    take(make_row(certificate_no="A1"))

    outcome = take(make_row(certificate_no="A2", cert_date=date(2015, 6, 1)), at=LATER)

    assert outcome == ["TWO_CERTIFICATES"]
    assert certificates() == [("assistant", "2014-06-22", True)]


def test_a_number_on_another_persons_certificate_is_refused_in_one_chunk_and_in_two():
    together = take(make_row(1, certificate_no="A1"), make_row(2, certificate_no="A1"))

    apart = take(make_row(3, management_no="A1"), at=LATER)

    assert (together, apart) == (["created", "CERT_NO_CONFLICT"], ["CERT_NO_CONFLICT"])


def test_a_row_may_revoke_a_certificate_and_a_roster_that_still_lists_it_is_refused():
    take(make_row())

    revoked = take(make_row(revoked_on=date(2015, 1, 20)), at=LATER)
    again = take(make_row(revoked_on=date(2015, 1, 20)), at=LATER)
    stale = take(make_row(), at=LATER)

    assert (revoked, again, stale) == (["changed"], ["unchanged"], ["CERT_REVOKED"])
    assert str(Certificate.objects.current().get().revoked_on) == "2015-01-20"


def test_a_certificate_approved_after_a_revocation_is_a_new_one():
    take(make_row(revoked_on=date(2015, 1, 2)))

    outcome = take(make_row(cert_date=date(2016, 6, 19)), at=LATER)

    assert outcome == ["changed"]
    assert Certificate.objects.current().count() == 2


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        ({"cert_date": date(1979, 6, 1)}, "CERT_BEFORE_BIRTH"),
        ({"post_start": date(1979, 6, 1)}, "POST_BEFORE_BIRTH"),
        ({"post_end": date(2011, 1, 1)}, "POST_ENDS_BEFORE_START"),
        ({"revoked_on": date(2014, 1, 1)}, "CERT_REVOKED_BEFORE_APPROVAL"),
        ({"district": "鼓浪屿区"}, "DISTRICT_UNKNOWN"),
        ({"street": "江头街道"}, "STREET_UNKNOWN"),
    ],
)
def test_a_row_that_cannot_be_true_leaves_nothing(stated, word):
    outcome = take(make_row(**stated))

    assert outcome == [word]
    assert (Person.objects.count(), Organisation.objects.count()) == (0, 0)


def test_another_name_on_the_same_number_is_refused():
    take(make_row())

    assert take(make_row(name="林小鹃"), at=LATER) == ["NAME_DIFFERS"]


def test_an_overlapping_post_is_refused_with_its_certificate_and_taken_with_a_reason():
    take(make_row())
    second = {"district": "湖里区", "street": "江头街道", "post_start": date(2014, 9, 1)}
    promoted = {"level": "intermediate", "cert_date": date(2014, 9, 30)}

    refused = take(make_row(**second, **promoted), at=LATER)
    kept = certificates()
    taken = take(make_row(**second, overlap_reason="借调"), at=LATER)
    again = take(make_row(**second, overlap_reason="借调"), at=LATER)

    assert (refused, kept) == (["POST_OVERLAP"], [("assistant", "2014-06-22", True)])
    assert (taken, again) == (["changed"], ["unchanged"])
    assert spells() == [("思明区", "2012-03-01", None), ("湖里区", "2014-09-01", None)]


def test_a_move_ends_nothing_in_silence():
    take(make_row())
    moved = make_row(
        district="湖里区", street="江头街道", post_start=date(2014, 9, 1), employer="江头社区"
    )
    left = make_row(post_end=date(2014, 8, 31))

    outcomes = take(moved, left, moved, at=LATER)

    assert outcomes == ["POST_OVERLAP", "changed", "changed"]
    assert spells() == [("思明区", "2012-03-01", "2014-09-01"), ("湖里区", "2014-09-01", None)]
    assert Person.objects.get().place == place("350206004")


def test_an_employer_is_found_by_its_other_names_in_its_district():
    known = Organisation.objects.create(
        name="厦门市湖里区霞辉社会工作服务中心",
        aliases=["霞辉社工"],
        kind="agency",
        place=place("350206"),
    )
    in_huli = {"district": "湖里区", "street": "", "employer": "霞辉社工"}

    take(make_row(1, **in_huli), make_row(2, **in_huli | {"district": "思明区"}))

    employers = {p.district.name: (p.employer, p.kind) for p in Post.objects.all()}
    made = Organisation.objects.exclude(pk=known.pk).get()
    assert employers == {"湖里区": (known, "agency"), "思明区": (made, "agency")}


def test_an_import_for_an_earlier_day_cannot_change_what_was_recorded_later():
    take(make_row(), at=LATER)

    outcome = take(make_row(cert_date=date(2014, 6, 23)), at=AT)

    assert outcome == ["KNOWN_LATER"]


def test_a_preview_judges_like_the_import_and_writes_nothing():
    take(make_row(1))
    rows = [make_row(1), make_row(2, street=""), make_row(1, post_start=date(2013, 1, 1))]

    seen = [r.reason or r.outcome for r in services.preview_roster(rows, at=LATER)]

    assert Person.objects.count() == 1
    assert seen == take(*rows, at=LATER) == ["unchanged", "created", "POST_OVERLAP"]


def test_an_import_leaves_one_event_without_personal_data():
    take(make_row(1), make_row(2), make_row(2, name="别人"), import_id=17)

    event = Event.objects.get(action="registry.roster_applied")
    assert (event.subject, event.detail) == (
        "import:17",
        {"created": 2, "changed": 0, "unchanged": 0, "refused": 1},
    )


def test_identity_numbers_lie_sealed_in_the_database():
    take(make_row())

    stored = IdentityDocument.objects.extra(select={"raw": "number"}).values_list("raw").get()[0]
    assert identity_number(1) not in stored
    assert IdentityDocument.objects.get().number == identity_number(1)


def test_undo_takes_back_what_an_import_brought_and_restores_what_it_changed():
    take(make_row(1), import_id=1)
    take(make_row(1, cert_date=date(2014, 7, 1)), make_row(2), at=LATER, import_id=2)

    undone = services.undo_roster(import_id=2, by=None, at=LATER + timedelta(days=1))

    first, second = Person.objects.order_by("pk")
    current = Certificate.objects.current()
    assert undone == 3
    assert [(c.person, str(c.approved_on)) for c in current] == [(first, "2014-06-22")]
    assert (first.withdrawn_at, second.withdrawn_at is not None) == (None, True)
    assert Certificate.objects.known_at(LATER).count() == 2
    assert services.undo_roster(import_id=2, by=None, at=LATER + timedelta(days=2)) == 0


def test_someone_withdrawn_by_undo_comes_back_with_the_next_import():
    take(make_row(1), import_id=1)
    services.undo_roster(import_id=1, by=None, at=LATER)

    outcome = take(make_row(1), at=LATER, import_id=2)

    assert outcome == ["changed"]
    assert Person.objects.on_file().count() == Certificate.objects.current().count() == 1


def test_undo_is_refused_when_a_later_import_changed_a_fact():
    take(make_row(1), import_id=1)
    take(make_row(1, cert_date=date(2014, 7, 1)), at=LATER, import_id=2)

    with pytest.raises(services.UndoRefused):
        services.undo_roster(import_id=1, by=None, at=LATER)

    assert Certificate.objects.current().count() == 1


def test_undo_is_refused_when_a_later_post_rests_on_the_end_it_recorded():
    take(make_row(1), import_id=1)
    take(make_row(1, post_end=date(2014, 8, 31)), at=LATER, import_id=2)
    take(make_row(1, post_start=date(2014, 9, 1)), at=LATER, import_id=3)

    with pytest.raises(services.UndoRefused):
        services.undo_roster(import_id=2, by=None, at=LATER)

    assert spells() == [("思明区", "2012-03-01", "2014-09-01"), ("思明区", "2014-09-01", None)]


def test_known_on_a_day_is_what_was_recorded_by_its_end():
    take(make_row(), at=clock.noon_of(date(2015, 3, 1)))

    counts = [
        Certificate.objects.known_at(clock.end_of(day)).count()
        for day in (date(2015, 2, 28), date(2015, 3, 1))
    ]

    assert counts == [0, 1]
