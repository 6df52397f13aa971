"""What a person does in the browser, and the work that is done meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from procrastinate.contrib.django import app

from tests.browser.looks import PHONE, axe, english, overflow


def work_off_jobs() -> None:
    """Run the real worker until no job waits, beside the thread in which the browser is driven."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_work).result()


def _work() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


TIMEOUT = 15_000
"""Milliseconds until a page that does not come is given up."""

STILL = "Promise.allSettled(document.getAnimations().map((moving) => moving.finished))"
"""What opens or fades in is judged once it stands."""


class Journey:
    """One official's way through the site. Every page that is looked at must be without fault."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(TIMEOUT)
        self.on_phone = page.viewport_size == {"width": PHONE.width, "height": PHONE.height}

    @property
    def content(self) -> Locator:
        return self.page.locator("#content")

    @property
    def drawer(self) -> Locator:
        """Where a number opens, before the page it stands on."""
        return self.page.get_by_role("dialog")

    @property
    def state(self) -> Locator:
        """What the heading says of the thing's state."""
        return self.page.locator(".page-state")

    def go_to(self, name: str) -> None:
        """By the side bar; on a phone, by the menu."""
        if self.on_phone:
            self.page.get_by_label("全部页面").click()
        self.page.get_by_role("link", name=name, exact=True).filter(visible=True).first.click()

    def search(self, text: str) -> None:
        """By the box that stands above every page."""
        box = self.page.get_by_role("searchbox", name="搜索人员、机构和政策")
        box.fill(text)
        box.press("Enter")

    def follow(self, name: str) -> None:
        self.content.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        self.content.get_by_role("button", name=name, exact=True).click()

    def arrived(self, heading: str) -> None:
        expect(self.content.get_by_role("heading", level=1)).to_contain_text(heading)

    def look(self) -> None:
        """The page as it now stands is accessible, in Chinese, and fits its window."""
        self.page.wait_for_load_state()
        self.page.evaluate(STILL)
        found = [*axe(self.page), *english(self.page), *overflow(self.page)]
        assert found == [], "\n".join(found)

    def column(self, heading: str) -> list[str]:
        """What stands in each row under a heading."""
        return self.content.locator(f"tbody td[data-label='{heading}']").all_inner_texts()

    def download(self, name: str, folder: Path) -> Path:
        """The file behind a link, under the name the site gives it."""
        with self.page.expect_download() as waiting:
            self.follow(name)
        kept = folder / waiting.value.suggested_filename
        waiting.value.save_as(kept)
        return kept
