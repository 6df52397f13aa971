"""Names of people."""

import re

from huiju.registry.enums import RosterReason
from huiju.transfers.rules.cells import WIDE

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
LOOKALIKES = re.compile("[\u2e80-\u2fdf\ue000-\uf8ff\uf900-\ufaff\U000f0000-\U0010ffff]")
"""Radicals that look like characters, and private places in which fonts keep rare ones."""

DOTS = re.compile(rf"(?<=[{HAN}])\s*[·•・.．‧∙⋅●﹒᛫]\s*(?=[{HAN}])")
GAPS = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
USUAL_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
HAN_NAME = re.compile(rf"[{HAN}]+(·[{HAN}]+)*")
LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ .'’·-]*[A-Za-zÀ-ɏ.]")
MIXED_NAME = re.compile(rf"[{HAN}A-Za-z·. ]+")
NO_NAMES = frozenset(
    [
        "姓名",
        "未知",
        "不详",
        "无",
        "无名",
        "待定",
        "空缺",
        "空岗",
        "待招",
        "暂缺",
        "未填",
        "同上",
        "先生",
        "女士",
    ]
)
PLACEHOLDERS = frozenset(["测试", "张某", "李某", "王某", "某某", "某某某", "示例", "样例", "匿名"])
ORGANISATIONS = ("街道", "社区", "居委会", "村委会", "中心", "办事处", "服务站", "民政局")
LONGEST, USUAL = 40, 4


def name(raw: str, *, foreign: bool) -> tuple[str, RosterReason | None]:
    """A name as it is kept, and what is wrong or odd about it.

    `foreign`: the document is one of a person from elsewhere, whose name may be in Latin letters.
    """
    if USUAL_NAME.fullmatch(raw):
        return raw, _han(raw, raw)
    kept = GAPS.sub("", DOTS.sub("·", raw)).strip("'\"“”‘’")
    plain = LOOKALIKES.sub("一", kept)
    if HAN_NAME.fullmatch(plain):
        return kept, _han(plain, kept)
    latin = kept.translate(WIDE)
    if LATIN_NAME.fullmatch(latin) and len(latin) <= LONGEST:
        return latin, None if foreign else RosterReason.NAME_SUSPICIOUS
    if MIXED_NAME.fullmatch(latin) and re.search(f"[{HAN}]", latin) and len(latin) <= LONGEST:
        return latin, RosterReason.NAME_SUSPICIOUS
    return kept, RosterReason.NAME_INVALID


def _han(plain: str, kept: str) -> RosterReason | None:
    if len(plain) < 2 or len(plain) > LONGEST or plain in NO_NAMES:
        return RosterReason.NAME_INVALID
    odd = "某" in plain or plain in PLACEHOLDERS or plain.endswith(ORGANISATIONS)
    if odd or plain != kept or ("·" not in plain and len(plain) > USUAL):
        return RosterReason.NAME_SUSPICIOUS
    return None
