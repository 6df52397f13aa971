"""What a bulletin is made of: sentences and tables in which every number knows its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

from django.utils.translation import gettext as _

from huiju.kernel import money
from huiju.statistics.enums import Nearness
from huiju.statistics.queries import Answer
from huiju.statistics.rules import RoundNumber, in_round_numbers

TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Run:
    """A piece of a sentence. A number carries the answer it came from, or the page that shows it."""

    text: str
    answer: Answer | None = None
    url: str = ""


Sentence = Sequence[Run]


@dataclass(frozen=True)
class Grid:
    """A table: a caption, column heads, and rows of cells of which the first is the row's name."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Run]]


@dataclass(frozen=True)
class Section:
    """A heading with its paragraphs and tables."""

    heading: str
    paragraphs: Sequence[Sentence]
    grids: Sequence[Grid] = ()


@dataclass(frozen=True)
class Report:
    """A whole bulletin, as composed from records known at an instant."""

    title: str
    masthead: str
    period: str
    on: date
    known_at: datetime
    lead: Sentence
    sections: Sequence[Section]

    def answers(self) -> list[Answer]:
        """Every answer the text stands on, in reading order, each once."""
        found = {run.answer.question.reference: run.answer for run in self._runs() if run.answer}
        return list(found.values())

    def _runs(self) -> Iterator[Run]:
        yield from self.lead
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield from paragraph
            for grid in section.grids:
                for row in grid.rows:
                    yield from row


def sentence(text: str, **numbers: Run | str) -> Sentence:
    """A translated sentence whose {names} are filled with numbers or words."""
    runs: list[Run] = []
    for literal, name, _spec, _conversion in Formatter().parse(text):
        runs.append(Run(literal))
        if name is not None:
            filling = numbers[name]
            runs.append(filling if isinstance(filling, Run) else Run(str(filling)))
    return [run for run in runs if run.text]


def number(answer: Answer) -> Run:
    """The exact number."""
    return Run(str(answer.value), answer)


def worded(answer: Answer, said: RoundNumber) -> Run:
    """A round number with its word, as reports say it: 近1500, 450多, 1.1万多."""
    sentences = {
        Nearness.EXACT: "%(number)s",
        Nearness.NEARLY: _("nearly %(number)s"),
        Nearness.OVER: _("more than %(number)s"),
        Nearness.ABOUT: _("about %(number)s"),
    }
    return Run(sentences[said.nearness] % {"number": _grouped(said.number)}, answer)


def rounded(answer: Answer) -> Run:
    """A count in the round number that its exact value allows."""
    return worded(answer, in_round_numbers(answer.value))


def yuan(answer: Answer, said: RoundNumber) -> Run:
    """An amount as reports say it: 约45万元. The round number is in fen."""
    sentences = {
        Nearness.EXACT: _("%(amount)s yuan"),
        Nearness.ABOUT: _("about %(amount)s yuan"),
    }
    yuan_only = said.number % 100 == 0
    amount = _grouped(said.number // 100) if yuan_only else money.yuan(said.number)
    return Run(sentences[said.nearness] % {"amount": amount}, answer)


def share(part: Answer, whole: Answer) -> Run:
    """The share of a part in percent with one decimal; it leads to the part."""
    tenths = money.rounded_share(1000, part.value, whole.value) if whole.value else 0
    return Run(f"{tenths // 10}.{tenths % 10}%", part)


def written_day(day: date) -> str:
    """A day as reports write it: 2015年12月31日."""
    parts = {"year": day.year, "month": day.month, "day": day.day}
    return _("%(year)s-%(month)02d-%(day)02d") % parts


def _grouped(value: int) -> str:
    """11000 as the language writes it: 1.1万 in Chinese, where the thousands end in zeros."""
    if value < TEN_THOUSAND or value % (TEN_THOUSAND // 10):
        return str(value)
    whole, rest = divmod(value, TEN_THOUSAND)
    myriads = f"{whole}.{rest // 1000}" if rest else str(whole)
    return _("%(full)s") % {"full": f"{value:,}", "myriads": myriads}
