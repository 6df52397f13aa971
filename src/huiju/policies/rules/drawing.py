"""A family of documents on a line of years, as numbers for a drawing. The table beside it says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, ROW, TOP = 720, 40, 26
DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True)
class Life:
    """A document to draw: `ends_on` is None while it holds; `kind` is its standing today."""

    ref: int
    label: str
    kind: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Link:
    """What one document does to another on a day; None: the day on which the acting one begins."""

    source: int
    target: int
    kind: str
    on: date | None


@dataclass(frozen=True)
class Bar:
    """A document's days in the drawing."""

    life: Life
    x: int
    y: int
    width: int


@dataclass(frozen=True)
class Arrow:
    """A relation in the drawing, from the acting document down or up to the other."""

    kind: str
    x: int
    y_from: int
    y_to: int
    head: str


@dataclass(frozen=True)
class Drawing:
    """Everything placed. `years` are pairs of x and year."""

    height: int
    years: list[tuple[int, int]]
    bars: list[Bar]
    arrows: list[Arrow]


def drawn(lives: Sequence[Life], links: Sequence[Link], *, on: date) -> Drawing:
    """Place each life on a row of its own, in the order given, and each link between two rows."""
    first = min([life.starts_on.year for life in lives], default=on.year)
    last = max([on.year, *(life.starts_on.year for life in lives)]) + 1
    scale = WIDTH / ((last - first) * DAYS_OF_A_YEAR)

    def x_of(day: date) -> int:
        return round((day - date(first, 1, 1)).days * scale)

    bars = []
    for row, life in enumerate(lives):
        x = x_of(life.starts_on)
        width = max(6, x_of(life.ends_on or date(last, 1, 1)) - x)
        bars.append(Bar(life, x, TOP + row * ROW + 20, width))
    placed = {bar.life.ref: bar for bar in bars}
    step = 1 + (last - first) // 12
    years = [(x_of(date(year, 1, 1)), year) for year in range(first, last, step)]
    arrows = [_arrow(link, placed, x_of(link.on) if link.on else None) for link in links]
    return Drawing(TOP + len(lives) * ROW + 8, years, bars, arrows)


def _arrow(link: Link, placed: Mapping[int, Bar], x: int | None) -> Arrow:
    source, target = placed[link.source], placed[link.target]
    at = source.x + 3 if x is None else x
    down = target.y > source.y
    tip = target.y if down else target.y + 8
    back = tip - 5 if down else tip + 5
    head = f"{at - 4},{back} {at + 4},{back} {at},{tip}"
    return Arrow(link.kind, at, source.y + 4, tip, head)
