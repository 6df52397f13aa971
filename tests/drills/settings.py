"""Settings of an instance under drill: the product's own, of the folder HUIJU_HOME names."""

import os

from huiju.config.settings import *  # noqa: F403

SECRET_KEY = "for-drills-only"
if os.environ.get("HUIJU_TEST_DATABASE"):
    raise RuntimeError("a drill never runs on the tests' database")
