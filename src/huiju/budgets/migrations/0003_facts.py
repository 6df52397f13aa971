"""The engine's table of postings."""

from django.db import migrations

POSTINGS = """
CREATE VIEW fact_budget_posting WITH (security_invoker = true) AS
    SELECT posting.id AS posting, posting.entry_id AS entry, posting.line_id AS line,
           year.year::bigint AS year, payer.kind::text AS payer, subject.name::text AS subject,
           coalesce(district.name, place.name)::text AS district,
           posting.account::text AS account, entry.kind::text AS kind,
           entry."on" AS posted_on, posting.amount_fen,
           entry.recorded_at AS known_from, NULL::timestamptz AS known_to
      FROM budgets_posting posting
      JOIN budgets_entry entry ON entry.id = posting.entry_id
      JOIN budgets_line line ON line.id = posting.line_id
      JOIN budgets_fiscalyear year ON year.id = line.fiscal_year_id
      JOIN budgets_payer payer ON payer.id = line.payer_id
      JOIN budgets_subject subject ON subject.id = line.subject_id
      JOIN directory_place place ON place.id = line.place_id
      LEFT JOIN directory_place district ON district.code = split_part(place.path, '/', 2)
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0002_the_ledger_holds"), ("directory", "0001_initial")]

    operations = [migrations.RunSQL(POSTINGS, "DROP VIEW fact_budget_posting")]
