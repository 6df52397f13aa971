"""Each verb: done, refused, repeated."""

from datetime import date

import pytest

from huiju.audit.models import Event
from huiju.budgets import queries, services
from huiju.budgets.enums import Kind
from huiju.budgets.models import Consent, Entry, FiscalYear, Line, Split
from huiju.budgets.rules import Stages
from huiju.budgets.services import Share
from huiju.budgets.tests.factories import (
    AFTER,
    AT,
    HULI,
    ON,
    SIMING,
    claim,
    close,
    finance,
    make_consent,
    make_entry,
    make_line,
    make_payer,
    make_split,
    make_year,
    reopen,
    statement,
)
from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.kernel.errors import NotPermitted, WrongState

pytestmark = pytest.mark.django_db

NEXT = clock.noon_of(date(2016, 6, 1))


def stages(line):
    return queries.stages_of([line.pk])[line.pk]


def share(line, fen):
    return Share(line, fen)


# -- what a line has


def test_a_planned_line_has_its_budget_available_and_an_event():
    line = make_line(amount_fen=300, opened=False)

    assert stages(line) == Stages(available=300)
    assert line.fiscal_year.state == "planning"
    assert Event.objects.filter(action="budgets.entry_posted").count() == 1


def test_planning_the_same_again_changes_nothing_and_another_amount_is_refused():
    by, stated = finance(), statement(name="督导经费")
    first = services.plan_line(stated=stated, by=by, at=AT)

    again = services.plan_line(stated=stated, by=by, at=NEXT)

    assert (again.pk, Entry.objects.count()) == (first.pk, 1)
    with pytest.raises(services.AlreadyPlanned):
        services.plan_line(stated=statement(name="督导经费", amount_fen=1), by=by, at=AT)


def test_a_line_planned_in_an_open_year_is_a_supplement():
    make_line()

    line = make_line()

    entry = Entry.objects.get(postings__line=line, postings__account="available")
    assert (entry.kind, entry.on, stages(line).budget) == (Kind.SUPPLEMENT, ON, 100_000)


def test_a_negative_budget_is_refused():
    with pytest.raises(services.AmountInvalid):
        make_line(amount_fen=-1)


def test_only_the_payer_s_own_finance_plans():
    with pytest.raises(NotPermitted, match="厦门市"):
        services.plan_line(stated=statement(place=SIMING), by=finance(SIMING), at=AT)
    assert Line.objects.count() == 0


def test_supplement_and_cut_move_what_is_available():
    line, by = make_line(amount_fen=1_000), finance()

    services.supplement(share=share(line, 500), claim=claim(), by=by, at=AT)
    services.cut(share=share(line, 1_200), claim=claim(), by=by, at=AT)

    assert stages(line) == Stages(available=300)


def test_a_cut_takes_no_more_than_is_available_even_with_an_override():
    line = make_line(amount_fen=1_000)
    make_consent(line, 5_000, approved=True)

    with pytest.raises(services.OverBudget):
        services.cut(share=share(line, 1_001), claim=claim(), by=finance(), at=AT)
    assert stages(line) == Stages(available=1_000)


@pytest.mark.parametrize("verb", [services.supplement, services.cut])
@pytest.mark.parametrize("fen", [0, -5])
def test_amounts_are_positive(verb, fen):
    with pytest.raises(services.AmountInvalid):
        verb(share=share(make_line(), fen), claim=claim(), by=finance(), at=AT)


def test_a_transfer_moves_between_lines_of_one_payer():
    giving, taking = make_line(amount_fen=1_000), make_line(amount_fen=1_000)

    services.transfer(source=share(giving, 400), target=taking, claim=claim(), by=finance(), at=AT)

    assert (stages(giving), stages(taking)) == (Stages(available=600), Stages(available=1_400))


def test_a_transfer_between_payers_needs_to_be_meant_and_a_reason():
    giving, taking = make_line(), make_line(payer_kind="lottery")
    call = {"source": share(giving, 400), "target": taking, "by": finance(), "at": AT}

    for options in (
        {"claim": claim(memo="市府专题会议")},
        {"claim": claim(memo=" "), "across": True},
    ):
        with pytest.raises(services.TransferRefused):
            services.transfer(**call, **options)
    services.transfer(**call, claim=claim(memo="市府专题会议"), across=True)

    assert stages(taking).available == 100_400


def test_a_transfer_stays_in_its_year_and_between_two_lines():
    giving, other_year = make_line(), make_line(year=2016)
    call = {"source": share(giving, 400), "claim": claim(), "by": finance(), "at": AT}

    for target in (giving, other_year):
        with pytest.raises(services.TransferRefused):
            services.transfer(target=target, **call)
    with pytest.raises(services.AmountInvalid):
        services.transfer(**call | {"source": share(giving, 0), "target": other_year})


# -- money on its way


def test_money_goes_from_planned_to_paid_and_back():
    line = make_line(amount_fen=1_000)
    seen = []
    for kind, fen in (
        ("commit", 800),
        ("release", 100),
        ("make_due", 600),
        ("pay", 500),
        ("take_back", 50),
        ("recover", 20),
    ):
        make_entry(line, fen, kind)
        found = stages(line)
        seen.append((found.available, found.committed, found.due, found.paid))

    assert seen == [
        (200, 800, 0, 0),
        (300, 700, 0, 0),
        (300, 100, 600, 0),
        (300, 100, 100, 500),
        (300, 100, 150, 450),
        (320, 100, 150, 430),
    ]


@pytest.mark.parametrize("kind", ["release", "make_due", "pay", "take_back", "recover"])
def test_a_step_moves_no_more_than_stands_there(kind):
    line = make_line()

    with pytest.raises(services.NotEnough, match=r"只|only"):
        make_entry(line, 1, kind)
    assert Entry.objects.filter(kind=kind).count() == 0


def test_over_budget_says_what_is_there_and_keeps_nothing():
    line = make_line(amount_fen=10_000)

    with pytest.raises(services.OverBudget, match=r"100\.00") as refusal:
        make_entry(line, 10_001)

    assert "100.01" in str(refusal.value)
    assert stages(line) == Stages(available=10_000)


def test_the_same_key_with_the_same_content_is_the_first_entry_whatever_the_day():
    line = make_line()
    first = make_entry(line, 500, key="person:1|2015-06")

    again = make_entry(line, 500, key="person:1|2015-06", on=date(2015, 6, 9), memo="again")

    assert again == first
    assert stages(line).committed == 500


@pytest.mark.parametrize(
    ("fen", "kind"), [(501, "commit"), (500, "release")], ids=["amount", "kind"]
)
def test_the_same_key_with_other_content_is_refused(fen, kind):
    line = make_line()
    make_entry(line, 500, key="person:1|2015-06")

    with pytest.raises(services.KeyTaken, match="person:1"):
        make_entry(line, fen, kind, key="person:1|2015-06")
    assert stages(line).committed == 500


def test_one_key_twice_in_one_call_is_one_entry():
    line, by = make_line(), finance()
    moves = {(line.pk, "available"): -100, (line.pk, "committed"): 100}
    draft = services.posting.Draft("commit", claim("twice"), moves)

    entries = services.post([draft, draft], by=by, at=AT)

    assert (len(set(entries)), stages(line).committed) == (1, 100)


def test_a_split_goes_into_one_entry_over_several_lines():
    split = make_split()
    lines = {
        line.payer_id: line for line in (make_line(place=SIMING), make_line(government=SIMING))
    }
    shares = services.shares_over(split=split, lines=lines, amount_fen=20_001)

    entry = services.commit(shares=shares, claim=claim(), by=finance(), at=AT)

    assert entry.size == 4
    assert sorted(
        queries.stages_of([x.pk for x in lines.values()])[x.pk].committed for x in lines.values()
    ) == [8_000, 12_001]


def test_a_split_with_a_payer_without_a_line_and_one_without_parts_are_refused():
    with pytest.raises(services.SplitInvalid):
        services.shares_over(split=make_split(), lines={}, amount_fen=1)
    with pytest.raises(services.SplitInvalid):
        make_split((make_payer(), 0))


def test_a_new_plan_ends_the_one_before_and_none_begins_before_another():
    make_split(starts_on=date(2015, 1, 1))
    make_split((make_payer(), 1), starts_on=date(2015, 7, 1))

    before, after = (
        queries.split_on("allowance", place(SIMING), on=day)
        for day in (date(2015, 6, 30), date(2015, 7, 1))
    )

    assert (before.shares.count(), after.shares.count()) == (2, 1)
    assert before.last_day == date(2015, 6, 30)
    with pytest.raises(services.SplitInvalid):
        make_split(starts_on=date(2015, 7, 1))
    assert Split.objects.count() == 2


def test_a_reversal_undoes_its_entry_once():
    line = make_line()
    entry = make_entry(line, 700)

    undone = services.reverse(entry=entry, claim=claim("undo"), by=finance(), at=AT)
    same = services.reverse(entry=entry, claim=claim("undo"), by=finance(), at=AT)

    assert (stages(line).committed, undone.reverses, same) == (0, entry, undone)
    for wrong in (entry, undone):
        with pytest.raises(services.NotReversible):
            services.reverse(entry=wrong, claim=claim(), by=finance(), at=AT)


def test_what_was_spent_since_cannot_be_reversed_away():
    line = make_line()
    entry = make_entry(line, 700)
    make_entry(line, 700, "make_due")

    with pytest.raises(services.NotEnough):
        services.reverse(entry=entry, claim=claim(), by=finance(), at=AT)


def test_by_hand_finance_enters_and_reverses_and_says_why():
    line, by = make_line(), finance()
    call = {"claim": claim(memo="合同"), "at": AT}

    entry = services.enter_by_hand(kind="commit", share=share(line, 100), by=by, **call)
    with pytest.raises(NotPermitted):
        services.enter_by_hand(
            kind="commit", share=share(line, 100), by=make_user("city", "350200"), **call
        )
    with pytest.raises(services.AmountInvalid):
        services.reverse_by_hand(entry=entry, claim=claim(), by=by, at=AT)
    with pytest.raises(NotPermitted):
        services.reverse_by_hand(entry=entry, claim=claim(memo="错"), by=finance(HULI), at=AT)
    services.reverse_by_hand(entry=entry, claim=claim(memo="录错"), by=by, at=AT)

    assert stages(line).committed == 0


@pytest.mark.parametrize("fen", [0, -1])
def test_a_step_moves_a_positive_amount(fen):
    with pytest.raises(services.AmountInvalid):
        make_entry(make_line(), fen)


def test_an_entry_that_moves_nothing_is_refused():
    with pytest.raises(services.AmountInvalid):
        services.post([services.posting.Draft("commit", claim(), {})], by=finance(), at=AT)


# -- years


def test_a_year_being_planned_takes_no_commitment_and_a_closed_one_nothing():
    line = make_line(opened=False)
    with pytest.raises(services.YearNotOpen):
        make_entry(line)
    services.open_year(year=line.fiscal_year, by=finance(), at=AT)
    make_entry(line)
    close(line.fiscal_year)

    with pytest.raises(services.YearNotOpen):
        make_entry(line)
    with pytest.raises(NotPermitted):
        services.supplement(share=share(line, 1), claim=claim(), by=finance(), at=AFTER)


def test_a_day_outside_the_year_is_refused():
    with pytest.raises(services.YearNotOpen, match="2016-01-01"):
        make_entry(make_line(), on=date(2016, 1, 1))


def test_a_year_is_opened_once_closed_after_its_end_and_by_its_own_finance():
    year = make_year()
    services.open_year(year=year, by=finance(), at=AT)

    with pytest.raises(NotPermitted):
        services.open_year(year=year, by=finance(), at=AT)
    with pytest.raises(NotPermitted, match=r"1 January|1月1日"):
        close(year, at=clock.noon_of(date(2015, 12, 31)))
    with pytest.raises(NotPermitted):
        services.close_year(year=year, by=finance(SIMING), at=AFTER)
    assert close(year).state == "closed"


def test_an_overdrawn_line_must_be_covered_before_its_year_is_closed():
    line = make_line(amount_fen=1_000)
    make_consent(line, 500, approved=True)
    make_entry(line, 1_400)

    with pytest.raises(services.LineOverdrawn, match=line.name):
        close(line.fiscal_year)
    services.supplement(share=share(line, 400), claim=claim(), by=finance(), at=AT)

    assert close(line.fiscal_year).state == "closed"


def test_a_closed_year_reopens_by_a_second_person_s_consent():
    year = close(make_line().fiscal_year)
    by = finance()
    asked = services.request_reopening(year=year, reason="漏记", by=by, at=AFTER)

    with pytest.raises(NotPermitted, match=r"yourself|本人|自己"):
        services.approve(consent=asked, by=by, at=AFTER)
    services.approve(consent=asked, by=finance(), at=AFTER)

    assert FiscalYear.objects.get(pk=year.pk).state == "open"
    with pytest.raises(NotPermitted):
        services.approve(consent=asked, by=finance(), at=AFTER)
    with pytest.raises(NotPermitted):
        services.request_reopening(year=year, reason="再开", by=by, at=AFTER)


def test_balance_and_commitments_are_carried_and_a_second_call_posts_nothing():
    line = make_line(amount_fen=1_000)
    for kind, fen in (("commit", 600), ("make_due", 300), ("pay", 100)):
        make_entry(line, fen, kind)
    year = close(line.fiscal_year)

    entries = services.carry_forward(year=year, by=finance(), at=AFTER)
    again = services.carry_forward(year=year, by=finance(), at=AFTER)

    successor = Line.objects.get(continues=line)
    assert (len(entries), again) == (1, [])
    assert stages(successor) == Stages(available=400, committed=300, due=200)
    assert stages(line) == Stages(available=400, committed=300, due=200, paid=100)
    assert (successor.fiscal_year.year, entries[0].on) == (2016, date(2016, 1, 1))
    assert queries.line_on(line, date(2016, 2, 1)) == successor
    assert queries.line_on(line, date(2015, 2, 1)) == line
    assert queries.line_on(line, date(2017, 2, 1)) is None


def test_after_reopening_only_the_difference_is_carried():
    line = make_line(amount_fen=1_000)
    make_entry(line, 600)
    services.carry_forward(year=close(line.fiscal_year), by=finance(), at=AFTER)
    year = reopen(line.fiscal_year)
    make_entry(line, 250, "release")
    make_entry(line, 100, "make_due")
    make_entry(line, 100, "pay")

    entries = services.carry_forward(year=close(year), by=finance(), at=AFTER)

    successor = Line.objects.get(continues=line)
    assert len(entries) == 1
    assert stages(successor) == Stages(available=650, committed=250)
    assert services.carry_forward(year=year, by=finance(), at=AFTER) == []


def test_a_difference_that_the_next_year_has_spent_is_refused():
    line = make_line(amount_fen=1_000)
    make_entry(line, 600)
    services.carry_forward(year=close(line.fiscal_year), by=finance(), at=AFTER)
    successor = Line.objects.select_related("fiscal_year").get(continues=line)
    services.open_year(year=successor.fiscal_year, by=finance(), at=AFTER)
    make_entry(successor, 600, "make_due", on=date(2016, 2, 1))
    year = reopen(line.fiscal_year)
    make_entry(line, 600, "release")

    with pytest.raises(services.NotEnough):
        services.carry_forward(year=close(year), by=finance(), at=AFTER)


def test_carrying_joins_the_line_already_planned_and_needs_a_closed_year():
    line = make_line(name="项目甲")
    planned = make_line(name="项目甲", year=2016, amount_fen=50, opened=False)
    with pytest.raises(NotPermitted):
        services.carry_forward(year=line.fiscal_year, by=finance(), at=AFTER)

    services.carry_forward(year=close(line.fiscal_year), by=finance(), at=AFTER)

    planned.refresh_from_db()
    assert (planned.continues, stages(planned).available) == (line, 100_050)


# -- a second person


def test_an_approved_override_reaches_as_far_as_it_says():
    line = make_line(amount_fen=1_000)
    asked = make_consent(line, 500)
    with pytest.raises(services.OverBudget):
        make_entry(line, 1_001)

    services.approve(consent=asked, by=finance(), at=AT)
    make_entry(line, 1_500)

    assert stages(line).available == -500
    with pytest.raises(services.OverBudget):
        make_entry(line, 1)


def test_an_override_in_use_is_not_withdrawn_an_idle_one_is():
    line = make_line(amount_fen=1_000)
    consent = make_consent(line, 500, approved=True)
    make_entry(line, 1_200)

    with pytest.raises(services.OverrideUsed):
        services.withdraw(consent=consent, answer="不需要", by=finance(), at=AT)
    services.supplement(share=share(line, 200), claim=claim(), by=finance(), at=AT)
    services.withdraw(consent=consent, answer="不需要", by=finance(), at=AT)

    with pytest.raises(services.OverBudget):
        make_entry(line, 1)
    with pytest.raises(NotPermitted):
        services.withdraw(consent=consent, answer="又", by=finance(), at=AT)


def test_a_refused_request_counts_for_nothing_and_says_why():
    line = make_line(amount_fen=1_000)
    asked = make_consent(line)

    with pytest.raises(services.ReasonMissing):
        services.refuse(consent=asked, answer=" ", by=finance(), at=AT)
    services.refuse(consent=asked, answer="年内不再追加", by=finance(), at=AT)

    with pytest.raises(services.OverBudget):
        make_entry(line, 1_001)
    assert Consent.objects.get().answer == "年内不再追加"


def test_who_may_ask_and_who_may_approve():
    line = make_line(place=SIMING)
    call = {"line": line, "reason": "集中发放", "at": AT}
    official = make_user("district", SIMING)

    asked = services.request_override(amount_fen=100, by=official, **call)

    for stranger in (official, finance(SIMING), make_user("city", "350200")):
        with pytest.raises(NotPermitted):
            services.approve(consent=asked, by=stranger, at=AT)
    with pytest.raises(NotPermitted):
        services.request_override(amount_fen=100, by=make_user("district", HULI), **call)
    with pytest.raises(services.AmountInvalid):
        services.request_override(amount_fen=0, by=official, **call)
    close(line.fiscal_year)
    with pytest.raises(NotPermitted):
        services.request_override(amount_fen=100, by=official, **call)


def test_a_move_of_a_year_that_is_not_in_the_table_is_refused():
    year = make_year()

    with pytest.raises(WrongState):
        services.years.move_year(year, "closed", by=finance(), at=AT)


# -- previews


def test_a_preview_tells_what_confirming_does_and_keeps_nothing():
    giving, taking, by = make_line(amount_fen=1_000), make_line(amount_fen=500), finance()

    def change():
        services.transfer(source=share(giving, 300), target=taking, claim=claim("t"), by=by, at=AT)

    events = Event.objects.count()
    seen = services.preview(change)

    kept = (stages(giving), Entry.objects.filter(key="t").count(), Event.objects.count())
    assert kept == (Stages(available=1_000), 0, events)
    change()
    told = {each.line.pk: (each.before, each.after) for each in seen.changes}
    assert told == {
        giving.pk: (Stages(available=1_000), stages(giving)),
        taking.pk: (Stages(available=500), stages(taking)),
    }


def test_a_preview_refuses_what_confirming_refuses_and_of_a_repeated_call_tells_nothing():
    line = make_line(amount_fen=1_000)

    with pytest.raises(services.OverBudget):
        services.preview(lambda: make_entry(line, 2_000))
    make_entry(line, 100, key="k")

    assert services.preview(lambda: make_entry(line, 100, key="k")).changes == ()


# -- taking an import back


def test_an_import_is_undone_while_nothing_rests_on_it_and_can_come_again():
    by, stated = finance(), statement(name="项目甲")
    line = services.plan_line(stated=stated, by=by, at=AT, purpose="import:7")

    assert services.undo_import(import_id=7, by=by, at=AT) == 1
    assert services.undo_import(import_id=7, by=by, at=AT) == 0
    line.refresh_from_db()
    assert (stages(line), line.withdrawn_at) == (Stages(), AT)
    again = services.plan_line(stated=stated, by=by, at=AT, purpose="import:8")

    assert (again.pk, again.withdrawn_at, stages(line).budget) == (line.pk, None, 100_000)


def test_an_import_something_rests_on_is_not_undone_until_that_is_reversed():
    by = finance()
    line = services.plan_line(stated=statement(), by=by, at=AT, purpose="import:7")
    services.open_year(year=line.fiscal_year, by=by, at=AT)
    entry = make_entry(line, 100)

    with pytest.raises(services.UndoRefused):
        services.undo_import(import_id=7, by=by, at=AT)
    services.reverse(entry=entry, claim=claim(), by=by, at=AT)

    assert services.undo_import(import_id=7, by=by, at=AT) == 1


def test_a_withdrawn_line_takes_no_change():
    by = finance()
    line = services.plan_line(stated=statement(), by=by, at=AT, purpose="import:7")
    services.undo_import(import_id=7, by=by, at=AT)

    with pytest.raises(NotPermitted):
        services.supplement(share=share(line, 1), claim=claim(), by=by, at=AT)
