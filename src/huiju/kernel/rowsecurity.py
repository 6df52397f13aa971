"""Row security: the second wall, generated from the `Reach` declared beside each model.

A model with people or money in it says who sees a row::

    class Reach:
        place = "place"            # FK column to a place
        organisation = "employer"  # FK column to an organisation
        person = "person"          # FK column to the person the row is about
        through = "registry.Post.person"  # also seen if a visible row of that table points here
        together = "survivor", "registry.RecordInFile"
                                   # rows of one value are seen together: one in reach shows all
        parent = "run"             # seen exactly when the row of that FK is seen
        about = "allowances.RunLine.run"
                                   # also seen by the person whom a row of that table, pointing here, is
                                   # about; what has this row as its parent is not seen with it
        about_if = "state", ("noticed", "approved")
                                   # but only while a column has one of these values

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


def condition(model: type[models.Model], *, together: bool = True) -> str:
    """The SQL condition under which a row of `model` is seen, from its `Reach`.

    Without `together` for a table that has not the column of rows seen together yet.
    """
    declared: Any = model.Reach  # type: ignore[attr-defined]
    parts = [EVERYWHERE]
    if parent := getattr(declared, "parent", None):
        parts.append(_parent(model, model._meta.get_field(parent)))
    parts += _own(model)
    if hasattr(declared, "about"):
        parts.append(_about(model))
    if together and hasattr(declared, "together"):
        parts.append(_together(model))
    return " OR ".join(parts)


def _own(model: type[models.Model]) -> list[str]:
    """The conditions on a row's own columns, and on rows of another table that point at it."""
    declared: Any = model.Reach  # type: ignore[attr-defined]
    columns = {
        kind: _column(model, getattr(declared, kind))
        for kind in ("place", "organisation", "person")
        if hasattr(declared, kind)
    }
    own_key = _column(model, model._meta.pk.name)
    return list(_seen_by(columns, own_key, getattr(declared, "through", "")))


def _parent(model: type[models.Model], field: Any) -> str:
    """Whether the parent is seen; seen by whom it is about alone, it does not count."""
    parent = field.related_model
    table, key = parent._meta.db_table, parent._meta.pk.column
    child = f"{model._meta.db_table}.{field.column}"
    if not hasattr(parent.Reach, "about"):
        return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.{key} = {child})"  # noqa: S608 -- names of our tables
    seen = " OR ".join([EVERYWHERE, *_own(parent)])
    return f"EXISTS (SELECT 1 FROM {table} WHERE {table}.{key} = {child} AND ({seen}))"  # noqa: S608


def _seen_by(columns: dict[str, str], own_key: str, through: str) -> Iterator[str]:
    """The conditions on a row's own columns, and on rows of another table that point at it."""
    if place := columns.get("place"):
        yield f"{place} IN {_listed('huiju.places')}"
    if organisation := columns.get("organisation"):
        yield f"{organisation} IN {_listed('huiju.organisations')}"
    if person := columns.get("person"):
        yield f"{person} = (SELECT nullif(current_setting('huiju.person', true), '')::bigint)"
    if through:
        label, name = through.rsplit(".", 1)
        other = live_apps.get_model(label)
        # correlated, so that the planner may probe an index for few rows or hash once for many
        column = other._meta.get_field(name).column  # type: ignore[union-attr]
        rows = f"SELECT 1 FROM {other._meta.db_table} through WHERE through.{column} = {own_key}"  # noqa: S608
        yield f"EXISTS ({rows})"


def _about(model: type[models.Model]) -> str:
    """Whether a row about the reader points at this one.

    Asked from the reader's few rows, not from each row's many: the planner hashes their keys once.
    """
    declared: Any = model.Reach  # type: ignore[attr-defined]
    label, name = declared.about.rsplit(".", 1)
    other = live_apps.get_model(label)
    column, person = (other._meta.get_field(field).column for field in (name, "person"))  # type: ignore[union-attr]
    reader = "(SELECT nullif(current_setting('huiju.person', true), '')::bigint)"
    own_key = _column(model, model._meta.pk.name)
    rows = (
        f"SELECT about.{column} FROM {other._meta.db_table} about WHERE about.{person} = {reader}"  # noqa: S608
    )
    seen = f"{own_key} IN ({rows})"
    if not hasattr(declared, "about_if"):
        return seen
    field, values = declared.about_if
    listed = ", ".join(f"'{value}'" for value in values)
    return f"({_column(model, field)} IN ({listed}) AND {seen})"


def _together(model: type[models.Model]) -> str:
    """Whether any row of the same group is in reach.

    A policy cannot ask its own table, so it asks one without a wall that holds keys and places alone:
    `record`, `file` (the group) and `place` of each row that is in a group, kept by a trigger.
    """
    declared: Any = model.Reach  # type: ignore[attr-defined]
    name, label = declared.together
    table, column = live_apps.get_model(label)._meta.db_table, _column(model, name)
    columns = {"place": "peer.place", "person": "peer.record"}
    seen = " OR ".join(_seen_by(columns, "peer.record", getattr(declared, "through", "")))
    rows = f"SELECT 1 FROM {table} peer WHERE peer.file = {column} AND ({seen})"  # noqa: S608
    return f"({column} IS NOT NULL AND EXISTS ({rows}))"


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return f"{model._meta.db_table}.{field.column}"


def statements(model: type[models.Model], *, together: bool = True) -> list[str]:
    """The statements that put a table behind the second wall; `together` as in `condition`."""
    table, seen = model._meta.db_table, condition(model, together=together)
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
        model: Any = live_apps.get_model(self.app_label, self.model_name)
        fields = to_state.models[self.app_label, self.model_name.lower()].fields
        together = getattr(model.Reach, "together", ("",))[0] in fields
        for statement in statements(model, together=together):
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
