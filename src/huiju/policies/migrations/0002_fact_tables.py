"""The engine's tables of policies: dated parameters, and documents.

`fact_parameter` has one row per version that ever counted, and one more without a value (under the
negative key) for the days after a value whose sequel is unknown. In one place the row with the newest
start wins, then the greater key; a nearer place wins over the one around it. So a join on this view
and `terms.value_in_force` say the same.
"""

from django.db import migrations

PARAMETERS = """
CREATE VIEW fact_parameter WITH (security_invoker = true) AS
    SELECT version.id AS value_ref, parameter.code, version.place_id,
           version.starts_on, version.ends_on, version.value,
           version.recorded_at AS known_from, version.superseded_at AS known_to
      FROM policies_parametervalue version
      JOIN policies_parameter parameter ON parameter.id = version.parameter_id
     WHERE version.state IN ('confirmed', 'superseded')
 UNION ALL
    SELECT -version.id, parameter.code, version.place_id,
           version.ends_on, NULL, NULL,
           version.recorded_at, version.superseded_at
      FROM policies_parametervalue version
      JOIN policies_parameter parameter ON parameter.id = version.parameter_id
     WHERE version.state IN ('confirmed', 'superseded') AND version.after = 'unknown'
"""

DOCUMENTS = """
CREATE VIEW fact_policy_document WITH (security_invoker = true) AS
    SELECT document.id AS document, document.government, aspect.title AS aspect,
           CASE WHEN place.kind = 'district' THEN place.name END AS district,
           document.issued_on, document.year::bigint AS year,
           document.recorded_at AS known_from, NULL::timestamptz AS known_to
      FROM policies_document document
      JOIN policies_aspect aspect ON aspect.id = document.aspect_id
      LEFT JOIN directory_place place ON place.id = document.place_id
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial"), ("directory", "0001_initial")]

    operations = [
        migrations.RunSQL(PARAMETERS, "DROP VIEW fact_parameter"),
        migrations.RunSQL(DOCUMENTS, "DROP VIEW fact_policy_document"),
    ]
