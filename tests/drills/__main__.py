"""`make drill-money`: every flow of money, killed at every statement. The last line is JSON; exit 1 on loss.

With a number (`make drill-money POINTS=50`) so many points of each flow.
"""

import json
import sys
from time import monotonic

from tests.drills.drill import FLOWS, SEED, all_points, grounds, is_faulty, sample, strike_all
from tests.drills.striking import Point


def _chosen(statements: list[str]) -> list[Point]:
    return sample(statements, int(sys.argv[1])) if sys.argv[1:] else all_points(statements)


def main() -> int:
    """Strike everything and tell what came of it."""
    began = monotonic()
    with grounds() as hands:
        counted = {name: hands[0].ask(flow=name)["statements"] for name in FLOWS}
        points = [(name, point) for name in FLOWS for point in _chosen(counted[name])]
        answers = []
        for answer in strike_all(hands, points):
            answers.append(answer)
            if len(answers) % 20 == 0:
                print(f"{len(answers)} of {len(points)}", file=sys.stderr, flush=True)
            if is_faulty(answer):
                print(json.dumps(answer, ensure_ascii=False), flush=True)
    seconds = round(monotonic() - began)
    print(f"{len(points)} points in {seconds} s", file=sys.stderr)
    told = {
        "drill": "money",
        "seed": SEED,
        "flows": {name: len(counted[name]) for name in FLOWS},
        "points": len(answers),
        "lost": sum(answer["lost"] for answer in answers),
        "doubled": sum(answer["doubled"] for answer in answers),
        "totals_equal": all(answer["totals_equal"] for answer in answers),
    }
    told["unfinished"] = sum(not (each["reached"] and each["again"]) for each in answers)
    told["half_done"] = sum(bool(answer["torn"]) for answer in answers)
    print(json.dumps(told))
    return int(any(map(is_faulty, answers)))


if __name__ == "__main__":
    sys.exit(main())
