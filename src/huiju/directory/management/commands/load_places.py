"""Load a list of places from a csv file with the columns of the places import."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils.translation import gettext_noop

from huiju.directory import services
from huiju.kernel import arguments
from huiju.kernel.periods import Period

XIAMEN = Path(__file__).resolve().parents[2] / "data" / "350200.csv"


class Command(BaseCommand):
    help = gettext_noop("Load places: code,name,parent_code,kind,valid_from,valid_to.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=arguments.file, default=XIAMEN)

    @transaction.atomic
    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        with file.open(newline="", encoding="utf-8-sig") as rows:
            for row in csv.DictReader(rows):
                ends = row["valid_to"]
                services.record_place(
                    code=row["code"],
                    name=row["name"],
                    kind=row["kind"],
                    parent_code=row["parent_code"],
                    valid=Period(
                        date.fromisoformat(row["valid_from"]),
                        date.fromisoformat(ends) + timedelta(days=1) if ends else None,
                    ),
                    by=None,
                )
