"""One figure of a day, with the digest of the records behind it."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory.access import acting_as_system
from huiju.engine import spark
from huiju.engine.run import (
    DUCKDB,
    POSTGRES,
    SPARK,
    EngineUnavailable,
    LakeIncomplete,
    LakeOfSeveralCities,
)
from huiju.kernel import arguments, clock
from huiju.kernel.errors import DomainError
from huiju.kernel.figures import Figure
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.queries import Answer


class Command(BaseCommand):
    help = gettext_noop("Compute one figure of a day from the records.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help=_("as “huiju figures” lists it"))
        parser.add_argument("--on", type=arguments.day, required=True, help=_("the day"))
        parser.add_argument("--by", default="", help=_("a dimension of the figure"))
        parser.add_argument("--as-known-on", type=arguments.day, help=_("default: now"))
        parser.add_argument(
            "--engine",
            choices=[POSTGRES, DUCKDB, SPARK],
            default=POSTGRES,
            help=_("where it is computed"),
        )
        parser.add_argument(
            "--lake",
            type=arguments.folder,
            help=_("with duckdb or spark: a folder written by “lake”"),
        )
        parser.add_argument("--json", action="store_true", help=_("always printed as JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        question = queries.Question(
            _figure(options["code"]), options["on"], _known_at(options["as_known_on"])
        )
        engine, by = options["engine"], options["by"]
        try:
            with acting_as_system():
                cube = queries.cube(question, engine=engine, lake=options["lake"])
                parts = cube.by(by) if by else []
        except (EngineUnavailable, LakeIncomplete, LakeOfSeveralCities, DomainError) as refusal:
            raise CommandError(_sentence(refusal), returncode=2) from refusal
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


def _sentence(refusal: Exception) -> str:
    """What to do before the engine can compute, or why the question has no answer."""
    match refusal:
        case EngineUnavailable(lacks=spark.JAVA):
            return _(
                "The engine “spark” needs Java %(version)d or later, which is not installed here."
                " Install it (Debian: openjdk-17-jre-headless) or use postgres or duckdb: they give"
                " the same value and digest."
            ) % {"version": spark.LEAST_JAVA}
        case EngineUnavailable():
            return _(
                "The engine “spark” needs the package pyspark, which is not installed here. Run"
                " “make setup-spark” (or “pip install huiju[spark]”) or use postgres or duckdb: they"
                " give the same value and digest."
            )
        case LakeIncomplete():
            return _(
                "The folder is no whole lake: it has no files of %(table)s. Write it with"
                " “huiju lake FOLDER” first."
            ) % {"table": refusal}
        case LakeOfSeveralCities():
            return _(
                "The folder holds several cities (%(cities)s), whose record numbers are their own."
                " Give a folder with one city and add up the values."
            ) % {"cities": refusal}
    return str(refusal)


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
