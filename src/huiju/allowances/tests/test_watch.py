"""The nightly watch: what it finds, when it stops finding it, and who answers."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from huiju.allowances import services
from huiju.allowances.enums import PaymentState, Watched
from huiju.allowances.models import Finding
from huiju.allowances.services.steps import ReasonNeeded
from huiju.allowances.tests.factories import (
    AT,
    approved,
    compute,
    make_days,
    make_finding,
    make_payment,
    make_reviewed_run,
    make_scheme,
    pay,
)
from huiju.audit.models import Event
from huiju.desk.queries.trays import to_do
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted, WrongState
from huiju.registry.tests.factories import (
    make_account,
    make_certificate,
    make_death,
    make_person,
    make_post,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = AT + DAY


def in_post(**post):
    person = make_person()
    make_certificate(person)
    make_post(person, **post)
    return person


def corrected(fact, **fields):
    """Another version of a fact, learnt after the list was made."""
    fact.superseded_at = LATER
    fact.save(update_fields=["superseded_at"])
    fact.pk, fact._state.adding = None, True
    fact.superseded_at, fact.recorded_at = None, LATER
    for name, value in fields.items():
        setattr(fact, name, value)
    fact.save(force_insert=True)
    return fact


def seen(at=AT + 2 * DAY):
    """What stands after a look, by kind, person and detail."""
    services.watch(at=at)
    standing = Finding.objects.exclude(state="resolved").order_by("kind", "pk")
    return [(each.kind, each.person, each.detail) for each in standing]


def approve(run):
    make_reviewed_run(run)
    with transaction.atomic():
        for line in run.lines.all():
            pay(run, line.person)
        approved(run)


def test_a_list_the_facts_explain_is_not_found():
    in_post()
    approve(compute(make_scheme()))

    assert seen() == []


def test_who_died_before_a_month_on_a_list_is_found_until_the_death_is_withdrawn():
    person = in_post()
    compute(make_scheme())
    death = make_death(person, died_on=date(2015, 9, 15), recorded_at=LATER)

    found = seen()
    corrected(death, voided=True)
    after = seen(at=AT + 3 * DAY)

    assert [found, after] == [[("death", person, "2015-10")], []]
    assert Finding.objects.get().resolved_at == AT + 3 * DAY


def test_the_month_of_a_death_itself_is_no_finding():
    person = in_post()
    compute(make_scheme())
    make_death(person, died_on=date(2015, 10, 1), recorded_at=LATER)

    assert seen() == []


def test_months_after_the_last_post_are_found():
    person = in_post()
    compute(make_scheme())
    corrected(person.posts.get(), ends_on=date(2015, 10, 1))

    assert seen() == [("post_ended", person, "2015-10")]


def test_one_month_granted_by_two_districts_is_found():
    person, scheme = in_post(), make_scheme()
    compute(scheme)
    there = place("350206001")
    corrected(person.posts.get(), place=there, district=place("350206"))
    compute(scheme, at=LATER, where="350206")

    assert seen() == [("two_districts", person, "2015-10")]


def test_days_in_two_districts_of_a_scheme_that_pays_days_are_no_finding():
    person = in_post(ends_on=date(2015, 10, 16))
    make_post(person, place=place("350206001"), starts_on=date(2015, 10, 16))
    scheme = make_scheme(granularity="day")
    compute(scheme)
    compute(scheme, where="350206")

    assert seen() == []


def test_one_account_of_two_people_is_found_at_both():
    first, second = in_post(), in_post()
    compute(make_scheme())
    account = make_account(first)
    make_account(second, number=account.number, shared_reason="夫妻")
    make_account(make_person(), number=account.number, shared_reason="未领津贴")

    found = seen()

    assert found == [("one_account", person, account.masked) for person in (first, second)]


def test_a_shared_account_does_not_hide_that_somebody_was_overpaid():
    first, second = in_post(), in_post()
    make_account(second, number=make_account(first).number, shared_reason="夫妻")
    approve(compute(make_scheme()))
    corrected(first.certificates.get(), level="assistant", approved_on=date(2015, 11, 1))

    assert {kind for kind, person, _detail in seen() if person == first} == {
        "one_account",
        "unexplained",
    }


def test_two_posts_at_once_in_two_districts_are_found():
    person = in_post()
    compute(make_scheme())
    there = place("350206001")
    make_post(
        person, place=there, starts_on=date(2015, 10, 5), overlap_reason="兼任", recorded_at=LATER
    )

    assert seen() == [("two_posts", person, "2015-10-05")]


def test_two_posts_in_one_district_with_a_reason_are_no_finding():
    person = in_post()
    make_post(person, overlap_reason="兼任")
    compute(make_scheme())

    assert seen() == []


def test_an_approved_line_the_facts_no_longer_explain_is_found():
    person = in_post()
    approve(compute(make_scheme()))
    corrected(person.certificates.get(), revoked_on=date(2015, 9, 1))

    assert seen() == [("unexplained", person, "2015-10 -200.00")]


def test_a_draft_the_facts_no_longer_explain_is_no_finding_yet():
    person = in_post()
    compute(make_scheme())
    corrected(person.certificates.get(), revoked_on=date(2015, 9, 1))

    assert seen() == []


def returned():
    payment = make_payment()
    for state in (PaymentState.SENT, PaymentState.RETURNED):
        payment.state = state
        payment.save(update_fields=["state"])
    return payment


def test_a_returned_payment_is_found_once_it_is_older_than_the_days_allowed():
    payment = returned()
    make_days("allowance.return_days", 10)

    before, after = seen(at=AT + 10 * DAY), seen(at=AT + 11 * DAY)

    assert [before, after] == [[], [("returned", payment.person, "2015-10 · 2015-11-02")]]


def test_without_the_days_allowed_the_watch_asks_and_keeps_what_it_found():
    payment = returned()
    make_finding(payment.person, kind="returned", subject=str(payment.pk))

    done = services.watch(at=AT + 90 * DAY)

    assert [done.standing, done.resolved] == [1, 0]
    assert "allowance.return_days" in done.questions[0]


def test_a_second_look_opens_nothing_and_keeps_the_explanation():
    person = in_post()
    compute(make_scheme())
    make_death(person, died_on=date(2015, 9, 15), recorded_at=LATER)
    services.watch(at=AT + 2 * DAY)
    official = make_user("district", "350203")
    services.explain(finding=Finding.objects.get(), note="正在追回", by=official, at=LATER)

    again = services.watch(at=AT + 3 * DAY)

    assert [again.opened, again.standing, again.resolved] == [0, 1, 0]
    assert Finding.objects.get().state == "explained"


def test_a_finding_is_to_be_answered_within_the_days_that_are_set():
    make_days("allowance.finding_days", 7)
    person = in_post()
    compute(make_scheme())
    make_death(person, died_on=date(2015, 9, 15), recorded_at=LATER)

    services.watch(at=AT + 2 * DAY)

    assert Finding.objects.get().due_on == date(2015, 11, 11)


@pytest.mark.parametrize(
    ("kind", "role", "where", "is_answered"),
    [
        ("death", "district", "350203", True),
        ("death", "district", "350206", False),
        ("death", "finance", "350203", False),
        ("returned", "finance", "350203", True),
        ("returned", "district", "350203", False),
    ],
)
def test_a_finding_is_answered_by_its_owner_in_its_place(kind, role, where, is_answered):
    finding, by = make_finding(kind=kind), make_user(role, where)

    if is_answered:
        services.explain(finding=finding, note="已核实", by=by, at=AT)
    else:
        with pytest.raises(NotPermitted):
            services.explain(finding=finding, note="已核实", by=by, at=AT)

    finding.refresh_from_db()
    event = Event.objects.filter(action="allowances.finding_explained")
    assert [finding.note, event.count()] == (["已核实", 1] if is_answered else ["", 0])


def test_an_answer_of_no_words_and_a_second_answer_are_refused():
    finding, by = make_finding(), make_user("district", "350203")

    with pytest.raises(ReasonNeeded):
        services.explain(finding=finding, note=" ", by=by, at=AT)
    services.explain(finding=finding, note="已核实", by=by, at=AT)
    with pytest.raises((NotPermitted, WrongState)):
        services.explain(finding=finding, note="再答", by=by, at=AT)

    finding.refresh_from_db()
    assert finding.note == "已核实"


def test_a_district_sees_its_own_findings_on_page_and_desk_and_no_others(client):
    here = make_finding(due_on=date(2015, 11, 1))
    there = make_finding(place=place("350206"))
    official = make_user("district", "350203")
    client.force_login(official)

    with clock.fixed(AT):
        listed = client.get("/allowances/findings/").content.decode()
        opened = client.get(reverse("allowances:finding", args=[here.pk]))
        foreign = client.get(reverse("allowances:finding", args=[there.pk]))
        waiting = [
            entry for entry in to_do(official, on=date(2015, 11, 2)) if "finding" in entry.url
        ]

    assert [f"/findings/{each.pk}/" in listed for each in (here, there)] == [True, False]
    assert [opened.status_code, foreign.status_code] == [200, 404]
    assert [(entry.url, entry.word) for entry in waiting] == [
        (f"/allowances/findings/{here.pk}/", "超期")
    ]


def test_the_page_keeps_an_explanation(client):
    finding = make_finding()
    client.force_login(make_user("district", "350203"))

    page = client.post(
        f"/allowances/findings/{finding.pk}/explain/", {"note": "已追回"}, follow=True
    )

    finding.refresh_from_db()
    assert [finding.state, "已追回" in page.content.decode()] == ["explained", True]


def test_the_command_looks_and_tells_in_numbers():
    person = in_post()
    compute(make_scheme())
    make_death(person, died_on=date(2015, 9, 15), recorded_at=LATER)
    told = StringIO()

    with clock.fixed(AT + 2 * DAY):
        call_command("allowances_watch", stdout=told)

    answer = json.loads(told.getvalue())
    assert [answer["opened"], answer["resolved"]] == [1, 0]


def test_every_kind_of_finding_has_an_owner():
    assert [Finding(kind=kind).owner for kind in Watched]
