from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from huiju.audit.models import Event
from huiju.directory.models import User
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel.errors import NotPermitted
from huiju.registry import services
from huiju.registry.models import Certificate, Post
from huiju.registry.services import CertificateStatement, Entry, PostStatement
from huiju.registry.services.facts import spell_of
from huiju.registry.tests.factories import LEARNT, make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db
AT = datetime(2016, 3, 1, 4, 0, tzinfo=UTC)


def entry(by: User | None = None, reason: str = "证书原件", at: datetime = AT) -> Entry:
    return Entry(at=at, by=by or make_user("district", "350203"), reason=reason)


def stated(**fields: object) -> CertificateStatement:
    defaults = {"level": "assistant", "approved_on": date(2014, 6, 23)}
    return CertificateStatement(**defaults | fields)


def spell(**fields: object) -> PostStatement:
    defaults = {
        "place": place("350203001"),
        "district": place("350203"),
        "starts_on": date(2015, 3, 1),
        "ends_on": None,
        "employer": None,
    }
    return PostStatement(**defaults | fields)


def events() -> list[str]:
    registry = Event.objects.filter(action__startswith="registry.")
    return list(registry.order_by("pk").values_list("action", flat=True))


def test_correcting_a_certificate_adds_a_version_and_an_event():
    certificate = make_certificate()
    said = entry()

    new = services.correct_certificate(certificate=certificate, stated=stated(), entry=said)

    certificate.refresh_from_db()
    event = Event.objects.get(action="registry.certificate_corrected")
    assert (certificate.superseded_at, new.fact, new.recorded_at) == (AT, certificate.fact, AT)
    assert (new.approved_on, new.recorded_by, new.reason) == (
        date(2014, 6, 23),
        said.by,
        "证书原件",
    )
    assert (event.subject, event.detail["fields"]) == (
        f"registry.Person:{certificate.person_id}",
        ["approved_on"],
    )


def test_saving_a_certificate_unchanged_leaves_nothing():
    certificate = make_certificate(approved_on=date(2014, 6, 23))

    same = services.correct_certificate(certificate=certificate, stated=stated(), entry=entry())

    assert (same, Certificate.objects.count(), events()) == (certificate, 1, [])


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"approved_on": date(2016, 3, 2)}, services.DateNotYet),
        ({"approved_on": date(1979, 1, 1)}, services.CertificateBeforeBirth),
        ({"level": "intermediate"}, services.SecondCertificate),
        ({"certificate_no": "A1"}, services.CertificateNumberTaken),
        ({"revoked_on": date(2014, 1, 1)}, services.RevokedBeforeApproval),
    ],
)
def test_a_correction_that_cannot_be_true_is_refused(change, refusal):
    certificate = make_certificate()
    make_certificate(certificate.person, level="intermediate")
    make_certificate(certificate_no="A1")

    with pytest.raises(refusal):
        services.correct_certificate(
            certificate=certificate, stated=stated(**change), entry=entry()
        )

    assert Certificate.objects.count() == 3


def test_a_correction_needs_a_reason():
    with pytest.raises(services.ReasonMissing):
        services.correct_certificate(
            certificate=make_certificate(), stated=stated(), entry=entry(reason=" ")
        )


def test_a_correction_recorded_before_the_version_it_corrects_is_refused():
    with pytest.raises(services.KnownLater):
        services.correct_certificate(
            certificate=make_certificate(),
            stated=stated(),
            entry=entry(at=LEARNT - timedelta(days=1)),
        )


def test_another_district_does_not_correct_this_ones_certificates():
    certificate = make_certificate()

    with pytest.raises(NotPermitted, match="厦港街道"):
        services.correct_certificate(
            certificate=certificate, stated=stated(), entry=entry(make_user("district", "350206"))
        )


def test_the_district_where_somebody_works_may_correct_too():
    person = make_person()
    certificate = make_certificate(person)
    make_post(person, place=place("350206004"))

    services.correct_certificate(
        certificate=certificate, stated=stated(), entry=entry(make_user("district", "350206"))
    )

    assert Certificate.objects.count() == 2


def test_a_superseded_version_is_not_corrected_again():
    certificate = make_certificate()
    services.correct_certificate(certificate=certificate, stated=stated(), entry=entry())
    certificate.refresh_from_db()

    with pytest.raises(NotPermitted):
        services.correct_certificate(
            certificate=certificate, stated=stated(approved_on=date(2014, 7, 1)), entry=entry()
        )


def test_a_certificate_is_revoked_once():
    certificate = make_certificate()

    revoked = services.revoke_certificate(
        certificate=certificate, revoked_on=date(2016, 1, 1), entry=entry()
    )

    assert (revoked.revoked_on, revoked.fact) == (date(2016, 1, 1), certificate.fact)
    with pytest.raises(NotPermitted):
        services.revoke_certificate(certificate=revoked, revoked_on=date(2016, 2, 1), entry=entry())


def test_a_post_is_added_and_the_file_moves_with_the_person():
    person = make_person(place=place("350203003"))
    employer = make_organisation(kind="agency")

    post = services.add_post(person=person, stated=spell(employer=employer), entry=entry())

    person.refresh_from_db()
    assert (post.kind, post.source, person.place) == ("agency", "page", place("350203001"))
    assert events() == ["registry.post_added"]


def test_a_post_is_recorded_by_the_office_of_its_place_alone():
    with pytest.raises(NotPermitted):
        services.add_post(
            person=make_person(),
            stated=spell(place=place("350206004"), district=place("350206")),
            entry=entry(),
        )


def test_a_second_post_needs_its_own_reason():
    person = make_person()
    make_post(person)

    with pytest.raises(services.PostsOverlap):
        services.add_post(person=person, stated=spell(), entry=entry())
    services.add_post(person=person, stated=spell(overlap_reason="借调"), entry=entry())

    assert Post.objects.current().count() == 2


def test_the_database_refuses_an_overlap_that_slipped_through():
    post = make_post()

    with pytest.raises(Exception, match="posts_of_one_person_overlap_only_with_a_reason"):
        make_post(post.person, starts_on=date(2014, 1, 1))


def test_ending_a_post_stores_the_day_after_the_last():
    post = make_post()

    ended = services.end_post(post=post, last_day=date(2016, 2, 29), entry=entry())

    assert (ended.ends_on, ended.fact) == (date(2016, 3, 1), post.fact)
    with pytest.raises(NotPermitted):
        services.end_post(post=ended, last_day=date(2016, 2, 28), entry=entry())


def test_a_post_does_not_end_before_it_begins():
    with pytest.raises(services.PostEndsBeforeStart):
        services.end_post(post=make_post(), last_day=date(2012, 1, 1), entry=entry())


def test_correcting_a_post_may_take_values_away():
    post = make_post(title="主任", ends_on=date(2016, 1, 1))
    said = replace(spell_of(post), title="", ends_on=None)

    corrected = services.correct_post(post=post, stated=said, entry=entry())

    assert (corrected.title, corrected.ends_on, corrected.employer) == ("", None, post.employer)


def test_correcting_a_post_beside_a_second_one_needs_no_new_reason():
    first = make_post()
    make_post(first.person, starts_on=date(2013, 1, 1), overlap_reason="借调")

    corrected = services.correct_post(
        post=first, stated=replace(spell_of(first), title="主任"), entry=entry()
    )

    assert corrected.title == "主任"


def test_an_auditor_changes_and_reveals_nothing():
    auditor = make_user("auditor", "350200")
    person = make_person()

    with pytest.raises(NotPermitted):
        services.rename_person(person=person, name="别名", entry=entry(auditor))
    with pytest.raises(NotPermitted):
        services.reveal_number(document=person.documents.get(), entry=entry(auditor))
