import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from huiju.audit import queries


class Command(BaseCommand):
    help = "Write the audit log as JSON lines to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, required=True)
        parser.add_argument("--until-anchor", type=Path)

    def handle(self, *, since: date, until_anchor: Path | None, **_options: Any) -> None:
        until = json.loads(until_anchor.read_bytes())["seq"] if until_anchor else None
        written = 0
        for line in queries.log_lines(since=since, until=until):
            sys.stdout.buffer.write(line)
            written += 1
        sys.stdout.buffer.flush()
        self.stderr.write(_("%(count)d events exported.") % {"count": written})
