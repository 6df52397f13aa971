"""List every figure of the house as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_noop

from huiju.statistics.catalogue import FIGURES


class Command(BaseCommand):
    help = gettext_noop("List every figure: code, title, unit, dimensions and definition.")

    def handle(self, *args: Any, **options: Any) -> None:
        listed = [
            {
                "code": figure.code,
                "title": str(figure.title),
                "unit": figure.unit,
                "by": list(figure.by),
                "version": figure.version,
                "definition": str(figure.definition),
            }
            for figure in FIGURES.values()
        ]
        self.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1))
