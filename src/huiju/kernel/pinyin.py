"""Names in pinyin, for searching and sorting. Surnames with a reading of their own have it first."""

from functools import lru_cache

# Characters whose reading as a surname differs from the common one.
SURNAME_READINGS = {
    "单": "shan",
    "仇": "qiu",
    "曾": "zeng",
    "解": "xie",
    "查": "zha",
    "盖": "ge",
    "朴": "piao",
    "区": "ou",
    "繁": "po",
    "种": "chong",
    "员": "yun",
    "缪": "miao",
    "乐": "yue",
    "覃": "qin",
    "召": "shao",
    "翟": "zhai",
    "折": "she",
    "黑": "he",
    "秘": "bi",
    "洗": "xian",
    "祭": "zhai",
    "隗": "wei",
    "郇": "xun",
    "卜": "bu",
    "都": "du",
    "么": "yao",
}

Syllables = tuple[str, ...]


def readings(name: str) -> list[Syllables]:
    """The syllables of a person's name, without tones; first as a surname is read.

    A surname that is also read in the common way gives both: 单雄 is shan xiong and dan xiong.
    Letters that are no Chinese characters stay, in lower case.
    """
    common = _syllables(name)
    if not common:
        return []
    surname = SURNAME_READINGS.get(name[:1]) if len(common) > 1 else None
    compound = common != _syllables(name[:1]) + common[1:]
    if surname is None or compound:
        return [common]
    return [(surname, *common[1:]), common]


def text_reading(text: str) -> str:
    """A text that is no person's name, such as an organisation's, as one word of pinyin."""
    return "".join(_syllables(text))


def text_initials(text: str) -> str:
    """The first letters of such a text: 继续教育办法 is jxjybf."""
    return initials(_syllables(text))


def initials(syllables: Syllables) -> str:
    """The first letters: zhang san is zs."""
    return "".join(syllable[0] for syllable in syllables)


@lru_cache(maxsize=20_000)
def _syllables(text: str) -> Syllables:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- slow import

    written = "".join(text.split()).lower().replace("·", "")
    return tuple(syllable.replace("ü", "v") for syllable in lazy_pinyin(written))
