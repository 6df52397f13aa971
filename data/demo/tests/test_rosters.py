"""The rosters as the import judges them, and what the registry then counts."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from huiju.directory.tests.factories import make_user
from huiju.engine import run
from huiju.engine.schemas import Facts
from huiju.kernel import clock
from huiju.registry.figures import FIGURES
from huiju.registry.sheets import ROSTER
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Limits
from huiju.transfers.rules.records import Staged
from huiju.transfers.rules.rows import Judging

pytestmark = pytest.mark.django_db

sys.path.insert(0, str(Path(__file__).parent.parent))
from expected import PUBLISHED, PUBLISHED_LEVELS  # noqa: E402 -- beside the generator

CERTIFIED = next(figure for figure in FIGURES if figure.code == "registry.certified")
FIRST_YEARS = "2015-12-31"


def rosters(city: Path) -> list[dict]:
    manifest = json.loads((city / "manifest.json").read_text(encoding="utf-8"))
    return [line for line in manifest["files"] + manifest["trial"] if line["kind"] == "roster"]


def judged(city: Path, line: dict) -> tuple[Judging, dict]:
    """A file's judgement, and its verdicts by sheet and row."""
    user = (
        make_user("city", "350200")
        if line["by"] == "city"
        else make_user("district", place_of(line))
    )
    context = ROSTER.context(user, date.fromisoformat(line["as_of"]))
    judging = Judging(
        ROSTER, context, box.read(city / line["file"], line["file"], ROSTER.familiar, Limits())
    )
    verdicts = {(sheet, row): verdict for sheet, row, verdict in judging}
    for key, correction in judging.corrections.items():
        verdicts[key].outcome, verdicts[key].reasons = correction.outcome, correction.reasons
    return judging, verdicts


def place_of(line: dict) -> str:
    return {
        "siming": "350203", "haicang": "350205", "huli": "350206",
        "jimei": "350211", "tongan": "350212", "xiangan": "350213",
    }[line["by"]]  # fmt: skip


def test_every_roster_is_judged_as_the_manifest_says(city):
    wrong = {}
    for line in rosters(city):
        judging, verdicts = judged(city, line)
        counts = {outcome: count for outcome, count in judging.counts.items() if count}
        reasons = sorted(str(reason) for v in verdicts.values() for reason in v.reasons)
        wanted = sorted(word for word, count in line["reasons"].items() for _ in range(count))
        if (counts, reasons) != (line["expects"], wanted):
            wrong[line["file"]] = (counts, reasons)

    assert wrong == {}


def apply_first_years(city: Path) -> list[str]:
    """Apply the rosters of the first years in order; the reasons of rows refused on the way."""
    refused = []
    for number, line in enumerate(rosters(city)):
        if line["as_of"] <= FIRST_YEARS:
            _, verdicts = judged(city, line)
            rows = [
                Staged(verdict.values, verdict.details, verdict.reasons)
                for verdict in verdicts.values()
                if verdict.outcome in ("accepted", "warned")
            ]
            at = clock.noon_of(date.fromisoformat(line["as_of"]))
            results = ROSTER.apply(rows, by=make_user(), at=at, import_id=number)
            refused += [result.reason for result in results if result.outcome == "refused"]
    return refused


def test_first_years_give_the_published_numbers_also_as_known_then(city):
    days = [day for day in PUBLISHED if day.isoformat() <= FIRST_YEARS]

    refused = apply_first_years(city)
    with connection.cursor() as cursor:
        # this transaction's rows are unknown to the planner, which would loop over "empty" tables
        cursor.execute("SET LOCAL enable_nestloop = off")

    for known_at in (lambda _day: clock.now(), clock.end_of):
        counted = {}
        for day in days:
            records = CERTIFIED.records(Facts(known_at=known_at(day)), day)
            found = run.execute(records.group_by("level").agg(people=records.count())).to_pydict()
            counted[day] = dict(zip(found["level"], found["people"], strict=True))
        assert {day: sum(levels.values()) for day, levels in counted.items()} == {
            day: PUBLISHED[day] for day in days
        }
        assert {day: counted[day] for day in PUBLISHED_LEVELS} == PUBLISHED_LEVELS
    assert refused == []
