from huiju.directory.tests.factories import make_user
from tests.browser.looks import axe, english, overflow


def test_style_guide_is_accessible_chinese_and_fits(browser_page):
    official = make_user("city", "350200", label="市社会工作部")

    page = browser_page(official, "/ui/")

    assert page.get_by_role("heading", level=1).inner_text() == "界面样式"
    assert axe(page) + overflow(page) + english(page) == []
