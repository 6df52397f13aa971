"""Encrypted columns of Django models, over the instance's key ring."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Cast

from huiju.kernel import crypto

CHUNK = 2000


def ring() -> crypto.KeyRing:
    """The instance's key ring; a key added by another process is seen at once."""
    folder = str(settings.HUIJU_KEYS)
    try:
        changed_at = os.stat(folder).st_mtime_ns  # noqa: PTH116 -- asked for every sealed value
    except FileNotFoundError:
        changed_at = 0
    return _loaded(folder, changed_at)


@lru_cache(maxsize=2)
def _loaded(folder: str, _changed_at: int) -> crypto.KeyRing:
    return crypto.load(Path(folder))


def column_of(field: Any) -> str:
    """What a field's sealed values are bound to: `table.column`."""
    return f"{field.model._meta.db_table}.{field.column}"


def search_digest(model: type[models.Model], field_name: str, text: str) -> str:
    """The keyed digest under which a text of an encrypted column is searched (64 hex digits)."""
    return crypto.digest(ring(), text, column=column_of(model._meta.get_field(field_name)))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that lies sealed in the database. An empty text is stored empty.

    It can be read and written but not searched: keep `search_digest` in a column beside it.
    """

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if not isinstance(value, str) or value == "":
            return super().get_db_prep_save(value, connection)
        return crypto.seal(ring(), value, column=column_of(self))

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return value and crypto.unseal(ring(), value, column=column_of(self))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def reseal_column(model: type[models.Model], field_name: str) -> int:
    """Move every value of an encrypted column to the key in use; returns how many moved.

    Safe to interrupt, to repeat, and to run while the column is written: a value changed
    meanwhile is left alone.
    """
    field: Any = model._meta.get_field(field_name)
    table, key = model._meta.db_table, model._meta.pk.column
    keys, moved = ring(), 0
    rows = model._base_manager.annotate(sealed=Cast(field_name, models.TextField()))
    update = (
        f'UPDATE "{table}" SET "{field.column}" = %s'  # noqa: S608 -- names of our own tables
        f' WHERE "{key}" = %s AND "{field.column}" = %s'
    )
    for pk, sealed in rows.exclude(sealed="").values_list("pk", "sealed").iterator(CHUNK):
        if crypto.is_current(keys, sealed):
            continue
        fresh = crypto.reseal(keys, sealed, column=column_of(field))
        with connection.cursor() as cursor:
            cursor.execute(update, [fresh, pk, sealed])
            moved += cursor.rowcount
    return moved
