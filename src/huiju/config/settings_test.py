"""Settings of the test suite: the real components, with what must differ."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
os.environ["HUIJU_HOME"] = str(ROOT / "var" / "test")
os.environ["HUIJU_DATABASE_URL"] = os.environ.get("HUIJU_TEST_DATABASE_URL", "")

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402

from huiju.config.settings import *  # noqa: E402, F403
from huiju.config.settings import DATABASES, STORAGES  # noqa: E402

SECRET_KEY = "for-tests-only"  # noqa: S105 -- never serves
DATABASES["default"]["NAME"] = os.environ.get("HUIJU_TEST_DATABASE", "huiju")
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["huiju.config.settings_test.QuickArgon2"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True


class QuickArgon2(Argon2PasswordHasher):
    """The real algorithm with its cheapest parameters: tests make hundreds of users."""

    time_cost, memory_cost, parallelism = 1, 8, 1
