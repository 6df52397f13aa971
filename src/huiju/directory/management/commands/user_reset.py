"""Replace a forgotten password at the machine and print the one-time password."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory import queries, services


class Command(BaseCommand):
    help = gettext_noop("Replace a forgotten password; prints the one-time password as JSON.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=_("user name to sign in with"))

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = queries.user_named(name)
        password = services.reset_password(user=user, by=None)
        answer = {"user": name, "one_time_password": password, "may_sign_in": user.is_active}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        self.stderr.write(
            _("The password is shown this once and must be changed at first sign-in.")
        )
        if not user.is_active:
            self.stderr.write(_("This account is closed: an administrator must open it first."))
