"""Following the links of the site, one page of every kind."""

from collections import deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import APIResponse, Error, Page, Response

from tests.browser.looks import DESK, LAID_OUT, PHONE, axe, english, overflow

OURS = "huiju."
POSTED = {"desk:language", "desk:type_size"}  # open to visitors, answer to POST
FETCHED = {"allowances:tunnel_answer"}  # asked by a page's script; test_tunnel.py walks it


def page_names() -> set[str]:
    """The name of every URL of ours that a reader opens by GET."""
    return (
        {name for name, kind in _kinds(get_resolver(), "") if kind in {"page", "public"}}
        - POSTED
        - FETCHED
    )


def _kinds(resolver: URLResolver, space: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            yield from _kinds(pattern, f"{inner}:" if inner else space)
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith(OURS):
            yield f"{space}{pattern.name}", getattr(pattern.callback, "kind", "")


def name_of(path: str) -> str:
    """The view name of an address; empty if there is none."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


class Walk:
    """A reader's walk: opens the first address met of every view name and notes what is wrong."""

    def __init__(self, page: Page, known: set[str]) -> None:
        self.page, self.known = page, known
        self.problems: list[str] = []
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._console)

    def _console(self, message: object) -> None:
        if message.type == "error" and "favicon" not in message.location["url"]:  # type: ignore[attr-defined]
            where = message.location["url"]  # type: ignore[attr-defined]
            self.complaints.append(f"console: {message.text} {where}")  # type: ignore[attr-defined]

    def from_(self, *starts: str) -> None:
        """Follow the links from these addresses until no new view name is met."""
        waiting = deque(starts)
        while waiting:
            address = waiting.popleft()
            name = name_of(urlsplit(address).path)
            if not name or (name in self.known and address not in starts):
                continue
            if self._open(address):
                if name not in self.known:
                    self._look(f"{name} {address}")
                waiting.extend(self._links())
            self.known.add(name)

    def _open(self, address: str) -> bool:
        """Whether a page was opened; a file to download is none."""
        self.page.set_viewport_size({"width": DESK.width, "height": DESK.height})
        try:
            answer: Response | APIResponse | None = self.page.goto(address)
        except Error:  # a file is fetched instead of opened
            answer = self.page.request.get(address)
        status = answer.status if answer else 0
        if status != 200:
            self.complaints.clear()
            self.problems.append(f"{address}: status {status}")
            return False
        return "text/html" in (answer.headers.get("content-type", "") if answer else "")

    def _look(self, label: str) -> None:
        found = [*axe(self.page), *english(self.page), *overflow(self.page)]
        self.page.set_viewport_size({"width": PHONE.width, "height": PHONE.height})
        found += [f"phone: {fault}" for fault in [*axe(self.page, LAID_OUT), *overflow(self.page)]]
        found += self.complaints
        self.complaints.clear()
        self.problems += [f"{label}: {fault}" for fault in found]

    def _links(self) -> list[str]:
        hrefs = self.page.eval_on_selector_all(
            "a[href]", "links => links.map((link) => link.getAttribute('href'))"
        )
        addresses = [urljoin(self.page.url, href) for href in hrefs]
        here = urlsplit(self.page.url).netloc
        return [address for address in addresses if urlsplit(address).netloc == here]
