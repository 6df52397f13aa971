"""The drill of the money: every flow struck at chosen points, on several grounds at once."""

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.drills.instances import Ground, base_ground, copy_of
from tests.drills.striking import AFTER, BEFORE, DATABASE, PROCESS, Point

PEOPLE, SEED, SLOTS = 3000, 2015, 2
FLOWS = ("month", "back_pay", "approval", "bank_file", "answer")

Answer = dict[str, Any]


@dataclass
class Hand:
    """A slot's process; asked one thing at a time."""

    process: subprocess.Popen[str]

    def ask(self, **order: Any) -> Answer:
        """The answer to an order. Raises RuntimeError where the slot died of it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the slot died of {order}")
        found: Answer = json.loads(line)
        return found


@contextmanager
def grounds(
    count: int = SLOTS, *, people: int = PEOPLE, seed: int = SEED, dump: Path | None = None
) -> Iterator[list[Hand]]:
    """Slots on copies of the prepared instance; stopped and removed at the end."""
    base = base_ground(people, seed, dump=dump)
    with ExitStack() as stack:
        yield [stack.enter_context(_hand(copy_of(base, f"slot-{n}"))) for n in range(count)]


@contextmanager
def _hand(ground: Ground) -> Iterator[Hand]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.drills.slot"],
        env=ground.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Hand(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait()
        ground.remove()


def all_points(statements: list[str]) -> list[Point]:
    """Both sides of every statement for the process that asks, and every statement for the database."""
    sides = [(BEFORE, PROCESS), (AFTER, PROCESS), (AFTER, DATABASE)]
    numbers = range(1, len(statements) + 1)
    return [Point(number, *each) for number in numbers for each in sides]


def sample(statements: list[str], size: int, *, seed: int = SEED) -> list[Point]:
    """Some points, among them always the lost answers of the last COMMIT."""
    last = max(n for n, said in enumerate(statements, start=1) if said == "_commit_gen")
    always = [Point(last, AFTER, PROCESS), Point(last, AFTER, DATABASE)]
    others = [point for point in all_points(statements) if point not in always]
    if size > len(others):
        return all_points(statements)
    return [*always, *random.Random(seed).sample(others, size - len(always))]


def strike_all(hands: list[Hand], points: Iterable[tuple[str, Point]]) -> Iterator[Answer]:
    """Strike flows at points, as many at once as there are hands."""
    free: SimpleQueue[Hand] = SimpleQueue()
    for hand in hands:
        free.put(hand)

    def strike(asked: tuple[str, Point]) -> Answer:
        hand = free.get()
        try:
            return hand.ask(flow=asked[0], point=vars(asked[1]))
        finally:
            free.put(hand)

    with ThreadPoolExecutor(len(hands)) as pool:
        yield from pool.map(strike, points)


def is_faulty(answer: Answer) -> bool:
    """Whether something was lost, doubled or half done, or the point was never struck."""
    wrong = answer["torn"] or answer["lost"] or answer["doubled"]
    right = answer["reached"] and answer["again"] and answer["totals_equal"]
    return bool(wrong or not right)
