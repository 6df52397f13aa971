"""Approving: payments and the budget together, once, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection

from huiju.allowances import services
from huiju.allowances.enums import RunState, Step, Why
from huiju.allowances.models import Payment, Run, RunStep
from huiju.allowances.services import FundingEntry, ListChanged, NoFunding
from huiju.allowances.tests.factories import (
    AT,
    compute,
    make_funding,
    make_hold,
    make_reviewed_run,
    make_scheme,
)
from huiju.budgets import queries as budgets
from huiju.budgets.models import Entry
from huiju.budgets.services import OverBudget
from huiju.budgets.tests.factories import finance, make_line, make_split
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.errors import DomainError, NotPermitted
from huiju.kernel.periods import Month
from huiju.registry.models import Certificate, Post
from huiju.registry.tests.factories import (
    make_account,
    make_certificate,
    make_death,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=10)


def in_post(account=True):
    person = make_person()
    make_certificate(person)
    make_post(person)
    if account:
        make_account(person)
    return person


def reviewed(scheme=None, **options):
    """A list of 思明区 that lacks finance's signature alone."""
    return make_reviewed_run(compute(scheme or make_scheme(), **options))


def approve(run, by=None, at=NOW):
    seen = services.approval_plan(run=run, at=at).digest
    return services.approve(run=run, seen=seen, by=by or finance(), at=at)


def kept():
    """What approving leaves: the state, the number of payments and of ledger entries."""
    entries = Entry.objects.filter(key__startswith="allowance:run:").count()
    return Run.objects.latest("pk").state, Payment.objects.count(), entries


def test_approving_pays_everybody_and_binds_the_sum():
    one, two = in_post(), in_post()
    run, by = reviewed(), finance()
    line = make_funding(run.scheme).lines.get().line

    approve(run, by)

    rows = Payment.objects.order_by("person").values_list(
        "person", "amount_fen", "state", "account"
    )
    assert list(rows) == [
        (one.pk, 20000, "due", one.accounts.get().pk),
        (two.pk, 20000, "due", two.accounts.get().pk),
    ]
    stages = budgets.stages_of([line.pk])[line.pk]
    assert (stages.due, stages.committed) == (40000, 0)
    purposes = Entry.objects.filter(key__startswith=f"allowance:run:{run.pk}")
    assert {entry.purpose for entry in purposes} == {f"allowances.Run:{run.pk}"}
    assert sorted(entry.key for entry in purposes) == [
        f"allowance:run:{run.pk}",
        f"allowance:run:{run.pk}:due",
    ]
    step = RunStep.objects.get(step=Step.APPROVED)
    assert (Run.objects.get().state, step.by) == (RunState.APPROVED, by)


def test_a_sharing_plan_splits_the_sum_to_the_fen():
    in_post()
    run, split = reviewed(), make_split()
    city, district = make_line(), make_line(government="350203")
    entry = FundingEntry(run.scheme, place(), 2015, [city, district], split)
    services.set_funding(entry=entry, by=finance(), at=AT)

    approve(run)

    stages = budgets.stages_of([city.pk, district.pk])
    assert (stages[city.pk].due, stages[district.pk].due) == (12000, 8000)


def test_looking_at_what_approving_would_do_keeps_nothing():
    in_post()
    run = reviewed()
    make_funding(run.scheme)

    plan = services.approval_plan(run=run, at=NOW)

    assert (plan.total_fen, plan.sum_of("due"), plan.owed_fen) == (20000, (1, 20000), 0)
    assert kept() == ("reviewed", 0, 0)


def test_nobody_has_said_where_to():
    in_post(account=False)
    run = reviewed()
    make_funding(run.scheme)

    approve(run)

    payment = Payment.objects.get()
    assert (payment.state, payment.account) == ("no_account", None)


def died(person):
    make_death(person, died_on=date(2015, 9, 30), recorded_at=NOW - timedelta(days=1))


def revoked(person):
    replaced(Certificate, person, revoked_on=date(2015, 9, 1))


def left(person):
    replaced(Post, person, ends_on=date(2015, 9, 1))


def moved(person):
    replaced(Post, person, place=place("350206001"), district=place("350206"))


def stopped(person):
    scheme = Run.objects.get().scheme
    make_hold(person, scheme=scheme, placed_at=NOW - timedelta(days=1))


def replaced(model, person, **fields):
    """Another version of a fact, learnt the day before approving."""
    learnt = NOW - timedelta(days=1)
    old = model.objects.get(person=person)
    stamps = {"recorded_at": learnt, "fact": old.fact, "source": "page"}
    kept = {
        field.name: getattr(old, field.name)
        for field in model._meta.concrete_fields
        if field.name not in {"id", "days", "superseded_at"}
    }
    model.objects.filter(pk=old.pk).update(superseded_at=learnt)
    model.objects.create(**kept | stamps | fields)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (died, Why.DIED),
        (revoked, Why.CERTIFICATE_REVOKED),
        (left, Why.POST_ENDED),
        (moved, Why.MOVED),
        (stopped, Why.HELD),
    ],
)
def test_whoever_lost_the_claim_since_is_withheld_and_the_others_go_on(happens, why):
    gone, other = in_post(), in_post()
    run = reviewed()
    make_funding(run.scheme)
    happens(gone)

    plan = services.approval_plan(run=run, at=NOW)
    approve(run)

    assert [vars(each) for each in plan.differences] == [
        {"person": gone.pk, "month": run.month, "was_fen": 20000, "is_fen": 0, "why": why}
    ]
    states = dict(Payment.objects.values_list("person", "state"))
    assert states == {gone.pk: "withheld", other.pk: "due"}
    assert Payment.objects.get(person=gone).reason == why


def test_whoever_gets_more_by_late_facts_is_paid_what_the_list_says():
    person = in_post()
    run = reviewed()
    make_funding(run.scheme)
    make_certificate(person, level="intermediate", recorded_at=NOW - timedelta(days=1))

    approve(run)

    payment = Payment.objects.get()
    assert (payment.amount_fen, payment.state) == (20000, "due")


def test_a_correction_downwards_grows_the_debt_and_takes_nothing():
    person, scheme = in_post(), make_scheme()
    compute(scheme, Month(2015, 9))
    replaced_at = AT + timedelta(days=1)
    died_on = {"died_on": date(2015, 8, 1), "recorded_at": replaced_at}
    make_death(person, **died_on)
    run = make_reviewed_run(compute(scheme, at=replaced_at + timedelta(hours=1)))

    approve(run)

    payment = Payment.objects.get()
    assert (payment.amount_fen, payment.debt_growth_fen, payment.state) == (0, 20000, "paid")
    assert kept() == ("approved", 1, 0)


def test_a_list_of_nobody_is_approved_without_money():
    run = reviewed()

    approve(run)

    assert kept() == ("approved", 0, 0)


def test_no_funding_refuses_in_words():
    in_post()
    run = reviewed()

    with pytest.raises(NoFunding, match="思明区"):
        services.approve(run=run, seen="", by=finance(), at=NOW)

    assert kept() == ("reviewed", 0, 0)


def test_over_budget_keeps_nothing():
    in_post()
    run = reviewed()
    make_funding(run.scheme, make_line(amount_fen=10000))

    with pytest.raises(OverBudget):
        approve(run)

    assert kept() == ("reviewed", 0, 0)
    assert RunStep.objects.filter(step=Step.APPROVED).count() == 0


def test_what_has_changed_since_it_was_shown_is_not_approved():
    person = in_post()
    run = reviewed()
    make_funding(run.scheme)
    seen = services.approval_plan(run=run, at=NOW).digest
    died(person)

    with pytest.raises(ListChanged):
        services.approve(run=run, seen=seen, by=finance(), at=NOW)

    assert kept() == ("reviewed", 0, 0)


@pytest.mark.parametrize(
    ("role", "where"), [("city", "350200"), ("district", "350203"), ("finance", "350206")]
)
def test_only_finance_of_who_pays_approves(role, where):
    in_post()
    run = reviewed()
    make_funding(run.scheme)

    with pytest.raises(NotPermitted, match="财政"):
        approve(run, make_user(role, where))


def test_a_districts_finance_does_not_approve_what_the_city_pays_too():
    in_post()
    run, split = reviewed(), make_split()
    lines = [make_line(), make_line(government="350203")]
    entry = FundingEntry(run.scheme, place(), 2015, lines, split)
    services.set_funding(entry=entry, by=finance(), at=AT)

    with pytest.raises(NotPermitted):
        approve(run, finance("350203"))


@pytest.mark.django_db(transaction=True)
def test_fifty_who_approve_at_once_approve_once():
    in_post()
    run = reviewed()
    line = make_funding(run.scheme).lines.get().line
    seen = services.approval_plan(run=run, at=NOW).digest
    people, together = [finance() for _number in range(50)], Barrier(50)

    def press(by):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('huiju.reach', 'all', false)")
        together.wait(timeout=60)
        try:
            return services.approve(run=run, seen=seen, by=by, at=NOW).state
        except DomainError as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(press, people))

    assert answers.count("approved") == 1
    assert sum("已批准" in answer for answer in answers) == 49
    assert kept() == ("approved", 1, 2)
    assert budgets.stages_of([line.pk])[line.pk].due == 20000
