"""Recoveries, and what the database refuses of them: a decision is made once, and takes no more than it says."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

GUARDS = """
CREATE FUNCTION allowances_guard_recovery() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.person_id, NEW.scheme_id, NEW.place_id, NEW.amount_fen, NEW.reason, NEW.objections_until,
        NEW.proposed_by_id, NEW.proposed_at)
       IS DISTINCT FROM
       (OLD.person_id, OLD.scheme_id, OLD.place_id, OLD.amount_fen, OLD.reason, OLD.objections_until,
        OLD.proposed_by_id, OLD.proposed_at)
       OR (OLD.state, NEW.state) NOT IN (
        ('proposed', 'approved'), ('proposed', 'withdrawn'), ('approved', 'withdrawn'))
    THEN
        RAISE EXCEPTION 'recovery % does not go from % to % so', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'recoveries_move_step_by_step';
    END IF;
    IF NEW.state = 'approved' AND EXISTS (
        SELECT 1 FROM allowances_objection objection
         WHERE objection.recovery_id = OLD.id AND objection.state = 'open')
    THEN
        RAISE EXCEPTION 'recovery % is objected to', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'recoveries_answer_objections_first';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_recovery_is_guarded BEFORE UPDATE ON allowances_recovery
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_recovery();
CREATE TRIGGER allowances_recovery_stays BEFORE DELETE ON allowances_recovery
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_recoverypart_is_final BEFORE UPDATE OR DELETE ON allowances_recoverypart
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();

-- parts of payments that were given up count as never taken
CREATE FUNCTION allowances_admit_recovery_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    held record;
    taken bigint;
BEGIN
    SELECT state, amount_fen, person_id INTO held
      FROM allowances_recovery WHERE id = NEW.recovery_id FOR UPDATE;
    SELECT coalesce(sum(part.amount_fen), 0) INTO taken
      FROM allowances_recoverypart part
      LEFT JOIN allowances_payment payment ON payment.id = part.payment_id
     WHERE part.recovery_id = NEW.recovery_id AND NOT EXISTS (
        SELECT 1 FROM allowances_payment other WHERE other.run_id = payment.run_id
           AND other.person_id = payment.person_id AND other.state = 'cancelled');
    IF held.state IS DISTINCT FROM 'approved' OR taken + NEW.amount_fen > held.amount_fen THEN
        RAISE EXCEPTION 'recovery % takes no further % fen', NEW.recovery_id, NEW.amount_fen
            USING ERRCODE = '23514', CONSTRAINT = 'recoveries_take_what_was_approved';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_recoverypart_is_admitted BEFORE INSERT ON allowances_recoverypart
    FOR EACH ROW EXECUTE FUNCTION allowances_admit_recovery_part();

CREATE FUNCTION allowances_guard_objection_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.recovery_id IS DISTINCT FROM OLD.recovery_id THEN
        RAISE EXCEPTION 'objection % is to what it is to', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'objections_are_answered_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_objection_target_is_guarded BEFORE UPDATE ON allowances_objection
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_objection_target();
"""
UNDO = """
DROP FUNCTION allowances_guard_recovery() CASCADE;
DROP FUNCTION allowances_admit_recovery_part() CASCADE;
DROP FUNCTION allowances_guard_objection_target() CASCADE;
"""


def withhold_changes(_apps: Any, schema_editor: Any) -> None:
    """The serving role adds and reads; of a recovery only its state is written again."""
    role = schema_editor.quote_name(serving_role(schema_editor))
    schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON allowances_recovery FROM {role}")
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON allowances_recoverypart FROM {role}")


class Migration(migrations.Migration):
    dependencies = [
        ("allowances", "0013_scenarios"),
        ("directory", "0003_refresh_statistics"),
        ("registry", "0009_fact_views_of_plain_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recovery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_fen", models.BigIntegerField(verbose_name="Amount to be given back")),
                (
                    "reason",
                    models.CharField(max_length=500, verbose_name="Reason told to the payee"),
                ),
                ("objections_until", models.DateField(verbose_name="Objections until")),
                ("proposed_at", models.DateTimeField(verbose_name="Proposed on")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed, may be objected to"),
                            ("approved", "Approved: being recovered"),
                            ("withdrawn", "Given up"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="Decided on"),
                ),
                (
                    "words",
                    models.CharField(blank=True, max_length=500, verbose_name="Words to the payee"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_fen", models.BigIntegerField(verbose_name="Amount")),
                (
                    "received_on",
                    models.DateField(blank=True, null=True, verbose_name="Paid back on"),
                ),
                (
                    "voucher",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="Number of the voucher"
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="Recorded")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="objection",
            name="objections_are_to_a_notice_or_a_payment",
        ),
        migrations.AddField(
            model_name="recovery",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Decided by",
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recoveries",
                to="registry.person",
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.place",
                verbose_name="District",
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Proposed by",
            ),
        ),
        migrations.AddField(
            model_name="recovery",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="allowances.scheme",
                verbose_name="Scheme",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="recovery",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objections",
                to="allowances.recovery",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("notice__isnull", False), ("payment", None), ("recovery", None)),
                    models.Q(("notice", None), ("payment__isnull", False), ("recovery", None)),
                    models.Q(("notice", None), ("payment", None), ("recovery__isnull", False)),
                    _connector="OR",
                ),
                name="objections_are_to_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("recovery",),
                name="one_open_objection_per_recovery",
            ),
        ),
        migrations.AddField(
            model_name="recoverypart",
            name="payment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recovered",
                to="allowances.payment",
            ),
        ),
        migrations.AddField(
            model_name="recoverypart",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="By",
            ),
        ),
        migrations.AddField(
            model_name="recoverypart",
            name="recovery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="allowances.recovery",
            ),
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["place", "state"], name="recoveries_by_state"),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0)), name="recoveries_ask_for_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="recoveries_say_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("state", "proposed")),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="recoveries_name_who_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_approves_their_own_recovery",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="withdrawn_recoveries_say_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("person", "scheme", "place"),
                name="one_proposed_recovery_per_person_scheme_and_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverypart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0)), name="parts_of_recoveries_are_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverypart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment__isnull", False), ("received_on", None), ("voucher", "")),
                    models.Q(
                        ("payment", None),
                        ("received_on__isnull", False),
                        models.Q(("voucher", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="parts_are_set_off_or_paid_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverypart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("payment__isnull", False)),
                fields=("recovery", "payment"),
                name="one_part_per_recovery_and_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverypart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voucher", ""), _negated=True),
                fields=("recovery", "voucher"),
                name="one_part_per_recovery_and_voucher",
            ),
        ),
        migrations.RunSQL(GUARDS, UNDO),
        EnableRowSecurity("allowances", "Recovery"),
        EnableRowSecurity("allowances", "RecoveryPart"),
        migrations.RunPython(withhold_changes, migrations.RunPython.noop),
    ]
