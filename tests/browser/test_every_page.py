import pytest

from huiju.directory.tests.factories import make_user
from tests.browser.walk import Walk, page_names

pytestmark = pytest.mark.browser

READERS = [
    ("city", "350200"),
    ("district", "350203"),
    ("auditor", "350200"),
    ("administrator", "350200"),
]


def test_every_page_is_accessible_chinese_and_fits_at_both_widths(open_as, small_city):
    known: set[str] = set()
    problems: dict[str, list[str]] = {}

    for role, where in READERS:
        reader = make_user(role, where, label="测试岗位")
        walk = Walk(open_as(reader), known)
        walk.from_("/", "/ui/")
        problems |= walk.problems
    visitor = Walk(open_as(None, "/account/login/"), known)
    visitor.from_("/account/login/")

    assert problems | visitor.problems == {}
    assert page_names() - known == set()
