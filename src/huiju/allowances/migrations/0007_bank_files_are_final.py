"""What the database itself refuses about bank files, whoever asks: they and what stands in them are final."""

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

FINAL = """
CREATE FUNCTION allowances_bank_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'bank files are final: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = 'bank_files_are_final';
END $$;

CREATE FUNCTION allowances_bank_file_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.run_id, NEW.sequence, NEW.number, NEW.template, NEW.name, NEW.digest, NEW.count,
        NEW.total_fen, NEW.made_by_id, NEW.made_at) IS DISTINCT FROM
       (OLD.run_id, OLD.sequence, OLD.number, OLD.template, OLD.name, OLD.digest, OLD.count,
        OLD.total_fen, OLD.made_by_id, OLD.made_at)
       OR OLD.sent_at IS NOT NULL
          AND (NEW.sent_by_id, NEW.sent_at) IS DISTINCT FROM (OLD.sent_by_id, OLD.sent_at)
       OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
          (('made', 'sent'), ('sent', 'answered'), ('sent', 'closed'), ('answered', 'closed'))
    THEN
        RAISE EXCEPTION 'what bank file % says does not change', OLD.number
            USING ERRCODE = '23514', CONSTRAINT = 'bank_files_are_final';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER allowances_bankfile_moves BEFORE UPDATE ON allowances_bankfile
    FOR EACH ROW EXECUTE FUNCTION allowances_bank_file_moves();
CREATE TRIGGER allowances_bankfile_stays BEFORE DELETE ON allowances_bankfile
    FOR EACH ROW EXECUTE FUNCTION allowances_bank_is_final();
"""

TABLE = """
CREATE TRIGGER allowances_{0}_is_final BEFORE UPDATE OR DELETE ON allowances_{0}
    FOR EACH ROW EXECUTE FUNCTION allowances_bank_is_final();
CREATE TRIGGER allowances_{0}_stays BEFORE TRUNCATE ON allowances_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION allowances_bank_is_final();
"""

# at commit: a file holds as many items as it says, of as much, each of its payment's amount
COMPLETE = """
CREATE FUNCTION allowances_bank_file_committed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    file bigint := NEW.id;
    broken record;
BEGIN
    SELECT head.number INTO broken FROM allowances_bankfile head WHERE head.id = file AND (
        head.count <> (SELECT count(*) FROM allowances_bankitem item WHERE item.file_id = file)
        OR head.total_fen <> (SELECT coalesce(sum(item.amount_fen), 0)
            FROM allowances_bankitem item WHERE item.file_id = file)
        OR EXISTS (
            SELECT 1 FROM allowances_bankitem item JOIN allowances_payment payment
                ON payment.id = item.payment_id
             WHERE item.file_id = file AND (payment.amount_fen, payment.run_id)
                IS DISTINCT FROM (item.amount_fen, head.run_id)));
    IF FOUND THEN
        RAISE EXCEPTION 'bank file % does not hold what it says', broken.number
            USING ERRCODE = '23514', CONSTRAINT = 'bank_files_are_complete';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER allowances_bankfile_is_complete AFTER INSERT ON allowances_bankfile
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowances_bank_file_committed();
"""

# one check a statement for items: a file of a city has thousands of them
ITEMS = """
CREATE FUNCTION allowances_bank_items_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM allowances_bankfile head
        JOIN (SELECT DISTINCT file_id FROM fresh) added ON added.file_id = head.id
        WHERE head.state <> 'made' OR head.count < (
            SELECT count(*) FROM allowances_bankitem item WHERE item.file_id = head.id))
    THEN
        RAISE EXCEPTION 'a bank file takes no more items than it was made with'
            USING ERRCODE = '23514', CONSTRAINT = 'bank_files_are_complete';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER allowances_bankitem_is_counted AFTER INSERT ON allowances_bankitem
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION allowances_bank_items_added();
"""

TABLES = ("bankbytes", "bankitem", "bankanswer", "bankresult")
UNDO = """
DROP FUNCTION allowances_bank_is_final() CASCADE;
DROP FUNCTION allowances_bank_file_moves() CASCADE;
DROP FUNCTION allowances_bank_file_committed() CASCADE;
DROP FUNCTION allowances_bank_items_added() CASCADE;
"""


def withhold_changes(_apps, schema_editor):
    role = schema_editor.quote_name(serving_role(schema_editor))
    for table in TABLES:
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON allowances_{table} FROM {role}")
    schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON allowances_bankfile FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("allowances", "0006_bank_files")]

    operations = [
        migrations.RunSQL(FINAL + "".join(map(TABLE.format, TABLES)) + COMPLETE + ITEMS, UNDO),
        *(
            EnableRowSecurity("allowances", model)
            for model in ("BankFile", "BankBytes", "BankItem", "BankAnswer", "BankResult")
        ),
        migrations.RunPython(withhold_changes, migrations.RunPython.noop),
    ]
