"""A real browser, at a desk and on a telephone, with the house's own fonts."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from huiju.directory.models import User
from tests.browser.looks import DESK, Size

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "src" / "huiju" / "ui" / "fonts"
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]

Opening = Callable[..., Page]


def chromium() -> str:
    """The machine's chromium; without one the browser tests are skipped with this one line."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or pytest.skip("No chromium on this machine (Debian: apt-get install chromium).")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    folder = tmp_path_factory.mktemp("fonts")
    config = folder / "fonts.conf"
    config.write_text(FONTCONFIG.format(fonts=FONTS, cache=folder))
    environment = os.environ | {"FONTCONFIG_FILE": str(config), "LANGUAGE": "zh_CN"}
    # playwright keeps an event loop running in this thread; Django's checks mistake it for async code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=[*ARGUMENTS, "--lang=zh-CN"], env=environment
        )
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_as(browser: Browser, live_server: object) -> Iterator[Opening]:
    """open_as(user, path, size=DESK, scripts=True): a page of the running site as a signed-in user sees it."""
    contexts: list[BrowserContext] = []

    def opening(
        user: User | None, path: str = "/", *, size: Size = DESK, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,  # type: ignore[attr-defined]
            viewport={"width": size.width, "height": size.height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=size.touch,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        if user:
            context.add_cookies([session_cookie(user, live_server.url)])  # type: ignore[attr-defined]
        page = context.new_page()
        page.goto(path)
        return page

    yield opening
    for context in contexts:
        context.close()


def session_cookie(user: User, url: str) -> dict[str, str]:
    """The cookie of a session in which the user has signed in."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
