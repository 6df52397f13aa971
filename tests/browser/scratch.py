# ruff: noqa
import os, sys
from tests.browser.looks import *
from huiju.directory.tests.factories import make_user


def test_shots(open_as):
    city = make_user("city", "350200", label="市社会工作部综合处")
    auditor = make_user("auditor", "350200", label="市审计局")
    for n, (u, path) in {
        "login": (None, "/account/login/"),
        "pw": (city, "/account/password/change/"),
        "mfa": (city, "/account/2fa/"),
        "audit": (auditor, "/audit/"),
        "check": (auditor, "/audit/check/"),
        "404": (city, "/nope/"),
        "refused": (city, "/audit/"),
        "home": (city, "/"),
        "sessions": (city, "/account/sessions/"),
        "search": (city, "/search/?q=社"),
    }.items():
        if os.environ.get("ONLY") and n not in os.environ["ONLY"].split(","):
            continue
        for size in (DESK, PHONE):
            p = open_as(u, path, size=size)
            p.wait_for_timeout(200)
            p.screenshot(path=f"/tmp/uiprev/s-{n}-{size.name}.png")
            print(n, size.name, axe(p), overflow(p), english(p))
