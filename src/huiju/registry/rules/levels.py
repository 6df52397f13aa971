"""Certificate levels by alias table. Words are matched whole, never by what they contain:
助理社会工作师 is not a 社会工作师."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product

from huiju.registry.enums import Level, RosterReason
from huiju.transfers.rules.cells import narrow

GRADES = {
    Level.ASSISTANT: ("助理", "初级", "助理级"),
    Level.INTERMEDIATE: ("中级",),
    Level.SENIOR: ("高级",),
}
PROFESSIONS = ("社会工作师", "社工师", "社会工作者", "社会工作", "社工")
OWN_LEVEL = ("社会工作师", "社工师")
"""Names of the profession that, standing alone, are the name of the intermediate level."""

TAILS = ("", "证", "证书", "资格", "资格证", "资格证书", "职业资格", "职业资格证", "职业资格证书",
         "职业水平", "职业水平证书", "专业技术资格", "职称", "水平证书")  # fmt: skip
NOT_HELD = frozenset(
    [
        "无",
        "没有",
        "未持证",
        "未取得",
        "未获得",
        "未取得证书",
        "否",
        "未考",
        "未考取",
        "无证",
        "无证书",
        "暂无",
        "未通过",
        "不持证",
        "未持有",
        "没有证书",
        "未持证书",
        "尚未取得",
        "备考",
        "备考中",
        "待考",
        "不具备",
        "未获证",
        "没证",
        "无资格证",
        "未取证",
    ]
)
AMBIGUOUS = frozenset(
    [
        "初/中级",
        "初、中级",
        "中/高级",
        "中、高级",
        "有",
        "是",
        "持证",
        "已持证",
        "有证",
        "已取得",
        "已考取",
        "社工证书",
        "社工类",
        "初中级",
        "中高级",
        "初级或中级",
        "助理或中级",
        "初级中级",
        "有社工证",
        "持有",
        "通过",
        "已通过",
        "合格",
    ]
)


def _table() -> Iterator[tuple[str, Level]]:
    for level, grades in GRADES.items():
        for grade, tail in product(grades, TAILS):
            yield grade + tail, level
        for grade, profession, tail in product(grades, PROFESSIONS, TAILS):
            yield f"{grade}{profession}{tail}", level
            yield f"{profession}{tail}({grade})", level
            yield f"{profession}({grade}){tail}", level
            yield f"{profession}{grade}{tail}", level
            yield f"{grade}({profession}{tail})", level
            for other in grades:
                yield f"{grade}{profession}{tail}({other})", level
                yield f"{other}({grade}{profession}{tail})", level
    for profession, tail in product(OWN_LEVEL, TAILS):
        yield profession + tail, Level.INTERMEDIATE
        yield f"中级({profession}{tail})", Level.INTERMEDIATE


LEVELS: Mapping[str, Level] = dict(_table())
UNGRADED = frozenset(a + tail for a, tail in product(("社会工作者", "社会工作", "社工"), TAILS))
SEPARATORS = re.compile(r"[/、,，;；+和及与或()]")
BRACKETS = str.maketrans(
    {"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")", "·": None}
)


@lru_cache(maxsize=4_000)
def level(words: str) -> tuple[Level | None, RosterReason | None]:
    """The level a cell names, or why it names none. Empty words: (None, None)."""
    word = narrow(words).translate(BRACKETS)
    if not word:
        return None, None
    if word in LEVELS:
        return LEVELS[word], None
    if word in NOT_HELD:
        return None, RosterReason.LEVEL_NOT_HELD
    if word in AMBIGUOUS or word in UNGRADED or len(_named(word)) > 1:
        return None, RosterReason.LEVEL_AMBIGUOUS
    return None, RosterReason.LEVEL_UNKNOWN


def _named(word: str) -> set[Level]:
    """The levels named by a list of whole words, or by a grade that contradicts its profession."""
    pieces = SEPARATORS.split(word)
    named = {LEVELS[piece] for piece in pieces if piece in LEVELS}
    for found, grades in GRADES.items():
        if any(word.startswith(grade) or word.endswith(f"({grade})") for grade in grades):
            named.add(found)
    rest = [word.removeprefix(grade) for grades in GRADES.values() for grade in grades]
    return named | {LEVELS[piece] for piece in rest if piece != word and piece in LEVELS and named}
