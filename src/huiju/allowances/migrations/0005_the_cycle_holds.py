"""What the database itself refuses of the monthly cycle, whoever asks: the serving role, or the owner by hand.

Steps and notices are only added; a run moves as its table of moves has it and is approved only with four
signatures of its round; a payment's money never changes, is made only while its run is being approved, and a
further issue only where the bank returned the one before, of the same amount.
"""

from typing import Any

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

FINAL = """
CREATE FUNCTION allowances_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was signed is final: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = 'the_trail_is_final';
END $$;

CREATE TRIGGER allowances_step_is_final BEFORE UPDATE OR DELETE ON allowances_runstep
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_steps_stay BEFORE TRUNCATE ON allowances_runstep
    FOR EACH STATEMENT EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_notice_is_final BEFORE UPDATE OR DELETE ON allowances_notice
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_payment_stays BEFORE DELETE ON allowances_payment
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_payments_stay BEFORE TRUNCATE ON allowances_payment
    FOR EACH STATEMENT EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_objection_stays BEFORE DELETE ON allowances_objection
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_hold_stays BEFORE DELETE ON allowances_hold
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
CREATE TRIGGER allowances_fundingline_is_final BEFORE UPDATE OR DELETE ON allowances_fundingline
    FOR EACH ROW EXECUTE FUNCTION allowances_refuse_change();
"""

RUNS = """
CREATE FUNCTION allowances_guard_run() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.scheme_id, NEW.place_id, NEW.month, NEW.revision, NEW.known_at, NEW.computed_by_id, NEW.computed_at)
       IS DISTINCT FROM
       (OLD.scheme_id, OLD.place_id, OLD.month, OLD.revision, OLD.known_at, OLD.computed_by_id, OLD.computed_at)
       OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('draft', 'checked'), ('draft', 'replaced'), ('checked', 'noticed'), ('checked', 'draft'),
            ('noticed', 'reviewed'), ('noticed', 'draft'), ('reviewed', 'approved'), ('reviewed', 'draft'),
            ('approved', 'paying'), ('approved', 'reconciled'), ('paying', 'reconciled'),
            ('reconciled', 'archived'))
       OR NEW.round <> OLD.round + (NEW.state = 'draft' AND OLD.state <> 'draft')::int
    THEN
        RAISE EXCEPTION 'run % does not go from % to % so', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'runs_move_step_by_step';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved' AND (
        SELECT count(DISTINCT step.by_id) FROM allowances_runstep step
         WHERE step.run_id = OLD.id AND step.round = OLD.round
           AND step.step IN ('computed', 'checked', 'reviewed', 'approved')) < 4
    THEN
        RAISE EXCEPTION 'run % has not the signatures of four people', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'approved_runs_have_four_signatures';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_run_is_guarded BEFORE UPDATE ON allowances_run
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_run();
"""

PAYMENTS = """
CREATE FUNCTION allowances_guard_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.run_id, NEW.person_id, NEW.scheme_id, NEW.place_id, NEW.month, NEW.revision, NEW.issue,
        NEW.amount_fen, NEW.credit_fen, NEW.taken_fen, NEW.debt_growth_fen, NEW.made_at)
       IS DISTINCT FROM
       (OLD.run_id, OLD.person_id, OLD.scheme_id, OLD.place_id, OLD.month, OLD.revision, OLD.issue,
        OLD.amount_fen, OLD.credit_fen, OLD.taken_fen, OLD.debt_growth_fen, OLD.made_at)
       OR OLD.account_id IS NOT NULL AND NEW.account_id IS DISTINCT FROM OLD.account_id
    THEN
        RAISE EXCEPTION 'the money of payment % does not change', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_keep_their_money';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('withheld', 'due'), ('withheld', 'no_account'), ('withheld', 'cancelled'),
            ('no_account', 'due'), ('no_account', 'withheld'), ('no_account', 'cancelled'),
            ('due', 'sent'), ('due', 'withheld'), ('due', 'cancelled'),
            ('sent', 'paid'), ('sent', 'returned'), ('paid', 'returned'),
            ('returned', 'reissued'), ('returned', 'cancelled'))
    THEN
        RAISE EXCEPTION 'payment % does not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'payments_move_step_by_step';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_payment_is_guarded BEFORE UPDATE ON allowances_payment
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_payment();

-- in the transaction that approves: first the payments, then the last signature and the state
CREATE FUNCTION allowances_admit_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM allowances_run run WHERE run.id = NEW.run_id
        AND (run.scheme_id, run.place_id, run.month, run.revision)
            = (NEW.scheme_id, NEW.place_id, NEW.month, NEW.revision)
        AND (NEW.issue > 1 OR run.state = 'reviewed'))
       OR NEW.issue > 1 AND NOT EXISTS (SELECT 1 FROM allowances_payment before
        WHERE before.run_id = NEW.run_id AND before.person_id = NEW.person_id
          AND before.issue = NEW.issue - 1 AND before.state = 'reissued'
          AND before.amount_fen = NEW.amount_fen)
       OR NEW.state IN ('sent', 'returned', 'reissued') OR NEW.state = 'paid' AND NEW.amount_fen <> 0
    THEN
        RAISE EXCEPTION 'run % takes no such payment now', NEW.run_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_are_made_by_approving';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_payment_is_admitted BEFORE INSERT ON allowances_payment
    FOR EACH ROW EXECUTE FUNCTION allowances_admit_payment();

CREATE FUNCTION allowances_payment_committed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM allowances_run WHERE id = NEW.run_id
        AND state IN ('approved', 'paying', 'reconciled', 'archived'))
    THEN
        RAISE EXCEPTION 'run % was not approved', NEW.run_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_belong_to_approved_runs';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER allowances_payment_is_approved AFTER INSERT ON allowances_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowances_payment_committed();
"""

ANSWERS = """
CREATE FUNCTION allowances_guard_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR
       (NEW.notice_id, NEW.payment_id, NEW.place_id, NEW.person_id, NEW.text, NEW.made_at)
       IS DISTINCT FROM
       (OLD.notice_id, OLD.payment_id, OLD.place_id, OLD.person_id, OLD.text, OLD.made_at)
    THEN
        -- a new key seals the contact anew; that alone is no change of words
        IF to_jsonb(NEW) - 'contact' IS DISTINCT FROM to_jsonb(OLD) - 'contact' THEN
            RAISE EXCEPTION 'objection % and its answer do not change', OLD.id
                USING ERRCODE = '23514', CONSTRAINT = 'objections_are_answered_once';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_objection_is_guarded BEFORE UPDATE ON allowances_objection
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_objection();

CREATE FUNCTION allowances_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'replaced_at' IS DISTINCT FROM to_jsonb(OLD) - 'replaced_at'
       OR OLD.replaced_at IS NOT NULL
    THEN
        RAISE EXCEPTION '% % is replaced, not changed', TG_TABLE_NAME, OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'versions_are_replaced_not_changed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_hold_is_guarded BEFORE UPDATE ON allowances_hold
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_version();
CREATE TRIGGER allowances_funding_is_guarded BEFORE UPDATE ON allowances_funding
    FOR EACH ROW EXECUTE FUNCTION allowances_guard_version();
"""

FUNCTIONS = (
    *("refuse_change", "guard_run", "guard_payment", "admit_payment", "payment_committed"),
    *("guard_objection", "guard_version"),
)
UNDO = "".join(f"DROP FUNCTION allowances_{name}() CASCADE;\n" for name in FUNCTIONS)
GUARDED = ("RunStep", "Payment", "Notice", "Objection", "Hold", "Funding", "FundingLine")


def withhold_changes(_apps: Any, schema_editor: Any) -> None:
    """The serving role adds and reads; only states, answers and replacements are written again."""
    role = schema_editor.quote_name(serving_role(schema_editor))
    for table in ("runstep", "notice", "fundingline"):
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON allowances_{table} FROM {role}")
    for table in ("payment", "objection", "hold", "funding"):
        schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON allowances_{table} FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("allowances", "0004_cycle")]

    operations = [
        migrations.RunSQL(FINAL + RUNS + PAYMENTS + ANSWERS, UNDO),
        *[EnableRowSecurity("allowances", name) for name in GUARDED],
        migrations.RunPython(withhold_changes, migrations.RunPython.noop),
    ]
