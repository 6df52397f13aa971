"""The bulletin of a year: as text, and on wish as PDF, Word or JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory.access import acting_as_system
from huiju.kernel import arguments, clock
from huiju.statistics.bulletin.content import compose
from huiju.statistics.bulletin.printing import as_docx, as_pdf, as_text, body_of


class Command(BaseCommand):
    help = gettext_noop("Write the bulletin of a year from the records, as known now.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=arguments.year, help=_("such as 2015"))
        parser.add_argument(
            "--pdf", type=arguments.new_file, help=_("also write the printed form to this file")
        )
        parser.add_argument("--docx", type=arguments.new_file, help=_("also write a Word file"))
        parser.add_argument(
            "--json", action="store_true", help=_("print values and sources as JSON")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as_system():
            report = compose(options["year"], today=clock.today(), known_at=clock.now())
        body = body_of(report)
        if options["pdf"]:
            options["pdf"].write_bytes(as_pdf(body))
        if options["docx"]:
            options["docx"].write_bytes(as_docx(body))
        text = json.dumps(body, ensure_ascii=False) if options["json"] else as_text(body)
        self.stdout.write(text)
