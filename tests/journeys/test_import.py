"""A roster with faults comes in, is mended from its result file, and comes in again."""

import pytest
from playwright.sync_api import expect

from tests.journeys import rosters
from tests.journeys.walking import work_off_jobs

pytestmark = pytest.mark.browser


def send(journey, roster):
    """Upload a roster and wait until the page tells by itself what was read."""
    journey.go_to("数据导入")
    journey.follow("新建导入")
    journey.look()
    journey.page.get_by_label("文件").set_input_files(roster)
    journey.press("上传并检查")
    journey.arrived(roster.name)
    expect(journey.page.locator(".page-state")).to_have_text("读取中")
    work_off_jobs()
    expect(journey.page.locator(".page-state")).to_have_text("已读取，待导入")
    journey.look()


def take_good_rows(journey):
    journey.press("导入正确的行")
    work_off_jobs()
    expect(journey.page.locator(".page-state")).to_have_text("已导入")
    journey.look()


def results(journey):
    """Each name of the roster with what became of its row."""
    rows = journey.content.locator("table.ledger tbody tr").filter(has_text="思明区厦港街道")
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def test_faulty_roster_is_mended_and_nothing_comes_in_twice(journey, tmp_path):
    send(journey, rosters.faulty(tmp_path))
    print(results(journey))
    take_good_rows(journey)
    print(results(journey))
    result = journey.download("下载结果表", tmp_path)
    print(result, rosters.sheet_of(result))
    mended = rosters.mended(result, rosters.CORRECTIONS)
    send(journey, mended)
    print(results(journey))
    take_good_rows(journey)
    print(results(journey))
    journey.go_to("社会工作者")
    print(journey.content.locator("table.ledger tbody tr").all_inner_texts())
