"""`huiju ledger check`: add the ledger up another way and say what does not agree, as JSON."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from huiju.allowances import queries as allowances
from huiju.directory.access import acting_as_system


class Command(BaseCommand):
    help = "Check the ledger: exit 0 if everything agrees, 1 if something does not."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as_system():
            found = allowances.recounted_ledger()
        self.stdout.write(json.dumps(found, ensure_ascii=False, default=str))
        if found["differences"]:
            sys.exit(1)
