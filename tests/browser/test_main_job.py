"""The main job in a real browser: from an office's spreadsheet to an allowance and a bulletin.

A district official imports a roster with faults, mends it, opens a worker, computes a month and
reads why somebody gets 200 yuan; a city official opens a number of the bulletin to its records.
"""

from pathlib import Path

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from huiju.directory.tests.factories import make_user
from huiju.registry.tests.factories import identity_number
from huiju.transfers.tests.sheetmaking import grid

pytestmark = pytest.mark.browser

TITLE = ["思明区2026年持证社会工作者名册"]
HEADER = ["姓名", "身份证号", "证书级别", "批准日期", "到岗日期", "所在区", "街道", "单位"]
WHERE = ("思明区", "厦港街道", "厦港街道沙坡尾社区居委会")
GOOD = ["蔡明月", identity_number(801), "助理社会工作师", "2015-06-14", "2012-03-01", *WHERE]
MENDED = ["许文强", identity_number(802), "社会工作师", "2015-06-14", "2012-03-01", *WHERE]
WRONG_ID = MENDED[1][:-1] + ("0" if MENDED[1][-1] != "0" else "1")
FAULTY = ["许文强", WRONG_ID, *MENDED[2:]]


class Worker:
    """Does what pages put off, as the background worker beside the server would."""

    def __init__(self) -> None:
        self.done: set[int] = set()

    def work(self) -> None:
        for job in ProcrastinateJob.objects.exclude(pk__in=self.done).order_by("pk"):
            self.done.add(job.pk)
            app.tasks[job.task_name](**job.args)


def upload(page, worker, file: Path) -> None:
    page.goto("/imports/new/")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/imports/*/")
    worker.work()
    page.reload()


def apply(page, worker) -> None:
    page.locator(".page-actions .btn-primary").click()
    page.wait_for_load_state()
    worker.work()
    page.reload()


def counts(page) -> dict[str, str]:
    labels = page.locator(".count-label").all_inner_texts()
    return dict(zip(labels, page.locator(".count-value").all_inner_texts(), strict=True))


def test_district_official_goes_from_a_faulty_roster_to_200_yuan(
    browser_page, small_city, tmp_path
):
    official = make_user("district", "350203", label="思明区社会工作部")
    page, worker = browser_page(official), Worker()

    upload(page, worker, grid(tmp_path / "名册.xlsx", [TITLE, HEADER, GOOD, FAULTY]))
    assert counts(page) == {"正确": "1", "提醒": "0", "错误": "1", "非数据行": "2"}
    assert "校验" in page.locator("#content").inner_text()

    apply(page, worker)
    assert "已导入" in page.locator(".page-state").inner_text()

    upload(page, worker, grid(tmp_path / "名册（已改）.xlsx", [TITLE, HEADER, GOOD, MENDED]))
    apply(page, worker)
    assert counts(page) == {"正确": "2", "提醒": "0", "错误": "0", "非数据行": "2"}

    page.goto("/search/?q=cmy")
    page.get_by_role("link", name="蔡明月").click()
    assert "助理社会工作师" in page.locator("#content").inner_text()

    page.goto("/allowances/compute/new/")
    page.locator("input[name=month]").fill("2026-10")
    page.locator("#content .btn-primary").click()
    page.wait_for_load_state()
    page.goto("/allowances/?month=2026-10")
    page.locator(".ledger tbody a").first.click()
    page.get_by_role("row", name="蔡明月").get_by_role("link", name="200.00").click()
    reason = page.get_by_role("dialog").inner_text()
    assert "200.00" in reason
    assert "蔡明月" in reason


def test_city_official_opens_a_number_of_the_bulletin_and_takes_the_paper_along(
    browser_page, small_city
):
    page = browser_page(make_user("city", "350200", label="市社会工作部"))

    page.goto("/statistics/bulletins/2015/")
    page.locator("#content a.figure").first.click()
    assert "林晓明" in page.get_by_role("dialog").inner_text()
    page.keyboard.press("Escape")

    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
