"""Publishing, and checking what was published again."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted
from huiju.kernel.figures import digest_of
from huiju.registry import figures as registry
from huiju.registry.models import Certificate
from huiju.statistics import queries, services
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.models import FigureSource, FigureValue, Publication
from huiju.statistics.tests.factories import (
    LATER,
    ON,
    ask,
    make_certificate,
    make_certified,
    make_publication,
)

pytestmark = pytest.mark.django_db


def recheck(publication):
    (only,) = queries.rechecked(publication, FIGURES)
    return only


def test_publish_keeps_value_definition_and_record_keys():
    person = make_certified()
    city = make_user("city", "350200")

    publication = make_publication(ask(), by=city)

    (value,) = publication.values.all()
    assert (value.code, value.version, value.on, value.filters, value.value, value.unit) == (
        "registry.certified",
        1,
        ON,
        {},
        1,
        "person",
    )
    assert value.source.keys == [person.pk]
    assert value.source.digest == digest_of([person.pk])
    assert value.source.definition == str(registry.certified.definition)
    event = Event.objects.get(action="statistics.figures_published")
    assert event.detail == {"kind": "series", "on": "2015-12-31", "edition": 1, "figures": 1}


def test_publish_again_is_a_new_edition():
    make_certified()

    editions = [make_publication().edition for _ in range(2)]

    assert editions == [1, 2]


def test_publish_keeps_an_answer_given_twice_once():
    assert make_publication(ask(), ask()).values.count() == 1


def test_publish_by_a_district_is_refused_and_keeps_nothing():
    with pytest.raises(NotPermitted):
        make_publication(by=make_user("district", "350203"))

    assert Publication.objects.count() == 0


def test_publish_nothing_is_refused():
    with pytest.raises(services.NothingToPublish):
        services.publish(kind="series", title="", answers=[], by=None, at=LATER)


@pytest.mark.parametrize("table", ["publication", "figurevalue", "figuresource"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = 1", "TRUNCATE {}"])
def test_what_was_published_cannot_be_changed(table, statement):
    make_publication()

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(f"statistics_{table}"))


def test_record_keys_are_behind_the_second_wall():
    make_publication()

    seen = {}
    for role, where in (("city", "350200"), ("district", "350203")):
        with reading_as(make_user(role, where)):
            seen[role] = (FigureValue.objects.count(), FigureSource.objects.count())

    assert seen == {"city": (1, 1), "district": (1, 0)}


def test_recheck_of_untouched_records_is_unchanged():
    make_certified()

    checked = recheck(make_publication())

    assert (checked.reproduced, checked.unchanged, checked.came, checked.went) == (
        True,
        True,
        [],
        [],
    )


def test_recheck_names_records_that_came_and_went():
    gone, stays = make_certified(), make_certified()
    publication = make_publication(ask(district="思明区"))
    Certificate.objects.filter(person=gone).update(superseded_at=LATER + timedelta(1))
    late = make_certified()
    make_certificate(late, "senior", recorded_at=LATER + timedelta(1))
    Certificate.objects.filter(person=late, level="assistant").update(
        recorded_at=LATER + timedelta(1)
    )

    checked = recheck(publication)

    assert (checked.published.value, checked.now.value) == (2, 2)
    assert (checked.reproduced, checked.unchanged) == (True, False)
    assert (checked.came, checked.went) == ([late.pk], [gone.pk])
    assert stays.pk in checked.now.keys


def test_recheck_tells_records_altered_without_a_version():
    person = make_certified()
    publication = make_publication()
    Certificate.objects.filter(person=person).update(approved_on=ON + timedelta(1))

    assert not recheck(publication).reproduced


def test_recheck_does_not_compare_another_definition():
    make_certified()
    publication = make_publication()

    (checked,) = queries.rechecked(publication, {})

    assert (checked.then, checked.now, checked.unchanged) == (None, None, False)


def test_published_series_takes_the_last_edition_of_each_day():
    make_certified()
    make_publication(ask())
    make_certified()
    make_publication(ask(), at=LATER + timedelta(1))
    make_publication(ask(district="思明区"))

    series = queries.published_series("registry.certified")
    assert [(each.on, each.value, each.known_at) for each in series] == [(ON, 2, LATER)]


def test_a_filter_that_a_figure_lacks_is_refused():
    with pytest.raises(queries.NotADimension):
        ask(registry.employers, district="思明区")


def test_totals_are_the_values_of_the_answers():
    make_certified()
    make_certified("intermediate", "350206")
    questions = [ask(), ask(level="senior"), ask(registry.employers)]

    assert queries.totals(*questions) == [queries.answer(each).value for each in questions]
