"""Pages with something on them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import city
from tests.browser.looks import DESK, PHONE


@pytest.fixture(params=[DESK, PHONE], ids=lambda size: size.name)
def browser_page(
    request: pytest.FixtureRequest, open_as: Callable[..., Page]
) -> Callable[..., Page]:
    """As `open_as`, once at a desk and once on a telephone."""
    return lambda user, path="/": open_as(user, path, size=request.param)


@pytest.fixture
def small_city(transactional_db: None, settings: Any, tmp_path: Path) -> int:
    """One of everything that has a page; the key of a person."""
    settings.HUIJU_FILES = tmp_path / "files"
    return city.build(tmp_path)
