from datetime import UTC, date, datetime, timedelta

import pytest

from huiju.allowances import queries, services
from huiju.allowances.enums import RunState
from huiju.allowances.models import Run, RunLine
from huiju.allowances.services import MonthNotComputable, RateMissing, RunOrder
from huiju.allowances.tests.factories import (
    AT,
    OCTOBER,
    compute,
    make_approved_run,
    make_rate,
    make_run,
    make_scheme,
)
from huiju.audit.models import Event
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel.errors import NotPermitted
from huiju.kernel.periods import Month
from huiju.registry import queries as registry
from huiju.registry.services import Entry, merge_people
from huiju.registry.tests.factories import (
    make_certificate,
    make_death,
    make_leave,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db
DECEMBER_2 = datetime(2015, 12, 2, 4, 0, tzinfo=UTC)


def in_post(level="assistant", **post):
    """Somebody with a certificate and a post in a community of 思明区."""
    person = make_person()
    return make_certificate(person, level=level), make_post(person, **post)


def amounts(run):
    rows = run.lines.order_by("person_id", "month").values_list("person_id", "month", "amount_fen")
    return [(person, Month.of(month), fen) for person, month, fen in rows]


def test_compute_posts_a_line_that_names_its_facts():
    scheme = make_scheme()
    certificate, post = in_post()
    rate = scheme.place.parametervalue_set.get(parameter__code="test_allowance.rate.assistant")

    run = compute(scheme)

    line = RunLine.objects.get()
    assert (line.run, line.person, line.month, line.place) == (
        run, post.person, date(2015, 10, 1), place(),
    )  # fmt: skip
    assert (line.certificate, line.post, line.rate) == (certificate, post, rate)
    assert (line.level, line.counted_on, line.step_rate_fen) == (
        "assistant", date(2015, 10, 1), 20000,
    )  # fmt: skip
    assert (line.step_due_fen, line.step_posted_fen, line.amount_fen) == (20000, 0, 20000)
    assert (run.revision, run.state, run.known_at) == (1, RunState.DRAFT, AT)
    event = Event.objects.get(action="allowances.run_computed")
    assert (event.detail["place"], event.detail["revision"]) == ("350203", 1)


def test_only_posts_of_the_schemes_kinds_of_employers_count():
    scheme = make_scheme()
    in_post(employer=make_organisation(kind="agency", place=place("350203001")))

    run = compute(scheme)

    assert amounts(run) == []


def test_a_city_official_computes_every_district_at_once():
    scheme = make_scheme()
    _certificate, siming = in_post()
    _certificate, huli = in_post(level="intermediate", place=place("350206001"))
    by = make_user("city", "350200")
    districts = list(queries.computable_districts(by, on=date(2015, 11, 2)))

    runs = services.compute_runs(order=RunOrder(scheme, districts, OCTOBER, AT), by=by, at=AT)

    assert len(runs) == 6
    assert {run.place.name: amounts(run) for run in runs if run.lines.exists()} == {
        "思明区": [(siming.person_id, OCTOBER, 20000)],
        "湖里区": [(huli.person_id, OCTOBER, 30000)],
    }


def test_computing_again_replaces_the_draft():
    scheme = make_scheme()
    in_post()
    first = compute(scheme)
    _certificate, later = in_post(level="intermediate")

    second = compute(scheme, at=DECEMBER_2)

    first.refresh_from_db()
    assert (first.state, first.replaced_at, second.revision) == (RunState.REPLACED, DECEMBER_2, 2)
    assert [fen for _person, _month, fen in amounts(second)] == [20000, 30000]
    assert amounts(second)[1][0] == later.person_id


def test_a_fact_learnt_late_makes_a_difference_line_in_the_next_run():
    scheme = make_scheme()
    _certificate, post = in_post()
    compute(scheme)
    learnt = datetime(2015, 11, 20, 4, 0, tzinfo=UTC)
    make_certificate(
        post.person, level="intermediate", approved_on=date(2015, 6, 1), recorded_at=learnt
    )

    november = compute(scheme, Month(2015, 11), at=DECEMBER_2)

    assert amounts(november) == [
        (post.person_id, OCTOBER, 10000),
        (post.person_id, Month(2015, 11), 30000),
    ]
    late = november.lines.get(month=date(2015, 10, 1))
    assert (late.step_due_fen, late.step_posted_fen, late.is_correction) == (30000, 20000, True)


def test_a_month_no_longer_due_is_taken_back_without_facts():
    scheme = make_scheme()
    _certificate, post = in_post()
    compute(scheme)
    post.superseded_at = datetime(2015, 11, 20, tzinfo=UTC)
    post.save(update_fields=["superseded_at"])

    november = compute(scheme, Month(2015, 11), at=DECEMBER_2)

    line = november.lines.get()
    assert (line.amount_fen, line.level, line.certificate, line.rate) == (-20000, "", None, None)


def test_months_never_computed_here_are_not_made_up_for():
    scheme = make_scheme()
    in_post()
    compute(scheme, Month(2015, 8))

    run = compute(scheme, OCTOBER)

    assert [str(month) for _person, month, _fen in amounts(run)] == ["2015-10"]


def test_a_run_as_known_on_an_earlier_day_sees_only_what_was_recorded_then():
    scheme = make_scheme()
    _certificate, known = in_post()
    in_post(recorded_at=datetime(2015, 10, 30, tzinfo=UTC))
    by = make_user("district", "350203")
    then = datetime(2015, 10, 20, 16, 0, tzinfo=UTC)

    order = RunOrder(scheme, [place()], OCTOBER, then)
    (run,) = services.compute_runs(order=order, by=by, at=AT)

    assert amounts(run) == [(known.person_id, OCTOBER, 20000)]


def test_a_post_in_another_district_begun_first_keeps_the_day():
    scheme = make_scheme()
    _certificate, first = in_post(place=place("350206001"))
    make_post(first.person, starts_on=date(2015, 9, 1), overlap_reason="支援")

    run = compute(scheme)

    assert amounts(run) == []


def test_a_districts_own_rate_goes_before_the_citys():
    scheme = make_scheme()
    _certificate, post = in_post()
    make_rate("assistant", 22000, place=place(), starts_on=date(2013, 1, 1))

    run = compute(scheme)

    assert amounts(run) == [(post.person_id, OCTOBER, 22000)]


def test_a_missing_rate_stops_the_run_with_the_parameters_name():
    scheme = make_scheme()
    in_post()
    draft = compute(scheme)
    in_post(level="senior")

    with pytest.raises(RateMissing) as refusal:
        compute(scheme, at=DECEMBER_2)

    draft.refresh_from_db()
    assert "test_allowance.rate.senior" in str(refusal.value)
    assert (draft.state, Run.objects.count(), RunLine.objects.count()) == (RunState.DRAFT, 1, 1)


def test_a_rate_of_which_the_sequel_is_unknown_stops_the_run():
    scheme = make_scheme(rates=False)
    in_post()
    make_rate("assistant", 20000, ends_on=date(2015, 10, 1), after="unknown")

    with pytest.raises(RateMissing):
        compute(scheme)

    assert Run.objects.count() == 0


def test_an_official_of_another_district_is_refused():
    scheme = make_scheme()

    with pytest.raises(NotPermitted):
        compute(scheme, by=make_user("district", "350206"))

    assert Run.objects.count() == 0


@pytest.mark.parametrize("month", [Month(2013, 12), Month(2015, 12)])
def test_a_month_outside_the_scheme_or_not_begun_is_refused(month):
    scheme = make_scheme()

    with pytest.raises(MonthNotComputable):
        compute(scheme, month)

    assert Run.objects.count() == 0


def test_a_month_that_a_later_run_has_corrected_is_not_computed_again():
    scheme = make_scheme()
    compute(scheme)
    compute(scheme, Month(2015, 11), at=DECEMBER_2)

    with pytest.raises(MonthNotComputable):
        compute(scheme, OCTOBER, at=DECEMBER_2)

    assert Run.objects.current().count() == 2


def test_days_of_leave_do_not_count_and_the_derivation_says_so(client):
    scheme = make_scheme(granularity="day")
    _certificate, post = in_post()
    make_leave(post.person, starts_on=date(2015, 10, 11), ends_on=date(2015, 10, 21))

    run = compute(scheme)

    line = run.lines.get()
    client.force_login(run.computed_by)
    page = client.get(f"/allowances/lines/{line.pk}/").content.decode()
    assert (line.step_days, line.amount_fen) == (21, 13548)
    for words in ("请假离岗", "病假，2015-10-11 — 2015-10-20", "请假期间不计发"):
        assert words in page


def test_a_leave_learnt_late_takes_the_month_back_and_says_why(client):
    scheme = make_scheme(month_rule="full_month")
    _certificate, post = in_post()
    compute(scheme)
    late = AT + timedelta(days=1)
    make_leave(
        post.person, starts_on=date(2015, 10, 5), ends_on=date(2015, 10, 6), recorded_at=late
    )

    run = compute(scheme, OCTOBER.next, at=DECEMBER_2)

    client.force_login(run.computed_by)
    line = run.lines.get(month=OCTOBER.first_day)
    page = client.get(f"/allowances/lines/{line.pk}/").content.decode()
    assert amounts(run) == [
        (post.person_id, OCTOBER, -20000),
        (post.person_id, OCTOBER.next, 20000),
    ]
    assert "病假，2015-10-05 — 2015-10-05" in page


def test_no_post_counts_from_the_day_of_death():
    scheme = make_scheme(granularity="day")
    _certificate, post = in_post()
    make_death(post.person, died_on=date(2015, 10, 11))

    run = compute(scheme)
    november = compute(scheme, OCTOBER.next, at=DECEMBER_2)

    assert (run.lines.get().step_days, amounts(november)) == (10, [])


def test_two_records_of_one_human_both_paid_are_paid_once_in_the_end(client):
    scheme = make_scheme()
    (_c, away), (_c, kept) = in_post(), in_post()
    october = compute(scheme)
    conflicts = registry.conflicts_of(registry.sides_of(away.person, kept.person))
    merge_people(
        from_person=away.person,
        into_person=kept.person,
        choices={conflict.key: "into" for conflict in conflicts},
        values=(),
        entry=Entry(at=AT + timedelta(days=1), by=make_user("city", "350200"), reason="同一人"),
    )

    run = compute(scheme, OCTOBER.next, at=DECEMBER_2)

    assert len(amounts(october)) == 2
    assert amounts(run) == [
        (kept.person_id, OCTOBER, -20000),
        (kept.person_id, OCTOBER.next, 20000),
    ]
    client.force_login(run.computed_by)
    line = run.lines.get(month=OCTOBER.first_day)
    page = client.get(f"/allowances/lines/{line.pk}/").content.decode()
    assert page.count(f"/allowances/lines/{october.lines.get(person=away.person).pk}/") == 1


def test_a_merge_of_records_paid_in_turn_alters_nothing():
    scheme = make_scheme()
    certificate, away = in_post(ends_on=date(2015, 10, 1))
    kept = make_post(make_person(), starts_on=date(2015, 10, 1))
    september = compute(scheme, Month(2015, 9), at=datetime(2015, 10, 2, tzinfo=UTC))
    merge_people(
        from_person=away.person,
        into_person=kept.person,
        choices={},
        values=(),
        entry=Entry(
            at=datetime(2015, 10, 20, tzinfo=UTC), by=make_user("city", "350200"), reason="同一人"
        ),
    )

    run = compute(scheme)

    assert amounts(september) == [(certificate.person_id, Month(2015, 9), 20000)]
    assert amounts(run) == [(kept.person_id, OCTOBER, 20000)]


@pytest.mark.parametrize("state", ["checked", "approved"])
def test_a_run_somebody_signed_is_not_computed_again(state):
    scheme = make_scheme()
    run = make_run(scheme=scheme)
    if state == "approved":
        make_approved_run(run)
    else:
        Run.objects.update(state=state)

    with pytest.raises(services.MonthNotComputable) as refusal:
        compute(scheme)

    assert "不能重新计算" in str(refusal.value)
    assert [(kept.revision, kept.state) for kept in Run.objects.all()] == [(1, state)]
