"""What a person does in the browser, and the work that is done meanwhile."""

import threading
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from procrastinate.contrib.django import app

from tests.browser.looks import PHONE, axe, english, overflow


def work_off_jobs() -> None:
    """Run the real worker until no job waits, beside the thread in which the browser is driven."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            worker = app.with_connector(app.connector.get_worker_connector())
            worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
        except BaseException as failure:  # noqa: BLE001 -- told to the thread that waits
            failures.append(failure)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failures == []


class Journey:
    """One official's way through the site. Every page that is looked at must be without fault."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.on_phone = page.viewport_size == {"width": PHONE.width, "height": PHONE.height}

    @property
    def content(self) -> Locator:
        return self.page.locator("#content")

    def go_to(self, name: str) -> None:
        """By the side bar; on a phone, by the menu."""
        if self.on_phone:
            self.page.get_by_label("全部页面").click()
        self.page.get_by_role("link", name=name, exact=True).filter(visible=True).click()
        self.arrived(name)

    def follow(self, name: str) -> None:
        self.content.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        self.content.get_by_role("button", name=name, exact=True).click()

    def arrived(self, heading: str) -> None:
        expect(self.content.get_by_role("heading", level=1)).to_contain_text(heading)

    def look(self) -> None:
        """The page as it now stands is accessible, in Chinese, and fits its window."""
        self.page.wait_for_load_state()
        assert [*axe(self.page), *english(self.page), *overflow(self.page)] == []

    def row(self, text: str) -> Locator:
        """The row of a list, or on a phone its card, in which a text stands."""
        return self.content.locator("table.ledger tbody tr").filter(has_text=text)

    def download(self, name: str, folder: Path) -> Path:
        """The file behind a link, under the name the site gives it."""
        with self.page.expect_download() as waiting:
            self.follow(name)
        kept = folder / waiting.value.suggested_filename
        waiting.value.save_as(kept)
        return kept
