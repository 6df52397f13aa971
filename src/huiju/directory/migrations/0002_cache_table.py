"""The table of the shared cache, which counts failed sign-ins across server processes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE TABLE cache ("
            " cache_key varchar(255) PRIMARY KEY,"
            " value text NOT NULL,"
            " expires timestamptz NOT NULL);"
            "CREATE INDEX cache_expires ON cache (expires)",
            "DROP TABLE cache",
        )
    ]
