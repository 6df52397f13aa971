"""In force, repealed, unknown and never entered are four answers, on every day, for every place."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted
from huiju.policies import queries, rules, services, terms
from huiju.policies.enums import QuoteCheck
from huiju.policies.rules import Dated
from huiju.policies.services import Ending, ReviewInvalid
from huiju.policies.tests.factories import (
    AT,
    CITY,
    city_official,
    make_document,
    make_parameter,
    make_text,
    make_value,
    propose,
    value_entry,
)

FIRST = date(2014, 1, 1)
DAYS = st.integers(0, 1500).map(lambda days: FIRST + timedelta(days=days))


@st.composite
def dated_values(draw):
    """Values of one parameter in up to three places, none overlapping another in its own place."""
    found = []
    for distance in range(draw(st.integers(1, 3))):
        edges = sorted(draw(st.sets(DAYS, max_size=8)))
        for start, end in zip(edges[::2], edges[1::2], strict=False):
            after = draw(st.sampled_from(["repealed", "unknown"]))
            found.append(Dated(start, end, after, distance, len(found)))
        if len(edges) % 2:
            found.append(Dated(edges[-1], None, "", distance, len(found)))
    return found


@given(dated_values(), DAYS, st.integers(0, 2), st.booleans())
def test_a_future_value_changes_no_earlier_day(values, on, distance, open_ended):
    mine = [value for value in values if value.distance == distance]
    start = max([value.ends_on or value.starts_on for value in mine], default=FIRST)
    start += timedelta(days=30)
    added = Dated(start, None if open_ended else start + timedelta(days=90), "", distance, 999)

    before, after = (rules.standing(known, on=on) for known in (values, [*values, added]))

    assert on >= start or after == before


@given(dated_values(), DAYS)
def test_own_value_goes_before_the_one_around_it(values, on):
    covering = [value for value in values if value.covers(on)]
    nearest = min(covering, key=lambda value: value.distance, default=None)

    answer = rules.standing(values, on=on)

    if answer.kind == rules.IN_FORCE:
        assert answer.value == nearest
    elif nearest:
        blocked = answer.value
        assert (answer.kind, blocked.after) == (rules.UNKNOWN, "unknown")
        assert blocked.distance < nearest.distance


@given(dated_values())
def test_stretches_leave_no_day_out_and_say_what_each_day_says(values):
    first, last = FIRST, FIRST + timedelta(days=1600)

    spans = rules.spans(values, first=first, last=last)

    assert (spans[0].starts_on, spans[-1].ends_on) == (first, last + timedelta(days=1))
    for span in spans:
        for day in (span.starts_on, span.ends_on - timedelta(days=1)):
            assert rules.standing(values, on=day) == span.standing


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    starts=st.lists(st.integers(1, 400), min_size=1, max_size=4, unique=True),
    asked=st.integers(0, 900),
)
def test_adding_future_values_leaves_every_earlier_answer(starts, asked):
    """Through the services and the database: old value ended, the next one entered, and so on."""
    parameter, by, second = make_parameter(), city_official(), city_official()
    current, first = make_value(parameter, FIRST), FIRST
    on = FIRST + timedelta(days=asked)
    for gap in starts:
        before = terms.answer_at(parameter.code, on=on, place=place(CITY)).value
        day = first + timedelta(days=gap)
        ending = Ending(day - timedelta(days=1), "repealed", current.document)
        ended = services.end_value(value=current, ending=ending, by=by, at=AT)
        services.confirm_value(value=ended, by=second, at=AT)
        current, first = make_value(parameter, day, value=100 + gap), day
        after = terms.answer_at(parameter.code, on=on, place=place(CITY)).value
        assert on >= day or (after.value, after.starts_on) == (before.value, before.starts_on)


@pytest.mark.django_db
def test_correcting_keeps_what_was_known_before():
    parameter = make_parameter()
    value = make_value(parameter, FIRST)
    later = AT + timedelta(days=10)
    entry = value_entry(parameter, FIRST, value=30000, document=value.document)
    corrected = services.propose_value(entry=entry, by=city_official(), at=later, corrects=value)
    services.confirm_value(value=corrected, by=city_official(), at=later)

    answers = [
        terms.value_at(parameter.code, on=FIRST, place=place(CITY), known_at=at)
        for at in (AT, later - timedelta(seconds=1), later)
    ]

    assert answers == [20000, 20000, 30000]


@pytest.mark.django_db
def test_four_answers_each_with_its_sentence():
    parameter = make_parameter(name="每月津贴", owner="思明区民政局")
    document = make_document(number="厦民〔2014〕800号")
    make_value(
        parameter, date(2014, 2, 1), ends_on=date(2015, 1, 1), after="repealed",
        document=document, article="第三条",
    )  # fmt: skip
    make_value(parameter, date(2016, 1, 1), ends_on=date(2017, 1, 1), after="unknown")
    days = (date(2014, 1, 1), date(2014, 6, 1), date(2015, 6, 1), date(2018, 1, 1))

    answers = [terms.answer_at(parameter.code, on=day, place=place(CITY)) for day in days]

    assert [answer.kind for answer in answers] == ["never", "in_force", "repealed", "unknown"]
    assert [answer.value is not None for answer in answers] == [False, True, False, False]
    assert "厦民〔2014〕800号 第三条" in answers[1].sentence
    for answer, day in zip(answers, days, strict=True):
        assert "每月津贴" in answer.sentence
        assert day.isoformat() in answer.sentence
    assert "思明区民政局" in answers[3].sentence


@pytest.mark.django_db
def test_parameter_page_draws_gaps_repeals_and_what_is_unknown(client):
    parameter = make_parameter()
    make_value(parameter, FIRST, ends_on=date(2015, 1, 1), after="repealed")
    make_value(parameter, date(2016, 1, 1), ends_on=date(2017, 1, 1), after="unknown")
    client.force_login(city_official())

    text = client.get(reverse("policies:parameter", args=[parameter.pk])).content.decode()

    drawn = [text.count(f'class="strip-{kind}"') for kind in ("in_force", "repealed", "unknown")]
    assert drawn == [2, 1, 1]
    assert "不明" in text


QUOTED = "第七条　审核期限为三十个工作日。\n第八条　本办法自印发之日起施行。"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("article", "quote", "expected", "anchor"),
    [
        ("第七条", "三十个工作日", QuoteCheck.FOUND, "第七条"),
        ("第7条", "审核期限……工作日", QuoteCheck.FOUND, "第七条"),
        ("第八条", "三十个工作日", QuoteCheck.ELSEWHERE, "第八条"),
        ("第七条", "二十个工作日", QuoteCheck.ABSENT, "第七条"),
        ("", "三十个工作日", QuoteCheck.FOUND, ""),
        ("第七条", "", QuoteCheck.NO_QUOTE, "第七条"),
        ("第九条", "三十个工作日", QuoteCheck.ELSEWHERE, ""),
    ],
)
def test_quotation_is_compared_with_the_clause_it_cites(article, quote, expected, anchor):
    document = make_document()
    make_text(document, QUOTED)
    value = propose(
        value_entry(make_parameter(), FIRST, document=document, article=article, quote=quote)
    )

    evidence = queries.evidence_of([value])[value.pk]

    assert (evidence.check, evidence.anchor) == (expected, anchor)


@pytest.mark.django_db
@pytest.mark.parametrize("extent", [None, "notes"])
def test_notes_are_no_wording_to_compare_with(extent):
    document = make_document()
    if extent:
        make_text(document, QUOTED, extent=extent)
    value = propose(value_entry(make_parameter(), FIRST, document=document, quote="三十个工作日"))

    assert queries.evidence_of([value])[value.pk].check == QuoteCheck.NO_TEXT


@pytest.mark.django_db
def test_second_person_sees_quotation_and_clause_side_by_side_and_is_warned(client):
    document = make_document()
    make_text(document, QUOTED)
    for quote in ("三十个工作日", "二十个工作日"):
        propose(
            value_entry(make_parameter(), FIRST, document=document, article="第七条", quote=quote)
        )
    client.force_login(city_official())

    text = client.get(reverse("policies:awaiting")).content.decode()

    assert text.count("审核期限为三十个工作日。") == 2
    assert text.count("没有这段摘录") == 1
    assert f"/policies/{document.pk}/#%E7%AC%AC%E4%B8%83%E6%9D%A1" in text


@pytest.mark.django_db
def test_review_moves_the_day_and_is_kept():
    parameter = make_parameter(review_on=date(2026, 3, 1))
    until = date(2027, 3, 31)
    assert list(queries.parameters_to_review(on=clock.day_of(AT))) == [parameter]

    services.confirm_unchanged(
        parameter=parameter, until=until, note="市局网站", by=city_official(), at=AT
    )

    parameter.refresh_from_db()
    assert (parameter.review_on, parameter.reviews.get().note) == (until, "市局网站")
    assert list(queries.parameters_to_review(on=clock.day_of(AT))) == []


@pytest.mark.django_db
def test_review_needs_words_a_later_day_and_the_office_in_charge():
    parameter = make_parameter(owner="思明区民政局")
    siming, huli = make_user("district", "350203"), make_user("district", "350206")
    until = date(2027, 1, 1)

    with pytest.raises(ReviewInvalid, match="复核了"):
        services.confirm_unchanged(parameter=parameter, until=until, note=" ", by=siming, at=AT)
    with pytest.raises(ReviewInvalid, match="晚于"):
        services.confirm_unchanged(
            parameter=parameter, until=clock.day_of(AT), note="看过", by=siming, at=AT
        )
    with pytest.raises(NotPermitted, match="思明区民政局"):
        services.confirm_unchanged(parameter=parameter, until=until, note="看过", by=huli, at=AT)
    services.confirm_unchanged(parameter=parameter, until=until, note="看过", by=siming, at=AT)


@pytest.mark.django_db
def test_review_is_recorded_on_the_page(client):
    parameter = make_parameter(review_on=date(2026, 1, 1))
    client.force_login(city_official())
    url = reverse("policies:confirm_unchanged", args=[parameter.pk])

    client.post(url, {"until": ""})
    client.post(url, {"until": "2099-01-01", "note": "原文"})
    text = client.get(reverse("policies:parameter", args=[parameter.pk])).content.decode()

    assert "2099-01-01" in text
    assert parameter.reviews.count() == 1
