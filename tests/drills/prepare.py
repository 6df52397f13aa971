"""Found the town of a drill in the instance HUIJU_HOME names: python -m tests.drills.prepare PEOPLE SEED."""

import sys

import django

django.setup()

from tests.drills import flows  # noqa: E402 -- models exist from here on

if __name__ == "__main__":
    flows.prepare(int(sys.argv[1]), int(sys.argv[2]))
