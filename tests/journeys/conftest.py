"""A small city that came in through its imports, and the officials who work in it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from huiju.allowances.tests.factories import make_scheme
from huiju.directory.access import acting_as_system
from huiju.directory.tests.factories import make_user
from huiju.policies.tests.factories import make_document, make_parameter, make_value
from huiju.registry.sheets import ROSTER
from huiju.transfers import services
from huiju.transfers.enums import Mode
from huiju.transfers.tests.factories import AT, make_import
from tests.browser.looks import DESK, PHONE
from tests.journeys import rosters
from tests.journeys.walking import Journey

OFFICES = {"city": "350200", "district": "350203"}
WALKERS = {"city": DESK, "district": PHONE}


@pytest.fixture
def small_city(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    """People of two districts, who came in with a roster, and an allowance with its rates."""
    settings.HUIJU_FILES = tmp_path / "files"
    _take(rosters.known(tmp_path))
    document = make_document(title="社区工作者职业津贴办法", number="厦民〔2014〕46号")
    for level, fen in (("assistant", 20000), ("intermediate", 30000)):
        rate = make_parameter(code=f"allowance.rate.{level}", name="职业津贴每月标准")
        make_value(rate, date(2014, 1, 1), value=fen, document=document, article="第七条")
    make_scheme(rates=False, rate_code="allowance.rate")


def _take(roster: Path) -> None:
    official = make_user("city", OFFICES["city"])
    with acting_as_system():
        upload = make_import(roster, ROSTER, by=official)
        services.begin_applying(upload=upload, mode=Mode.ALL, by=official)
        services.apply_import(upload=upload, sheet=ROSTER, at=AT)


@pytest.fixture(params=WALKERS)
def role(request: pytest.FixtureRequest) -> str:
    """Who walks: an official of the city at a desk, and one of 思明区 on a telephone."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def journey(role: str, small_city: None, open_as: Callable[..., Page]) -> Journey:
    """The official's own desk, open in a browser."""
    official = make_user(role, OFFICES[role], label="社会工作部综合处")
    return Journey(open_as(official, "/", size=WALKERS[role]))
