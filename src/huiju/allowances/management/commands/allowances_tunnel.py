"""What a changed scheme costs, at the machine: totals by month, district, level and payer, with a digest."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.allowances.permissions import may_simulate
from huiju.allowances.queries.payers import DryLine
from huiju.allowances.queries.scenarios import words_of
from huiju.allowances.queries.tunnel import Ground, Simulation, simulable_districts, simulation
from huiju.allowances.rules.whatif import WhatIfInvalid, what_if
from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.engine.run import (
    DUCKDB,
    SPARK,
    EngineUnavailable,
    LakeIncomplete,
    LakeOfSeveralCities,
)
from huiju.kernel import arguments, clock
from huiju.kernel.periods import Month


class Command(BaseCommand):
    help = gettext_noop("Compute what a changed scheme costs and print the totals as JSON.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", type=arguments.file, help=_("the scenario, a file of JSON"))
        parser.add_argument("--as", dest="user", required=True, help=_("who computes"))
        parser.add_argument("--engine", choices=[DUCKDB, SPARK], default=DUCKDB)
        parser.add_argument("--lake", type=arguments.folder, help=_("a folder written by “lake”"))
        parser.add_argument("--as-of", type=arguments.day, help=_("facts as known on this day"))

    def handle(self, *args: Any, scenario: Path, **options: Any) -> None:
        now = clock.now()
        day = options["as_of"]
        ground = Ground(
            min(clock.end_of(day), now) if day else now, options["engine"], options["lake"]
        )
        try:
            asked = what_if(json.loads(scenario.read_text("utf-8")))
            with acting_as_system():
                by = directory.user_named(options["user"])
                may_simulate(by, on=clock.day_of(now)).require()
                places = simulable_districts(by, on=clock.day_of(now))
            found = simulation(asked, places, ground=ground)
        except WhatIfInvalid as fault:
            words = _("The scenario cannot be used: %(fault)s") % {"fault": words_of(fault)}
            raise CommandError(words) from fault
        except ValueError as fault:  # of json, or of bytes that are no text
            words = _("The scenario cannot be used: it is not JSON in UTF-8.")
            raise CommandError(words) from fault
        except (EngineUnavailable, LakeIncomplete, LakeOfSeveralCities) as fault:
            raise CommandError(_sentence(fault), returncode=2) from fault
        self.stdout.write(json.dumps(_written(found, ground), ensure_ascii=False))


def _sentence(fault: Exception) -> str:
    match fault:
        case EngineUnavailable():
            return _(
                "The engine “spark” needs pyspark (“make setup-spark”) and Java 17 or later. The engine"
                " “duckdb” gives the same numbers and digest."
            )
        case LakeIncomplete():
            words = _(
                "The lake has no files of %(table)s. Write it with “huiju lake FOLDER” first."
            )
            return words % {"table": fault}
    words = _("The lake holds several cities (%(cities)s). Give a folder with one of them.")
    return words % {"cities": fault}


def _written(found: Simulation, ground: Ground) -> dict[str, Any]:
    """The public form of an answer."""
    return {
        "total_fen": found.total_fen,
        "before_fen": found.before_fen,
        "digest": found.digest,
        "engine": ground.engine,
        "known_at": ground.known_at.isoformat(),
        "totals": found.totals,
        "before": found.before,
        "people": found.gains,
        "lines": [_line(each) for each in found.lines],
    }


def _line(each: DryLine) -> dict[str, Any]:
    return {
        "line": str(each.line),
        "year": each.year,
        "money_fen": each.money_fen,
        "cost_fen": each.cost_fen,
        "dry_in": str(Month.of(each.dry_in)) if each.dry_in else None,
        "stated": each.stated,
    }
