"""Write the fact tables to the Parquet lake."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.engine import lake
from huiju.kernel import arguments, clock


class Command(BaseCommand):
    help = gettext_noop(
        "Write this city's fact tables as Parquet; people are numbers, nothing names them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=arguments.folder, help=_("where to write"))

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as_system():
            city = directory.city().code
            manifest = lake.export(options["folder"], city=city, at=clock.now())
        self.stdout.write(json.dumps(manifest, ensure_ascii=False))
