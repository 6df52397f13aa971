"""Look now for what the nightly watch looks for."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_noop

from huiju.allowances import services
from huiju.kernel import clock


class Command(BaseCommand):
    help = gettext_noop("Open and close findings about allowances, and print the counts as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = asdict(services.watch(at=clock.now()))
        done.pop("unseen")
        self.stdout.write(json.dumps(done, ensure_ascii=False))
