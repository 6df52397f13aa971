"""Take the pictures of the README from a running demo, with chromium and the house's own fonts.

    .venv/bin/python tools/screenshots.py [--url http://127.0.0.1:8000] [--only NAME …]

Signs in with the demo accounts of the instance in HUIJU_HOME and writes docs/images/*.png, or .jpg
where a png would exceed 120 kB.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "src" / "huiju" / "ui" / "fonts"
IMAGES = ROOT / "docs" / "images"
LARGEST_BYTES = 120_000
DESK, PHONE = (1280, 800), (390, 844)
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Shot:
    """A picture: whose page, where it begins, and the links to press from there in order."""

    name: str
    account: str
    path: str
    size: tuple[int, int] = DESK
    presses: tuple[str, ...] = ()


REGISTERED = "/registry/workers/?street=350203010&registration=valid"
SHOTS = (
    Shot("desk", "city", "/"),
    Shot("workers", "siming", "/registry/workers/"),
    Shot("worker", "siming", REGISTERED, presses=("table.ledger tbody a",)),
    Shot("worker-phone", "siming", REGISTERED, PHONE, ("table.ledger tbody a",)),
    Shot("imports", "xiangan", "/imports/", presses=("table.ledger tbody a",)),
    Shot("allowances", "city", "/allowances/", presses=("table.ledger tbody a",)),
    Shot(
        "derivation", "city", "/allowances/", presses=("table.ledger tbody a", "td.amount a.figure")
    ),
    Shot(
        "steps", "siming2", "/allowances/", presses=("table.ledger tbody a", "a[href$='/steps/']")
    ),
    Shot("again", "siming", "/allowances/", presses=("table.ledger tbody a", "a[href$='/again/']")),
    Shot("tunnel", "city", "/allowances/tunnel/"),
    Shot("dashboard", "city", "/statistics/"),
    Shot("figure", "city", "/statistics/", presses=("a.figure",)),
    Shot("bulletin", "city", "/statistics/bulletins/2015/"),
    Shot("desk-phone", "city", "/", PHONE),
    Shot("audit", "auditor", "/audit/"),
)


def main() -> int:
    """Take every picture; the exit status is 1 if one could not be taken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    home = Path(os.environ.get("HUIJU_HOME", ROOT / "var"))
    passwords = demo_passwords(home / "demo-accounts.txt")
    shots = [shot for shot in SHOTS if not asked.only or shot.name in asked.only]
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        config = Path(folder) / "fonts.conf"
        config.write_text(FONTCONFIG.format(fonts=FONTS, cache=folder))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-background-networking", "--lang=zh-CN"],
            env=os.environ | {"FONTCONFIG_FILE": str(config), "LANGUAGE": "zh_CN"},
        )
        failed = []
        for shot in shots:
            context = browser.new_context(
                base_url=asked.url,
                viewport={"width": shot.size[0], "height": shot.size[1]},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            if not taken(shot, context, passwords[shot.account]):
                failed.append(shot.name)
            context.close()
        browser.close()
    print("\n".join(f"not taken: {name}" for name in failed), file=sys.stderr)
    return 1 if failed else 0


def demo_passwords(file: Path) -> dict[str, str]:
    """Passwords of the demo accounts by user name."""
    return dict(re.findall(r"^\s+(\S+)\s+([0-9a-f-]{14})\b", file.read_text(), re.MULTILINE))


def taken(shot: Shot, context: BrowserContext, password: str) -> bool:
    """Whether the picture could be taken: signed in, every link there."""
    page = context.new_page()
    sign_in(page, shot.account, password)
    page.goto(shot.path)
    for selector in shot.presses:
        link = page.locator(f"#content {selector}").first
        if not link.count():
            return False
        link.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    save(page, shot.name)
    return True


def sign_in(page: Page, account: str, password: str) -> None:
    """Through the door everybody uses."""
    page.goto("/account/login/")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", password)
    page.click("form button.btn-primary")
    page.wait_for_load_state("networkidle")


def save(page: Page, name: str) -> None:
    """Write the picture as png, or as jpg where that is needed to stay small."""
    for old in IMAGES.glob(f"{name}.*"):
        old.unlink()
    picture = page.screenshot()
    if len(picture) <= LARGEST_BYTES:
        (IMAGES / f"{name}.png").write_bytes(picture)
        return
    quality = 90
    while len(picture) > LARGEST_BYTES and quality > 30:
        quality -= 10
        picture = page.screenshot(type="jpeg", quality=quality)
    (IMAGES / f"{name}.jpg").write_bytes(picture)


if __name__ == "__main__":
    sys.exit(main())
