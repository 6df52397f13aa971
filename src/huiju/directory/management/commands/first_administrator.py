"""Make the first administrator of an empty instance and print the password once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.directory import queries, services
from huiju.directory.enums import Role
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.periods import Period


class Command(BaseCommand):
    help = gettext_noop("Make the first administrator, unless there are users already.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        password = services.one_time_password()
        user = services.create_user(
            username="admin", label="系统管理员", password=password, by=None
        )
        services.grant_role(
            user=user,
            role=Role.ADMINISTRATOR,
            where=queries.city(),
            period=Period(clock.today()),
            reason="huiju init",
            by=None,
        )
        self.stderr.write(
            _("One-time password of the administrator “admin”, shown this once: %(password)s")
            % {"password": password}
        )
