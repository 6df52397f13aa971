"""What was published stays as it was, and record keys stand behind the second wall."""

from typing import Any

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

TABLES = "statistics_publication, statistics_figurevalue, statistics_figuresource"


def withhold_changes(_apps: Any, schema_editor: Any) -> None:
    role = schema_editor.quote_name(serving_role(schema_editor))
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {TABLES} FROM {role}")


def allow_changes(_apps: Any, schema_editor: Any) -> None:
    role = schema_editor.quote_name(serving_role(schema_editor))
    schema_editor.execute(f"GRANT UPDATE, DELETE ON {TABLES} TO {role}")


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_initial")]

    operations = [
        migrations.RunPython(withhold_changes, allow_changes),
        EnableRowSecurity("statistics", "FigureSource"),
    ]
