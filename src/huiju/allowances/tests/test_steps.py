"""From a computed list to a reviewed one: what each step does, and what it refuses."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection

from huiju.allowances import queries, services
from huiju.allowances.enums import ObjectionState, RunState, Step
from huiju.allowances.models import Hold, Notice, Objection, Run, RunStep
from huiju.allowances.queries.digests import LINE_FIELDS
from huiju.allowances.services import Decision, ObjectionWords
from huiju.allowances.tests.factories import (
    AT,
    OCTOBER,
    compute,
    make_notice,
    make_notice_days,
    make_objection,
    make_run,
    make_run_line,
    make_scheme,
)
from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import NotPermitted
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=10)


def listed(people=2):
    """A computed list of 思明区."""
    scheme = make_scheme()
    for _number in range(people):
        person = make_person()
        make_certificate(person)
        make_post(person)
    return compute(scheme)


def checked(run=None):
    run = run or listed()
    seen = queries.digest_of_lines(run)
    return services.check(run=run, seen=seen, by=make_user("district"), at=AT)


def noticed(run=None):
    run = run or checked()
    make_notice_days()
    seen = queries.digest_of_lines(run)
    return services.publish_notice(run=run, seen=seen, by=make_user("district"), at=AT)


def city():
    return make_user("city", "350200")


def test_the_digest_is_of_every_field_with_its_length():
    run = listed()
    fields = []
    for line in run.lines.order_by("person_id", "month").values_list(*LINE_FIELDS):
        fields += ["-" if value is None else f"{len(str(value))}:{value}" for value in line]

    digest = queries.digest_of_lines(run)

    assert len(fields) == 2 * len(LINE_FIELDS)
    assert digest == hashlib.sha256("".join(fields).encode()).hexdigest()


def test_a_list_of_nobody_has_a_digest_too():
    assert queries.digest_of_lines(make_run()) == hashlib.sha256(b"").hexdigest()


def test_computing_is_the_first_signature():
    run = listed()

    step = RunStep.objects.get()

    assert (step.run, step.step, step.by, step.round) == (run, Step.COMPUTED, run.computed_by, 1)
    assert step.digest == queries.digest_of_lines(run)


def test_a_second_official_checks_the_list():
    run, official = listed(), make_user("district")

    services.check(run=run, seen=queries.digest_of_lines(run), by=official, at=AT, note="核对无误")

    run.refresh_from_db()
    step = RunStep.objects.get(step=Step.CHECKED)
    assert (run.state, step.by, step.note) == (RunState.CHECKED, official, "核对无误")
    event = Event.objects.get(action="allowances.run_checked")
    assert event.detail == {"round": 1, "digest": step.digest}


def test_whoever_computed_does_not_check():
    run = listed()

    with pytest.raises(NotPermitted, match="须由他人"):
        services.check(run=run, seen=queries.digest_of_lines(run), by=run.computed_by, at=AT)

    run.refresh_from_db()
    assert (run.state, RunStep.objects.count()) == (RunState.DRAFT, 1)


@pytest.mark.parametrize(("role", "where"), [("district", "350206"), ("finance", "350200")])
def test_others_do_not_check(role, where):
    run = listed()

    with pytest.raises(NotPermitted, match="思明区"):
        services.check(run=run, seen=queries.digest_of_lines(run), by=make_user(role, where), at=AT)


def test_a_stale_page_is_told_and_not_obeyed():
    run = listed()
    seen = queries.digest_of_lines(run)
    make_run_line(run)

    with pytest.raises(services.ListChanged, match="名单已变动"):
        services.check(run=run, seen=seen, by=make_user("district"), at=AT)

    run.refresh_from_db()
    assert (run.state, RunStep.objects.count()) == (RunState.DRAFT, 1)


def test_a_notice_runs_for_the_days_of_the_parameter_not_counting_the_first():
    notice = noticed()

    assert (notice.opens_on, notice.closes_on) == (date(2015, 11, 2), date(2015, 11, 7))
    assert (Run.objects.get().state, len(notice.token)) == (RunState.NOTICED, 43)


def test_a_notice_of_unknown_length_asks_for_the_parameter():
    run = checked()

    with pytest.raises(services.NoticeDaysUnknown, match=r"allowance\.notice_days"):
        services.publish_notice(
            run=run, seen=queries.digest_of_lines(run), by=make_user("district"), at=AT
        )

    assert (Run.objects.get().state, Notice.objects.count()) == (RunState.CHECKED, 0)


def test_a_notice_without_a_value_in_force_names_who_owns_the_parameter():
    run = checked()
    make_notice_days().parameter.values.update(starts_on=date(2016, 1, 1))

    with pytest.raises(services.NoticeDaysUnknown, match="市民政局"):
        services.publish_notice(
            run=run, seen=queries.digest_of_lines(run), by=make_user("district"), at=AT
        )


def test_only_a_checked_list_is_published():
    run = listed()
    make_notice_days()

    with pytest.raises(NotPermitted, match="草稿"):
        services.publish_notice(
            run=run, seen=queries.digest_of_lines(run), by=make_user("district"), at=AT
        )


def test_the_city_reviews_when_the_notice_is_over():
    run, by = noticed().run, city()

    services.review(run=run, seen=queries.digest_of_lines(run), by=by, at=LATER)

    assert Run.objects.get().state == RunState.REVIEWED
    assert RunStep.objects.get(step=Step.REVIEWED).by == by


def test_no_review_while_the_notice_runs():
    run = noticed().run

    with pytest.raises(NotPermitted, match="2015-11-07"):
        services.review(
            run=run,
            seen=queries.digest_of_lines(run),
            by=city(),
            at=AT + timedelta(days=5),
        )


def test_no_review_while_an_objection_is_open():
    notice = noticed()
    make_objection(notice)

    with pytest.raises(NotPermitted, match="1"):
        services.review(
            run=notice.run, seen=queries.digest_of_lines(notice.run), by=city(), at=LATER
        )

    assert Run.objects.get().state == RunState.NOTICED


def test_a_returned_list_is_a_draft_of_the_next_round_and_computed_again():
    run = checked()

    services.return_run(run=run, reason="有人已离岗", by=city(), at=AT)

    run.refresh_from_db()
    step = RunStep.objects.get(step=Step.RETURNED)
    assert (run.state, run.round, step.round, step.note) == ("draft", 2, 1, "有人已离岗")
    with pytest.raises(NotPermitted, match="重新计算"):
        services.check(run=run, seen=queries.digest_of_lines(run), by=make_user("district"), at=AT)
    again = compute(run.scheme, at=LATER)
    assert (again.revision, again.round, again.state) == (2, 1, "draft")
    assert checked(again).state == RunState.CHECKED


def test_nothing_is_returned_without_a_reason():
    run = checked()

    with pytest.raises(services.ReasonNeeded):
        services.return_run(run=run, reason="  ", by=city(), at=AT)

    assert Run.objects.get().state == RunState.CHECKED


def test_a_draft_is_not_returned():
    with pytest.raises(NotPermitted):
        services.return_run(run=listed(), reason="误", by=city(), at=AT)


def test_anybody_objects_while_the_notice_runs():
    notice = noticed()

    services.object_to_notice(
        notice=notice, said=ObjectionWords(" 林某已离岗 ", "13800000000"), at=AT
    )

    made = Objection.objects.get()
    assert (made.text, made.contact, made.state) == ("林某已离岗", "13800000000", "open")
    assert (made.place, made.notice) == (notice.run.place, notice)


@pytest.mark.parametrize("when", [AT - timedelta(days=1), LATER])
def test_nobody_objects_outside_the_days_of_the_notice(when):
    notice = noticed()

    with pytest.raises(services.NoticeOver):
        services.object_to_notice(notice=notice, said=ObjectionWords("误"), at=when)

    assert Objection.objects.count() == 0


def test_nobody_objects_to_a_list_that_was_returned():
    notice = noticed()
    services.return_run(run=notice.run, reason="误", by=city(), at=AT)

    with pytest.raises(services.NoticeOver):
        services.object_to_notice(notice=notice, said=ObjectionWords("误"), at=AT)


def test_an_objection_says_something():
    with pytest.raises(services.AnswerIncomplete):
        services.object_to_notice(notice=noticed(), said=ObjectionWords(" "), at=AT)


def test_a_machine_that_objects_is_stopped():
    notice = noticed()
    for _number in range(20):
        make_objection(notice)

    with pytest.raises(services.TooMany):
        services.object_to_notice(notice=notice, said=ObjectionWords("误"), at=AT)


def test_a_rejected_objection_lets_the_list_go_on():
    objection, by = make_objection(noticed()), make_user("district")

    services.answer_objection(
        objection=objection, decision=Decision(upheld=False, words="经查在岗"), by=by, at=AT
    )

    objection.refresh_from_db()
    assert (objection.state, objection.answer) == (ObjectionState.REJECTED, "经查在岗")
    assert Run.objects.get().state == RunState.NOTICED


def test_an_upheld_objection_returns_the_list():
    objection = make_objection(noticed())

    services.answer_objection(
        objection=objection,
        decision=Decision(upheld=True, words="确已离岗"),
        by=make_user("district"),
        at=AT,
    )

    run = Run.objects.get()
    assert (run.state, run.round) == (RunState.DRAFT, 2)
    assert RunStep.objects.get(step=Step.RETURNED).note == "确已离岗"


def test_an_upheld_objection_may_stop_one_persons_allowance_instead():
    objection = make_objection(noticed())
    person = RunStep.objects.first().run.lines.first().person

    services.answer_objection(
        objection=objection,
        decision=Decision(upheld=True, words="待核实", hold=person),
        by=make_user("district"),
        at=AT,
    )

    hold = Hold.objects.get()
    assert (hold.person, hold.objection, hold.starts_on) == (person, objection, date(2015, 11, 2))
    assert Run.objects.get().state == RunState.NOTICED


def test_an_answer_has_words_and_is_given_once_by_the_district():
    objection = make_objection(noticed())
    decision = Decision(upheld=False, words="经查在岗")

    with pytest.raises(services.AnswerIncomplete):
        services.answer_objection(
            objection=objection, decision=Decision(True, " "), by=make_user("district"), at=AT
        )
    with pytest.raises(NotPermitted):
        services.answer_objection(
            objection=objection, decision=decision, by=make_user("district", "350206"), at=AT
        )
    services.answer_objection(
        objection=objection, decision=decision, by=make_user("district"), at=AT
    )
    with pytest.raises(NotPermitted):
        services.answer_objection(
            objection=objection, decision=decision, by=make_user("district"), at=AT
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_check_at_once_one_is_told():
    run = listed()
    seen, together = queries.digest_of_lines(run), Barrier(2)

    def press(by):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
        together.wait(timeout=30)
        try:
            return services.check(run=run, seen=seen, by=by, at=AT).state
        except NotPermitted as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, [make_user("district"), make_user("district")]))

    assert "checked" in answers
    assert sum("已核对" in answer for answer in answers) == 1
    assert RunStep.objects.filter(step=Step.CHECKED).count() == 1


def test_a_notice_is_open_on_its_days():
    notice = make_notice(make_run(month=OCTOBER.first_day))
    Run.objects.update(state="checked")
    Run.objects.update(state="noticed")
    notice.run.refresh_from_db()

    shown = [queries.notice_is_open(notice, on=date(2015, 11, day)) for day in (1, 2, 6, 7)]

    assert shown == [False, True, True, False]
