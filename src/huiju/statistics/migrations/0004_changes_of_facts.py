"""Every change of what lies behind a fact table is noted in the transaction that makes it.

Statement triggers on the tables that the views `fact_…` read add a row to the log, with the rights of
the owner: the serving role can neither add nor take away. A new fact view, or a new table behind one,
needs its trigger; `statistics/tests/test_kept.py` compares triggers and views.
"""

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

FACTS_OF = {
    "registry_person": ["person"],
    "registry_certificate": ["certificate"],
    "registry_post": ["post"],
    "registry_leave": ["leave"],
    "registry_death": ["death", "post"],
    "registry_merge": ["certificate", "post", "leave", "death"],
    "policies_document": ["policy_document"],
    "policies_aspect": ["policy_document"],
    "policies_parameter": ["parameter"],
    "policies_parametervalue": ["parameter"],
    "allowances_run": ["allowance_line"],
    "allowances_runline": ["allowance_line"],
    **{
        f"budgets_{table}": ["budget_posting"]
        for table in ("posting", "entry", "line", "fiscalyear", "payer", "subject")
    },
    "directory_place": [
        *("person", "post", "policy_document", "allowance_line", "budget_posting"),
    ],
}

NOTE = """
CREATE FUNCTION note_fact_change() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO statistics_factchange (fact, changes) SELECT fact, 1 FROM unnest(TG_ARGV) fact;
    RETURN NULL;
END $$
"""

# One statement: a snapshot sees the many rows or their sum. A row added meanwhile is left for the next.
COMPACT = """
CREATE FUNCTION compact_fact_changes() RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM statistics_factchange RETURNING fact, changes)
    INSERT INTO statistics_factchange (fact, changes) SELECT fact, sum(changes) FROM gone GROUP BY fact
$$
"""


def triggers() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER facts_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION"
            f" note_fact_change({', '.join(repr(fact) for fact in facts)})",
            f"DROP TRIGGER facts_changed ON {table}",
        )
        for table, facts in FACTS_OF.items()
    ]


def withhold_changes(_apps, schema_editor):
    role = serving_role(schema_editor)
    schema_editor.execute(
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON statistics_factchange FROM {role}"
    )


def allow_changes(_apps, schema_editor):
    role = serving_role(schema_editor)
    schema_editor.execute(f"GRANT INSERT, UPDATE, DELETE ON statistics_factchange TO {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0003_kept_figures"),
        ("registry", "0008_merges_behind_the_wall"),
        ("policies", "0003_aspects"),
        ("budgets", "0003_facts"),
        ("allowances", "0002_second_wall_and_facts"),
    ]

    operations = [
        EnableRowSecurity("statistics", "KeptFigure"),
        migrations.RunPython(withhold_changes, allow_changes),
        migrations.RunSQL(NOTE, "DROP FUNCTION note_fact_change()"),
        migrations.RunSQL(COMPACT, "DROP FUNCTION compact_fact_changes()"),
        *triggers(),
    ]
