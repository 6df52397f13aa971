"""What the scripts add to pages that work without them."""

import pytest

from huiju.directory.tests.factories import make_user
from tests.browser.looks import axe

pytestmark = pytest.mark.browser


@pytest.fixture
def official():
    return make_user("city", "350200", label="市社会工作部")


def test_figure_opens_in_a_drawer_that_is_accessible_and_closes_by_escape(
    open_as, official, small_city
):
    page = open_as(official, "/statistics/")

    page.locator("#content a.count").first.click()
    drawer = page.get_by_role("dialog")

    assert drawer.get_by_role("heading", level=1).inner_text() == "持证社会工作者"
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert page.url.endswith("/statistics/")
    assert not drawer.is_visible()


def test_figure_opens_as_a_page_without_scripts(open_as, official, small_city):
    page = open_as(official, "/statistics/", scripts=False)

    page.locator("#content a.count").first.click()

    assert page.get_by_role("heading", level=1).inner_text() == "持证社会工作者"


def test_filter_keeps_its_state_in_the_address_with_and_without_scripts(
    open_as, official, small_city
):
    for scripts in (True, False):
        page = open_as(official, "/registry/workers/", scripts=scripts)

        page.locator(".filter input[type=text], .filter input[type=search]").first.fill("lxm")
        page.get_by_role("button", name="查询").click()
        page.wait_for_url("**lxm**")

        assert page.locator(".ledger tbody tr").count() == 1


def test_sort_keeps_the_reader_on_the_list(open_as, official, small_city):
    page = open_as(official, "/registry/workers/")

    page.locator(".ledger thead a").first.click()
    page.wait_for_url("**sort=**")

    assert page.locator("th[aria-sort]").count() == 1


def test_menu_closes_by_escape_and_gives_the_focus_back(open_as, official):
    page = open_as(official, "/ui/")
    menu = page.locator(".bar-menus details").first

    menu.locator("summary").click()
    page.keyboard.press("Escape")

    assert not menu.evaluate("menu => menu.open")
    assert menu.evaluate("menu => menu.querySelector('summary') === document.activeElement")


def test_large_type_makes_everything_larger(open_as, official):
    page = open_as(official, "/ui/")

    page.locator(".bar-menus details").first.locator("summary").click()
    page.get_by_role("button", name="大字版").click()
    page.wait_for_load_state()

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"


def test_chart_is_drawn_as_svg_with_its_numbers_beside_it(open_as, official):
    page = open_as(official, "/ui/")

    page.wait_for_selector("[data-chart] svg")

    assert page.locator("figure.plot table").count() == 1


def test_keyboard_reaches_the_content_first(open_as, official):
    page = open_as(official, "/ui/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
