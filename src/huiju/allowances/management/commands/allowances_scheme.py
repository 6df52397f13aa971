"""Set up schemes from a file: a JSON list with the fields of a scheme."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.allowances import services
from huiju.allowances.services import SchemeEntry
from huiju.directory import queries as directory
from huiju.kernel import arguments, clock
from huiju.policies import queries as policies


class Command(BaseCommand):
    help = gettext_noop("Set up allowance schemes from a JSON file; equal again changes nothing.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=arguments.file, help=_("a JSON list of schemes"))
        parser.add_argument("--as", dest="user", required=True, help=_("who sets them up"))
        parser.add_argument("--as-of", type=arguments.day, help=_("set up on this day"))

    @transaction.atomic
    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        at = clock.noon_of(options["as_of"]) if options["as_of"] else clock.now()
        by = directory.user_named(options["user"])
        entries = [_entry(number, row) for number, row in enumerate(_rows(file), start=1)]
        made = [services.define_scheme(entry=entry, by=by, at=at) for entry in entries]
        self.stdout.write(json.dumps([scheme.code for scheme in made]))


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise _unusable(_("it is not JSON in UTF-8")) from fault
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unusable(_("it does not hold a list of schemes"))
    return rows


def _entry(number: int, row: dict[str, Any]) -> SchemeEntry:
    known = {field.name: field for field in fields(SchemeEntry)}
    needed = {
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING
    }
    for name in sorted({*row} - {*known, "document"}):
        raise _unusable(_("scheme %(number)d: unknown field “%(name)s”"), number=number, name=name)
    for name in sorted(needed - {*row}):
        raise _unusable(_("scheme %(number)d: “%(name)s” is missing"), number=number, name=name)
    values = dict(row)
    values["place"] = directory.place_or_organisation(str(row["place"]))
    for name in ("first_month", "last_month"):
        if values.get(name):
            values[name] = _first_day(number, name, values[name])
    if cited := values.pop("document", ""):
        values["document"] = policies.document_cited(cited)
    return SchemeEntry(**values)


def _first_day(number: int, name: str, text: Any) -> date:
    try:
        return arguments.month(str(text)).first_day
    except ArgumentTypeError as fault:
        words = _("scheme %(number)d, “%(name)s”: %(why)s")
        raise _unusable(words, number=number, name=name, why=fault) from fault


def _unusable(fault: str, **told: Any) -> CommandError:
    sentence = _("The file of schemes cannot be used: %(fault)s") % {"fault": fault % told}
    return CommandError(sentence, returncode=2)
