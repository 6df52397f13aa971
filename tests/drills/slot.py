"""One ground on which points are struck, one after the other. Reads its orders as JSON, a line each.

The process imports everything once and forks a child for every press, so that a point costs tenths of
a second; it never opens Django's connection itself.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep

import django

django.setup()

from django.db import connection  # noqa: E402

from huiju.allowances.enums import Shape  # noqa: E402 -- models exist from here on
from huiju.allowances.rules.statements import difference_statement, due_statement  # noqa: E402
from huiju.allowances.tests.test_parity import policy  # noqa: E402
from tests.drills import flows  # noqa: E402
from tests.drills.instances import Ground  # noqa: E402
from tests.drills.striking import Point, struck_at, watched  # noqa: E402

Answer = dict[str, object]
LATE = {"duckdb", "_duckdb", "pandas", "pyarrow", "ibis", "numpy"}


class Slot:
    """A ground and the flow it strikes; `course` has the state after each press of an uncrashed run."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.ground, self.presses = ground, (flows.FLOWS | flows.SPOILT)[name]
        self.statements: list[str] = []
        self.course: list[flows.State] = []

    def run_uncrashed(self) -> None:
        """Count the statements and note where each press leads."""
        notes = self.ground.home / "statements"
        notes.unlink(missing_ok=True)
        self.ground.reset()
        self.course = [self._state()]
        for number in range(len(self.presses)):
            code = _forked(lambda number=number: self._noted(number, notes))
            if code != 0:
                raise RuntimeError(f"press {number} failed without being struck")
            self.course.append(self._state())
        self.statements = notes.read_text().splitlines()
        for name in (self.ground.home / "modules").read_text().splitlines():
            with suppress(ImportError):
                import_module(name)

    def _noted(self, number: int, notes: Path) -> None:
        with notes.open("a") as file, watched(lambda said: print(said, file=file)):
            self.presses[number]()
        # what a press imports late, every later child would import again
        late = [name for name in sys.modules if name.partition(".")[0] in LATE]
        (self.ground.home / "modules").write_text("\n".join(late))

    def strike(self, point: Point) -> Answer:
        """Strike at a point, start again what died, press again, and compare."""
        progress, mark = self.ground.home / "progress", self.ground.home / "struck"
        progress.write_text("0")
        mark.unlink(missing_ok=True)
        self.ground.reset()
        _forked(lambda: self._struck(point, progress, mark))
        self.ground.server.start()
        self._wait_for_silence()
        torn = min(_differences(self._state(), each) for each in self.course)
        begun = int(progress.read_text())
        again = _forked(lambda: [press() for press in self.presses[begun:]])
        found, wanted = self._state(), self.course[-1]
        return {
            "point": vars(point),
            "reached": mark.exists(),
            "again": again == 0,
            "torn": torn[0] + torn[1],
            "lost": (wanted - found).total(),
            "doubled": (found - wanted).total(),
            "totals_equal": flows.totals_of(found) == flows.totals_of(wanted),
        }

    def _struck(self, point: Point, progress: Path, mark: Path) -> None:
        with struck_at(point, self.ground.server.data, mark):
            for number, press in enumerate(self.presses):
                progress.write_text(str(number))
                press()
                connection.close()  # every press has a session of its own, as when they were counted

    def _state(self) -> flows.State:
        with self.ground.connect(self.ground.instance.database_name) as connection:
            return flows.state_of(connection)

    def _wait_for_silence(self) -> None:
        """Until the server has ended what a killed client had asked of it."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        name, until = self.ground.instance.database_name, monotonic() + 20
        with self.ground.connect("postgres") as connection:
            while connection.execute(asked, [name]).fetchone() != (0,) and monotonic() < until:
                sleep(0.01)


def _differences(found: flows.State, wanted: flows.State) -> tuple[int, int]:
    return (wanted - found).total(), (found - wanted).total()


def _forked(work: Callable[[], object]) -> int:
    """The exit of a child that does the work: 0, 1 after an error, or minus the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            if os.environ.get("DRILL_TRACES"):
                traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """Answer orders: {"flow": name} counts, {"flow": name, "point": {…}} strikes."""
    due_statement(Shape.MONTHLY_BY_LEVEL, policy()), difference_statement()
    ground, slots = Ground(Path(os.environ["HUIJU_HOME"])), {}
    for order in map(json.loads, sys.stdin):
        name = order["flow"]
        if name not in slots:
            slots[name] = Slot(ground, name)
            slots[name].run_uncrashed()
        slot, asked = slots[name], order.get("point")
        answer = slot.strike(Point(**asked)) if asked else {"statements": slot.statements}
        print(json.dumps({"flow": name, **answer}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
