"""What is on file is read: a person, why a person gets 200 yuan, what a bulletin's number rests on."""

import pytest
from playwright.sync_api import expect

from tests.journeys import rosters

pytestmark = pytest.mark.browser

OF_SIMING = ["陈月英", "林晓明"]
OF_BOTH = ["陈月英", "林晓明", "林秀梅", "欧阳建国"]
DISTRICTS = ["思明区", "海沧区", "湖里区", "集美区", "同安区", "翔安区"]
WHY = {
    "一、政策怎么说": [
        "社区工作者职业津贴办法（厦民〔2014〕46号） 第七条",
        "职业津贴每月标准：每月 200.00 元，自 2014-01-01 起生效",
    ],
    "二、所用事实": [
        "助理社会工作师，2014-06-22 批准",
        "厦港街道沙坡尾社区居委会，2012-03-01",
        "31 / 31",
    ],
    "三、算式": ["每月标准", "2015-10 应发", "减去以前批次已计", "本行金额", "200.00", "0.00"],
    "四、什么情况下金额会变": ["若持有社会工作师证书：300.00 元。"],
}


def test_worker_is_opened_from_the_list_and_by_search(journey, role):
    journey.go_to("社会工作者")
    journey.arrived("社会工作者")
    listed = journey.column("姓名")
    journey.look()
    journey.follow("林晓明")
    journey.arrived("林晓明")
    journey.look()
    opened = journey.page.url
    journey.search("lxm")
    journey.arrived("lxm")
    found = journey.content.locator(".entry a").all_inner_texts()
    journey.look()
    journey.follow("林晓明")
    journey.arrived("林晓明")

    assert listed == {"city": OF_BOTH, "district": OF_SIMING}[role]
    assert sorted(found) == {"city": ["林晓明", "林秀梅"], "district": ["林晓明"]}[role]
    assert journey.page.url == opened
    expect(journey.content).to_contain_text(rosters.masked(1))
    assert rosters.number(1) not in journey.page.content()


def test_month_is_computed_and_a_line_of_200_yuan_says_why(journey, role):
    journey.go_to("月度批次")
    journey.follow("计算一个月")
    journey.arrived("计算一个月")
    journey.look()
    district = journey.page.get_by_label("区", exact=True)
    offered = district.locator("option").all_inner_texts()
    journey.page.get_by_label("月份").fill("2015-10")
    district.select_option(label="思明区")
    journey.press("计算")
    journey.arrived("思明区 2015-10")
    journey.look()
    paid = dict(zip(journey.column("姓名"), journey.column("金额（元）"), strict=True))
    journey.follow("200.00")
    expect(journey.drawer.get_by_role("heading", level=1)).to_have_text("林晓明 2015-10")
    journey.look()
    said = journey.drawer.locator("section").all_inner_texts()

    assert offered[1:] == {"city": DISTRICTS, "district": ["思明区"]}[role]
    assert paid == {"陈月英": "300.00", "林晓明": "200.00"}
    assert [section.split("\n")[0] for section in said] == list(WHY)
    told = zip(said, WHY.values(), strict=True)
    assert [word for section, words in told for word in words if word not in section] == []


def test_bulletin_figure_opens_to_its_records_and_the_bulletin_is_a_pdf(journey, role, tmp_path):
    journey.go_to("数据看板")
    journey.page.get_by_label("日期").fill("2015-12-31")
    journey.press("查询")
    journey.follow("2015年公报")
    journey.arrived("2015年度")
    journey.look()
    pdf = journey.download("PDF", tmp_path)
    journey.content.locator("p a.figure").first.click()
    expect(journey.drawer.get_by_role("heading", level=1)).to_have_text("持证社会工作者")
    journey.look()
    records = journey.drawer.locator("td[data-label='姓名']").all_inner_texts()

    assert sorted(records) == {"city": sorted(OF_BOTH), "district": sorted(OF_SIMING)}[role]
    expect(journey.drawer).to_contain_text(f"由4条记录统计而来，您可查看其中{len(records)}条")
    assert pdf.name == "2015年厦门市社会工作人才队伍情况.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.stat().st_size > 1024
