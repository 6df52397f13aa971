"""References of tables that are written in bulk, checked once for each statement instead of for each row.

A foreign key of PostgreSQL runs one query and one row lock for each row and key. A model whose rows come by
the hundred thousand declares `ForeignKey(…, db_constraint=False)`, and `CheckReferencesInBulk` in a migration puts
these triggers in the place of every such key:

- what a statement wrote must point at rows that are there;
- a row that is pointed at is not deleted, and its key is not changed.

Both look at all rows, whatever the reader's reach. Rows pointed at are facts, which nobody deletes, so the rare
deletion pays: it locks out writers of the referring table, waits for those at work, and then looks. A line
written meanwhile looks after it. What differs from a foreign key: it holds at once, not at commit, and rows
pointed at are deleted under READ COMMITTED alone, where a look after a wait sees what was committed meanwhile.
TRUNCATE is not guarded; no role that serves holds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps as live_apps
from django.db import models
from django.db.migrations.operations.base import Operation

AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT"
# a refusal rolls the setting back with all else
SEE_ALL = """
    before := coalesce(current_setting('huiju.reach', true), '');
    PERFORM set_config('huiju.reach', 'all', true);"""
SEE_AS_BEFORE = """
    PERFORM set_config('huiju.reach', before, true);
    RETURN NULL;"""


@dataclass(frozen=True)
class Reference:
    """A column of a table and the key it points at."""

    table: str
    column: str
    target: str
    key: str

    @property
    def guard(self) -> str:
        """The name of the function and triggers that keep the target."""
        return f"{self.table}_{self.column}_keeps"

    @property
    def check(self) -> str:
        # planned anew at each statement: what is best for one row is not for a hundred thousand
        return f"""
    EXECUTE $check$
        SELECT count(*) FROM (SELECT DISTINCT {self.column} AS key FROM written) line
         WHERE key IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM {self.target} target WHERE target.{self.key} = line.key)
    $check$ INTO missing;
    IF missing > 0 THEN
        RAISE foreign_key_violation USING
            MESSAGE = missing || ' keys in {self.table}.{self.column} are not in {self.target}',
            TABLE = '{self.table}', COLUMN = '{self.column}';
    END IF;"""  # noqa: S608 -- names of our tables


def references(model: type[models.Model]) -> list[Reference]:
    """The foreign keys of a model that are not constraints of the database."""
    fields: tuple[Any, ...] = model._meta.concrete_fields
    return [
        Reference(
            table=model._meta.db_table,
            column=field.column,
            target=field.related_model._meta.db_table,
            key=field.related_model._meta.pk.column,
        )
        for field in fields
        if field.many_to_one and not field.db_constraint
    ]


def statements(model: type[models.Model]) -> Iterator[str]:
    """The statements that guard a model's references in both directions."""
    table, kept = model._meta.db_table, references(model)
    checks = "".join(reference.check for reference in kept)
    yield f"""
CREATE FUNCTION {table}_refers() RETURNS trigger {AS_OWNER} AS $$
DECLARE before text; missing bigint;
BEGIN{SEE_ALL}{checks}{SEE_AS_BEFORE}
END $$"""
    for event in ("INSERT", "UPDATE"):
        yield (
            f"CREATE TRIGGER {table}_refers_on_{event.lower()} AFTER {event} ON {table}"
            f" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION {table}_refers()"
        )
    for reference in kept:
        yield from _keeping(reference)


def _keeping(reference: Reference) -> Iterator[str]:
    table, target, key, guard = reference.table, reference.target, reference.key, reference.guard
    refusal = f"RAISE foreign_key_violation USING MESSAGE = '{table}.{reference.column} points at this row of {target}'"
    yield f"""
CREATE FUNCTION {guard}() RETURNS trigger {AS_OWNER} AS $$
DECLARE before text;
BEGIN{SEE_ALL}
    IF TG_OP = 'UPDATE' THEN
        {refusal};
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE feature_not_supported USING MESSAGE = 'Rows of {target} are deleted under READ COMMITTED alone';
    END IF;
    LOCK TABLE {table} IN SHARE MODE;
    IF EXISTS (SELECT 1 FROM gone JOIN {table} line ON line.{reference.column} = gone.{key}) THEN
        {refusal};
    END IF;{SEE_AS_BEFORE}
END $$"""  # noqa: S608 -- names of our tables
    yield (
        f"CREATE TRIGGER {guard} AFTER DELETE ON {target} REFERENCING OLD TABLE AS gone"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {guard}()"
    )
    yield (
        f"CREATE TRIGGER {guard}_key AFTER UPDATE OF {key} ON {target} FOR EACH ROW"
        f" WHEN (OLD.{key} IS DISTINCT FROM NEW.{key}) EXECUTE FUNCTION {guard}()"
    )


class CheckReferencesInBulk(Operation):
    """Migration step: guard the references of one model that are no constraints, as its fields declare.

    The declaration is read from the live model; a later change of it needs a new step.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, app_label: str, model_name: str) -> None:
        self.app_label, self.model_name = app_label, model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.app_label, self.model_name], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are not part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for statement in statements(live_apps.get_model(self.app_label, self.model_name)):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = live_apps.get_model(self.app_label, self.model_name)
        guards = [reference.guard for reference in references(model)]
        for function in (f"{model._meta.db_table}_refers", *guards):
            schema_editor.execute(f"DROP FUNCTION {function}() CASCADE")

    def describe(self) -> str:
        return f"References of {self.app_label}.{self.model_name}, checked in bulk"
