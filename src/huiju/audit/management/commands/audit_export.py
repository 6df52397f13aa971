import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.audit import queries
from huiju.kernel import arguments


class Command(BaseCommand):
    help = gettext_noop("Write the audit log as JSON lines to standard output.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=arguments.day, required=True, help=_("from this day on")
        )
        parser.add_argument(
            "--until-anchor", type=arguments.file, help=_("only up to what this anchor covers")
        )

    def handle(self, *, since: date, until_anchor: Path | None, **_options: Any) -> None:
        until = _covered_by(until_anchor) if until_anchor else None
        written = 0
        for line in queries.log_lines(since=since, until=until):
            sys.stdout.buffer.write(line)
            written += 1
        sys.stdout.buffer.flush()
        self.stderr.write(_("%(count)d events exported.") % {"count": written})


def _covered_by(anchor: Path) -> int:
    """The number of the last event an anchor covers."""
    try:
        return int(json.loads(anchor.read_bytes())["seq"])
    except (ValueError, KeyError, TypeError) as fault:
        words = _("“%(file)s” is no anchor. Name a file that “huiju audit anchor” wrote.")
        raise CommandError(words % {"file": anchor}, returncode=2) from fault
