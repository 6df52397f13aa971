"""One figure of a day, with the digest of the records behind it."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from huiju.directory.access import acting_as_system
from huiju.engine.run import DUCKDB, POSTGRES, SPARK, EngineUnavailable
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.figures import Figure
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.queries import Answer


class Command(BaseCommand):
    help = "Compute one figure of a day from the records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--on", type=date.fromisoformat, required=True)
        parser.add_argument("--by", default="", help="a dimension of the figure")
        parser.add_argument("--as-known-on", type=date.fromisoformat, help="default: now")
        parser.add_argument("--engine", choices=[POSTGRES, DUCKDB, SPARK], default=POSTGRES)
        parser.add_argument("--lake", type=Path, help="with duckdb: a folder written by `lake`")
        parser.add_argument("--json", action="store_true", help="always printed as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        question = queries.Question(
            _figure(options["code"]), options["on"], _known_at(options["as_known_on"])
        )
        engine, by = options["engine"], options["by"]
        try:
            with acting_as_system():
                cube = queries.cube(question, engine=engine, lake=options["lake"])
                parts = cube.by(by) if by else []
        except EngineUnavailable as refused:
            raise CommandError(
                _(
                    "The engine “%(name)s” is not installed here. Use postgres or duckdb: they give"
                    " the same value and digest."
                )
                % {"name": refused},
                returncode=2,
            ) from refused
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(json.dumps(_written(cube.at(), parts, engine), ensure_ascii=False))


def _figure(code: str) -> Figure:
    if code not in FIGURES:
        known = _(", ").join(FIGURES)
        raise CommandError(
            _("There is no figure “%(code)s”. There are: %(known)s.")
            % {"code": code, "known": known},
            returncode=2,
        )
    return FIGURES[code]


def _known_at(day: date | None) -> Any:
    """The last instant of a day, or now."""
    return clock.end_of(day) - timedelta(microseconds=1) if day else clock.now()


def _written(answer: Answer, parts: list[Answer], engine: str) -> dict[str, Any]:
    """The public form of an answer."""
    figure = answer.question.figure
    return {
        "code": figure.code,
        "on": answer.question.on.isoformat(),
        "value": answer.value,
        "unit": figure.unit,
        "by": {part.question.filters[0][1]: part.value for part in parts},
        "definition": str(figure.definition),
        "digest": answer.digest,
        "engine": engine,
    }
