"""The months that wait for somebody are those of which they may take the next step, one by one."""

from datetime import timedelta

import pytest

from huiju.allowances.enums import RunState
from huiju.allowances.models import Run
from huiju.allowances.permissions import (
    may_approve,
    may_archive,
    may_check,
    may_pay,
    may_publish,
    may_review,
)
from huiju.allowances.queries import runs_to_move
from huiju.allowances.tests.bankfactories import make_approved_run
from huiju.allowances.tests.factories import (
    compute,
    make_notice,
    make_objection,
    make_reviewed_run,
    make_scheme,
    make_step,
)
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.kernel.periods import Month

pytestmark = pytest.mark.django_db
PERMITS = (may_check, may_publish, may_review, may_approve, may_pay, may_archive)


@pytest.fixture
def months():
    """A month in every state in 思明区, one of them with an objection, and a draft of 湖里区."""
    today = clock.today()
    scheme = make_scheme()
    maker = make_user("district")
    drafts = [compute(scheme, Month(2015, month), by=maker) for month in range(1, 8)]
    compute(scheme, Month(2015, 1), where="350206")
    _draft, checked, shown, objected, over, reviewed, _other = drafts
    for run, last in ((checked, None), (shown, today), (objected, today), (over, None)):
        make_step(run, "checked")
        Run.objects.filter(pk=run.pk).update(state=RunState.CHECKED)
        if run == checked:
            continue
        make_step(run, "noticed")
        Run.objects.filter(pk=run.pk).update(state=RunState.NOTICED)
        opens = (last or today) - timedelta(days=9)
        notice = make_notice(run, opens_on=opens, closes_on=last or opens)
        if run == objected:
            make_objection(notice)
    make_reviewed_run(reviewed)
    make_approved_run(scheme=scheme)
    return maker, objected


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("city", "350200"),
        ("district", "350203"),
        ("district", "350206"),
        ("finance", "350200"),
        ("finance", "350203"),
        ("finance", "350206"),
        ("auditor", "350200"),
        ("street", "350203001"),
    ],
)
def test_what_waits_is_what_each_permit_allows(months, role, where):
    _maker, objected = months
    user, today = make_user(role, where), clock.today()

    waiting = runs_to_move(user, on=today)

    allowed = {
        run for run in Run.objects.all() if any(permit(user, run, on=today) for permit in PERMITS)
    }
    answers = {objected} if user.holds("allowances.check", objected.place, on=today) else set()
    assert set(waiting) == allowed | answers


def test_who_computed_a_month_does_not_wait_to_check_it(months):
    maker, objected = months

    waiting = runs_to_move(maker, on=clock.today())

    assert {run.state for run in waiting} == {RunState.CHECKED, RunState.NOTICED}
    assert objected in waiting
