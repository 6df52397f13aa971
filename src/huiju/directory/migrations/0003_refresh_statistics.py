"""The planner's statistics, refreshed on demand: the serving role owns no table and may not ANALYZE.

After a large import PostgreSQL believes the tables empty until autovacuum comes by, and joins them row
by row: a figure of a tenth of a second then takes half a minute.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_cache_table")]

    operations = [
        migrations.RunSQL(
            "CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql"
            " SECURITY DEFINER SET search_path = public, pg_temp"
            " AS $$ BEGIN EXECUTE 'ANALYZE'; END $$",
            "DROP FUNCTION refresh_statistics()",
        )
    ]
