"""References of lines, checked once a statement: a run of a city writes a hundred thousand lines."""

import django.db.models.deletion
from django.db import migrations, models

from huiju.kernel.bulkreferences import CheckReferencesInBulk


class Migration(migrations.Migration):
    dependencies = [
        ("allowances", "0002_second_wall_and_facts"),
        ("directory", "0003_refresh_statistics"),
        ("policies", "0003_aspects"),
        ("registry", "0004_certificates_by_level"),
    ]

    operations = [
        migrations.AlterField(
            model_name="runline",
            name="certificate",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.certificate",
            ),
        ),
        migrations.AlterField(
            model_name="runline",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allowance_lines",
                to="registry.person",
            ),
        ),
        migrations.AlterField(
            model_name="runline",
            name="place",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="directory.place",
                verbose_name="District",
            ),
        ),
        migrations.AlterField(
            model_name="runline",
            name="post",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.post",
            ),
        ),
        migrations.AlterField(
            model_name="runline",
            name="rate",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="policies.parametervalue",
            ),
        ),
        migrations.AlterField(
            model_name="runline",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="allowances.run",
            ),
        ),
        CheckReferencesInBulk("allowances", "RunLine"),
    ]
