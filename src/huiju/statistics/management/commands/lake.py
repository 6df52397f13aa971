"""Write the fact tables to the Parquet lake."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.engine import lake
from huiju.kernel import clock


class Command(BaseCommand):
    help = "Write this city's fact tables as Parquet; people are numbers, nothing names them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as_system():
            city = directory.city().code
            manifest = lake.export(options["folder"], city=city, at=clock.now())
        self.stdout.write(json.dumps(manifest, ensure_ascii=False))
