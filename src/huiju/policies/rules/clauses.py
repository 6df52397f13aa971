"""The text of a policy as clauses with anchors that depend on the clauses' own numbers alone.

第七条 is `第七条`, its item （二） `第七条（二）`, and 1. below that `第七条（二）·1`; 二、 in a notice is `二`.
Whatever stands before the first number is `序`. An annex begins its own count: `附件1·第一条`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

OPENING = "序"
DIGITS = "零一二三四五六七八九"
NUMERAL = r"[零〇一二三四五六七八九十百\d]+"
ENDINGS = ("。", "；", "：", "！", "？", ";", ":")
WRAPPED = 18
"""A line this long that does not end a sentence was broken by the page, not by its author."""

ANNEX, CHAPTER, ARTICLE, ONE, TWO, THREE, FOUR = range(-1, 6)
LABELS = {
    ANNEX: re.compile(rf"附件\s*({NUMERAL})?(?=\s|[:：]|$)"),
    CHAPTER: re.compile(rf"第\s*({NUMERAL})\s*[章编]"),
    ARTICLE: re.compile(rf"第\s*({NUMERAL})\s*条(?:之({NUMERAL}))?"),
    ONE: re.compile(r"([一二三四五六七八九十百]+)、"),
    TWO: re.compile(r"[（(]([一二三四五六七八九十百]+)[）)]"),
    THREE: re.compile(r"(\d{1,2})[.．、](?!\d)"),
    FOUR: re.compile(r"[（(](\d{1,2})[）)]"),
}
SEPARATES = re.compile(r"\s|[【（(]|$")
CITED = re.compile(
    rf"附件(?P<annex>{NUMERAL})?|第(?P<chapter>{NUMERAL})[章编]"
    rf"|第(?P<article>{NUMERAL})条(?:之(?P<more>{NUMERAL}))?|第?[（(](?P<item>{NUMERAL})[）)]项?"
    rf"|第(?P<word_item>{NUMERAL})项|第(?P<part>{NUMERAL})部分|(?P<one>[一二三四五六七八九十百]+)、?"
    r"|(?P<point>\d{1,2})[.．、]?"
)
PARAGRAPH = re.compile(rf"第{NUMERAL}款")


@dataclass
class Clause:
    """One numbered piece of a text with the lines up to the next number. `level` grows inwards."""

    anchor: str
    label: str
    level: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def clauses_of(body: str) -> list[Clause]:
    """The clauses of a text in order; anchors are unique, a repeated one ends in ~2, ~3 and so on."""
    found: list[Clause] = [Clause(OPENING, "", ANNEX)]
    open_ones: list[tuple[int, str]] = []
    last_article, seen = 0, {OPENING: 1}
    for line in (raw.strip() for raw in body.splitlines()):
        if not line:
            continue
        level, match = _label(line, found[-1], last_article)
        if match is None:
            _continue(found[-1], line)
            continue
        last_article = {ANNEX: 0, ARTICLE: number(match[1] or "0")}.get(level, last_article)
        open_ones = [(above, piece) for above, piece in open_ones if above < level]
        if level in (ARTICLE, ONE):  # neither stands in a chapter or in one another
            open_ones = [one for one in open_ones if one[0] == ANNEX]
        open_ones.append((level, _piece(level, match)))
        anchor = _joined(piece for _, piece in open_ones)
        seen[anchor] = seen.get(anchor, 0) + 1
        unique = anchor if seen[anchor] == 1 else f"{anchor}~{seen[anchor]}"
        rest = line[match.end() :].strip(" \u3000\t:：")
        found.append(Clause(unique, match[0].strip(), level, [rest] if rest else []))
    return found if found[0].lines else found[1:]


def _label(line: str, before: Clause, last_article: int) -> tuple[int, re.Match[str] | None]:
    for level, pattern in LABELS.items():
        match = pattern.match(line)
        if match and (level != ARTICLE or _begins_article(line, match, before, last_article)):
            return level, match
    return ANNEX, None


def _begins_article(line: str, match: re.Match[str], before: Clause, last: int) -> bool:
    """Whether 第七条 begins an article, and is not a reference at the start of a broken line."""
    follows = number(match[1]) > last or number(match[1]) == 1 or match[2] is not None
    ended = before.level <= CHAPTER or not before.lines or before.lines[-1].endswith(ENDINGS)
    return follows and (ended or bool(SEPARATES.match(line, match.end())))


def _short(line: str) -> bool:
    return len(line) < WRAPPED


def _continue(clause: Clause, line: str) -> None:
    """Add a line; one that the page broke is made whole again."""
    if clause.lines and not clause.lines[-1].endswith(ENDINGS) and not _short(clause.lines[-1]):
        clause.lines[-1] += line
    else:
        clause.lines.append(line)


def _piece(level: int, match: re.Match[str]) -> str:
    """The part of an anchor that a label gives, numbers always in the same writing."""
    if level == ANNEX:
        return f"附件{number(match[1]) if match[1] else ''}"
    value = numeral(number(match[1]))
    if level == ARTICLE:
        return f"第{value}条" + (f"之{numeral(number(match[2]))}" if match[2] else "")
    return {
        CHAPTER: f"第{value}章",
        ONE: value,
        TWO: f"（{value}）",
        THREE: f"·{number(match[1])}",
        FOUR: f"（{number(match[1])}）",
    }[level]


def _joined(pieces: Iterator[str]) -> str:
    """Pieces as one anchor; what follows an annex is set off by a point."""
    anchor = ""
    for piece in pieces:
        apart = anchor.startswith("附件") and "·" not in anchor and not piece.startswith("·")
        anchor += f"·{piece}" if apart else piece
    return anchor.removeprefix("·")


def anchors_cited(article: str) -> list[str]:
    """The anchors a citation such as 第七条第（二）项 may mean, the narrowest first; 款 are not numbered."""
    plain = PARAGRAPH.sub("", "".join(normalize("NFKC", article).split()))
    pieces: list[str] = []
    for match in CITED.finditer(plain):
        kind, value = next(
            ((kind, value) for kind, value in match.groupdict().items() if value), ("annex", "")
        )
        pieces.append(_cited_piece(kind, value, match))
    wholes = [_joined(iter(pieces[:end])) for end in range(len(pieces), 0, -1)]
    return list(dict.fromkeys(wholes))


def _cited_piece(kind: str, value: str, match: re.Match[str]) -> str:
    if kind == "annex":
        return f"附件{number(value) if value else ''}"
    counted = numeral(number(value))
    if kind == "article":
        more = match["more"]
        return f"第{counted}条" + (f"之{numeral(number(more))}" if more else "")
    arabic = kind == "item" and value.isdecimal()
    return {
        "chapter": f"第{counted}章",
        "item": f"（{number(value)}）" if arabic else f"（{counted}）",
        "word_item": f"（{counted}）",
        "part": counted,
        "one": counted,
        "point": f"·{value}",
    }[kind]


def with_what_is_below(clauses: Sequence[tuple[str, str]], anchor: str) -> str:
    """The text of a clause and of the numbered pieces in it. `clauses` are pairs of anchor and text."""
    inside = (f"{anchor}（", f"{anchor}·")
    return "\n".join(text for name, text in clauses if name == anchor or name.startswith(inside))


def number(written: str) -> int:
    """十二, 一百零三, 〇 or 12 as a number."""
    if written.isdecimal() and written.isascii():
        return int(written)
    total = current = 0
    for sign in normalize("NFKC", written).replace("〇", "零"):
        if sign == "百":
            total, current = total + (current or 1) * 100, 0
        elif sign == "十":
            total, current = total + (current or 1) * 10, 0
        else:
            current = DIGITS.index(sign) if sign in DIGITS else int(sign)
    return total + current


def numeral(value: int) -> str:
    """A number up to 999 as articles are counted: 12 is 十二, 103 is 一百零三."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones or not value else "")
