"""Make an account at the machine and print its one-time password."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory import queries, services
from huiju.directory.enums import Role
from huiju.directory.forms import USER_NAME
from huiju.kernel import clock
from huiju.kernel.periods import Period


class Command(BaseCommand):
    help = gettext_noop("Make an account with one role and print its one-time password as JSON.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=_("user name to sign in with"))
        roles = "，".join(f"{role.value} {role.label}" for role in Role)
        parser.add_argument(
            "--role", choices=Role.values, required=True, metavar="ROLE", help=roles
        )
        parser.add_argument("--place", default="", help=_("code or name of the place"))
        parser.add_argument("--organisation", default="", help=_("credit code or name"))
        parser.add_argument("--label", default="", help=_("the desk, not the human at it"))

    def handle(self, *args: Any, name: str, role: str, **options: Any) -> None:
        password = services.one_time_password()
        if not USER_NAME.fullmatch(name):
            raise CommandError(
                _("“%(name)s” is no user name: lower-case letters, digits, dot, hyphen.")
                % {"name": name},
                returncode=2,
            )
        if not (options["organisation"] or options["place"]):
            raise CommandError(
                _("Say where the role is given: --place CODE or --organisation CODE."),
                returncode=2,
            )
        where = queries.place_or_organisation(options["organisation"] or options["place"])
        services.open_account(
            username=name,
            label=options["label"] or f"{Role(role).label} {where}",
            password=password,
            first=services.Appointment(role, where, Period(clock.today()), "huiju user add"),
            by=None,
        )
        answer = {"user": name, "role": role, "where": str(where), "one_time_password": password}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        self.stderr.write(
            _("The password is shown this once and must be changed at first sign-in.")
        )
