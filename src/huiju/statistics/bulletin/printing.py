"""A bulletin as plain text, as an official A4 sheet (PDF), and as a Word file.

All three print the same dictionary, and so does a published bulletin, which keeps it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from huiju.statistics.bulletin.report import Grid, Report, Run, written_day
from huiju.statistics.catalogue import label, shown
from huiju.statistics.enums import Unit
from huiju.statistics.queries import Answer
from huiju.ui.printing import printed

HERE = Path(__file__).parent
ORDINALS = "一二三四五六七八九十"

Body = Mapping[str, Any]


def body_of(report: Report, *, draft: bool = True) -> dict[str, Any]:
    """The report as plain values: what is stored, shown and printed; a draft says that it is one.

    `sources` lists the answers behind the numbers; a run's `source` is its place there, from 1.
    """
    answers = report.answers()
    places = {answer.question.reference: place for place, answer in enumerate(answers, start=1)}

    def runs(sentence: Sequence[Run]) -> list[dict[str, Any]]:
        return [_run(run, places) for run in sentence]

    return {
        "title": report.title,
        "masthead": report.masthead,
        "period": _("%(period)s (draft)") % {"period": report.period} if draft else report.period,
        "on": report.on.isoformat(),
        "known_at": timezone.localtime(report.known_at).isoformat(),
        "lead": runs(report.lead),
        "sections": [
            {
                "heading": heading(position, section.heading),
                "paragraphs": [runs(paragraph) for paragraph in section.paragraphs],
                "grids": [_grid(grid, places) for grid in section.grids],
            }
            for position, section in enumerate(report.sections)
        ],
        "sources": [_source(place, answer) for place, answer in enumerate(answers, start=1)],
        "words": words(report),
    }


def heading(position: int, text: str) -> str:
    """A numbered heading: 一、持证人员."""
    numbers = {"number": position + 1, "ordinal": ORDINALS[position], "heading": text}
    return _("%(number)s. %(heading)s") % numbers


def words(report: Report) -> dict[str, str]:
    """The fixed words of the printed form, in the reader's language."""
    return {
        "issued": _("As of %(day)s") % {"day": written_day(report.on)},
        "sources": _("Sources of the numbers"),
        "figure": _("Figure"),
        "part": _("Part"),
        "day": _("Date"),
        "value": _("Value"),
        "digest": _("Digest of the records"),
        "known": _("Counted from the records as known at %(instant)s.")
        % {"instant": f"{timezone.localtime(report.known_at):%Y-%m-%d %H:%M}"},
        "checking": _(
            "Every number can be opened to its records and checked again. Equal digests mean equal"
            " records."
        ),
    }


def as_text(body: Body) -> str:
    """The report to be read on a terminal."""
    lines = [body["masthead"], body["title"], "", _plain(body["lead"])]
    for section in body["sections"]:
        lines += ["", section["heading"], *map(_plain, section["paragraphs"])]
        for grid in section["grids"]:
            rows = [grid["heads"], *([cell["text"] for cell in row] for row in grid["rows"])]
            lines += ["", grid["caption"], *("\t".join(row) for row in rows)]
    lines += ["", body["words"]["sources"], body["words"]["known"]]
    for source in body["sources"]:
        facts = [source["code"], source["part"], source["on"], source["shown"], source["digest"]]
        lines.append("\t".join(fact for fact in facts if fact))
    return "\n".join(lines) + "\n"


def as_pdf(body: Body) -> bytes:
    """An A4 sheet in the layout of GB/T 9704: 22 lines of 28 characters, red masthead."""
    return printed(HERE / "bulletin.typ", body)


def as_docx(body: Body) -> bytes:
    """A Word file of the same text, to be worked on further.

    The template is stored as the plain parts of a Word file in `word_parts/` and packed here.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415 -- slow import

    document = DocxTemplate(_packed(HERE / "word_parts"))
    document.render({"body": body}, autoescape=True)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _packed(folder: Path) -> io.BytesIO:
    """The parts zipped. `package.rels` stands for `.rels`, which packaging would pass over."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.rglob("*")):
            if part.is_file():
                name = part.relative_to(folder).as_posix()
                packed.write(part, name.replace("package.rels", ".rels"))
    archive.seek(0)
    return archive


def _plain(runs: Sequence[Mapping[str, Any]]) -> str:
    return "".join(run["text"] for run in runs)


def _run(run: Run, places: Mapping[Any, int]) -> dict[str, Any]:
    if run.answer is None:
        return {"text": run.text, "source": 0, "url": run.url}
    return {"text": run.text, "source": places[run.answer.question.reference], "url": ""}


def _grid(grid: Grid, places: Mapping[Any, int]) -> dict[str, Any]:
    return {
        "caption": grid.caption,
        "heads": list(grid.heads),
        "rows": [[_run(cell, places) for cell in row] for row in grid.rows],
    }


def _source(place: int, answer: Answer) -> dict[str, Any]:
    question = answer.question
    filters = dict(question.filters)
    return {
        "place": place,
        "code": question.figure.code,
        "title": str(question.figure.title),
        "version": question.figure.version,
        "on": question.on.isoformat(),
        "filters": filters,
        "part": " · ".join(label(name, part) for name, part in filters.items()),
        "value": answer.value,
        "shown": f"{shown(answer.value, question.figure.unit):,} {Unit(question.figure.unit).label}",
        "digest": answer.digest,
    }
