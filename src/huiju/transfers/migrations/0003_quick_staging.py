import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_row_security")]

    operations = [
        migrations.AlterField(
            model_name="stagedrow",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="transfers.import",
            ),
        ),
    ]
