"""Words of Chinese texts for the search: cut by rjieba, written as PostgreSQL's own literals.

The literals name each word themselves, so nothing depends on how a database's locale splits text.
Document numbers are one word whatever brackets they were typed with: 厦民[2017]243号 is 厦民〔2017〕243号.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

YEAR_IN_BRACKETS = re.compile(
    r"\s*[〔\[【(（﹝]\s*(\d{4})\s*[〕\]】)）﹞]\s*(?:第\s*)?(?=\d|\b|\s|$)"
)
SPACED_END = re.compile(r"(〕\d+)\s+号")
NUMBER = re.compile(r"[\u4e00-\u9fffa-z]*〔\d{4}〕\d+号?")
LAST_POSITION = 16_383
"""Positions beyond it mean nothing to PostgreSQL."""

LONGEST_ISSUER = 8
"""Signs before the year of a number; where it begins in running text cannot be seen."""

ELLIPSIS = re.compile(r"…+|\.{3,}")


def folded(text: str) -> str:
    """A text as it is compared: one width, one case, one kind of brackets around a year."""
    plain = YEAR_IN_BRACKETS.sub(r"〔\1〕", normalize("NFKC", text).lower())
    return SPACED_END.sub(r"\1号", plain)


def words_asked(text: str) -> list[str]:
    """What a reader typed, in words; a document number is one of them."""
    return folded(text).split()


def head(parts: Iterable[str]) -> str:
    """Titles, numbers and the like as one folded text without spaces inside a part."""
    return " ".join("".join(folded(part).split()) for part in parts if part)


def vector(parts: Iterable[tuple[str, str]]) -> str:
    """The tsvector literal of texts with their weights A to D."""
    places: dict[str, list[str]] = {}
    position = 0
    for text, weight in parts:
        for word in _indexed(folded(text)):
            position = min(position + 1, LAST_POSITION)
            places.setdefault(word, []).append(f"{position}{weight}")
    return " ".join(f"{_quoted(word)}:{','.join(at[:200])}" for word, at in sorted(places.items()))


def query(words: Iterable[str]) -> str:
    """The tsquery literal that asks for every word; "" if none of them has letters or digits."""
    return " & ".join(filter(None, (_asked(word) for word in words)))


def either(words: Iterable[str]) -> str:
    """The tsquery literal that asks for any of the words."""
    return " | ".join(filter(None, (_asked(word) for word in words)))


def _asked(word: str) -> str:
    """A typed word: its longest cuts, or else the shorter ones they are made of."""
    if NUMBER.fullmatch(word):
        return _quoted(word.removesuffix("号") + "号")
    parts = []
    for cut in _cuts(word):
        shorter = [part for part in _finest(cut) if part != cut]
        fine = " & ".join(_quoted(part) for part in shorter) if _cover(shorter, cut) else ""
        parts.append(f"({_quoted(cut)} | ({fine}))" if fine else _quoted(cut))
    return f"({' & '.join(parts)})" if parts else ""


def _cover(parts: Iterable[str], word: str) -> bool:
    """Whether the parts leave no sign of the word out: 工作 alone does not say 工作日."""
    covered: set[int] = set()
    for part in parts:
        start = word.find(part)
        covered.update(range(start, start + len(part)))
    return covered >= set(range(len(word)))


def _indexed(text: str) -> Iterator[str]:
    """Every word of a folded text, long ones and the shorter ones in them, and its numbers whole."""
    yield from _finest(text)
    for match in NUMBER.finditer(text):
        whole = match[0].removesuffix("号") + "号"
        year = whole.index("〔")
        yield from (whole[start:] for start in range(max(0, year - LONGEST_ISSUER), year + 1))


@lru_cache(maxsize=2000)
def _cuts(text: str) -> tuple[str, ...]:
    import rjieba  # noqa: PLC0415 -- slow import

    return tuple(word for word in rjieba.cut(text) if _says_something(word))


def _finest(text: str) -> list[str]:
    import rjieba  # noqa: PLC0415 -- slow import

    return [word for word in rjieba.cut_for_search(text) if _says_something(word)]


def _says_something(word: str) -> bool:
    return any(sign.isalnum() for sign in word)


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


@dataclass(frozen=True)
class Piece:
    """A piece of a text, and whether it is one of the words asked for."""

    text: str
    hit: bool


def marked(text: str, words: Iterable[str], *, around: int = 60) -> list[Piece]:
    """The part of a text around the first word asked for, cut at the words; all of a short one."""
    sought = {word for asked in words for word in (asked, *_cuts(asked)) if _says_something(word)}
    if not sought:
        return [Piece(text[: 2 * around], hit=False)]
    pattern = re.compile("|".join(map(re.escape, sorted(sought, key=len, reverse=True))), re.I)
    first = pattern.search(text)
    start = max(0, first.start() - around) if first else 0
    shown = text[start : start + 3 * around]
    pieces = [Piece("…", hit=False)] if start else []
    at = 0
    for match in pattern.finditer(shown):
        if match.start() > at:
            pieces.append(Piece(shown[at : match.start()], hit=False))
        pieces.append(Piece(match[0], hit=True))
        at = match.end()
    rest = shown[at:] + ("…" if start + 3 * around < len(text) else "")
    return [*pieces, Piece(rest, hit=False)] if rest else pieces


def squeezed(text: str) -> str:
    """A text without spaces and punctuation, in one width and case: how quotations are compared."""
    return "".join(
        sign for sign in normalize("NFKC", text).lower() if sign.isalnum() or sign == "%"
    )


def quotes(text: str, quote: str) -> bool:
    """Whether a text holds a quotation word for word; …… stands for words left out."""
    body, at = squeezed(text), 0
    for piece in filter(None, map(squeezed, ELLIPSIS.split(quote))):
        at = body.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return bool(squeezed(quote))
