"""Registrations and hours of continuing education, behind the second wall."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import huiju.registry.models.people
from huiju.kernel.rowsecurity import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0009_fact_views_of_plain_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Credit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fact", models.UUIDField(default=uuid.uuid4)),
                ("recorded_at", models.DateTimeField(verbose_name="Recorded")),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Superseded"),
                ),
                ("voided", models.BooleanField(default=False, verbose_name="Void")),
                ("source", models.CharField(max_length=120, verbose_name="Source")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="Reason")),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("training", "Training with a pass certificate"),
                            ("courses", "Courses of a degree passed"),
                            ("degree", "Degree in social work obtained"),
                            ("recognised", "Recognised by the authority under local rules"),
                        ],
                        max_length=12,
                        verbose_name="Earned by",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="What was learnt")),
                ("provider", models.CharField(max_length=80, verbose_name="Provider")),
                ("earned_on", models.DateField(verbose_name="Earned on")),
                ("tenths", models.PositiveSmallIntegerField(verbose_name="Hours, in tenths")),
                (
                    "evidence",
                    models.CharField(max_length=60, verbose_name="Number of the evidence"),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="Rule by which it is recognised"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="registry.person",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Recorded by",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "earned_on"], name="credits_by_person"),
                    models.Index(fields=["source"], name="credits_by_source"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("fact",),
                        name="one_current_version_per_credit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="credits_are_superseded_after_they_were_recorded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tenths__gt", 0), ("tenths__lte", 4000)),
                        name="credits_are_some_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("item", "recognised"), _negated=True),
                            models.Q(("basis", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="recognised_credits_name_their_rule",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None), ("voided", False)),
                        fields=("provider", "evidence"),
                        name="evidence_gives_hours_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fact", models.UUIDField(default=uuid.uuid4)),
                ("recorded_at", models.DateTimeField(verbose_name="Recorded")),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Superseded"),
                ),
                ("voided", models.BooleanField(default=False, verbose_name="Void")),
                ("source", models.CharField(max_length=120, verbose_name="Source")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="Reason")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "First registration"),
                            ("renewal", "Renewed registration"),
                        ],
                        max_length=10,
                        verbose_name="Kind of registration",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("assistant", "Assistant social worker"),
                            ("intermediate", "Intermediate social worker"),
                            ("senior", "Senior social worker"),
                        ],
                        max_length=20,
                        verbose_name="Level registered",
                    ),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=40, verbose_name="Registration number"),
                ),
                ("authority", models.CharField(max_length=80, verbose_name="Registered with")),
                ("starts_on", models.DateField(verbose_name="Registered on")),
                ("ends_on", models.DateField(verbose_name="Registered until")),
                (
                    "days",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "starts_on",
                            "ends_on",
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="registry.person",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Recorded by",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "starts_on"], name="registrations_by_person"),
                    models.Index(fields=["ends_on"], name="registrations_by_end"),
                    models.Index(fields=["source"], name="registrations_by_source"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("fact",),
                        name="one_current_version_per_registration",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None),
                            ("superseded_at__gte", models.F("recorded_at")),
                            _connector="OR",
                        ),
                        name="registrations_are_superseded_after_they_were_recorded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="registrations_end_after_they_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at", None), ("voided", False)),
                        expressions=[
                            (huiju.registry.models.people.PersonRange("person"), "&&"),
                            ("days", "&&"),
                        ],
                        name="registrations_of_one_person_do_not_overlap",
                    ),
                ],
            },
        ),
        EnableRowSecurity("registry", "Registration"),
        EnableRowSecurity("registry", "Credit"),
    ]
