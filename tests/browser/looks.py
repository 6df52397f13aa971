"""What every page must satisfy: accessible, in Chinese, no wider than its window, no error."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LATIN_WORD = re.compile(r"[A-Za-z]*[a-z]{2,}")
# Names that Chinese offices write in Latin letters themselves, and user names of the tests.
ACCEPTED_WORDS = {
    *("Excel", "Word", "English", "JavaScript", "Huiju", "lxm", "user", "test"),
    *("xlsx", "xls", "csv", "json", "pdf", "docx"),
}


@dataclass(frozen=True)
class Size:
    name: str
    width: int
    height: int
    touch: bool = False


DESK = Size("desk", 1440, 900)
PHONE = Size("phone", 390, 844, touch=True)


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


LAID_OUT = [
    "color-contrast",
    "target-size",
    "scrollable-region-focusable",
    "meta-viewport",
    "region",
    "bypass",
]
"""Rules of which another width may answer otherwise; the others look at the same elements."""


def axe(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, or by some rules alone: a line for each rule with its first place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source())
    found: dict[str, Any] = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": RULES},
    )
    return [
        f"{violation['id']} ({len(violation['nodes'])}): {violation['nodes'][0]['html'][:160]}"
        for violation in found["violations"]
    ]


def overflow(page: Page) -> list[str]:
    """The elements that make the page wider than its window."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.scrollWidth > innerWidth;
          return !wide ? [] : [...document.querySelectorAll("body *")]
            .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 3).map((part) => part.outerHTML.slice(0, 120));
        }"""
    )
    return [f"wider than {page.viewport_size}: {part}" for part in found]


def english(page: Page) -> list[str]:
    """Latin words on a page that is meant to be Chinese; codes and addresses are marked as such."""
    text = page.evaluate(
        """() => {
          const copy = document.body.cloneNode(true);
          copy.querySelectorAll("script, style, code, pre, [lang=en], [translate=no]")
            .forEach((part) => part.remove());
          const names = ["aria-label", "title", "placeholder", "data-label", "alt"];
          const hints = [...copy.querySelectorAll("*")]
            .flatMap((part) => names.map((name) => part.getAttribute(name)));
          return [document.title, copy.textContent, ...hints].join("\\n");
        }"""
    )
    words = set(LATIN_WORD.findall(text)) - ACCEPTED_WORDS
    return [f"English: {' '.join(sorted(words))}"] if words else []
