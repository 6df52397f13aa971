"""The flows of money that drills kill: each a list of presses, through the product's own services.

A press is what one user or one job does at once. It is atomic, and doing it again after its answer was
lost is what users and the queue do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.db import connection

from huiju.allowances import services
from huiju.allowances.enums import RunState
from huiju.allowances.models import BankFile, Run, Scheme
from huiju.allowances.services import RunOrder
from huiju.allowances.services.answers import take_answer
from huiju.allowances.tests.factories import make_notice_days
from huiju.allowances.tests.offices import NOTICE_OVER, Office, bank_says
from huiju.budgets.tests.factories import make_line
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.periods import Month
from tests.drills.town import found_town, learn_late

OCTOBER, NOVEMBER = Month(2015, 10), Month(2015, 11)
EARLY, LATE, PAYDAY = (
    datetime(2015, 11, 2, 4, 0, tzinfo=UTC),
    datetime(2015, 11, 20, 4, 0, tzinfo=UTC),
    datetime(2015, 12, 2, 4, 0, tzinfo=UTC),
)
REVIEWED = EARLY + NOTICE_OVER
APPROVED = REVIEWED + timedelta(days=1)
REVIEWED_ONLY, APPROVED_ONLY, AT_THE_BANK = DISTRICTS = ("350205", "350203", "350206")
CLERK = "drill-clerk"
ROOM_FEN = 500_000_000

Press = Callable[[], None]
State = Counter[tuple[object, ...]]


def prepare(people: int, seed: int) -> None:
    """The town in October: one district's list reviewed, one's approved, one's at the bank; late facts since."""
    with acting_as_system():
        town = found_town(people, seed=seed)
        make_notice_days()
        make_user("city", "350200", username=CLERK)
        for code in DISTRICTS:
            _carry(Office.opened(code), town.scheme)
        learn_late(town.posts, about=date(2015, 10, 10), at=LATE, seed=seed)


def _carry(office: Office, scheme: Scheme) -> None:
    """October of a district, as far as the flows want it."""
    order = RunOrder(scheme, [office.place], OCTOBER, EARLY)
    run = office.publish(office.compute(order, EARLY), EARLY)
    run = office.review(run, REVIEWED)
    line = make_line(amount_fen=ROOM_FEN, by=office.who("finance"))
    office.fund(scheme, line, APPROVED)
    if office.where == REVIEWED_ONLY:
        return
    run = office.approve(run, APPROVED)
    if office.where == APPROVED_ONLY:
        return
    file = office.send_file(office.make_file(run, APPROVED), APPROVED)
    for number, content in enumerate(_answers(file)):
        _answer_path(number).write_bytes(content)


def _answers(file: BankFile) -> Iterable[bytes]:
    """First most are paid and some come back; then the rest is told, and a paid one comes back after all."""
    asked = file.count
    back = range(5, asked + 1, 20)
    yield bank_says(file, back=back, only=range(1, asked - asked // 10))
    yield bank_says(file, back=[*back, 2], only=[2, *range(asked - asked // 10, asked + 1)])


def _answer_path(number: int) -> Path:
    return Path(settings.HUIJU_HOME) / f"answer-{number}.csv"


def see_everything() -> None:
    """For this session, and without the transaction that a reader's reach is set in otherwise.

    So nothing but the service's own transaction holds a press together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('huiju.reach', 'all', false)")


def _compute(*, known_at: datetime, how: Callable[..., object] = services.compute_runs) -> None:
    see_everything()
    by = User.objects.get(username=CLERK)
    places = [place(code) for code in DISTRICTS]
    order = RunOrder(Scheme.objects.get(), places, NOVEMBER, known_at)
    how(order=order, by=by, at=PAYDAY)


def month_press() -> None:
    """November, from what was known before anything late was learnt."""
    _compute(known_at=EARLY)


def back_pay_press() -> None:
    """November, with the differences of October that late facts make."""
    _compute(known_at=PAYDAY)


def approval_press() -> None:
    """A reviewed list approved; whoever finds it approved leaves it so."""
    office, run = _october(REVIEWED_ONLY)
    if run.state == RunState.REVIEWED:
        office.approve(run, PAYDAY)


def file_press() -> None:
    """An approved list's file for the bank."""
    office, run = _october(APPROVED_ONLY)
    office.make_file(run, PAYDAY)


def sending_press() -> None:
    """The file said to be sent."""
    office, run = _october(APPROVED_ONLY)
    office.send_file(run.bank_files.get(), PAYDAY)


def first_answer_press() -> None:
    """Most are paid, some come back."""
    _take(0)


def second_answer_press() -> None:
    """The others are paid or come back, and so does somebody who was paid."""
    _take(1)


def _take(number: int, how: Callable[..., object] = take_answer) -> None:
    office, run = _october(AT_THE_BANK)
    content = _answer_path(number).read_bytes()
    by = office.who("finance")
    how(file=run.bank_files.get(), name="回盘.csv", content=content, by=by, at=PAYDAY)


def _october(where: str) -> tuple[Office, Run]:
    see_everything()
    runs = Run.objects.current().select_related("scheme", "place")
    return Office(where), runs.get(place=place(where), month=OCTOBER.first_day)


@contextmanager
def _unheld() -> Iterator[None]:
    """No rows are locked, for locks are refused outside a transaction, and reach brings no transaction."""
    unlocked = patch.object(connection.features, "has_select_for_update", new=False)
    with unlocked, patch("huiju.allowances.services.runs.acting_as_system", nullcontext):
        yield


def spoilt_month_press() -> None:
    """A month computed without a transaction, as nothing in the product may be done."""
    with _unheld():
        _compute(known_at=EARLY, how=services.compute_runs.__wrapped__)


def spoilt_answer_press() -> None:
    """An answer taken without a transaction."""
    with _unheld():
        _take(0, how=take_answer.__wrapped__)


FLOWS: dict[str, Sequence[Press]] = {
    "month": [month_press],
    "back_pay": [back_pay_press],
    "approval": [approval_press],
    "bank_file": [file_press, sending_press],
    "answer": [first_answer_press, second_answer_press],
}
SPOILT: dict[str, Sequence[Press]] = {
    "spoilt_month": [spoilt_month_press],
    "spoilt_answer": [spoilt_answer_press],
}
"""What a drill must find at fault."""

STATES = {
    "line": """
        SELECT run.place_id, run.month, line.person_id, line.month, line.place_id, line.level,
               line.step_due_fen, line.step_posted_fen, line.amount_fen
          FROM allowances_runline line JOIN allowances_run run ON run.id = line.run_id
         WHERE run.state <> 'replaced'
    """,
    "run": "SELECT place_id, month, round, state FROM allowances_run WHERE state <> 'replaced'",
    "step": """
        SELECT run.place_id, run.month, step.round, step.step, step.digest
          FROM allowances_runstep step JOIN allowances_run run ON run.id = step.run_id
         WHERE run.state <> 'replaced' AND step.step <> 'approved'
    """,
    "payment": """
        SELECT place_id, month, person_id, issue, state, account_id, debt_growth_fen, amount_fen
          FROM allowances_payment
    """,
    "file": "SELECT number, state, digest, count, total_fen FROM allowances_bankfile",
    "item": """
        SELECT file.number, item.seq, item.account_id, item.amount_fen
          FROM allowances_bankitem item JOIN allowances_bankfile file ON file.id = item.file_id
    """,
    "result": """
        SELECT answer.digest, answer.paid, answer.returned, item.seq, result.settled_as
          FROM allowances_bankresult result
          JOIN allowances_bankanswer answer ON answer.id = result.answer_id
          JOIN allowances_bankitem item ON item.id = result.item_id
    """,
    "posting": """
        SELECT entry.key, posting.line_id, posting.account, posting.amount_fen
          FROM budgets_posting posting JOIN budgets_entry entry ON entry.id = posting.entry_id
    """,
}
"""What must be there once after a drill, by business keys: numbers of rows differ, as sequences do."""

SUMMED = ("line", "payment", "file", "item", "posting")
"""Whose last column is fen."""


def state_of(connection: psycopg.Connection) -> State:
    """Everything of the money, each with how often it is there."""
    found: State = Counter()
    for name, query in STATES.items():
        found.update((name, *row) for row in connection.execute(query).fetchall())
    return found


def totals_of(state: State) -> Counter[object]:
    """Fen by kind of record; of postings by account, for a balanced entry sums to nought."""
    totals: Counter[object] = Counter()
    for row, often in state.items():
        if row[0] in SUMMED:
            kind = row[-2] if row[0] == "posting" else row[0]
            totals[kind] += row[-1] * often  # type: ignore[operator]
    return totals
