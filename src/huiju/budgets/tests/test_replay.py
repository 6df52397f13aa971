"""Any sequence of what can happen to a year's lines, against a replay in plain Python."""

from collections import Counter

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiju.budgets import queries, services
from huiju.budgets.models import Entry, Posting
from huiju.budgets.services import Share
from huiju.budgets.tests.factories import AT, claim, finance, make_line
from huiju.kernel.errors import DomainError

pytestmark = pytest.mark.django_db

FLOWS = {
    "supplement": ("", "available"),
    "cut": ("available", ""),
    "commit": ("available", "committed"),
    "release": ("committed", "available"),
    "make_due": ("committed", "due"),
    "pay": ("due", "paid"),
    "take_back": ("paid", "due"),
    "recover": ("paid", "available"),
}
steps = st.lists(
    st.tuples(
        st.sampled_from([*FLOWS, "transfer", "reverse", "repeat"]),
        st.integers(0, 1),
        st.integers(1, 900),
    ),
    max_size=14,
)


class Replay:
    """The same books, kept by adding and subtracting."""

    def __init__(self, lines):
        self.money = {line.pk: Counter(available=1_000) for line in lines}
        self.history = []

    def move(self, moves):
        """Whether the moves leave everything at nought or above; then they are done."""
        after = {key: Counter(amounts) for key, amounts in self.money.items()}
        for key, account, fen in moves:
            if account:
                after[key][account] += fen
        if any(fen < 0 for amounts in after.values() for fen in amounts.values()):
            return False
        self.money = after
        return True


def act(step, lines, by, replay):
    """Do a step in the ledger and in the replay; whether each accepted it."""
    verb, at, fen = step
    line, other = lines[at], lines[1 - at]
    if verb in ("reverse", "repeat"):
        if not replay.history:
            return True, True
        entry, moves, undone = replay.history[fen % len(replay.history)]
        if verb == "repeat":
            return bool(Entry.objects.get(key=entry.key)), True
        back = [(key, account, -amount) for key, account, amount in moves]
        expected = not undone and replay.move(back)
        if expected:
            replay.history[fen % len(replay.history)] = (entry, moves, True)
        return attempt(lambda: services.reverse(entry=entry, claim=claim(), by=by, at=AT)), expected
    if verb == "transfer":
        moves = [(line.pk, "available", -fen), (other.pk, "available", fen)]
        call = lambda: services.transfer(  # noqa: E731
            source=Share(line, fen), target=other, claim=claim(), by=by, at=AT
        )
    else:
        source, target = FLOWS[verb]
        moves = [(line.pk, source, -fen), (line.pk, target, fen)]
        single = (
            {"share": Share(line, fen)}
            if verb in ("supplement", "cut")
            else {"shares": [Share(line, fen)]}
        )
        call = lambda: getattr(services, verb)(**single, claim=claim(), by=by, at=AT)  # noqa: E731
    expected = replay.move(moves)
    made = attempt(call)
    if made:
        replay.history.append((made, moves, False))
    return bool(made), expected


def attempt(call):
    try:
        return call()
    except DomainError:
        return None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_the_ledger_equals_a_replay_whatever_happens(sequence):
    by = finance()
    lines = [make_line(amount_fen=1_000), make_line(amount_fen=1_000)]
    replay = Replay(lines)

    for step in sequence:
        done, expected = act(step, lines, by, replay)
        assert bool(done) == expected, step

    found = queries.stages_of([line.pk for line in lines])
    for line in lines:
        kept = replay.money[line.pk]
        assert found[line.pk] == services.posting.Stages(
            **{name: kept[name] for name in ("available", "committed", "due", "paid")}
        )
        history = queries.statement_of(line)
        assert history[-1].after == found[line.pk]
    assert Posting.objects.aggregate(total=Sum("amount_fen"))["total"] == 0
    assert queries.ledger_check()["differences"] == []
