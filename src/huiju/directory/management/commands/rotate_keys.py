"""Seal by a new key from now on, and move every sealed value to it."""

import json
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext_noop

from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.kernel import clock, crypto
from huiju.kernel.encrypted import EncryptedTextField, column_of, reseal_column


class Command(BaseCommand):
    help = gettext_noop("Make a new sealing key and seal every stored number anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        """A rotation cut short is finished by the next one: old keys stay and still open values."""
        ring = crypto.rotate(settings.HUIJU_KEYS, profile=settings.CRYPTO_PROFILE, at=clock.now())
        moved: dict[str, int] = {}
        for model in apps.get_models():
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    with acting_as_system():
                        moved[column_of(field)] = reseal_column(model, field.name)
        audit.record(
            actor=None, action="directory.keys_rotated", subject=ring.sealing.id, moved=moved
        )
        self.stdout.write(json.dumps({"key": ring.sealing.id, "moved": moved}))
