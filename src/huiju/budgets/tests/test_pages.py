"""Pages: what they show, the preview before the change, and who is refused."""

import pytest
from django.urls import reverse

from huiju.budgets import queries, services
from huiju.budgets.listings import CHANGES, LINES
from huiju.budgets.models import Consent, Entry, FiscalYear, Line
from huiju.budgets.tests.factories import (
    AFTER,
    HULI,
    ON,
    SIMING,
    close,
    finance,
    make_consent,
    make_entry,
    make_line,
    statement,
)
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """A browser in which the city's finance is signed in, in June 2015."""
    client.force_login(finance())
    with clock.fixed(clock.noon_of(ON)):
        yield client


def body(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_shows_this_year_and_totals_of_the_whole_filter(
    desk, django_assert_max_num_queries
):
    lines = [make_line(amount_fen=100_000 * (n + 1)) for n in range(3)]
    make_line(year=2016, name="明年项目")
    make_entry(lines[0], 40_000)

    with django_assert_max_num_queries(40):
        page = body(desk.get(reverse("budgets:lines"), {"per_page": "10"}))

    assert all(line.name in page for line in lines)
    assert "明年项目" not in page
    assert "6,000.00" in page
    assert "5,600.00" in page
    assert "明年项目" in body(desk.get(reverse("budgets:lines"), {"year": ""}))


def test_a_line_tells_its_stages_and_each_entry_with_before_and_after(desk):
    line = make_line(amount_fen=100_000)
    make_entry(line, 40_000, memo="督导合同")

    page = body(desk.get(reverse("budgets:line", args=[line.pk])))

    for words in ("1,000.00", "600.00", "400.00", "督导合同"):
        assert words in page


def test_a_change_is_shown_before_it_is_made_and_made_once(desk):
    line = make_line(amount_fen=100_000)
    form = desk.get(reverse("budgets:change_new", args=[line.pk]), {"step": "cut"}).context["form"]
    url = reverse("budgets:change_line", args=[line.pk])
    sent = {
        "step": "cut",
        "amount_fen": "300.00",
        "on": "2015-06-01",
        "memo": "压减",
        "key": form["key"].value(),
    }

    shown = body(desk.post(url, sent))
    assert "700.00" in shown
    assert queries.stages_of([line.pk])[line.pk].available == 100_000
    for _ in range(2):
        assert desk.post(url, {**sent, "confirmed": "1"}).status_code == 302

    assert queries.stages_of([line.pk])[line.pk].available == 70_000


@pytest.mark.parametrize(
    ("step", "amount"),
    [("cut", "1000.01"), ("commit", "1000.01"), ("pay", "1"), ("cut", "0"), ("cut", "x")],
)
def test_a_refused_change_says_why_and_keeps_nothing(desk, step, amount):
    line = make_line(amount_fen=100_000)
    sent = {"step": step, "amount_fen": amount, "on": "2015-06-01", "memo": "试", "key": "hand:1"}

    page = body(desk.post(reverse("budgets:change_line", args=[line.pk]), sent), 422)

    assert 'role="alert"' in page
    assert Entry.objects.filter(key="hand:1").count() == 0


def test_a_transfer_by_its_form(desk):
    giving, taking = make_line(amount_fen=100_000), make_line(amount_fen=1)
    sent = {
        "step": "transfer",
        "amount_fen": "300",
        "target": taking.pk,
        "on": "2015-06-01",
        "memo": "调剂",
        "key": "hand:2",
        "confirmed": "1",
    }

    answer = desk.post(reverse("budgets:change_line", args=[giving.pk]), sent)

    assert answer.status_code == 302
    assert queries.stages_of([taking.pk])[taking.pk].available == 30_001


def test_an_unknown_step_is_not_there(desk):
    line = make_line()

    assert (
        desk.get(reverse("budgets:change_new", args=[line.pk]), {"step": "steal"}).status_code
        == 404
    )


def test_a_line_is_planned_after_a_preview(desk):
    sent = {
        "year": 2015,
        "payer_kind": "lottery",
        "government": place("350200").pk,
        "name": "社工督导",
        "subject_code": "2296002",
        "subject_name": "用于社会福利的彩票公益金支出",
        "place": place("350200").pk,
        "amount_fen": "12,000",
    }
    url = reverse("budgets:plan_line")

    assert "12,000.00" in body(desk.post(url, sent))
    assert Line.objects.count() == 0
    assert desk.post(url, {**sent, "confirmed": "1"}).status_code == 302

    assert queries.stages_of([Line.objects.get().pk]).popitem()[1].budget == 1_200_000


def test_an_entry_is_reversed_from_its_page(desk):
    line = make_line()
    entry = make_entry(line, 40_000)
    url = reverse("budgets:reverse", args=[entry.pk])
    sent = {"memo": "录错", "key": "hand:3"}

    assert "400.00" in body(desk.post(url, sent))
    assert desk.post(url, {**sent, "confirmed": "1"}).status_code == 302

    assert queries.stages_of([line.pk])[line.pk].committed == 0
    assert "disabled" in body(desk.get(reverse("budgets:entry", args=[entry.pk])))


def test_a_year_is_begun_opened_closed_and_carried_by_its_pages(desk):
    begun = {"number": 2015, "government": place("350200").pk}
    desk.post(reverse("budgets:begin"), begun)
    year = FiscalYear.objects.get()
    services.plan_line(stated=statement(), by=finance(), at=AFTER)
    desk.post(reverse("budgets:open_year", args=[year.pk]))
    desk.post(reverse("budgets:close_year", args=[year.pk]))
    assert FiscalYear.objects.get(pk=year.pk).state == "open"  # June: too early
    with clock.fixed(AFTER):
        desk.post(reverse("budgets:close_year", args=[year.pk]))
        carry = reverse("budgets:carry", args=[year.pk])

        preview = body(desk.post(carry))
        kept = Entry.objects.count()
        desk.post(carry, {"confirmed": "1"})

    assert "1,000.00" in preview
    assert (kept, Entry.objects.count()) == (1, 2)
    with clock.fixed(AFTER):
        assert desk.post(carry).status_code == 302


def test_an_override_goes_from_the_line_to_somebody_else_s_tray(desk, client):
    line = make_line(amount_fen=100_000)
    sent = {"step": "override", "amount_fen": "500", "memo": "集中发放", "key": "hand:4"}
    desk.post(reverse("budgets:change_line", args=[line.pk]), sent)
    consent = Consent.objects.get()
    own = body(desk.get(reverse("budgets:consents")))
    desk.post(reverse("budgets:approve", args=[consent.pk]))
    consent.refresh_from_db()
    assert ("disabled" in own, consent.state) == (True, "requested")

    client.force_login(finance())
    client.post(reverse("budgets:approve", args=[consent.pk]))

    consent.refresh_from_db()
    assert (consent.state, consent.amount_fen) == ("approved", 50_000)
    client.post(reverse("budgets:withdraw", args=[consent.pk]), {"reason": "不再需要"})
    consent.refresh_from_db()
    assert consent.state == "withdrawn"


def test_a_refused_request_and_a_reopening_by_their_pages(desk, client):
    consent = make_consent(make_line())
    desk.post(reverse("budgets:refuse", args=[consent.pk]), {"reason": "不同意"})
    year = close(make_line(year=2014).fiscal_year, clock.noon_of(ON))
    desk.post(reverse("budgets:request_reopening", args=[year.pk]), {"reason": "漏记"})
    assert "漏记" in body(desk.get(reverse("budgets:year", args=[year.pk])))

    client.force_login(finance())
    client.post(reverse("budgets:approve", args=[Consent.objects.get(kind="reopen").pk]))

    consent.refresh_from_db()
    assert consent.state == "refused"
    assert FiscalYear.objects.get(pk=year.pk).state == "open"


def test_the_report_tells_who_what_before_and_after(desk):
    line = make_line(amount_fen=100_000)
    make_entry(line, 40_000, memo="督导合同")

    page = body(desk.get(reverse("budgets:report")))
    budget = body(desk.get(reverse("budgets:report"), {"what": "budget", "first": "2015-01-01"}))
    before = body(desk.get(reverse("budgets:report"), {"last": "2015-05-01"}))

    assert all(words in page for words in ("督导合同", "600.00", "+400.00", "1,000.00"))
    assert "督导合同" not in budget
    assert "督导合同" not in before


def test_lists_taken_out_hold_what_the_pages_show():
    line, owner = make_line(amount_fen=100_000), finance()
    make_entry(line, 40_000)

    with clock.fixed(clock.noon_of(ON)):
        lines, changes = list(LINES.rows(owner, {})), list(CHANGES.rows(owner, {}))

    assert [row[5:11] for row in lines] == [
        (line.name, "1,000.00", "600.00", "400.00", "0.00", "0.00")
    ]
    assert [row[8:11] for row in changes][-2:] in (
        [("1,000.00", "-400.00", "600.00"), ("0.00", "400.00", "400.00")],
        [("0.00", "400.00", "400.00"), ("1,000.00", "-400.00", "600.00")],
    )
    assert len(lines[0]) == len(LINES.headings)
    assert len(changes[0]) == len(CHANGES.headings)


def test_a_district_sees_what_serves_it_and_changes_only_its_own(client):
    city_s, own, other = (
        make_line(place=SIMING),
        make_line(government=SIMING),
        make_line(government=HULI),
    )
    client.force_login(finance(SIMING))

    with clock.fixed(clock.noon_of(ON)):
        page = body(client.get(reverse("budgets:lines")))
        foreign = client.get(reverse("budgets:line", args=[other.pk]))
        looked_on = body(client.get(reverse("budgets:line", args=[city_s.pk])))
        kept = body(client.get(reverse("budgets:line", args=[own.pk])))

    assert (city_s.name in page, own.name in page, other.name in page) == (True, True, False)
    assert foreign.status_code == 404
    assert "?step=cut" not in looked_on
    assert "?step=cut" in kept


def test_an_official_looks_on_and_asks(client):
    line = make_line(government=SIMING)
    client.force_login(make_user("district", SIMING))

    with clock.fixed(clock.noon_of(ON)):
        page = body(client.get(reverse("budgets:line", args=[line.pk])))
        sent = {
            "step": "supplement",
            "amount_fen": "1",
            "on": "2015-06-01",
            "memo": "试",
            "key": "k",
            "confirmed": "1",
        }
        refused = body(client.post(reverse("budgets:change_line", args=[line.pk]), sent), 422)

    assert "?step=override" in page
    assert "?step=supplement" not in page
    assert 'role="alert"' in refused
