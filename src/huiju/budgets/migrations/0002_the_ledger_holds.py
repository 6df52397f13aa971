"""What the database itself refuses, whoever asks: the serving role, and the owner by hand.

An entry balances and is complete when it is committed; nothing in it changes afterwards; no line is
overdrawn, however many commit at once; no year that is not open takes money. The functions run as the
owner, because a reader who sees half of an entry must not make it look unbalanced.
"""

from typing import Any

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity, serving_role

FINAL = """
CREATE FUNCTION budgets_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is final: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = 'the_ledger_is_final';
END $$;

CREATE TRIGGER budgets_entry_is_final BEFORE UPDATE OR DELETE ON budgets_entry
    FOR EACH ROW EXECUTE FUNCTION budgets_refuse_change();
CREATE TRIGGER budgets_entry_stays BEFORE TRUNCATE ON budgets_entry
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_change();
CREATE TRIGGER budgets_posting_is_final BEFORE UPDATE OR DELETE ON budgets_posting
    FOR EACH ROW EXECUTE FUNCTION budgets_refuse_change();
CREATE TRIGGER budgets_posting_stays BEFORE TRUNCATE ON budgets_posting
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_change();
CREATE TRIGGER budgets_consent_stays BEFORE DELETE ON budgets_consent
    FOR EACH ROW EXECUTE FUNCTION budgets_refuse_change();
CREATE TRIGGER budgets_consents_stay BEFORE TRUNCATE ON budgets_consent
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_change();
CREATE TRIGGER budgets_lines_stay BEFORE TRUNCATE ON budgets_line
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_refuse_change();
"""

BALANCED = """
-- at commit: as many postings as the entry says, summing to nought; a reversal undoes exactly its entry
CREATE FUNCTION budgets_check_entry(entry bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    head budgets_entry%ROWTYPE;
    found_size bigint;
    found_sum numeric;
BEGIN
    SELECT * INTO head FROM budgets_entry WHERE id = entry;
    SELECT count(*), coalesce(sum(amount_fen), 0) INTO found_size, found_sum
        FROM budgets_posting WHERE entry_id = entry;
    IF found_sum <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance: its postings sum to %', entry, found_sum
            USING ERRCODE = '23514', CONSTRAINT = 'entries_balance';
    END IF;
    IF found_size <> head.size THEN
        RAISE EXCEPTION 'entry % has % postings and says it has %', entry, found_size, head.size
            USING ERRCODE = '23514', CONSTRAINT = 'entries_are_complete';
    END IF;
    IF head.reverses_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM budgets_posting WHERE entry_id IN (entry, head.reverses_id)
        GROUP BY line_id, account HAVING sum(amount_fen) <> 0
    ) THEN
        RAISE EXCEPTION 'entry % does not undo entry %', entry, head.reverses_id
            USING ERRCODE = '23514', CONSTRAINT = 'reversals_undo_their_entry';
    END IF;
END $$;

CREATE FUNCTION budgets_entry_committed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM budgets_check_entry(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION budgets_posting_committed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM budgets_check_entry(NEW.entry_id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER budgets_entry_balances AFTER INSERT ON budgets_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgets_entry_committed();
CREATE CONSTRAINT TRIGGER budgets_posting_balances AFTER INSERT ON budgets_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgets_posting_committed();
"""

COVERED = """
CREATE FUNCTION budgets_check_lines(lines bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    broken record;
BEGIN
    -- each statement of this function sees what was committed before it began, so after the lock
    -- it sees everything that others posted to these lines
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'the ledger is written in read committed transactions only'
            USING ERRCODE = '23514', CONSTRAINT = 'the_ledger_reads_committed';
    END IF;
    PERFORM 1 FROM budgets_line WHERE id = ANY(lines) ORDER BY id FOR NO KEY UPDATE;
    SELECT posting.line_id, posting.account, sum(posting.amount_fen) AS total INTO broken
        FROM budgets_posting posting WHERE posting.line_id = ANY(lines)
        GROUP BY posting.line_id, posting.account
        HAVING CASE posting.account
            WHEN 'appropriated' THEN sum(posting.amount_fen) > 0
            WHEN 'available' THEN sum(posting.amount_fen) < - coalesce((
                SELECT sum(consent.amount_fen) FROM budgets_consent consent
                WHERE consent.line_id = posting.line_id AND consent.kind = 'override'
                AND consent.state = 'approved'), 0)
            ELSE sum(posting.amount_fen) < 0 END
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % is overdrawn: % would be %', broken.line_id, broken.account, broken.total
            USING ERRCODE = '23514', CONSTRAINT = 'lines_are_not_overdrawn';
    END IF;
END $$;

CREATE FUNCTION budgets_check_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    lines bigint[];
    refused record;
BEGIN
    SELECT array_agg(DISTINCT line_id) INTO lines FROM fresh;
    IF lines IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM budgets_check_lines(lines);
    -- a year cannot be closed between this look and the commit
    PERFORM 1 FROM budgets_fiscalyear
        WHERE id IN (SELECT fiscal_year_id FROM budgets_line WHERE id = ANY(lines))
        ORDER BY id FOR SHARE;
    SELECT year.year, year.state, entry."on" INTO refused
        FROM fresh
        JOIN budgets_entry entry ON entry.id = fresh.entry_id
        JOIN budgets_line line ON line.id = fresh.line_id
        JOIN budgets_fiscalyear year ON year.id = line.fiscal_year_id
        WHERE extract(year FROM entry."on") <> year.year
           OR year.state = 'closed'
           OR year.state = 'planning' AND entry.kind NOT IN ('carry', 'reverse')
              AND fresh.account NOT IN ('appropriated', 'available')
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the year % (%) takes no such posting on %',
            refused.year, refused.state, refused."on"
            USING ERRCODE = '23514', CONSTRAINT = 'years_take_money_while_open';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER budgets_posting_is_covered AFTER INSERT ON budgets_posting
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_check_posted();
"""

SETTLED = """
CREATE FUNCTION budgets_guard_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.fiscal_year_id, NEW.payer_id, NEW.subject_id, NEW.place_id, NEW.name)
        IS DISTINCT FROM (OLD.fiscal_year_id, OLD.payer_id, OLD.subject_id, OLD.place_id, OLD.name)
    THEN
        RAISE EXCEPTION 'what line % is for does not change' , OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'lines_keep_what_they_are_for';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM budgets_payer payer JOIN budgets_fiscalyear year
        ON year.place_id = payer.place_id
        WHERE payer.id = NEW.payer_id AND year.id = NEW.fiscal_year_id)
    THEN
        RAISE EXCEPTION 'a line stands in a year of the government that pays it'
            USING ERRCODE = '23514', CONSTRAINT = 'lines_stand_in_a_year_of_their_payer';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER budgets_line_is_settled BEFORE INSERT OR UPDATE ON budgets_line
    FOR EACH ROW EXECUTE FUNCTION budgets_guard_line();

CREATE FUNCTION budgets_guard_year() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.year, NEW.place_id) IS DISTINCT FROM (OLD.year, OLD.place_id)
        OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
            (('planning', 'open'), ('open', 'closed'), ('closed', 'open'))
        OR (OLD.state, NEW.state) = ('closed', 'open') AND NOT EXISTS (
            SELECT 1 FROM budgets_consent consent WHERE consent.fiscal_year_id = OLD.id
            AND consent.kind = 'reopen' AND consent.state = 'approved'
            AND consent.decided_at >= OLD.changed_at)
    THEN
        RAISE EXCEPTION 'year % does not go from % to % so', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'closed_years_reopen_by_consent';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER budgets_year_is_guarded BEFORE UPDATE ON budgets_fiscalyear
    FOR EACH ROW EXECUTE FUNCTION budgets_guard_year();

CREATE FUNCTION budgets_guard_consent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF (NEW.kind, NEW.line_id, NEW.fiscal_year_id, NEW.place_id, NEW.amount_fen, NEW.reason,
        NEW.requested_by_id, NEW.requested_at) IS DISTINCT FROM
       (OLD.kind, OLD.line_id, OLD.fiscal_year_id, OLD.place_id, OLD.amount_fen, OLD.reason,
        OLD.requested_by_id, OLD.requested_at)
        OR (OLD.state, NEW.state) NOT IN (('requested', 'approved'), ('requested', 'refused'),
                                          ('approved', 'withdrawn'))
    THEN
        RAISE EXCEPTION 'what consent % is about does not change', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'consents_keep_what_was_asked';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER budgets_consent_is_guarded BEFORE UPDATE ON budgets_consent
    FOR EACH ROW EXECUTE FUNCTION budgets_guard_consent();

CREATE FUNCTION budgets_consent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.line_id IS NOT NULL THEN
        PERFORM budgets_check_lines(ARRAY[NEW.line_id]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER budgets_consent_is_covered AFTER UPDATE ON budgets_consent
    FOR EACH ROW EXECUTE FUNCTION budgets_consent_changed();
"""

FUNCTIONS = (
    *("budgets_refuse_change()", "budgets_entry_committed()", "budgets_posting_committed()"),
    *("budgets_check_posted()", "budgets_guard_line()", "budgets_guard_year()"),
    *("budgets_guard_consent()", "budgets_consent_changed()"),
    *("budgets_check_entry(bigint)", "budgets_check_lines(bigint[])"),
)
UNDO = "".join(f"DROP FUNCTION {name} CASCADE;\n" for name in FUNCTIONS)


def withhold_changes(_apps: Any, schema_editor: Any) -> None:
    """The serving role adds entries and postings and reads them; lines and consents it never removes."""
    role = schema_editor.quote_name(serving_role(schema_editor))
    for table in ("entry", "posting"):
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON budgets_{table} FROM {role}")
    for table in ("line", "consent", "fiscalyear", "payer", "subject"):
        schema_editor.execute(f"REVOKE DELETE, TRUNCATE ON budgets_{table} FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("budgets", "0001_initial")]

    operations = [
        migrations.RunSQL(FINAL + BALANCED + COVERED + SETTLED, UNDO),
        EnableRowSecurity("budgets", "Line"),
        EnableRowSecurity("budgets", "Posting"),
        EnableRowSecurity("budgets", "Entry"),
        EnableRowSecurity("budgets", "Consent"),
        migrations.RunPython(withhold_changes, migrations.RunPython.noop),
    ]
