"""Row security: the second wall, generated from the `Reach` declared beside each model.

A model with people or money in it says who sees a row::

    class Reach:
        place = "place"            # FK column to a place
        organisation = "employer"  # FK column to an organisation
        person = "person"          # FK column to the person the row is about
        through = "registry.Post.person"  # also seen if a visible row of that table points here
        parent = "run"             # seen exactly when the row of that FK is seen

The reader's reach lives in four transaction-local settings (`set_reach`). Without them no row is seen.
`EnableRowSecurity` writes the policy in a migration; a test compares it with the declaration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps as live_apps
from django.db import connection, models, transaction
from django.db.migrations.operations.base import Operation

POLICY = "reach"
SETTINGS = ("huiju.reach", "huiju.places", "huiju.organisations", "huiju.person")

EVERYWHERE = "(SELECT current_setting('huiju.reach', true) = 'all')"


@dataclass(frozen=True)
class Reach:
    """What a reader sees: everything, or rows of these places, organisations and this person."""

    everything: bool = False
    places: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    person: int | None = None

    def settings(self) -> tuple[str, str, str, str]:
        return (
            "all" if self.everything else "",
            ",".join(map(str, sorted(self.places))),
            ",".join(map(str, sorted(self.organisations))),
            str(self.person or ""),
        )


NOTHING = Reach()
EVERYTHING = Reach(everything=True)


@contextmanager
def reach_set(reach: Reach) -> Iterator[None]:
    """A transaction (or savepoint) in which rows are seen by this reach; then the one before holds.

    Where the block fails, rolling back restores the settings too.
    """
    with transaction.atomic():
        before = _swap(reach.settings())
        yield
        if not connection.needs_rollback:
            _swap(before)


def _swap(values: tuple[str, ...]) -> tuple[str, ...]:
    reads = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in SETTINGS)
    writes = ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {reads}")
        before: tuple[str, ...] = cursor.fetchone()
        cursor.execute(f"SELECT {writes}", values)
    return before


def _listed(setting: str) -> str:
    return f"(SELECT unnest(string_to_array(current_setting('{setting}', true), ','))::bigint)"


def condition(model: type[models.Model]) -> str:
    """The SQL condition under which a row of `model` is seen, from its `Reach`."""
    declared: Any = model.Reach  # type: ignore[attr-defined]
    parts = [EVERYWHERE]
    if parent := getattr(declared, "parent", None):
        field: Any = model._meta.get_field(parent)
        target = field.related_model._meta
        parts.append(
            f"EXISTS (SELECT 1 FROM {target.db_table} parent WHERE"  # noqa: S608 -- names of our tables
            f" parent.{target.pk.column} = {model._meta.db_table}.{field.column})"
        )
    if place := getattr(declared, "place", None):
        parts.append(f"{_column(model, place)} IN {_listed('huiju.places')}")
    if organisation := getattr(declared, "organisation", None):
        parts.append(f"{_column(model, organisation)} IN {_listed('huiju.organisations')}")
    if person := getattr(declared, "person", None):
        own = "nullif(current_setting('huiju.person', true), '')::bigint"
        parts.append(f"{_column(model, person)} = (SELECT {own})")
    if through := getattr(declared, "through", None):
        label, name = through.rsplit(".", 1)
        other = live_apps.get_model(label)
        # correlated, so that the planner may probe an index for few rows or hash once for many
        own_key = _column(model, model._meta.pk.name)
        column = other._meta.get_field(name).column  # type: ignore[union-attr]
        rows = f"SELECT 1 FROM {other._meta.db_table} through WHERE through.{column} = {own_key}"  # noqa: S608
        parts.append(f"EXISTS ({rows})")
    return " OR ".join(parts)


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return f"{model._meta.db_table}.{field.column}"


def statements(model: type[models.Model]) -> list[str]:
    """The statements that put a table behind the second wall."""
    table, seen = model._meta.db_table, condition(model)
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {POLICY} ON {table}",
        f"CREATE POLICY {POLICY} ON {table} USING ({seen}) WITH CHECK ({seen})",
    ]


class EnableRowSecurity(Operation):
    """Migration step: put one model's table behind row security as its `Reach` declares.

    The declaration is read from the live model. A later change of it needs a new step, which
    replaces the policy; the gate `tests/permissions` fails until it is there.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, app_label: str, model_name: str) -> None:
        self.app_label, self.model_name = app_label, model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.app_label, self.model_name], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Row security is not part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for statement in statements(live_apps.get_model(self.app_label, self.model_name)):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        table = live_apps.get_model(self.app_label, self.model_name)._meta.db_table
        schema_editor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        return f"Row security on {self.app_label}.{self.model_name}"


def serving_role(schema_editor: Any) -> str:
    """The role that serves, for grants and revokes in migrations: beside `…_owner` stands `…_app`."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner: str = cursor.fetchone()[0]
    return owner.removesuffix("_owner") + "_app"
