"""What the nightly watch found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from huiju.kernel.rowsecurity import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("allowances", "0010_one_open_objection"),
        ("directory", "0003_refresh_statistics"),
        ("registry", "0009_fact_views_of_plain_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("death", "On a list or paid for months after a death"),
                            ("post_ended", "On a list or paid for months after the last post"),
                            ("two_districts", "Granted by two districts for one month"),
                            ("one_account", "One account of two people"),
                            (
                                "two_posts",
                                "Two posts at once, in two districts or without a reason",
                            ),
                            ("returned", "Sent back by the bank and not settled"),
                            ("unexplained", "Paid more than the facts known now explain"),
                        ],
                        max_length=14,
                        verbose_name="What was found",
                    ),
                ),
                ("subject", models.CharField(max_length=80)),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="In detail")),
                ("first_seen_at", models.DateTimeField(verbose_name="First seen")),
                (
                    "due_on",
                    models.DateField(blank=True, null=True, verbose_name="To be answered by"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be answered"),
                            ("explained", "Explained"),
                            ("resolved", "Cause gone"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="Explanation")),
                (
                    "explained_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Explained"),
                ),
                (
                    "resolved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Resolved"),
                ),
                (
                    "explained_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="By",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="registry.person",
                        verbose_name="Name of the person",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.place",
                        verbose_name="District",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["place", "state"], name="findings_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "resolved"), _negated=True),
                        fields=("kind", "subject"),
                        name="one_standing_finding_per_kind_and_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("explained_at", None), ("explained_by", None), ("note", "")),
                            models.Q(
                                models.Q(("note", ""), _negated=True),
                                ("explained_at__isnull", False),
                                ("explained_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="explained_findings_say_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", False), ("state", "resolved")),
                            models.Q(
                                models.Q(("state", "resolved"), _negated=True),
                                ("resolved_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="resolved_findings_say_since_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "explained"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="explained_findings_say_why",
                    ),
                ],
            },
        ),
        EnableRowSecurity("allowances", "Finding"),
    ]
