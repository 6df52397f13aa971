"""Runs and lines behind row security; posted lines are final; the engine's table of lines."""

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

LINES = """
CREATE VIEW fact_allowance_line WITH (security_invoker = true) AS
    SELECT line.id AS line, line.run_id AS run, line.person_id AS person, line.month,
           district.name::text AS district, line.place_id AS place,
           nullif(line.level, '')::text AS level, line.amount_fen,
           run.computed_at AS known_from, run.replaced_at AS known_to
      FROM allowances_runline line
      JOIN allowances_run run ON run.id = line.run_id
      JOIN directory_place district ON district.id = line.place_id
"""


def make_lines_final(apps, schema_editor):
    role = serving_role(schema_editor)
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON allowances_runline FROM {role}")


def let_lines_change(apps, schema_editor):
    role = serving_role(schema_editor)
    schema_editor.execute(f"GRANT UPDATE, DELETE ON allowances_runline TO {role}")


class Migration(migrations.Migration):
    dependencies = [("allowances", "0001_initial"), ("directory", "0001_initial")]

    operations = [
        EnableRowSecurity("allowances", "Run"),
        EnableRowSecurity("allowances", "RunLine"),
        migrations.RunPython(make_lines_final, let_lines_change),
        migrations.RunSQL(LINES, "DROP VIEW fact_allowance_line"),
    ]
