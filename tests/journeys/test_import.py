"""A roster with faults comes in, is mended from its result file, and comes in again."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import rosters
from tests.journeys.walking import Journey, work_off_jobs

pytestmark = pytest.mark.browser

OF_SIMING = ["蔡明月", "陈月英", "洪小燕", "林晓明", "许文强", "叶丽珠", "郑国强"]
OF_BOTH = [
    "蔡明月",
    "陈月英",
    "洪小燕",
    "林晓明",
    "林秀梅",
    "欧阳建国",
    "许文强",
    "叶丽珠",
    "郑国强",
]
JUDGED = {"蔡明月": "正确", "洪小燕": "错误", "许文强": "错误", "叶丽珠": "正确", "郑国强": "错误"}
REASONS = {
    "蔡明月": "—",
    "洪小燕": "证书级别无法识别。 请按模板填写三个级别之一。\n"
    "日期没有写到“日”。 请写完整的年月日，如 2018-07-11。",
    "许文强": "身份证号码校验位不符。 请与证件逐位核对。",
    "叶丽珠": "—",
    "郑国强": "必填项为空：批准日期。 请补填空着的单元格。",
}
TAKEN = {"蔡明月": "新增", "洪小燕": "—", "许文强": "—", "叶丽珠": "新增", "郑国强": "—"}
MENDED = {
    "蔡明月": "无变化",
    "洪小燕": "新增",
    "许文强": "新增",
    "叶丽珠": "无变化",
    "郑国强": "新增",
}


def send(journey: Journey, roster: Path) -> None:
    """Upload a roster and wait until the page itself tells what was read."""
    journey.go_to("导入")
    journey.follow("新建导入")
    journey.arrived("新建导入")
    journey.page.get_by_label("文件").set_input_files(roster)
    journey.press("上传并检查")
    journey.arrived(roster.name)
    work_off_jobs()
    expect(journey.state).to_have_text("已读取，待导入")


def take_good_rows(journey: Journey) -> None:
    journey.press("导入正确的行")
    expect(journey.state).to_have_text("导入中")
    work_off_jobs()
    expect(journey.state).to_have_text("已导入")


def told(journey: Journey, heading: str) -> dict[str, str]:
    """What a column says of each person in the roster; titles and headers are nobody."""
    names = [text.split(" · ")[0] for text in journey.column("表中内容")]
    said = dict(zip(names, journey.column(heading), strict=True))
    said.pop("—", None)
    return said


def test_faulty_roster_is_mended_and_nothing_comes_in_twice(journey, role, tmp_path):
    journey.go_to("导入")
    journey.arrived("导入")
    journey.look()
    send(journey, rosters.faulty(tmp_path))
    judged, reasons = told(journey, "结果"), told(journey, "原因与建议")
    journey.look()
    take_good_rows(journey)
    taken = told(journey, "导入结果")
    journey.look()
    result = journey.download("下载结果表", tmp_path)
    send(journey, rosters.mended(result, rosters.CORRECTIONS))
    take_good_rows(journey)
    mended = told(journey, "导入结果")
    journey.go_to("社会工作者")
    journey.arrived("社会工作者")

    assert (judged, reasons, taken) == (JUDGED, REASONS, TAKEN)
    assert result.name == "思明区2015-导入结果.xlsx"
    assert mended == MENDED
    assert journey.column("姓名") == {"city": OF_BOTH, "district": OF_SIMING}[role]
