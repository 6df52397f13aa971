"""Set up schemes from a file: a JSON list with the fields of a scheme."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances import services
from huiju.allowances.services import SchemeEntry
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month
from huiju.policies import queries as policies


class Command(BaseCommand):
    help = "Set up allowance schemes from a JSON file; equal again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="user", required=True, help="who sets them up")
        parser.add_argument("--as-of", type=date.fromisoformat, help="set up on this day")

    @transaction.atomic
    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        at = clock.noon_of(options["as_of"]) if options["as_of"] else clock.now()
        try:
            by = User.objects.get(username=options["user"])
            entries = [_entry(row) for row in json.loads(file.read_text(encoding="utf-8"))]
            made = [services.define_scheme(entry=entry, by=by, at=at) for entry in entries]
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        except (OSError, ValueError, KeyError, TypeError, ObjectDoesNotExist) as fault:
            raise CommandError(
                _("The file of schemes cannot be used: %(fault)s") % {"fault": fault}, returncode=2
            ) from fault
        self.stdout.write(json.dumps([scheme.code for scheme in made]))


def _entry(row: dict[str, Any]) -> SchemeEntry:
    fields = dict(row)
    fields["place"] = Place.objects.get(code=fields["place"])
    for name in ("first_month", "last_month"):
        if fields.get(name):
            fields[name] = Month.parse(fields[name]).first_day
    if number := fields.pop("document", ""):
        fields["document"] = policies.document_cited(number)
    return SchemeEntry(**fields)
