"""Publish the figures of a day, or the bulletin of a year, with the records behind each number."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.directory.models import User
from huiju.kernel import arguments, clock
from huiju.kernel.errors import DomainError
from huiju.statistics.bulletin import issuing
from huiju.statistics.models import Publication


class Command(BaseCommand):
    help = gettext_noop("Publish figures as known now; they can be checked again for ever.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--on",
            type=arguments.day,
            action="append",
            help=_("the day of the figures; repeatable"),
        )
        what.add_argument(
            "--bulletin", type=arguments.year, metavar="YEAR", help=_("the bulletin of a year")
        )
        parser.add_argument("--by", help=_("user name; without it the system publishes"))

    def handle(self, *args: Any, **options: Any) -> None:
        by = directory.user_named(options["by"]) if options["by"] else None
        try:
            with acting_as_system():
                made = _published(options, by)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        listed = [
            {"publication": each.pk, "title": each.title, "on": str(each.on)} for each in made
        ]
        self.stdout.write(json.dumps(listed, ensure_ascii=False))


def _published(options: dict[str, Any], by: User | None) -> list[Publication]:
    at = clock.now()
    if options["bulletin"]:
        return [issuing.issue_bulletin(options["bulletin"], by=by, at=at)]
    return [issuing.issue_figures(day, by=by, at=at) for day in options["on"]]
