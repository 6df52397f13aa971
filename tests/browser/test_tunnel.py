"""The wind tunnel's sliders answer at once, and its page works without them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from huiju.allowances.queries import prepared
from huiju.allowances.tests.factories import make_funding, make_scenario
from huiju.allowances.tests.test_simulation import make_city
from huiju.budgets.tests.factories import make_line
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from tests.browser.looks import DESK, PHONE, axe, english, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "/allowances/tunnel/"


@pytest.fixture
def finance(transactional_db, client):
    prepared.forget()
    scheme = make_city()
    year = clock.today().year
    line = make_line(government="350203", year=year, at=clock.now(), amount_fen=200_000)
    make_funding(scheme, line)
    make_scenario(scheme, made_at=clock.now() - timedelta(days=1))
    made = make_user("finance", "350203", label="思明区财政局")
    client.force_login(made)
    client.get(
        ADDRESS
    )  # the process compiles the rules once, which is no matter of a browser's patience
    return made


def picture(page, name):
    """Kept where somebody wants to look at it."""
    if folder := os.environ.get("HUIJU_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_slider_fills_the_tables_in_place(open_as, finance):
    page = open_as(finance, ADDRESS)
    before = page.locator('[data-tunnel-sum="total"]').inner_text()

    slider = page.locator('[data-slides="rate_assistant"]')
    slider.focus()
    with page.expect_response("**/answer.json*"):
        slider.press("ArrowRight")
    page.wait_for_function(
        f"document.querySelector('[data-tunnel-sum=total]').textContent !== '{before}'"
    )

    assert page.locator("#id_rate_assistant").input_value() == "210"
    assert page.locator('[data-tunnel-sum="difference"]').inner_text() == "+120.00"
    assert (
        page.locator('[data-tunnel-table="periods"] tbody tr').last.inner_text().endswith("+10.00")
    )
    assert page.url.endswith(ADDRESS)
    assert [*axe(page), *english(page), *overflow(page)] == []
    picture(page, "tunnel-desk")


def test_the_page_and_the_comparison_fit_a_telephone_without_scripts(open_as, finance):
    plain = open_as(finance, ADDRESS, scripts=False)
    plain.locator("#id_rate_assistant").fill("300")
    plain.get_by_role("button", name="试算", exact=True).click()
    assert plain.locator('[data-tunnel-sum="difference"]').inner_text() == "+1,200.00"

    phone = open_as(finance, ADDRESS, size=PHONE)
    assert [*axe(phone), *english(phone), *overflow(phone)] == []
    picture(phone, "tunnel-phone")
    phone.set_viewport_size({"width": DESK.width, "height": DESK.height})
    phone.get_by_role("link", name="对照", exact=True).first.click()
    assert [*axe(phone), *english(phone), *overflow(phone)] == []
    picture(phone, "scenarios-desk")
