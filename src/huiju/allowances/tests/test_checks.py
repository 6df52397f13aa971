"""What was posted is worked out once more from the facts, by another way than the rules."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction
from tests.permissions.database import as_owner

from huiju.allowances import queries, services
from huiju.allowances.enums import Effect, Granularity, LevelPick, MonthRule
from huiju.allowances.models import Hold, RunLine
from huiju.allowances.tests.factories import compute, make_hold, make_rate, make_scheme
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel.periods import Month
from huiju.registry import queries as registry
from huiju.registry.models import Post
from huiju.registry.services import Entry, merge_people
from huiju.registry.tests.factories import (
    make_certificate,
    make_death,
    make_leave,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db
DISTRICTS = ("350203", "350206")
MONTHS = [Month(2015, 1).plus(n) for n in range(5)]


def learnt(random, month):
    """An instant before the month's run, or long after the fact."""
    return datetime(month.year, month.number, 1, tzinfo=UTC) + timedelta(days=random.randrange(60))


def day(random):
    return date(2014, 12, 1) + timedelta(days=random.randrange(180))


def some_fact(random, person, at):
    """Something that happens to a person: a certificate, a leave, a death, a post's end or another post."""
    kind = random.randrange(5)
    if kind == 0:
        level = random.choice(["intermediate", "senior"])
        make_certificate(person, level=level, approved_on=day(random), recorded_at=at)
    elif kind == 1:
        starts_on = day(random)
        ends_on = starts_on + timedelta(days=random.randrange(1, 90))
        make_leave(person, starts_on=starts_on, ends_on=ends_on, recorded_at=at)
    elif kind == 2:
        make_death(person, died_on=day(random), recorded_at=at)
    elif kind == 3:
        Post.objects.filter(person=person, superseded_at=None).update(superseded_at=at)
    else:
        where = place(random.choice(DISTRICTS) + "001")
        starts_on = day(random)
        make_post(person, place=where, starts_on=starts_on, recorded_at=at, overlap_reason="支援")


def merge(away, kept, at):
    conflicts = registry.conflicts_of(registry.sides_of(away, kept))
    merge_people(
        from_person=away,
        into_person=kept,
        choices={conflict.key: "into" for conflict in conflicts},
        values=(),
        entry=Entry(at=at, by=make_user("city", "350200"), reason="同一人"),
    )


def stop_or_let_go(person, scheme, month, at):
    """Somebody's allowance is stopped from a month on, or let go on from it."""
    hold = Hold.objects.filter(ends_on=None).first()
    if hold is None:
        make_hold(person, scheme=scheme, starts_on=month.first_day, placed_at=at)
    else:
        by = make_user("city", "350200")
        services.lift_hold(hold=hold, ends_on=month.first_day, by=by, at=at)


def lived(seed, **policy):
    """Five months of two districts, some computed twice, with everything that happens to people."""
    random = Random(seed)
    scheme = make_scheme(**{"lookback_months": 2, "first_month": date(2015, 1, 1)} | policy)
    make_rate("senior", 40001, recorded_at=datetime(2014, 1, 3, tzinfo=UTC))
    make_rate("assistant", 22000, place=place(), starts_on=date(2015, 3, 10))
    people = [make_person() for _n in range(10)]
    for person in people[:8]:
        make_certificate(person, approved_on=day(random))
        where = place(random.choice(DISTRICTS) + "001")
        make_post(person, place=where, starts_on=day(random))
    for number, month in enumerate(MONTHS):
        for _n in range(5):
            # what the registry's constraints refuse does not happen
            with suppress(IntegrityError), transaction.atomic():
                some_fact(random, random.choice(people), learnt(random, month))
        at = datetime(month.year, month.number, 28, tzinfo=UTC)
        if number in (1, 3):
            stop_or_let_go(people[3], scheme, month, at)
        for where in DISTRICTS:
            for again in range(1 + random.randrange(2)):
                compute(scheme, month, where=where, at=at + timedelta(hours=again))
        if number == 2:
            merge(people[0], people[1], at + timedelta(days=1))
    return scheme


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"granularity": Granularity.DAY, "cert_effect": Effect.NEXT_MONTH},
        {"month_rule": MonthRule.MIN_DAYS, "rule_days": 12, "level_pick": LevelPick.LAST_DAY},
        {"month_rule": MonthRule.ON_DAY, "rule_day": 31, "lookback_months": None},
        {
            "month_rule": MonthRule.FULL_MONTH,
            "level_pick": LevelPick.FIRST_DAY,
            "post_effect": Effect.NEXT_MONTH,
        },
    ],
    ids=["any_day", "days", "min_days", "on_day", "full_month"],
)
def test_what_the_rules_posted_is_explained_line_by_line(policy):
    lived(0, **policy)

    assert RunLine.objects.count() > 15
    assert queries.unexplained_lines() == []


def edited(statement, *values):
    """As the owner of the tables, past the grants of the serving role."""
    with as_owner() as owner:
        owner.execute(statement, values)


@pytest.mark.django_db(transaction=True)
def test_a_line_edited_in_the_database_is_named_alone():
    lived(1)
    line = RunLine.objects.filter(step_posted_fen=0).order_by("pk").first()

    edited(
        "UPDATE allowances_runline SET step_due_fen = step_due_fen + 100,"
        " amount_fen = amount_fen + 100 WHERE id = %s",
        line.pk,
    )

    assert queries.unexplained_lines() == [
        {
            "what": "line",
            "run": line.run_id,
            "allowance_line": line.pk,
            "month": str(line.month),
            "fen": line.amount_fen + 100,
            "recomputed_fen": line.amount_fen,
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_a_line_removed_and_a_line_put_in_are_named():
    lived(1)
    gone = RunLine.objects.order_by("pk").first()
    stranger = make_person()
    edited("DELETE FROM allowances_runline WHERE id = %s", gone.pk)
    added = RunLine.objects.create(
        run=gone.run, person=stranger, month=gone.month, place=gone.place,
        step_due_fen=0, step_posted_fen=100, amount_fen=-100,
    )  # fmt: skip

    found = queries.unexplained_lines()

    assert [(each["what"], each.get("person"), each.get("allowance_line")) for each in found] == [
        ("line", None, added.pk),
        ("line_missing", gone.person_id, None),
    ]


def test_only_lines_are_asked_for_whose_employers_the_scheme_counts():
    scheme = make_scheme()
    person = make_certificate().person
    make_post(person, employer=make_organisation(kind="agency", place=place("350203001")))
    compute(scheme)

    assert queries.unexplained_lines() == []
