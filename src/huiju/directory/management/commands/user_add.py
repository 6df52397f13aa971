"""Make an account at the machine and print its one-time password."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from huiju.directory import queries, services
from huiju.directory.enums import Role
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Period


class Command(BaseCommand):
    help = "Make an account with one role and print its one-time password as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--place", default="")
        parser.add_argument("--organisation", default="")
        parser.add_argument("--label", default="")

    def handle(self, *args: Any, name: str, role: str, **options: Any) -> None:
        password = services.one_time_password()
        try:
            where = queries.place_or_organisation(options["organisation"] or options["place"])
            services.open_account(
                username=name,
                label=options["label"] or f"{Role(role).label} {where}",
                password=password,
                first=services.Appointment(role, where, Period(clock.today()), "huiju user add"),
                by=None,
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        answer = {"user": name, "role": role, "where": str(where), "one_time_password": password}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        self.stderr.write(
            _("The password is shown this once and must be changed at first sign-in.")
        )
